import Glibc
import LinearAlgebra

/// How fast nearby states part or come together along a trajectory, in nats a step: the first few
/// Lyapunov exponents, by orthonormal directions that every Jacobian turns and stretches (Benettin
/// et al. 1980).
///
/// λ₁ > 0 means that small differences grow: chaos where it stays so. λ₁ < 0 means that they are
/// forgotten, by a factor e of what is left every 1/|λ₁| steps; gradients on their way back shrink
/// at the same rate.
public struct LyapunovExponents: Sendable {
  private let size: Int
  private let count: Int
  private let start: [Double]
  /// Directions by rows, count × size.
  private var directions: [Double]
  private var sums: [Double]
  /// Whether a direction was lost for good: a Jacobian took it to 0.
  private var isLost: [Bool]
  /// Steps that were counted.
  public private(set) var steps = 0

  /// - Parameters:
  ///   - size: numbers of a state
  ///   - count: exponents wanted
  ///   - seed: of the directions that it starts with
  public init(size: Int, count: Int, seed: UInt64) {
    var random = SeededRandom(seed: seed)
    self.init(
      size: size, directions: (0..<min(size, max(0, count)) * size).map { _ in random.normal() })
  }

  /// - Parameters:
  ///   - size: numbers of a state
  ///   - directions: what it starts with, `size` numbers each; as many exponents come out
  init(size: Int, directions: [Double]) {
    self.size = size
    count = size > 0 ? directions.count / size : 0
    var drawn = directions
    _ = Self.orthonormalise(&drawn, size: size)
    start = drawn
    self.directions = drawn
    sums = [Double](repeating: 0, count: count)
    isLost = [Bool](repeating: false, count: count)
  }

  /// Begins a new trajectory.
  public mutating func restart() { directions = start }

  /// Goes on by one step, whose Jacobian is ∂s(t+1)/∂s(t).
  /// - Parameters:
  ///   - jacobian: ∂s(t+1)/∂s(t), size × size
  ///   - counts: whether the step is part of the mean, or only turns the directions
  public mutating func add(_ jacobian: SquareMatrix, counts: Bool = true) {
    guard count > 0 else { return }
    var (turned, jacobian) = ([Double](repeating: 0, count: count * size), jacobian.elements)
    turned.withMatrix(columns: size) { target in
      directions.withMatrix(columns: size) { old in
        jacobian.withMatrix(columns: size) { target.product(old, transposed: $0) }
      }
    }
    directions = turned
    let lengths = Self.orthonormalise(&directions, size: size)
    guard counts else { return }
    steps += 1
    for (index, length) in lengths.enumerated() {
      if length > 0 { sums[index] += log(length) } else { isLost[index] = true }
    }
  }

  /// The exponents, the largest first: −∞ where a direction was taken to 0. Empty before any step.
  public var exponents: [Double] {
    guard steps > 0 else { return [] }
    return zip(sums, isLost).map { $1 ? -.infinity : $0 / Double(steps) }.sorted(by: >)
  }

  /// Makes rows orthonormal, one after the other (Gram–Schmidt, twice), and returns how long each
  /// was beyond those before it; what is nothing but rounding becomes 0.
  private static func orthonormalise(_ rows: inout [Double], size: Int) -> [Double] {
    let count = size > 0 ? rows.count / size : 0
    return rows.withUnsafeMutableBufferPointer { all in
      guard let base = all.baseAddress else { return [] }
      return (0..<count).map { index in
        let row = base + index * size
        let before = length(row, size)
        for _ in 0..<2 {
          for other in 0..<index {
            let known = base + other * size
            var dot = 0.0
            for i in 0..<size { dot += row[i] * known[i] }
            for i in 0..<size { row[i] -= dot * known[i] }
          }
        }
        let length = length(row, size)
        guard length > 1e-14 * before, length > 1e-290 else {
          for i in 0..<size { row[i] = 0 }
          return 0
        }
        for i in 0..<size { row[i] /= length }
        return length
      }
    }
  }

  private static func length(_ row: UnsafeMutablePointer<Double>, _ size: Int) -> Double {
    var sum = 0.0
    for i in 0..<size { sum += row[i] * row[i] }
    return sum.squareRoot()
  }
}

/// tanh as libm computes it.
func hyperbolicTangent(_ x: Double) -> Double { Glibc.tanh(x) }
