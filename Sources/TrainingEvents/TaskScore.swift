/// What a simple method scores on the same examples: a network's figure means something beside it.
public struct TaskBaseline: Sendable, Equatable, Codable {
  /// Such as `always “positive”`.
  public var name: String
  /// In the measure that it stands beside.
  public var value: Double

  public init(name: String, value: Double) {
    self.name = name
    self.value = value
  }
}

/// How many answers are right, of how many, and of which examples.
public struct TaskScore: Sendable, Equatable, Codable {
  /// Right answers.
  public var right: Int
  /// Answers in all.
  public var count: Int
  /// Sequences that the answers stand in.
  public var sequences: Int
  /// Whether training has not seen them.
  public var isHeldOut: Bool
  /// A simple method's share of right answers on the same examples.
  public var baseline: TaskBaseline?

  public init(
    right: Int, count: Int, sequences: Int, isHeldOut: Bool = true, baseline: TaskBaseline? = nil
  ) {
    self.right = right
    self.count = count
    self.sequences = sequences
    self.isHeldOut = isHeldOut
    self.baseline = baseline
  }

  /// The share of right answers; NaN without any.
  public var share: Double { count > 0 ? Double(right) / Double(count) : .nan }
}

/// One number for each sequence, true and answered, of random examples.
public struct AnswersFrame: Sendable, Equatable, Codable {
  /// One sequence's number.
  public struct Answer: Sendable, Equatable, Codable {
    /// The right number.
    public var truth: Float
    /// The network's.
    public var answer: Float
    /// What is read, in one line.
    public var text: String

    public init(truth: Float, answer: Float, text: String = "") {
      self.truth = truth
      self.answer = answer
      self.text = text
    }
  }

  /// The training step after which it was computed.
  public var step: Int
  /// In the data's own units.
  public var answers: [Answer]
  /// Which answer is shown in full.
  public var shown: Int
  /// The numbers that are read for it, one a step; empty where a step is no single number.
  public var inputs: [Float]
  /// Which of the steps are marked; empty where there are no marks.
  public var marks: [Bool]
  /// What is answered, such as `sum`.
  public var unit: String
  /// Whether training has not seen the examples.
  public var isHeldOut: Bool
  /// A simple method's mean squared error on the same examples.
  public var baseline: TaskBaseline?

  public init(
    step: Int, answers: [Answer], shown: Int = 0, inputs: [Float] = [], marks: [Bool] = [],
    unit: String, isHeldOut: Bool = true, baseline: TaskBaseline? = nil
  ) {
    self.step = step
    self.answers = answers
    self.shown = shown
    self.inputs = inputs
    self.marks = marks
    self.unit = unit
    self.isHeldOut = isHeldOut
    self.baseline = baseline
  }

  /// Over the answers, in squared units of the data; NaN without any.
  public var meanSquaredError: Double {
    let squares = answers.map { Double($0.truth - $0.answer) * Double($0.truth - $0.answer) }
    return squares.isEmpty ? .nan : squares.reduce(0, +) / Double(squares.count)
  }
}
