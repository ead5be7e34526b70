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

  /// `size` numbers.
  public var state: [Double]
  /// ‖g(s, x*) − s‖.
  public var residual: Double
  /// λ of ∂g/∂s there, the largest |λ| first; nil where they could not be had.
  public var eigenvalues: [Eigenvalue]?

  public init(state: [Double], residual: Double, eigenvalues: [Eigenvalue]?) {
    self.state = state
    self.residual = residual
    self.eigenvalues = eigenvalues?.sorted {
      ($1.modulus, $1.real, $1.imaginary) < ($0.modulus, $0.real, $0.imaginary)
    }
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

  /// Steps of one turn around it, where the leading eigenvalues are a complex pair λ = |λ| e^±iω:
  /// 2π/ω. Nil where nothing turns.
  public var period: Double? {
    guard let leading = eigenvalues?.first else { return nil }
    let angle = abs(atan2(leading.imaginary, leading.real))
    return leading.modulus > 1e-9 && leading.imaginary != 0 && angle > 1e-6
      ? 2 * .pi / angle : nil
  }
}
