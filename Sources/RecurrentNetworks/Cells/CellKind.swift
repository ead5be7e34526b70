import LinearAlgebra

/// The recurrent cell: how s(t) follows from s(t−1) and x(t).
///
/// This file is the table of cells. A cell is a class of its own (`RecurrentCell`) with a
/// description of its gates; whoever builds, names, draws or measures layers asks the description
/// and never which cell it is.
public enum CellKind: String, Sendable, CaseIterable {
  /// s(t) = tanh(b + W s(t−1) + U x(t)), the lecture's.
  case tanh
  /// s(t) = max(0, b + W s(t−1) + U x(t)), PyTorch's `nonlinearity="relu"`.
  case relu
  /// Hochreiter and Schmidhuber 1997, gates i, f, g, o as PyTorch orders them.
  case lstm
  /// Cho et al. 2014, gates r, z, n as PyTorch defines them.
  case gru
  /// Feng et al. 2024: a GRU whose gates ask the input alone, gates z, n.
  case mingru
  /// Feng et al. 2024: an LSTM whose gates ask the input alone and share the state out, gates i, f, g.
  case minlstm
  /// xLSTM's scalar memory (Beck et al. 2024): an exponential input gate, and a cell divided by the
  /// sum of its inputs, gates i, f, g, o.
  case slstm
  /// Orvieto et al. 2023, the linear recurrent unit: complex numbers that turn and fade, read out by a
  /// matrix; inputs r, j and d.
  case lru

  /// The class that computes the cell.
  func type<Scalar: NetworkScalar>(_: Scalar.Type = Scalar.self)
    -> any RecurrentCell<Scalar>.Type
  {
    switch self {
    case .tanh: TanhCell<Scalar>.self
    case .relu: ReluCell<Scalar>.self
    case .lstm: LSTMCell<Scalar>.self
    case .gru: GRUCell<Scalar>.self
    case .mingru: MinGRUCell<Scalar>.self
    case .minlstm: MinLSTMCell<Scalar>.self
    case .slstm: SLSTMCell<Scalar>.self
    case .lru: LRUCell<Scalar>.self
    }
  }

  /// Its gates, what it carries and its equations.
  public var description: CellDescription { type(Double.self).description }

  /// Whether it is an LSTM, whose peepholes and projection can be asked for.
  public var isLSTM: Bool { self == .lstm }

  /// Blocks of `hidden` rows in each weight matrix.
  public var gateCount: Int { description.gates.count }
}

extension NetworkConfiguration {
  /// The class that computes the cell that is asked for.
  func cellType<Scalar: NetworkScalar>(_: Scalar.Type = Scalar.self)
    -> any RecurrentCell<Scalar>.Type
  {
    cell.isLSTM && peepholes ? PeepholeLSTMCell<Scalar>.self : cell.type(Scalar.self)
  }

  /// The cell's gates, what it carries and its equations, with what options make of it.
  public var cellDescription: CellDescription {
    let plain = cellType(Double.self).description
    let own = layerNorm ? plain.normalised : plain
    let cell = projectionSize == nil ? own : own.projected
    return zoneout > 0 ? cell.zonedOut(zoneout) : cell
  }
}

/// What a layer needs to know of its cell.
public struct CellDescription: Sendable {
  /// One block of `hidden` rows of U, W and b, and what its pre-activation becomes.
  public struct Gate: Sendable, Equatable {
    /// Such as `forget gate`.
    public var name: String
    /// Such as `f`.
    public var symbol: String
    /// The lower end of its values: 0 for gates, −1 for candidates. The upper end is 1, but for
    /// candidates that nothing bounds.
    public var lowest: Double

    /// A gate by name and symbol.
    public init(_ name: String, _ symbol: String, lowest: Double = 0) {
      (self.name, self.symbol, self.lowest) = (name, symbol, lowest)
    }
  }

  /// In the order of their blocks in U, W and b. A cell without gates has one block.
  public var gates: [Gate]
  /// The block that proposes the new state, whose W carries the state on.
  public var candidate: Int
  /// Whether s(t−1) reaches s(t) through W as well; nothing but gates are between them otherwise, and
  /// W has no rows.
  public var hasRecurrentWeights = true
  /// Whether gates keep s within −1…1; cells without gates ask φ.
  public var gatesAreBounded = true
  /// The block whose bias `network.forget-bias` raises at the start.
  public var forgetGate: Int?
  /// Vectors that are carried beside s(t), as many numbers each: c(t), and for an sLSTM the logarithm
  /// ℓ(t) of its normaliser.
  public var cellParts = 0
  /// Whether the bias of W s(t−1) stands apart from that of U x(t), since a gate acts between.
  public var keepsRecurrentBias = false
  /// φ of a cell without gates, s(t) = φ(a(t)); nil where gates act between.
  public var activation: Activation?
  /// Vectors of the cell, `hidden` numbers each, of which a matrix P makes s(t); 0 where there is no P.
  public var projectedParts = 0
  /// What acts unit by unit, such as peepholes; nil where nothing does.
  public var diagonals: Diagonals?
  /// Whether U x and W s are normalised before they are added.
  public var isNormalised = false
  /// Probability that a unit keeps its value of the step before, beside what the cell makes of it.
  public var zoneout = 0.0
  /// What the cell computes.
  public var equations: CellEquations
  /// Where its equations can be read, such as `Feng et al. 2024`; nil for the lecture's own.
  public var reference: String?

  /// What becomes of a pre-activation.
  public struct Activation: Sendable {
    /// Such as `tanh`.
    public var name: String
    /// As a term of the cell's equations.
    public var function: CellFormula.Function
    /// φ′ in terms of s, such as `1 − s²`.
    public var slopeFormula: String
    /// φ′, told from s.
    public var slope: @Sendable (Double) -> Double
    /// Whether s stays within −1…1 and so can saturate; otherwise it has no upper end.
    public var isBounded: Bool
  }

  /// Vectors of `hidden` numbers each, that are learned beside the matrices and act unit by unit.
  public struct Diagonals: Sendable {
    /// In files, before the number of the layer.
    public var name: String
    /// Such as `p`.
    public var symbol: String
    /// Symbols of the vectors, in the order of their rows; of peepholes those of their gates.
    public var rows: [String]
    /// Starting values; nil takes those of the other weights.
    public var start: Parameter.Start?
  }

  /// Whether a matrix P makes s(t) of what the cell computes.
  public var isProjected: Bool { projectedParts > 0 }
  /// Whether s(t−1) is read at all: an LRU reads only what it carries.
  public var readsState: Bool { hasRecurrentWeights || cellParts == 0 }
  /// Whether there are no gates between s(t−1) and s(t).
  public var isPlain: Bool { activation != nil }
  /// Whether c(t) is carried beside s(t).
  public var carriesCell: Bool { cellParts > 0 }
  /// Whether s stays within −1…1.
  public var isBounded: Bool { !isProjected && activation?.isBounded ?? gatesAreBounded }

  /// The symbol of the candidate's block of W: `W` where there is but one, such as `W_g` otherwise.
  public var recurrentSymbol: String {
    gates.count == 1 ? "W" : "W_" + gates[candidate].symbol
  }
}
