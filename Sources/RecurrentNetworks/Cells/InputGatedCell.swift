import LinearAlgebra

/// What a cell makes of U x(t) + b and of s(t−1), unit by unit, where nothing else is asked of the
/// state before.
protocol InputGatedStep<Scalar> {
  associatedtype Scalar: NetworkScalar

  static var description: CellDescription { get }
  /// Turns pre-activations (rows × gates·hidden) into gates in place, and writes s(t).
  static func forward(_ gates: Matrix<Scalar>, previous: Matrix<Scalar>, state: Matrix<Scalar>)
  /// ∂L/∂ of the pre-activations from ∇s(t); what s(t−1) is asked is added to `dPrevious`.
  static func backward(
    _ gates: Matrix<Scalar>, previous: Matrix<Scalar>, state: Matrix<Scalar>,
    dState: Matrix<Scalar>, dGates: Matrix<Scalar>, dPrevious: Matrix<Scalar>)
  /// ∂s(t)/∂s(t−1) of one unit, and ∂s(t)/∂ of each gate's pre-activation.
  static func slopes(
    _ gates: UnsafePointer<Scalar>, unit: Int, hidden: Int, before: Double, state: Double
  ) -> (kept: Double, gates: [Double])
}

/// A cell whose gates ask the input alone, so that a layer takes no product with W: its steps through
/// time cost a few operations a unit (Feng et al. 2024, *Were RNNs All We Needed?*).
final class InputGatedCell<Scalar: NetworkScalar, Step: InputGatedStep<Scalar>>: RecurrentCell {
  static var description: CellDescription { Step.description }

  /// U x + b, turned into gates in place; rows × gates·hidden.
  private var gates = Matrix<Scalar>.empty
  private var states = Matrix<Scalar>.empty
  private var dStates = Matrix<Scalar>.empty
  /// Takes what is asked of a previous state that nobody asks about.
  private var discarded = Matrix<Scalar>.empty
  private var sequences = 0
  private(set) var inputGradient = Matrix<Scalar>.empty

  private var hidden: Int { states.columns }
  var recurrentGradient: Matrix<Scalar> { inputGradient }
  var cellStates: Matrix<Scalar>? { nil }
  var initialCellGradient: Matrix<Scalar>? { nil }

  var gateViews: [(name: String, values: Matrix<Scalar>, lowest: Double)] { views(of: gates) }

  func begin(
    states: Matrix<Scalar>, sequences: Int, initialCell: Matrix<Scalar>, weights: CellWeights,
    pass: Pass<Scalar>
  ) -> Matrix<Scalar> {
    self.states = states
    self.sequences = sequences
    gates = pass.arena.matrix(states.rows, weights.inputToHidden.rows)
    return gates
  }

  func forward(_ segment: CellSegment<Scalar>) {
    Step.forward(
      gates.rows(segment.row, segment.count), previous: segment.previous,
      state: states.rows(segment.row, segment.count))
  }

  func beginBackward(dStates: Matrix<Scalar>, weights: CellWeights, pass: Pass<Scalar>) {
    self.dStates = dStates
    inputGradient = pass.arena.matrix(states.rows, gates.columns)
    discarded = pass.arena.zeros(sequences, hidden)
  }

  func backward(_ segment: CellSegment<Scalar>) {
    let (row, count) = (segment.row, segment.count)
    Step.backward(
      gates.rows(row, count), previous: segment.previous, state: states.rows(row, count),
      dState: dStates.rows(row, count), dGates: inputGradient.rows(row, count),
      dPrevious: segment.dPrevious ?? discarded.rows(segment.sequence, count))
  }

  /// ∂s(t)/∂s(t−1) is diagonal.
  func addJacobian(_ row: Int, of segment: CellSegment<Scalar>, to sum: inout JacobianSum) {
    let before = segment.previous.row(row - segment.row)
    let state = states.row(row)
    for unit in 0..<hidden {
      let slopes = Step.slopes(
        gates.row(row), unit: unit, hidden: hidden, before: Double(before[unit]),
        state: Double(state[unit]))
      sum.addDirect(slopes.kept, unit: unit)
      for (gate, slope) in slopes.gates.enumerated() {
        sum.add(0, input: slope, gate: gate, unit: unit)
      }
    }
  }
}
