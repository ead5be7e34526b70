import LinearAlgebra
import RecurrentNetworks

/// A trained network as a dynamic system, s(t+1) = g(s(t), x(t+1)): where its states go, and what
/// becomes of small differences between them.
public struct StateAnalysis: Sendable {
  /// What a matrix does to what it is multiplied with again and again.
  public struct Matrix: Sendable {
    /// Such as `W`, or `W_n` for the candidate of a GRU.
    public var symbol: String
    /// The largest |λ| first; nil where they could not be had.
    public var eigenvalues: [Eigenvalue]?
    /// The largest first; nil where they could not be had.
    public var singularValues: [Double]?

    init(_ symbol: String, _ matrix: SquareMatrix) {
      self.symbol = symbol
      eigenvalues = matrix.eigenvalues?.sorted {
        ($1.modulus, $1.real, $1.imaginary) < ($0.modulus, $0.real, $0.imaginary)
      }
      singularValues = matrix.singularValues
    }

    /// ρ, the largest |λ|.
    public var radius: Double? { eigenvalues.map { $0.first?.modulus ?? 0 } }

    /// Real and imaginary part of each eigenvalue.
    public var eigenvaluePairs: [[Double]]? { eigenvalues?.map { [$0.real, $0.imaginary] } }
  }

  /// Which layers the system is made of, such as `forward direction of layer 1`.
  public var system: String
  /// Such as `gru`; `set by hand` where weights were not learned.
  public var cell: String
  /// Numbers of one state: s of every layer, each followed by c where the cell has one.
  public var size: Int
  /// States along the data.
  public var states: Int
  /// Sequences that they are of.
  public var sequences: Int
  /// The input that stays the same where fixed points are looked for, as a person reads it; nil for a
  /// system without input.
  public var input: String?
  /// What stays where it is under that input, stable points first.
  public var fixedPoints: [FixedPoint]
  /// In nats a step, the largest first; −∞ where a difference is gone after one step. Empty where no
  /// step was measured.
  public var lyapunov: [Double]
  /// Steps that exponents are means over.
  public var lyapunovSteps: Int
  /// The first layer's recurrent matrix, or its block that proposes the new state; nil where the
  /// recurrence goes through the output.
  public var recurrentMatrix: Matrix?
  /// ∂s(t+1)/∂s(t), averaged along the data; nil where no step was measured.
  public var jacobian: Matrix?
  /// Variance along each principal component over the variance in all, the largest first.
  public var varianceShares: [Double]
  /// The directions in which states vary most, ten at most; nil where they do not vary.
  public var components: PrincipalComponents?
  /// The states along the data, `size` numbers each, one sequence after the other.
  var trajectory: [Double]
  /// Steps of each sequence.
  var lengths: [Int]
  /// How many dimensions states really use, (Σ λ)² / Σ λ²; nil where they do not vary.
  public var dimension: Double?
  /// The largest eigenvalue of the Hessian of the mean loss over the data that was read; nil where
  /// there is no loss to be differentiated, or where it would take long.
  public var sharpness: Sharpness?
}

extension StateAnalysis {
  /// Exponents at most.
  private static let exponents = 10
  /// Multiplications that Jacobians along the data may take in all.
  private static let budget = 8e9

  init(
    _ dynamics: some NetworkDynamics, cell: String, recurrent: (String, SquareMatrix)?,
    input: ConstantInput, named name: String?, seed: UInt64
  ) {
    system = dynamics.title
    self.cell = cell
    size = dynamics.size
    let count = size > 0 ? dynamics.trajectory.count / size : 0
    states = count
    sequences = dynamics.lengths.count
    self.input = name
    recurrentMatrix = recurrent.map { Matrix($0.0, $0.1) }
    let components = PrincipalComponents(dynamics.trajectory, size: size, count: 10)
    self.components = components
    (trajectory, lengths) = (dynamics.trajectory, dynamics.lengths)
    varianceShares = components?.shares ?? []
    dimension = components?.participationRatio
    fixedPoints = []
    (lyapunov, lyapunovSteps, jacobian) = ([], 0, nil)
    measureJacobians(dynamics, seed: seed)
    fixedPoints = FixedPointSearch(seed: seed)
      .points(dynamics.system(under: input), trajectory: dynamics.trajectory)
  }

  private mutating func measureJacobians(_ dynamics: some NetworkDynamics, seed: UInt64) {
    var exponents = LyapunovExponents(size: size, count: Self.exponents, seed: seed)
    let each = Double(size * size) * Double(2 * Self.exponents + 8)
    let most = max(50, Int(Self.budget / max(1, each)))
    // Whole sequences, evenly spread, until their steps are enough.
    let every = max(1, (states + most - 1) / most)
    var sum = [Double](repeating: 0, count: size * size)
    var count = 0.0
    var last = -1
    dynamics.forEachJacobian(skipping: { $0 % every != 0 }) { sequence, step, matrix in
      if sequence != last { exponents.restart() }
      last = sequence
      // Directions first have to turn to where they are stretched most.
      let settling = min(10, dynamics.lengths[sequence] / 4)
      exponents.add(matrix, counts: step >= settling)
      for index in sum.indices { sum[index] += matrix.elements[index] }
      count += 1
    }
    lyapunov = exponents.exponents
    lyapunovSteps = exponents.steps
    guard count > 0 else { return }
    var mean = SquareMatrix(size: size)
    mean.elements = sum.map { $0 / count }
    jacobian = Matrix("∂s(t+1)/∂s(t)", mean)
  }
}

extension StateAnalysis {
  /// A state along the data, seen along principal components.
  public struct Place: Sendable {
    /// Counted from 0.
    public var sequence: Int
    /// The time step within its sequence, counted from 0.
    public var step: Int
    /// One number for each component.
    public var along: [Double]
  }

  /// The states along the data, in the order in which they are read.
  /// - Parameter components: what they are seen along
  public func places(along components: PrincipalComponents) -> [Place] {
    var places: [Place] = []
    var row = 0
    for (sequence, length) in lengths.enumerated() {
      for step in 0..<length where (row + 1) * size <= trajectory.count {
        let along = components.project(trajectory[row * size..<(row + 1) * size])
        places.append(Place(sequence: sequence, step: step, along: along))
        row += 1
      }
    }
    return places
  }
}

extension FixedPoint {
  /// Real and imaginary part of each eigenvalue.
  public var eigenvaluePairs: [[Double]]? { eigenvalues?.map { [$0.real, $0.imaginary] } }
}
