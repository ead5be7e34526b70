/// What a task shows of itself beyond loss and states; the kind chooses the panel.
public enum TaskFrame: Sendable, Equatable, Codable {
  /// Classes of whole sequences.
  case classification(ConfusionFrame)
  /// A sequence from another.
  case translation(TranslationFrame)
  /// A text from an image.
  case caption(CaptionFrame)
  /// A series and how it goes on.
  case forecast(ForecastFrame)
  /// One number from each sequence.
  case answers(AnswersFrame)
  /// A label at every step.
  case labelling(LabellingFrame)
  /// A hand-built network's verdicts.
  case stack(StackFrame)
}

/// Validation examples by true and predicted class.
public struct ConfusionFrame: Sendable, Equatable, Codable {
  /// A sequence whose class the network got wrong.
  public struct Mistake: Sendable, Equatable, Codable {
    /// What is read, in one line.
    public var text: String
    /// The right class.
    public var truth: String
    /// The class that the network takes it for.
    public var prediction: String
    /// Probability given to the wrong class.
    public var confidence: Double

    public init(text: String, truth: String, prediction: String, confidence: Double) {
      self.text = text
      self.truth = truth
      self.prediction = prediction
      self.confidence = confidence
    }
  }

  /// The training step after which it was computed.
  public var step: Int
  /// Names of the classes, in the order of `counts`.
  public var classes: [String]
  /// `counts[truth * classes.count + prediction]`.
  public var counts: [Int]
  /// The most confident mistakes, worst first.
  public var mistakes: [Mistake]
  /// Whether training has not seen the examples.
  public var isHeldOut: Bool
  /// A simple method's share of right answers on the same examples.
  public var baseline: TaskBaseline?

  public init(
    step: Int, classes: [String], counts: [Int], mistakes: [Mistake], isHeldOut: Bool = true,
    baseline: TaskBaseline? = nil
  ) {
    self.isHeldOut = isHeldOut
    self.baseline = baseline
    self.step = step
    self.classes = classes
    self.counts = counts
    self.mistakes = mistakes
  }
}

/// A source sequence, its target and what the network makes of it.
public struct TranslationFrame: Sendable, Equatable, Codable {
  /// The training step after which it was computed.
  public var step: Int
  /// What is read, symbol by symbol.
  public var source: [String]
  /// The right output.
  public var target: [String]
  /// What the network writes.
  public var output: [String]
  /// `attention[o * source.count + i]`: weight α of source step i when writing output step o;
  /// empty without attention.
  public var attention: [Float]
  /// Outputs that equal an accepted target, over random examples; nil when not counted.
  public var score: TaskScore?

  public init(
    step: Int, source: [String], target: [String], output: [String], attention: [Float] = [],
    score: TaskScore? = nil
  ) {
    self.score = score
    self.step = step
    self.source = source
    self.target = target
    self.output = output
    self.attention = attention
  }
}

/// An image, its text, and what the network writes of it.
public struct CaptionFrame: Sendable, Equatable, Codable {
  /// The training step after which it was computed.
  public var step: Int
  /// Pixels in a row.
  public var width: Int
  /// Rows of pixels.
  public var height: Int
  /// Row by row, 0 (paper) to 1 (ink).
  public var pixels: [Float]
  /// The right text.
  public var target: String
  /// What the network writes.
  public var output: String
  /// Captions that equal the target, over random examples; nil when not counted.
  public var score: TaskScore?

  public init(
    step: Int, width: Int, height: Int, pixels: [Float], target: String, output: String,
    score: TaskScore? = nil
  ) {
    self.score = score
    self.step = step
    self.width = width
    self.height = height
    self.pixels = pixels
    self.target = target
    self.output = output
  }
}

/// A series, one-step predictions beside it, and the network's own continuation.
public struct ForecastFrame: Sendable, Equatable, Codable {
  /// The training step after which it was computed.
  public var step: Int
  /// The series in its own units.
  public var series: [Float]
  /// One-step-ahead predictions beside `series`; NaN where there is none.
  public var predicted: [Float]
  /// Where the network goes on by itself after the series ends.
  public var continuation: [Float]
  /// The name of the series; empty where it has none.
  public var unit: String
  /// Where in `series` the part begins that errors are computed on: what stands before it only
  /// brings the state there.
  public var scoredFrom: Int
  /// Whether training has not seen the scored part.
  public var isHeldOut: Bool
  /// Whether no input is read, so that `predicted` runs freely from its first step on.
  public var isFreeRunning: Bool

  public init(
    step: Int, series: [Float], predicted: [Float], continuation: [Float], unit: String,
    scoredFrom: Int = 0, isHeldOut: Bool = true, isFreeRunning: Bool = false
  ) {
    self.scoredFrom = scoredFrom
    self.isHeldOut = isHeldOut
    self.isFreeRunning = isFreeRunning
    self.step = step
    self.series = series
    self.predicted = predicted
    self.continuation = continuation
    self.unit = unit
  }
}

/// A label at every step of one sequence, right and given.
public struct LabellingFrame: Sendable, Equatable, Codable {
  /// The training step after which it was computed.
  public var step: Int
  /// What is read at each step.
  public var inputs: [String]
  /// The right label of each step.
  public var truth: [String]
  /// The label that the network gives each step.
  public var prediction: [String]
  /// The same with the network running on its own outputs; empty where that does not apply.
  public var freeRunning: [String]
  /// Right labels over random examples; nil when not counted.
  public var score: TaskScore?
  /// The same with the network running on its own outputs.
  public var freeScore: TaskScore?
  /// The part that needs memory, where the rest needs none.
  public var recall: Recall?

  /// Inputs that are to be repeated later, and where.
  public struct Recall: Sendable, Equatable, Codable {
    /// Steps whose inputs are to be kept.
    public var kept: Range<Int>
    /// Steps at which they are to be repeated.
    public var asked: Range<Int>
    /// Right answers at the steps asked.
    public var score: TaskScore

    public init(kept: Range<Int>, asked: Range<Int>, score: TaskScore) {
      self.kept = kept
      self.asked = asked
      self.score = score
    }
  }

  public init(
    step: Int, inputs: [String], truth: [String], prediction: [String], freeRunning: [String] = [],
    score: TaskScore? = nil, freeScore: TaskScore? = nil, recall: Recall? = nil
  ) {
    self.score = score
    self.freeScore = freeScore
    self.recall = recall
    self.step = step
    self.inputs = inputs
    self.truth = truth
    self.prediction = prediction
    self.freeRunning = freeRunning
  }
}

/// A hand-built network deciding one string, symbol by symbol.
public struct StackFrame: Sendable, Equatable, Codable {
  /// What is so after a symbol.
  public struct Row: Sendable, Equatable, Codable {
    /// The symbol read.
    public var symbol: String
    /// The number that holds the stack.
    public var stack: Double
    /// The state's values, in the order of `unitNames`, 0 to 1.
    public var units: [Double]
    /// Whether the string read so far is accepted.
    public var accepted: Bool
    /// What the number holds, the newest symbol last; nil when it cannot be read off.
    public var held: String?
    /// Whether the string can no longer belong to the language, whatever follows.
    public var isLost: Bool

    public init(
      symbol: String, stack: Double, units: [Double], accepted: Bool, held: String? = nil,
      isLost: Bool = false
    ) {
      self.held = held
      self.isLost = isLost
      self.symbol = symbol
      self.stack = stack
      self.units = units
      self.accepted = accepted
    }
  }

  /// The training step after which it was computed.
  public var step: Int
  /// In words that a file name could have, such as `balanced-parentheses`.
  public var language: String
  /// Such as `p`, `r` and `e`.
  public var unitNames: [String]
  /// One for each symbol, in order.
  public var rows: [Row]
  /// Why the verdict cannot be trusted, such as a depth past the precision; nil when it can.
  public var caution: String?

  public init(
    step: Int, language: String, unitNames: [String], rows: [Row], caution: String? = nil
  ) {
    self.step = step
    self.language = language
    self.unitNames = unitNames
    self.rows = rows
    self.caution = caution
  }
}

extension TaskFrame: ProbeContent {
  public static let kind = ProbeFrame.Kind.task
  public static let recording: FrameRecording? = .picture
  public var frame: ProbeFrame { .task(self) }
  public var step: Int {
    switch self {
    case .classification(let frame): frame.step
    case .translation(let frame): frame.step
    case .caption(let frame): frame.step
    case .forecast(let frame): frame.step
    case .answers(let frame): frame.step
    case .labelling(let frame): frame.step
    case .stack(let frame): frame.step
    }
  }
}
