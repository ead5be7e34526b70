import Glibc
import LinearAlgebra

/// A state that one input, staying the same, leaves where it is: g(s, x*) = s.
public struct FixedPoint: Sendable, Equatable {
  /// What becomes of states nearby.
  public enum Kind: String, Sendable, CaseIterable {
    /// They come to it: all |λ| < 1.
    case stable
    /// They come along some directions and leave along others.
    case saddle
    /// They leave along all directions: all |λ| > 1.
    case repeller
    /// Along some direction they neither come nor leave: some |λ| = 1, none above.
    case neutral
  }

  /// A direction along which states nearby move by a real λ a step.
  public struct Direction: Sendable, Equatable {
    /// λ along it.
    public var eigenvalue: Double
    /// Of length 1, `size` numbers.
    public var vector: [Double]
  }

  /// `size` numbers.
  public var state: [Double]
  /// ‖g(s, x*) − s‖.
  public var residual: Double
  /// λ of ∂g/∂s there, the largest |λ| first; nil where they could not be had.
  public var eigenvalues: [Eigenvalue]?
  /// Up to two directions of real λ with |λ| between a half and two, the one nearest to 1 first:
  /// along them states come or leave slowest.
  public var slow: [Direction] = []

  public init(state: [Double], residual: Double, eigenvalues: [Eigenvalue]?) {
    self.state = state
    self.residual = residual
    self.eigenvalues = eigenvalues?.sorted {
      ($1.modulus, $1.real, $1.imaginary) < ($0.modulus, $0.real, $0.imaginary)
    }
  }

  /// The slow directions of a linearised system, by two steps of inverse iteration each.
  /// - Parameters:
  ///   - jacobian: ∂g/∂s at the point
  ///   - eigenvalues: its eigenvalues
  static func slowDirections(_ jacobian: SquareMatrix, _ eigenvalues: [Eigenvalue]) -> [Direction] {
    let real = eigenvalues.filter { $0.imaginary == 0 && $0.modulus > 0.5 && $0.modulus < 2 }
      .sorted { abs($0.modulus - 1) < abs($1.modulus - 1) }
    var found: [Direction] = []
    for eigenvalue in real where found.count < 2 {
      var shifted = jacobian
      let shift = eigenvalue.real + 1e-7 * (1 + eigenvalue.modulus)
      for i in 0..<shifted.size { shifted[i, i] -= shift }
      var vector = (0..<shifted.size).map { 1 + 0.1 * Double($0 % 7) }
      for _ in 0..<2 {
        guard let next = shifted.solving(vector) else { break }
        let length = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
        vector = next.map { $0 / length }
      }
      let image = jacobian.product(vector)
      let error = zip(image, vector).reduce(0) { $0 + abs($1.0 - eigenvalue.real * $1.1) }
      let isKnown = found.contains { known in
        abs(zip(known.vector, vector).reduce(0) { $0 + $1.0 * $1.1 }) > 0.999
      }
      guard error < 1e-3, !isKnown else { continue }
      found.append(Direction(eigenvalue: eigenvalue.real, vector: vector))
    }
    return found
  }

  /// How near |λ| is to 1 where it counts as 1.
  private static let margin = 1e-6

  /// Directions in which states leave: eigenvalues with |λ| > 1.
  public var unstable: Int? {
    eigenvalues.map { $0.count { $0.modulus > 1 + Self.margin } }
  }

  /// Nil without eigenvalues.
  public var kind: Kind? {
    guard let eigenvalues, let unstable else { return nil }
    if unstable == 0 {
      let isNeutral = eigenvalues.contains { $0.modulus > 1 - Self.margin }
      return isNeutral ? .neutral : .stable
    }
    return unstable == eigenvalues.count ? .repeller : .saddle
  }

  /// A turn is told of where it changes a difference less than so many times: of one that shrinks or
  /// grows by more there is nothing left to see, or everything gone.
  private static let visibleChange = 100.0

  /// Steps of one turn around it, where the leading eigenvalues are a complex pair λ = |λ| e^±iω:
  /// 2π/ω. Nil where nothing turns that one could see: where less than a hundredth of a difference is
  /// left after one turn, or it is more than a hundred times as large.
  public var period: Double? {
    guard let leading = eigenvalues?.first, leading.imaginary != 0 else { return nil }
    let steps = 2 * .pi / abs(atan2(leading.imaginary, leading.real))
    return abs(log(leading.modulus)) * steps <= log(Self.visibleChange) ? steps : nil
  }
}
