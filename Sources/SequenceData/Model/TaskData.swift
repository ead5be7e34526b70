import FileFormats
import TrainingEvents

/// A task, loaded: what to train on, what to judge by, and what the numbers mean.
public struct TaskData: Sendable {
  public var kind: TaskKind
  public var train: DataSet
  public var validation: DataSet
  public var test: DataSet
  /// What the network is judged by at several lengths; empty where it is not.
  public var judged: [Judged] = []
  /// Symbols the network reads; nil when it reads numbers or nothing.
  public var inputVocabulary: Vocabulary?
  /// Classes, labels or symbols the network writes; nil when it writes numbers.
  public var outputVocabulary: Vocabulary?
  /// Symbols of `inputVocabulary`, or numbers in an input row; 0 without input.
  public var inputWidth: Int
  /// Classes or symbols of `outputVocabulary`, or numbers in an output row.
  public var outputWidth: Int
  /// Singular name of a target: `character`, `phone`, `label`, `frame`, `step`.
  public var targetName: String
  /// How numbers were brought to mean 0 and variance 1; nil when they stand as they were.
  public var normalisation: Normalisation?
  /// A forecasting task's whole series; nil for other tasks.
  public var series: Series?
  /// How a person's table is written; nil for other data.
  public var dialect: TableDialect?
  /// What simple methods score on the test set.
  public var baselines: [Baseline] = []
  /// One-line remarks for a person, such as what was left out.
  public var notes: [String] = []
  /// Why the validation or the test part is empty though the task asks for one.
  public var whyEmpty: [EmptyPart: String] = [:]

  /// Sequences of one length.
  public struct Judged: Sendable {
    /// Time steps of each.
    public var steps: Int
    /// The sequences.
    public var data: DataSet
  }

  public enum EmptyPart: String, Sendable { case validation, test }

  public init(
    kind: TaskKind, train: DataSet, validation: DataSet = .examples([]),
    test: DataSet = .examples([]), inputVocabulary: Vocabulary? = nil,
    outputVocabulary: Vocabulary? = nil, inputWidth: Int, outputWidth: Int, targetName: String
  ) {
    self.kind = kind
    self.train = train
    self.validation = validation
    self.test = test
    self.inputVocabulary = inputVocabulary
    self.outputVocabulary = outputVocabulary
    self.inputWidth = inputWidth
    self.outputWidth = outputWidth
    self.targetName = targetName
  }

  /// Names of the classes or labels, as a confusion matrix shows them.
  public var classNames: [String] {
    guard let vocabulary = outputVocabulary else { return [] }
    return (0..<vocabulary.count).map { vocabulary.name(of: Int32($0)) }
  }

  /// What the task is judged by beside its loss, the most telling measure first.
  public var measures: [Measure] {
    switch kind {
    case .languageModel: [.bitsPerCharacter, .perplexity]
    case .sequenceClassification, .sequenceLabelling: [.accuracy, .macroF1]
    case .sequenceToSequence where targetName == "phone": [.wordErrorRate, .phoneErrorRate]
    case .sequenceToSequence, .captioning: [.exactMatch, .characterErrorRate]
    case .forecasting, .autonomous: [.meanSquaredError]
    case .handBuilt: [.accuracy]
    }
  }

  /// The share of test targets that the most frequent class of the training set gets right, as a
  /// baseline; nil without classes or test examples.
  func mostFrequentClass() -> Baseline? {
    guard case .examples(let training) = train, case .examples(let testing) = test else {
      return nil
    }
    let (seen, asked) = (tally(training), tally(testing))
    guard let most = seen.indices.max(by: { seen[$0] < seen[$1] }),
      asked.contains(where: { $0 > 0 })
    else { return nil }
    return Baseline(
      "most frequent \(targetName)", .accuracy, Double(asked[most]) / Double(asked.reduce(0, +)))
  }
}

extension TaskData {
  /// How often each class is a target.
  private func tally(_ examples: [Example]) -> [Int] {
    var counts = [Int](repeating: 0, count: outputWidth)
    for example in examples {
      switch example.target {
      case .label(let label): counts[Int(label)] += 1
      case .labels(let labels): for label in labels where label >= 0 { counts[Int(label)] += 1 }
      case .none, .values: break
      }
    }
    return counts
  }

  /// A line on classes that no example has, training, validation and test together: whole numbers as
  /// labels stand for themselves, and 0, 10, 20 make 21 classes. Nil where each class occurs.
  func absentClasses() -> String? {
    let counts = [train, validation, test].map { set in
      if case .examples(let examples) = set { tally(examples) } else { [Int]() }
    }
    let seen = (0..<outputWidth).filter { label in
      counts.contains { label < $0.count && $0[label] > 0 }
    }
    guard !seen.isEmpty, seen.count < outputWidth else { return nil }
    return "only \(seen.count) of the \(outputWidth) classes occur in the data: a whole number is "
      + "the number of its class, from 0; labels in words have no gaps"
  }
}

/// Mean and standard deviation of each channel, measured on the training set alone.
public struct Normalisation: Sendable, Equatable, Codable {
  public var mean: [Float]
  public var standardDeviation: [Float]

  public init(mean: [Float], standardDeviation: [Float]) {
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// Measures rows of `width` numbers. A channel that never changes is brought to 0.
  public init(measuring rows: some Sequence<[Float]>, width: Int) {
    var (sum, squares, count) =
      ([Double](repeating: 0, count: width), [Double](repeating: 0, count: width), 0)
    var range = [ClosedRange<Float>?](repeating: nil, count: width)
    for values in rows {
      for (i, value) in values.enumerated() {
        sum[i % width] += Double(value)
        squares[i % width] += Double(value) * Double(value)
        let known = range[i % width]
        range[i % width] =
          min(known?.lowerBound ?? value, value)...max(known?.upperBound ?? value, value)
      }
      count += values.count / max(width, 1)
    }
    let total = Double(max(count, 1))
    mean = sum.map { Float($0 / total) }
    standardDeviation = zip(sum, squares).map { sum, squares in
      let variance = squares / total - (sum / total) * (sum / total)
      return variance > 1e-12 ? Float(variance.squareRoot()) : 1
    }
    // Rounding would leave a constant far from 0 with a deviation, and divide by it.
    for case (let channel, let range?) in range.enumerated()
    where range.lowerBound == range.upperBound {
      mean[channel] = range.lowerBound
      standardDeviation[channel] = 1
    }
  }

  /// Brings rows to the network's scale, in place.
  public func apply(to values: inout [Float]) {
    guard !mean.isEmpty else { return }
    for i in values.indices {
      let channel = i % mean.count
      values[i] = (values[i] - mean[channel]) / standardDeviation[channel]
    }
  }

  /// Brings one number of a channel back to the data's own units.
  public func restore(_ value: Float, channel: Int = 0) -> Float {
    guard mean.indices.contains(channel) else { return value }
    return value * standardDeviation[channel] + mean[channel]
  }
}

/// A series in its own units, with where its parts end.
public struct Series: Sendable, Equatable {
  /// Row by row, `names.count` numbers a row.
  public var values: [Float]
  public var names: [String]
  /// Rows of the training part; validation follows, then test.
  public var trainCount: Int
  public var validationCount: Int

  public init(values: [Float], names: [String], trainCount: Int, validationCount: Int) {
    self.values = values
    self.names = names
    self.trainCount = trainCount
    self.validationCount = validationCount
  }

  public var count: Int { names.isEmpty ? 0 : values.count / names.count }
}
