import Foundation
import SequenceData
import Testing
import Training
import TrainingEvents

/// Texts that a person types, read by networks that have hardly trained.
@Suite struct ReadingTests {
  private func answers(
    _ settings: [(String, String)], data: String?, to texts: [String]
  ) async throws -> [ReadingFrame] {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("unfold-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    if let data { try Data(data.utf8).write(to: file) }
    var preset = Preset()
    for (key, value) in settings {
      try preset.set(key, to: value.replacingOccurrences(of: "FILE", with: file.path))
    }
    try preset.set("network.hidden", to: "4")
    let task = try TaskLoader.load(preset.task, seed: 1, dataDirectories: [])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.start(paused: true)
    await engine.perform(.step(count: 1))
    _ = await TinyRun.events(of: engine) { !$0.records.isEmpty }
    for text in texts { await engine.perform(.read(text: text)) }
    await engine.perform(.stop)
    let events = await TinyRun.events(of: engine)
    await engine.shutDown()
    return events.compactMap { if case .reading(let frame) = $0 { frame } else { nil } }
  }

  /// The second text is longer than any source of a batch before it.
  @Test(arguments: ["none", "additive"])
  func aTranslatorWritesForATypedSource(attention: String) async throws {
    let lines = (0..<20).map { "ab\($0 % 3 == 0 ? "a" : "b")\tx\($0 % 3 == 0 ? "y" : "x")" }
    let frames = try await answers(
      [
        ("task.kind", "sequence-to-sequence"), ("task.data.tsv", "FILE"),
        ("network.attention", attention),
      ], data: lines.joined(separator: "\n"), to: ["ab", "abbaabbaabba", "ab"])
    #expect(frames.map(\.states.symbols.count) == [2, 12, 2])
    #expect(frames.allSatisfy { $0.answer.allSatisfy { "xy".contains($0) || $0 == "\u{FFFD}" } })
    #expect(frames.first == frames.last)
  }

  @Test(arguments: ["hidden", "output"])
  func aLabellerSaysALabelForEverySymbol(recurrence: String) async throws {
    let frames = try await answers(
      [
        ("task.kind", "sequence-labelling"), ("task.data.synthetic", "parity"),
        ("task.data.length", "8"), ("network.recurrence", recurrence),
      ], data: nil, to: ["1011"])
    let frame = try #require(frames.first)
    #expect(frame.states.prediction.count == 4)
    #expect(frame.states.prediction.allSatisfy { $0 == "0" || $0 == "1" })
    #expect(frame.answer == frame.states.prediction.joined(separator: " "))
  }

  @Test func aClassifierSaysItsClassesByProbability() async throws {
    let lines = (0..<40).map { "\($0 % 2 == 0 ? "good" : "bad")\tab\($0 % 2 == 0 ? "c" : "d")" }
    let frames = try await answers(
      [
        ("task.kind", "sequence-classification"), ("task.data.tsv", "FILE"),
        ("network.output", "final"),
      ], data: lines.joined(separator: "\n"), to: ["abcd"])
    let frame = try #require(frames.first)
    #expect(Set(frame.alternatives.map(\.label)) == ["good", "bad"])
    #expect(abs(frame.alternatives.reduce(0) { $0 + $1.probability } - 1) < 1e-5)
    #expect(frame.answer.hasPrefix(frame.alternatives[0].label))
  }
}
