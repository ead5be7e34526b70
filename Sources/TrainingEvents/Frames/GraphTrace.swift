/// One sequence's unfolded graph with the numbers that every node has just now: what a person
/// walks through, forward in time and then backward.
public struct GraphTrace: Sendable, Equatable, Codable {
  public var step: Int
  /// Which sequence of the batch, counted from 0, and how many there are.
  public var sequence: Int
  public var sequenceCount: Int
  /// The unfolded columns, one for each time step that is drawn.
  public var columns: [Column]
  /// Where a walk stops, in order: forward from the first step, then backward from the last.
  public var stops: [Stop]
  /// What the walk leaves out, or why there is none, in one sentence; empty when all is there.
  public var note: String

  public init(
    step: Int, sequence: Int, sequenceCount: Int, columns: [Column], stops: [Stop],
    note: String = ""
  ) {
    self.step = step
    self.sequence = sequence
    self.sequenceCount = sequenceCount
    self.columns = columns
    self.stops = stops
    self.note = note
  }

  /// Which kind of node a stop stands at.
  public enum Place: Sendable, Hashable, Codable {
    case input
    /// What a decoder reads of its source: C, or C(t) with attention.
    case context
    /// Layers count from 1.
    case state(layer: Int)
    /// The state that runs from the end to the start.
    case reversedState(layer: Int)
    case output
    case loss
  }

  /// One time step of the unfolded graph.
  public struct Column: Sendable, Equatable, Codable {
    /// `encoder`, `context`, `decoder`, or empty where the network has one part.
    public var part: String
    /// Time t, from 1.
    public var time: Int
    /// The input symbol or number; empty where there is none.
    public var input: String
    /// The target; empty where there is none.
    public var target: String
    /// L(t) in the unit of the loss; nil where there is no loss.
    public var loss: Double?
    /// The likeliest output and its probability; empty where outputs are not symbols.
    public var output: String
    public var probability: Double?
    /// Whether the step reads the right output of the step before instead of the network's own
    /// (teacher forcing), where it reads an output at all.
    public var isForced: Bool

    public init(
      part: String = "", time: Int, input: String, target: String = "", loss: Double? = nil,
      output: String = "", probability: Double? = nil, isForced: Bool = false
    ) {
      self.isForced = isForced
      self.part = part
      self.time = time
      self.input = input
      self.target = target
      self.loss = loss
      self.output = output
      self.probability = probability
    }
  }

  /// One node of the graph with its equation and numbers.
  public struct Stop: Sendable, Equatable, Codable {
    public enum Direction: Sendable, Equatable, Codable {
      case forward
      case backward
    }

    public var direction: Direction
    /// Index into `columns`.
    public var column: Int
    /// The node, such as `s(2)` going forward or `∇s(2)` coming back.
    public var symbol: String
    /// The lecture's equation with this step's indices, such as `∇s(2) = Wᵀ δ(3) + Vᵀ ∇o(2)`.
    public var equation: String
    /// Such as `slide 25 · GBC eq. 10.21`.
    public var reference: String
    /// The terms of the equation and their norms, the result last.
    public var terms: [Term]
    /// What the numbers say, in words; empty when there is nothing to say.
    public var remark: String
    /// Values per unit, such as s, ∇s and δ.
    public var units: [UnitValues]
    /// The node's kind; nil leaves it to the symbol.
    public var place: Place?

    public init(
      direction: Direction, column: Int, symbol: String, equation: String, reference: String,
      terms: [Term], remark: String = "", units: [UnitValues] = [], place: Place? = nil
    ) {
      self.place = place
      self.direction = direction
      self.column = column
      self.symbol = symbol
      self.equation = equation
      self.reference = reference
      self.terms = terms
      self.remark = remark
      self.units = units
    }
  }

  public struct Term: Sendable, Equatable, Codable {
    /// Such as `from the future`.
    public var label: String
    /// Such as `‖Wᵀ δ(3)‖`.
    public var symbol: String
    public var value: Double
    /// The value that this one grew from, for accumulating gradients.
    public var previous: Double?

    public init(label: String, symbol: String, value: Double, previous: Double? = nil) {
      self.label = label
      self.symbol = symbol
      self.value = value
      self.previous = previous
    }
  }

  /// One quantity over all units of a layer.
  public struct UnitValues: Sendable, Equatable, Codable {
    /// Such as `s`, `∇s`, `δ`.
    public var symbol: String
    public var values: [Float]

    public init(symbol: String, values: [Float]) {
      self.symbol = symbol
      self.values = values
    }
  }
}

extension GraphTrace: ProbeContent {
  public static let kind = ProbeFrame.Kind.trace
  public var frame: ProbeFrame { .trace(self) }
}
