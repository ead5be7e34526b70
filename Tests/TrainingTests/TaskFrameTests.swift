import Foundation
import SequenceData
import Testing
import TrainingEvents

@testable import Training

/// What each kind of task shows of itself, on networks that have hardly trained.
@Suite struct TaskFrameTests {
  private static let small = [
    "network.hidden": "4", "training.batch": "4", "training.steps": "2",
    "training.optimizer": "adam",
  ]

  /// Trains two steps and gives back the frame that was made when the run ended.
  private func frame(
    _ settings: [(String, String)], data: String? = nil, sequence: Int = 0
  ) async throws -> TaskFrame {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("unfold-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    var preset = Preset()
    for (key, value) in settings {
      try preset.set(key, to: value.replacingOccurrences(of: "FILE", with: file.path))
    }
    for (key, value) in Self.small { try preset.set(key, to: value) }
    if let data { try Data(data.utf8).write(to: file) }
    let task = try TaskLoader.load(preset.task, seed: 1, dataDirectories: [])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    var request = ProbeRequest(interests: [.task])
    request.sequence = sequence
    await engine.perform(.watch(request))
    await engine.start()
    let events = await TinyRun.events(of: engine)
    await engine.shutDown()
    let frames = events.compactMap { if case .frame(.task(let frame)) = $0 { frame } else { nil } }
    return try #require(frames.last)
  }

  @Test func aClassifierCountsHeldOutExamples() async throws {
    let lines = (0..<40).map { "\($0 % 2 == 0 ? "good" : "bad")\tab\($0 % 2 == 0 ? "c" : "d")" }
    guard
      case .classification(let frame) = try await frame(
        [
          ("task.kind", "sequence-classification"), ("task.data.tsv", "FILE"),
          ("task.split.validation", "0.25"), ("network.output", "final"),
        ], data: lines.joined(separator: "\n"))
    else { return _ = Issue.record("no confusion matrix") }
    #expect(Set(frame.classes) == ["good", "bad"])
    #expect(frame.counts.count == 4 && frame.counts.reduce(0, +) == 10)
    let right = frame.counts[0] + frame.counts[3]
    #expect(frame.mistakes.count == 10 - right)
    for mistake in frame.mistakes {
      #expect(mistake.truth != mistake.prediction && mistake.confidence >= 0.5)
      #expect(mistake.text.hasSuffix(mistake.truth == "good" ? "abc" : "abd"))
    }
  }

  @Test(arguments: ["none", "additive"])
  func aTranslatorShowsWhereItLooked(attention: String) async throws {
    let lines = (0..<20).map { "ab\($0 % 3 == 0 ? "c" : "b")\tx\($0 % 3 == 0 ? "y" : "x")" }
    guard
      case .translation(let frame) = try await frame(
        [
          ("task.kind", "sequence-to-sequence"), ("task.data.tsv", "FILE"),
          ("network.attention", attention), ("task.split.validation", "0.5"),
        ], data: lines.joined(separator: "\n"))
    else { return _ = Issue.record("no translation") }
    #expect(frame.source.prefix(2) == ["a", "b"] && frame.source.count == 3)
    #expect(frame.target.first == "x" && frame.target.count == 2)
    // Two thirds of the lines say “xx”; what a constant answer scores stands beside the network's.
    let score = try #require(frame.score)
    #expect(score.baseline?.name == "always “xx”" && score.count > 0)
    let share = try #require(score.baseline?.value)
    #expect(share > 0 && share < 1)
    guard attention == "additive" else {
      #expect(frame.attention.isEmpty)
      return
    }
    #expect(frame.attention.count == frame.output.count * 3)
    for row in 0..<frame.output.count {
      let sum = frame.attention[row * 3..<row * 3 + 3].reduce(0, +)
      #expect(abs(sum - 1) < 1e-4)
    }
  }

  @Test func aLabellerThatReadsItsOutputsIsAlsoShownAlone() async throws {
    guard
      case .labelling(let frame) = try await frame([
        ("task.kind", "sequence-labelling"), ("task.data.synthetic", "parity"),
        ("task.data.length", "8"), ("network.recurrence", "output"),
      ])
    else { return _ = Issue.record("no labels") }
    let count = frame.inputs.count
    #expect(count >= 4 && frame.truth.count == count)
    #expect(frame.prediction.count == count && frame.freeRunning.count == count)
    // The truth is the running parity of what is read.
    var ones = 0
    for (input, truth) in zip(frame.inputs, frame.truth) {
      if input == "1" { ones += 1 }
      #expect(truth == "\(ones % 2)")
    }
  }

  @Test func aForecasterSpeaksInTheDataOwnUnits() async throws {
    let lines = ["level"] + (0..<120).map { "\(1000 + ($0 % 7) * 10)" }
    guard
      case .forecast(let frame) = try await frame(
        [
          ("task.kind", "forecasting"), ("task.data.csv", "FILE"), ("task.data.length", "8"),
        ], data: lines.joined(separator: "\n"))
    else { return _ = Issue.record("no forecast") }
    #expect(frame.unit == "level")
    #expect(frame.series.allSatisfy { $0 > 999 && $0 < 1061 })
    #expect(frame.predicted.count == frame.series.count)
    // Close to the mean in units of the data, as outputs near 0 are in the network's scale.
    #expect(frame.predicted.allSatisfy { $0 > 900 && $0 < 1160 })
    #expect(frame.continuation.count == 40)
  }

  /// Of several columns, the next and the one before can be looked at, around the end as well.
  @Test(arguments: [(0, "level"), (1, "flow"), (2, "level"), (-1, "flow")])
  func eachColumnOfAForecastCanBeLookedAt(_ sequence: Int, _ name: String) async throws {
    let lines = ["level,flow"] + (0..<120).map { "\(1000 + ($0 % 7) * 10),\(5 + $0 % 3)" }
    guard
      case .forecast(let frame) = try await frame(
        [("task.kind", "forecasting"), ("task.data.csv", "FILE"), ("task.data.length", "8")],
        data: lines.joined(separator: "\n"), sequence: sequence)
    else { return _ = Issue.record("no forecast") }
    #expect(frame.unit == name)
    let range: ClosedRange<Float> = name == "flow" ? 4.99...7.01 : 999...1061
    #expect(frame.series.allSatisfy { range ~= $0 })
  }

  @Test func aStateWithoutInputGoesOn() async throws {
    guard
      case .forecast(let frame) = try await frame([
        ("task.kind", "autonomous"), ("task.data.synthetic", "oscillator"),
        ("task.data.length", "20"),
      ])
    else { return _ = Issue.record("no wave") }
    #expect(frame.series.count == frame.predicted.count && frame.continuation.count == 40)
    #expect((frame.predicted + frame.continuation).allSatisfy { $0.isFinite })
  }

  @Test func addingShowsItsInputsItsMarksAndTheAnswer() async throws {
    guard
      case .answers(let frame) = try await frame([
        ("task.kind", "forecasting"), ("task.data.synthetic", "adding"),
        ("task.data.length", "6"), ("network.output", "final"),
      ])
    else { return _ = Issue.record("no answers") }
    #expect(frame.answers.count > 50 && frame.isHeldOut && frame.unit == "sum")
    #expect(frame.inputs.count == 6 && frame.marks.filter { $0 }.count == 2)
    let sum = zip(frame.inputs, frame.marks).reduce(Float(0)) { $0 + ($1.1 ? $1.0 : 0) }
    #expect(abs(sum - frame.answers[frame.shown].truth) < 1e-5)
    #expect(frame.answers.allSatisfy { $0.answer.isFinite })
    // Whoever always says the mean has about the variance of a sum of two uniform numbers.
    #expect(abs((frame.baseline?.value ?? 0) - 1.0 / 6) < 0.04)
    #expect(frame.baseline?.name.hasPrefix("always ") == true)
  }

  @Test func copyShowsWhatNeedsMemory() async throws {
    guard
      case .labelling(let frame) = try await frame([
        ("task.kind", "sequence-labelling"), ("task.data.synthetic", "copy"),
        ("task.data.length", "5"),
      ])
    else { return _ = Issue.record("no labels") }
    let recall = try #require(frame.recall)
    #expect(recall.kept == 0..<10 && recall.asked == 15..<25)
    #expect(Array(frame.inputs[recall.kept]) == Array(frame.truth[recall.asked]))
    let score = try #require(frame.score)
    #expect(recall.score.count * 25 == score.count * 10)
    #expect(recall.score.right <= recall.score.count && recall.score.right <= score.right)
    #expect(score.baseline == TaskBaseline(name: "always “-”", value: 0.6))
    #expect(score.sequences > 100 && score.isHeldOut)
  }

  /// The matrix counts the very examples, at the very step, that the logged accuracy is of.
  @Test func theMatrixIsTheValidation() async throws {
    let lines = (0..<90).map { "\($0 % 3 == 0 ? "good" : "bad")\tab\($0 % 7 == 0 ? "c" : "d")" }
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("unfold-\(UUID().uuidString).tsv")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(lines.joined(separator: "\n").utf8).write(to: file)
    var preset = Preset()
    for (key, value) in [
      ("task.kind", "sequence-classification"), ("task.data.tsv", file.path),
      ("task.split.validation", "0.5"), ("network.output", "final"),
      ("training.validate-every", "3"),
    ] { try preset.set(key, to: value) }
    for (key, value) in Self.small { try preset.set(key, to: value) }
    try preset.set("training.steps", to: "7")
    let task = try TaskLoader.load(preset.task, seed: 1, dataDirectories: [])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.perform(.watch(ProbeRequest(interests: [.task])))
    await engine.start()
    let events = await TinyRun.events(of: engine)
    await engine.shutDown()
    let frames = events.compactMap { event -> ConfusionFrame? in
      if case .frame(.task(.classification(let frame))) = event { frame } else { nil }
    }
    let validations = events.compactMap {
      if case .validation(let record) = $0 { record } else { nil }
    }
    let frame = try #require(frames.last)
    let logged = try #require(validations.last)
    #expect(frame.step == logged.step && frame.step == 7)
    let total = frame.counts.reduce(0, +)
    #expect(total == task.validation.count)
    #expect(
      abs(100 * Double(frame.counts[0] + frame.counts[3]) / Double(total) - (logged.metric ?? -1))
        < 1e-9)
    let most = frame.classes.firstIndex(of: "bad") ?? 0
    let share = Double(frame.counts[2 * most] + frame.counts[2 * most + 1]) / Double(total)
    #expect(frame.baseline == TaskBaseline(name: "always “bad”", value: share))
  }

  @Test func aPassageHasEachPositionOnce() async throws {
    let text = (0..<24_000).map { String(Array("abcdefgh")[$0 * $0 % 8]) }.joined()
    let (preset, task) = try TinyRun.preset(["training.steps": "2"], text: text)
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.perform(.watch(ProbeRequest(interests: [.passage])))
    await engine.start()
    let events = await TinyRun.events(of: engine)
    await engine.shutDown()
    let frames = events.compactMap {
      if case .frame(.passage(let frame)) = $0 { frame } else { nil }
    }
    let frame = try #require(frames.last)
    #expect(frame.symbols.count == 2_048)
    #expect(frame.map.units == 5 && frame.map.columns == frame.symbols.count)
    #expect(
      frame.starts.count == 16 && frame.starts.first == 0 && frame.starts == frame.starts.sorted())
    #expect(frames.dropFirst().allSatisfy { $0.symbols == frame.symbols })
  }

  /// Where every target is another, none is the most frequent one.
  @Test func theMostFrequentTargetComesTwiceAtLeast() {
    func data(_ targets: [[Int32]]) -> DataSet {
      .examples(targets.map { Example(input: .tokens([0]), target: .labels($0)) })
    }
    #expect(Probe.mostFrequentTarget(of: data([[1, 0], [2, 0]]), end: 0) == nil)
    #expect(Probe.mostFrequentTarget(of: data([[1, 0], [2, 0], [2]]), end: 0) == [2])
    #expect(
      Probe.mostFrequentTarget(of: data([[3], [1], [1], [3]]), end: nil) == [3],
      "the earlier one of two")
  }
}
