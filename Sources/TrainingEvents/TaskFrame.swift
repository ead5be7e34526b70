/// What a task shows of itself beyond loss and states; the kind chooses the panel.
public enum TaskFrame: Sendable, Equatable {
  case classification(ConfusionFrame)
  case translation(TranslationFrame)
  case caption(CaptionFrame)
  case forecast(ForecastFrame)
  case labelling(LabellingFrame)
  case stack(StackFrame)
}

/// Validation examples by true and predicted class.
public struct ConfusionFrame: Sendable, Equatable {
  public struct Mistake: Sendable, Equatable {
    public var text: String
    public var truth: String
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

  public var step: Int
  public var classes: [String]
  /// `counts[truth * classes.count + prediction]`.
  public var counts: [Int]
  /// The most confident mistakes, worst first.
  public var mistakes: [Mistake]

  public init(step: Int, classes: [String], counts: [Int], mistakes: [Mistake]) {
    self.step = step
    self.classes = classes
    self.counts = counts
    self.mistakes = mistakes
  }
}

/// A source sequence, its target and what the network makes of it.
public struct TranslationFrame: Sendable, Equatable {
  public var step: Int
  public var source: [String]
  public var target: [String]
  public var output: [String]
  /// `attention[o * source.count + i]`: weight α of source step i when writing output step o;
  /// empty without attention.
  public var attention: [Float]

  public init(
    step: Int, source: [String], target: [String], output: [String], attention: [Float] = []
  ) {
    self.step = step
    self.source = source
    self.target = target
    self.output = output
    self.attention = attention
  }
}

public struct CaptionFrame: Sendable, Equatable {
  public var step: Int
  public var width: Int
  public var height: Int
  /// Row by row, 0 (paper) to 1 (ink).
  public var pixels: [Float]
  public var target: String
  public var output: String

  public init(
    step: Int, width: Int, height: Int, pixels: [Float], target: String, output: String
  ) {
    self.step = step
    self.width = width
    self.height = height
    self.pixels = pixels
    self.target = target
    self.output = output
  }
}

public struct ForecastFrame: Sendable, Equatable {
  public var step: Int
  /// The series in its own units.
  public var series: [Float]
  /// One-step-ahead predictions beside `series`; NaN where there is none.
  public var predicted: [Float]
  /// Where the network goes on by itself after the series ends.
  public var continuation: [Float]
  public var unit: String

  public init(
    step: Int, series: [Float], predicted: [Float], continuation: [Float], unit: String
  ) {
    self.step = step
    self.series = series
    self.predicted = predicted
    self.continuation = continuation
    self.unit = unit
  }
}

public struct LabellingFrame: Sendable, Equatable {
  public var step: Int
  /// What is read at each step.
  public var inputs: [String]
  public var truth: [String]
  public var prediction: [String]
  /// The same with the network running on its own outputs; empty where that does not apply.
  public var freeRunning: [String]

  public init(
    step: Int, inputs: [String], truth: [String], prediction: [String], freeRunning: [String] = []
  ) {
    self.step = step
    self.inputs = inputs
    self.truth = truth
    self.prediction = prediction
    self.freeRunning = freeRunning
  }
}

/// A hand-built network deciding one string, symbol by symbol.
public struct StackFrame: Sendable, Equatable {
  public struct Row: Sendable, Equatable {
    public var symbol: String
    /// The number that holds the stack.
    public var stack: Double
    public var units: [Double]
    /// Whether the string read so far is accepted.
    public var accepted: Bool

    public init(symbol: String, stack: Double, units: [Double], accepted: Bool) {
      self.symbol = symbol
      self.stack = stack
      self.units = units
      self.accepted = accepted
    }
  }

  public var step: Int
  public var language: String
  public var unitNames: [String]
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
