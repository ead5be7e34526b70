import Foundation
import SequenceData
import Testing
import Training

/// Figures that follow from weights set by hand.
@Suite struct EvaluationTests {
  private func near(_ a: Double?, _ b: Double, _ tolerance: Double = 1e-5) -> Bool {
    guard let a else { return false }
    return abs(a - b) <= tolerance * max(1, abs(b))
  }

  /// y(t) = (y(t−1) or x(t)) and not (y(t−1) and x(t)), by two units.
  static func parity(feedback: Double = 20) async throws -> SetNetwork {
    try await SetNetwork(
      [
        ("task.kind", "sequence-labelling"), ("task.data.synthetic", "parity"),
        ("task.data.length", "10"), ("network.recurrence", "output"), ("network.hidden", "2"),
      ],
      weights: [
        "U": [0, 20, 0, 20], "W": [0, feedback, 0, feedback], "b": [-10, -30],
        "V": [-0.5, 0.5, 0.5, -0.5], "c": [1, 0],
      ])
  }

  @Test func aRuleSetByHandHoldsFreeRunningAtFourTimesTheLength() async throws {
    let network = try await Self.parity()
    let test = try network.evaluate()
    #expect(test.part == .test && test.longest == 40 && test.sequences == 2000)
    for way in ["free-running", "teacher forced"] {
      #expect(test.value(.accuracy, way) == 1 && test.value(.exactMatch, way) == 1)
      #expect(test.value(.macroF1, way) == 1)
    }
    #expect(test.figures[0].baselines.contains { $0.name == "chance" && $0.value == 0.5 })
    let validation = try network.evaluate { $0.part = .validation }
    #expect(validation.part == .validation && validation.longest == 10)
  }

  /// Without the way back the network repeats its input; the share of bits where that is right is
  /// counted here again.
  @Test func withoutItsOwnOutputItIsNoBetterThanItsInput() async throws {
    let network = try await Self.parity(feedback: 0)
    var (right, count, exact) = (0, 0, 0)
    for example in network.testExamples {
      guard case .tokens(let bits) = example.input, case .labels(let labels) = example.target
      else { continue }
      let same = zip(bits, labels).count { $0 == $1 }
      right += same
      count += bits.count
      exact += same == bits.count ? 1 : 0
    }
    let evaluation = try network.evaluate()
    let share = Double(right) / Double(count)
    #expect(near(evaluation.value(.accuracy, "free-running"), share, 1e-12))
    #expect(share > 0.4 && share < 0.6)
    #expect(
      near(evaluation.value(.exactMatch), Double(exact) / Double(network.testExamples.count)))
  }

  private static let reviews = (0..<80).map {
    "\($0 % 4 == 0 ? "good" : "bad")\tab\($0 % 3 == 0 ? "c" : "d")"
  }.joined(separator: "\n")

  @Test func aClassifierThatAlwaysSaysOneThing() async throws {
    let network = try await SetNetwork(
      [
        ("task.kind", "sequence-classification"), ("task.data.tsv", "FILE"),
        ("task.split.test", "0.4"), ("network.output", "final"), ("network.hidden", "3"),
      ], data: Self.reviews, weights: ["head.bias": [2, 0]])
    // Classes stand in their order: bad, good.
    let truths = network.testExamples.map(\.target)
    let bad = Double(truths.count { $0 == .label(0) }) / Double(truths.count)
    #expect(truths.count == 32 && bad > 0.5 && bad < 1)
    let evaluation = try network.evaluate()
    #expect(near(evaluation.value(.accuracy), bad))
    #expect(near(evaluation.value(.macroF1), 2 * bad / (1 + bad) / 2))
    let surprise = log(1 + exp(-2.0))
    #expect(near(evaluation.value(.nats), bad * surprise + (1 - bad) * (2 + surprise)))
    // It is its own baseline.
    for figure in evaluation.figures.prefix(2) {
      #expect(figure.baselines.contains { near($0.value, figure.value) })
    }
    #expect(try network.evaluate { $0.threads = 3 } == evaluation)
  }

  @Test func aLanguageModelThatKnowsNothingNeedsTheLogarithmOfItsAlphabet() async throws {
    let network = try await SetNetwork(
      [
        ("task.data.lines", "FILE"), ("network.hidden", "3"), ("training.sequence-length", "5"),
        ("training.batch", "4"),
      ], data: (0..<90).map { $0 % 2 == 0 ? "abab" : "ba" }.joined(separator: "\n"), weights: [:])
    let evaluation = try network.evaluate()
    // a, b and the line's end.
    #expect(near(evaluation.value(.perplexity), 3) && near(evaluation.value(.nats), log(3)))
    #expect(near(evaluation.value(.bitsPerCharacter), log2(3)))
    let baseline = try #require(evaluation.figures[0].baselines.first)
    #expect(baseline.value > 0.2 && baseline.value < 1)
    #expect(evaluation.targets == network.task.test.targetCount)
  }

  @Test func aConstantSumHasTheVarianceOfTheSumAsItsError() async throws {
    let network = try await SetNetwork(
      [
        ("task.kind", "forecasting"), ("task.data.synthetic", "adding"),
        ("task.data.length", "6"), ("network.output", "final"), ("network.hidden", "2"),
      ], weights: ["head.bias": [1]])
    var sum = 0.0
    for example in network.testExamples {
      guard case .values(let values, _) = example.target else { continue }
      sum += pow(Double(values[0]) - 1, 2)
    }
    let evaluation = try network.evaluate()
    let error = try #require(evaluation.value(.meanSquaredError))
    #expect(near(error, sum / Double(network.testExamples.count)))
    #expect(abs(error - 1.0 / 6) < 0.02)
    #expect(evaluation.figures[0].baselines == [Baseline("always 1", .meanSquaredError, 1.0 / 6)])
  }

  @Test(arguments: [Evaluation.Part.test, .validation])
  func aForecasterStandsBesidePersistenceOnTheSamePart(part: Evaluation.Part) async throws {
    let rows = (0..<200).map { "\(10 + ($0 * $0 * 7) % 11)" }.joined(separator: "\n")
    let network = try await SetNetwork(
      [
        ("task.kind", "forecasting"), ("task.data.csv", "FILE"), ("task.data.length", "8"),
        ("network.hidden", "2"),
      ], data: "level\n" + rows, weights: [:])
    let evaluation = try network.evaluate { $0.part = part }
    let series = try #require(network.task.series)
    var values = series.values
    network.task.normalisation?.apply(to: &values)
    let first = series.trainCount + (part == .test ? series.validationCount : 0)
    let last = part == .test ? series.count : first + series.validationCount
    let squares = values[first..<last].reduce(0) { $0 + Double($1 * $1) }
    #expect(near(evaluation.value(.meanSquaredError), squares / Double(last - first)))
    var errors = SquaredErrors()
    for row in first..<last { errors.add(values[row - 1], truth: values[row]) }
    let baselines = evaluation.figures[0].baselines
    #expect(baselines.map(\.name) == ["persistence", "AR(9)"])
    #expect(near(baselines[0].value, errors.mean))
  }

  /// A table that is written otherwise than the one that was learnt is read as it tells itself, unless it
  /// was said how.
  @Test func anotherTableMayBeWrittenOtherwise() async throws {
    func rows(_ separator: String, _ point: String) -> String {
      (["a", "b"].joined(separator: separator) + "\n")
        + (0..<60).map { "\($0)\(point)5\(separator)\($0 * 7 % 11)\(point)25" }
        .joined(separator: "\n")
    }
    let network = try await SetNetwork(
      [
        ("task.kind", "forecasting"), ("task.data.csv", "FILE"), ("task.data.length", "4"),
        ("task.data.separator", ";"), ("task.data.decimal", ","), ("network.hidden", "2"),
      ], data: rows(";", ","), weights: nil)
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("unfold-\(UUID().uuidString).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(rows(",", ".").utf8).write(to: URL(filePath: path))
    var judge = try SnapshotEvaluation(network.checkpoint, file: "snapshot")
    try judge.set(["task.data.csv=\(path)"])
    let task = try judge.load(dataDirectories: [])
    #expect(task.series?.values.suffix(2) == [59.5, 6.25])
    try judge.set(["task.data.separator=;"])
    #expect(throws: DataError.self) { try judge.load(dataDirectories: []) }
  }

  @Test func otherDataThanItWasTrainedOnIsRefused() async throws {
    let network = try await Self.parity()
    var other = network.task
    other.inputVocabulary = Vocabulary(symbols: ["x", "y"])
    let judge = try SnapshotEvaluation(network.checkpoint, file: "snapshot")
    #expect(throws: PresetError.self) { try judge.run(other, options: EvaluationOptions()) }
    var empty = network.task
    (empty.test, empty.validation) = (.examples([]), .examples([]))
    #expect(throws: PresetError.self) { try judge.run(empty, options: EvaluationOptions()) }
    var changed = judge
    #expect(throws: PresetError.self) { try changed.set(["network.hidden=3"]) }
    try changed.set(["task.data.length=7"])
    #expect(changed.preset.task.data.length == 7)
  }
}
