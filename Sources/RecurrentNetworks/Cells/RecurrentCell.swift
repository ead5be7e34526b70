import LinearAlgebra

/// What one call of a network needs besides its batch: weights, room to work, and whether it learns.
public struct Pass<Scalar: NetworkScalar> {
  /// The weights, which a pass only reads.
  public var parameters: ParameterVector<Scalar>
  /// Where gradients are added; nil for a forward pass alone.
  public var gradient: ParameterVector<Scalar>?
  /// Where states and other intermediate results are; they are valid until it is reset.
  public var arena: Arena<Scalar>
  /// Draws dropout masks; nil switches dropout off.
  public var dropout: DropoutSource?
  /// How often a fed-back output is the true one; nil takes the share of the configuration.
  public var teacherForcing: TeacherForcing?
  /// Packed weights shared with the batch's other parts; nil packs them for this call alone.
  public var weightCache: PackedWeightCache<Scalar>?
  /// Steps after which no gradient goes on to the state before: within a sequence the chain is cut
  /// every so many steps (truncated backpropagation). Nil goes back to the start.
  public var truncation: Int?
  /// Memory that states may take; nil keeps those of all steps, whatever they take.
  public var memory: StateMemory?
  /// Rows of states over which gradients of weights are summed at once, at least.
  var blockRows = PackedSteps.blockRows

  public init(
    parameters: ParameterVector<Scalar>, gradient: ParameterVector<Scalar>? = nil,
    arena: Arena<Scalar>, dropout: DropoutSource? = nil, teacherForcing: TeacherForcing? = nil,
    weightCache: PackedWeightCache<Scalar>? = nil, truncation: Int? = nil,
    memory: StateMemory? = nil
  ) {
    self.parameters = parameters
    self.gradient = gradient
    self.arena = arena
    self.dropout = dropout
    self.teacherForcing = teacherForcing
    self.weightCache = weightCache
    self.truncation = truncation
    self.memory = memory
  }
}

/// Rows of one time step that share where their previous state comes from: either all from the
/// step before, or all from the initial state.
struct CellSegment<Scalar: NetworkScalar> {
  /// First row of the segment among all packed rows.
  var row: Int
  var count: Int
  /// Index of the first sequence.
  var sequence: Int
  /// First row of the step before; nil at a sequence's start.
  var previousRow: Int?
  /// s(t−1), count × hidden.
  var previous: Matrix<Scalar>
  /// Where ∂L/∂s(t−1) is added; nil when nobody needs it.
  var dPrevious: Matrix<Scalar>?
  /// What W reads: s(t−1), or what dropout leaves of it.
  var read: Matrix<Scalar>
  /// Where ∂L/∂ of that is added; nil when nobody needs it.
  var dRead: Matrix<Scalar>?
  /// What is added for W s(t−1), count × gates·hidden; nil where the cell multiplies by itself.
  var recurrentSum: Matrix<Scalar>?

  init(
    row: Int, count: Int, sequence: Int, previousRow: Int?, previous: Matrix<Scalar>,
    dPrevious: Matrix<Scalar>?
  ) {
    (self.row, self.count) = (row, count)
    (self.sequence, self.previousRow) = (sequence, previousRow)
    (self.previous, self.dPrevious) = (previous, dPrevious)
    (read, dRead) = (previous, dPrevious)
  }
}

/// The arithmetic of one cell, a segment of rows at a time. It keeps what its backward pass needs.
protocol RecurrentCell<Scalar>: AnyObject {
  associatedtype Scalar: NetworkScalar

  static var description: CellDescription { get }
  init()

  /// Makes room for `rows` steps of `sequences` sequences. `states` (rows × hidden) is where s(t)
  /// goes. Returns where U x(t) + b of all rows is to be written before the first `forward`.
  func begin(
    states: Matrix<Scalar>, sequences: Int, initialCell: Matrix<Scalar>, weights: CellWeights,
    pass: Pass<Scalar>
  ) -> Matrix<Scalar>
  func forward(_ segment: CellSegment<Scalar>)
  /// Makes room for going back. `dStates` (rows × hidden) holds ∇s(t) of later layers and losses;
  /// the future's part is added as `backward` comes down in time.
  func beginBackward(dStates: Matrix<Scalar>, weights: CellWeights, pass: Pass<Scalar>)
  func backward(_ segment: CellSegment<Scalar>)

  /// ∂L/∂(U x(t) + b), rows × gates·hidden, after the whole backward loop.
  var inputGradient: Matrix<Scalar> { get }
  /// ∂L/∂(W s(t−1) + b_hh), rows × gates·hidden; the same matrix for cells that add the two.
  var recurrentGradient: Matrix<Scalar> { get }
  /// Activations of each gate with its name, for looking at; rows × hidden each.
  var gateViews: [(name: String, values: Matrix<Scalar>, lowest: Double)] { get }
  /// Adds ∂(s, c)(t) / ∂(s, c)(t−1) of one packed row of `segment`, after a forward pass.
  func addJacobian(_ row: Int, of segment: CellSegment<Scalar>, to sum: inout JacobianSum)
  /// What is carried to the next chunk beside s: the LSTM's cell, rows × hidden.
  var cellStates: Matrix<Scalar>? { get }
  /// ∂L/∂c(0) after the backward loop, sequences × hidden.
  var initialCellGradient: Matrix<Scalar>? { get }
  /// m(t) where s(t) = P m(t), rows × columns of P; nil where nothing is projected.
  var unprojected: Matrix<Scalar>? { get }
  /// Forgets what is on its way back beside ∇s of the first sequences, where the chain is cut.
  func cutCellGradient(sequences: Int)
}

extension RecurrentCell {
  var unprojected: Matrix<Scalar>? { nil }
  func cutCellGradient(sequences: Int) {}
}
