/// What a network reads: its steps, or what conditions them.
public enum SequenceInput: Sendable, Equatable {
  /// Nothing is read; the state unrolls itself for this many steps.
  case none(steps: Int)
  /// One symbol a step.
  case tokens([Int32])
  /// One row of `width` numbers a step, row by row.
  case vectors([Float], width: Int)
  /// Pixels row by row, 0 paper to 255 ink; the network sees them divided by 255.
  case image([UInt8], width: Int, height: Int)
  /// One vector for the whole sequence (GBC fig. 10.9).
  case vector([Float])

  /// Time steps; an image counts its rows, a vector for a whole sequence is one step.
  public var steps: Int {
    switch self {
    case .none(let steps): steps
    case .tokens(let tokens): tokens.count
    case .vectors(let values, let width): width > 0 ? values.count / width : 0
    case .image(_, _, let height): height
    case .vector: 1
    }
  }
}

/// What a network should say.
public enum Target: Sendable, Equatable {
  case none
  /// One class for the whole sequence.
  case label(Int32)
  /// One symbol for each input step, or a sequence of its own length; the end symbol, where the
  /// vocabulary has one, is its last. −1 is none, and counts nowhere.
  case labels([Int32])
  /// One row of `width` numbers a step (or one row in all), row by row.
  case values([Float], width: Int)

  /// Rows or symbols.
  public var steps: Int {
    switch self {
    case .none: 0
    case .label: 1
    case .labels(let labels): labels.count
    case .values(let values, let width): width > 0 ? values.count / width : 0
    }
  }
}

extension Target {
  /// Steps at which there is no answer.
  public var leftOut: Int {
    if case .labels(let labels) = self { labels.reduce(0) { $0 + ($1 < 0 ? 1 : 0) } } else { 0 }
  }
}

/// One sequence with its answer.
public struct Example: Sendable, Equatable {
  public var input: SequenceInput
  public var target: Target
  /// Target steps before this one count neither in the loss nor in a measure: they only bring the
  /// state to where the scored part begins.
  public var scoredFrom: Int
  /// A person's view of the input, in one line.
  public var text: String
  /// Answers that are as right as `target`, such as a word's other pronunciations.
  public var alternatives: [[Int32]]
  /// The line of its file on which it begins; nil where it stands on no line of its own.
  public var line: Int?

  public init(
    input: SequenceInput, target: Target, scoredFrom: Int = 0, text: String = "",
    alternatives: [[Int32]] = [], line: Int? = nil
  ) {
    self.input = input
    self.target = target
    self.scoredFrom = scoredFrom
    self.text = text
    self.alternatives = alternatives
    self.line = line
  }

  /// Every answer that counts as right.
  public var accepted: [[Int32]] {
    switch target {
    case .none, .values: []
    case .label(let label): [[label]] + alternatives
    case .labels(let labels): [labels] + alternatives
    }
  }
}

/// The training, validation or test part of a task.
public enum DataSet: Sendable, Equatable {
  case examples([Example])
  /// Items of a language model, each to be read from the line-end symbol to the line-end symbol.
  case lines(ItemTable)
  /// One long text of a language model.
  case stream(CompactTokens)

  /// Examples or lines; 1 for a stream that has anything to predict.
  public var count: Int {
    switch self {
    case .examples(let examples): examples.count
    case .lines(let table): table.count
    case .stream(let tokens): tokens.count > 1 ? 1 : 0
    }
  }

  public var isEmpty: Bool { count == 0 }

  /// Targets that count in a loss, over one pass.
  public var targetCount: Int {
    switch self {
    case .examples(let examples):
      examples.reduce(0) { $0 + max(0, $1.target.steps - $1.scoredFrom - $1.target.leftOut) }
    case .lines(let table): table.tokenCount + table.count
    case .stream(let tokens): max(0, tokens.count - 1)
    }
  }

  /// Steps of the longest input.
  public var longest: Int {
    switch self {
    case .examples(let examples): examples.reduce(0) { max($0, $1.input.steps) }
    case .lines(let table):
      (0..<table.count).reduce(0) { max($0, table.range(of: $1).count + 1) }
    case .stream(let tokens): max(0, tokens.count - 1)
    }
  }
}
