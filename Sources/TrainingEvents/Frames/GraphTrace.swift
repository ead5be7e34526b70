/// One sequence's unfolded graph with the numbers that every node has just now: what a person
/// walks through, forward in time and then backward.
public struct GraphTrace: Sendable, Equatable, Codable {
  public var step: Int
  /// Which sequence of the batch, counted from 0.
  public var sequence: Int
  /// Sequences in the batch.
  public var sequenceCount: Int
  /// The unfolded columns, one for each time step that is drawn.
  public var columns: [Column]
  /// What a walk comes by, in order: forward from the first step, then backward from the last.
  public var nodes: [Node]
  /// Names of the outputs, in the order of o; empty where outputs are numbers.
  public var outputNames: [String]
  /// What the walk leaves out, or why there is none, in one sentence; empty when all is there.
  public var note: String
  /// Every parameter with its gradient, where they are few enough to be read; else empty.
  public var parameters: [ParameterNumbers]
  /// Where a gated cell's equations can be read, such as `Feng et al. 2024`; nil where nobody said.
  public var cellReference: String?

  public init(
    step: Int, sequence: Int, sequenceCount: Int, columns: [Column], nodes: [Node],
    outputNames: [String] = [], note: String = "", parameters: [ParameterNumbers] = [],
    cellReference: String? = nil
  ) {
    self.cellReference = cellReference
    self.step = step
    self.sequence = sequence
    self.sequenceCount = sequenceCount
    self.columns = columns
    self.nodes = nodes
    self.outputNames = outputNames
    self.note = note
    self.parameters = parameters
  }

  /// A parameter and ∂L with respect to it, L being the sum over the sequence's time steps.
  public struct ParameterNumbers: Sendable, Equatable, Codable {
    /// As the lecture writes it, such as `W`.
    public var symbol: String
    /// The matrix's rows; a vector has one column.
    public var rows: Int
    /// Its columns.
    public var columns: Int
    /// Row after row.
    public var values: [Float]
    /// Row after row.
    public var gradient: [Float]

    /// A parameter with its numbers, row after row.
    public init(symbol: String, rows: Int, columns: Int, values: [Float], gradient: [Float]) {
      (self.symbol, self.rows, self.columns) = (symbol, rows, columns)
      (self.values, self.gradient) = (values, gradient)
    }
  }

  /// Nodes that a program before this one told in words are left out; columns are the same.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    step = try container.decode(Int.self, forKey: .step)
    sequence = try container.decode(Int.self, forKey: .sequence)
    sequenceCount = try container.decode(Int.self, forKey: .sequenceCount)
    columns = try container.decode([Column].self, forKey: .columns)
    outputNames = try container.decodeIfPresent([String].self, forKey: .outputNames) ?? []
    note = try container.decode(String.self, forKey: .note)
    parameters =
      try container.decodeIfPresent([ParameterNumbers].self, forKey: .parameters) ?? []
    cellReference = try container.decodeIfPresent(String.self, forKey: .cellReference)
    let told = try container.decodeIfPresent([Node].self, forKey: .nodes)
    nodes = told ?? []
    if told == nil, note.isEmpty {
      note = "The nodes of this walk were recorded by an older version, as text only."
    }
  }

  /// Where in the drawing a node stands.
  public enum Place: Sendable, Hashable, Codable {
    /// What is read.
    case input
    /// What a decoder reads of its source: C, or C(t) with attention.
    case context
    /// Layers count from 1.
    case state(layer: Int)
    /// The state that runs from the end to the start.
    case reversedState(layer: Int)
    /// The state over an image that comes from one of its corners; corners count from 1.
    case cell(corner: Int)
    /// o(t).
    case output
    /// ŷ, what softmax makes of an output.
    case prediction
    /// L(t).
    case loss
  }

  /// One time step of the unfolded graph.
  public struct Column: Sendable, Equatable, Codable {
    /// `encoder`, `context`, `decoder`, `output` behind an image, or empty where the network has one
    /// part.
    public var part: String
    /// Time t, from 1.
    public var time: Int
    /// The input symbol or number; empty where there is none.
    public var input: String
    /// The target; empty where there is none.
    public var target: String
    /// L(t) in the unit of the loss; nil where there is no loss.
    public var loss: Double?
    /// The likeliest output; empty where outputs are not symbols.
    public var output: String
    /// The probability of `output`, 0 to 1.
    public var probability: Double?
    /// Whether the step reads the right output of the step before instead of the network's own
    /// (teacher forcing), where it reads an output at all.
    public var isForced: Bool
    /// The block of an image that is read there; nil along a line of time.
    public var cell: Cell?

    public init(
      part: String = "", time: Int, input: String, target: String = "", loss: Double? = nil,
      output: String = "", probability: Double? = nil, isForced: Bool = false, cell: Cell? = nil
    ) {
      self.cell = cell
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
}

extension GraphTrace: ProbeContent {
  public static let kind = ProbeFrame.Kind.trace
  public var frame: ProbeFrame { .trace(self) }
}
