import Foundation
import LinearAlgebra
import RecurrentNetworks
import SequenceData
import Testing
import TrainingEvents

@testable import Training

/// Runs whose states are bounded in memory.
@Suite struct LongSequenceTests {
  private static let text = String(repeating: TinyRun.text, count: 24)

  private func train(_ settings: [String: String], threads: Int = 1) throws -> Trainer {
    var all = [
      "network.cell": "lstm", "network.layers": "2", "network.dropout": "0.2",
      "training.sequence-length": "20000", "training.batch": "2",
    ]
    all.merge(settings) { $1 }
    let (preset, task) = try TinyRun.preset(all, text: Self.text)
    let trainer = try Trainer(preset: preset, task: task, threads: threads)
    for _ in 0..<2 { _ = trainer.advance() }
    return trainer
  }

  @Test(arguments: [1, 2]) func aBoundChangesNoBitOfTheWeights(_ threads: Int) throws {
    let whole = try train([:])
    let megabytes = 15.0
    let bounded = try train(["training.memory-megabytes": "\(megabytes)"], threads: threads)
    func weights(_ trainer: Trainer) -> [Float] {
      (0..<trainer.parameters.count).map { trainer.parameters.base[$0] }
    }
    #expect(weights(whole) == weights(bounded))
    func carried(_ trainer: Trainer) -> [[Float]] { trainer.carriedStates.map(\.values.elements) }
    #expect(carried(whole) == carried(bounded))
    #expect(Double(whole.stateBytes) > megabytes * 1e6)
    let parameters = Double(bounded.parameters.count * 4 * 3 + bounded.gradientBytes)
    #expect(Double(bounded.stateBytes) + parameters <= megabytes * 1e6)
  }

  @Test func aBoundBelowTheLeastIsRefusedInOneLine() throws {
    let error = #expect(throws: PresetError.self) {
      try train(["training.memory-megabytes": "2"])
    }
    let text = error?.description ?? ""
    #expect(text.contains("training.memory-megabytes: 2: a step takes ") && !text.contains("\n"))
    #expect(text.contains("raise it, or lower training.batch"))
  }

  @Test(arguments: [
    ["network.direction": "bidirectional", "task.kind": "sequence-labelling"],
    ["network.recurrence": "output", "task.kind": "sequence-labelling", "network.cell": "tanh"],
    ["network.unshared-steps": "20", "task.kind": "sequence-labelling"],
    ["network.zoneout": "0.25", "task.kind": "sequence-labelling", "network.cell": "lstm"],
    ["network.layer-norm": "true", "task.kind": "sequence-labelling", "network.cell": "gru"],
    ["task.kind": "sequence-to-sequence", "task.data.synthetic": "reverse"],
    [
      "task.kind": "sequence-to-sequence", "task.data.synthetic": "reverse", "network.loss": "ctc",
    ],
  ])
  func networksThatCannotAreRefusedInOneLine(_ settings: [String: String]) throws {
    var settings = settings
    settings["task.data.synthetic"] = settings["task.data.synthetic"] ?? "parity"
    var (preset, task) = try TinyRun.synthetic(settings)
    _ = try TaskNetwork(preset: preset, task: task)
    preset.training.memoryMegabytes = 100
    let error = #expect(throws: PresetError.self) { try TaskNetwork(preset: preset, task: task) }
    let text = error?.description ?? ""
    #expect(text.contains("training.memory-megabytes: 100: ") && !text.contains("\n"))
    for key in ["network.direction", "network.zoneout", "network.layer-norm"] {
      guard let value = settings[key] else { continue }
      #expect(text.contains("\(key): \(value): "))
    }
  }

  @Test func aTiedTableOfMoreSymbolsThanRowsIsRefused() throws {
    let symbols = (0x4E00..<0x4E00 + 8200).compactMap(UnicodeScalar.init).map(String.init)
    let settings = ["network.tie-weights": "true", "network.embedding": "5"]
    var (preset, task) = try TinyRun.preset(
      settings.merging(["network.hidden": "5"]) { $1 }, text: symbols.joined())
    _ = try TaskNetwork(preset: preset, task: task)
    preset.training.memoryMegabytes = 100
    let error = #expect(throws: PresetError.self) { try TaskNetwork(preset: preset, task: task) }
    #expect(error?.description.contains("network.tie-weights: true: with more than 8192") == true)
  }

  @Test func theKeyIsReadAndWritten() throws {
    var preset = Preset()
    #expect(!preset.resolvedText.contains("memory-megabytes"))
    try preset.set("training.memory-megabytes", to: "1000")
    #expect(preset.training.memoryMegabytes == 1000)
    #expect(preset.resolvedText.contains("memory-megabytes: 1000"))
    #expect(throws: PresetError.self) { try preset.set("training.memory-megabytes", to: "0") }
  }

  // MARK: Looking

  private static let length = 2_500

  /// One sequence with a label at each time step, or one at its end.
  private func looked(_ kind: String, bounded: Bool) throws -> (Probe, Trainer) {
    let file = FileManager.default.temporaryDirectory.path + "/long-\(UUID()).jsonl"
    let tokens = (0..<Self.length).map { "\($0 * $0 % 7)" }.joined(separator: ",")
    let labels = (0..<Self.length).map { "\($0 % 3)" }.joined(separator: ",")
    let isLabelled = kind == "sequence-labelling"
    let lines = [
      "{\"tokens\":[\(tokens)],\(isLabelled ? "\"targets\":[\(labels)]" : "\"target\":1")}",
      "{\"tokens\":[0,6],\(isLabelled ? "\"targets\":[0,2]" : "\"target\":0")}",
    ]
    try (lines.joined(separator: "\n") + "\n").write(
      toFile: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: file) }
    var preset = Preset()
    let settings = [
      ("task.kind", kind), ("task.data.jsonl", file), ("task.split.validation", "0"),
      ("task.split.test", "0"), ("network.hidden", "5"), ("network.cell", "lstm"),
      ("network.forget-bias", "6"),
      ("network.output", kind == "sequence-labelling" ? "every-step" : "final"),
    ]
    for (key, value) in settings { try preset.set(key, to: value) }
    let task = try TaskLoader.load(preset.task, seed: 1, dataDirectories: [])
    let trainer = try Trainer(preset: preset, task: task, threads: 1)
    _ = trainer.advance()
    let network = trainer.network
    let probe = try Probe(
      network: network, task: task, source: preset.task.data, seed: 1,
      memory: bounded ? network.stateMemory(bytes: 0) : nil)
    return (probe, trainer)
  }

  /// The end of the sequence is shown as it is in a pass over all of it.
  @Test(arguments: ["sequence-labelling", "sequence-classification"])
  func whatIsShownIsTheEndOfTheWholeSequence(_ kind: String) throws {
    let (whole, trainer) = try looked(kind, bounded: false)
    let (bounded, _) = try looked(kind, bounded: true)
    let batch = trainer.batch
    let long = try #require((0..<batch.count).first { batch.inputLengths[$0] == Self.length })
    let states = (whole, bounded)
    let (all, end) = (
      try #require(states.0.hiddenStates(trainer, batch: batch, sequence: long, columns: 300)),
      try #require(states.1.hiddenStates(trainer, batch: batch, sequence: long, columns: 300))
    )
    #expect(all.symbols == end.symbols && all.symbols.count == 300)
    #expect(all.maps == end.maps && !all.maps.isEmpty)
    #expect(all.loss.map(\.bitPattern) == end.loss.map(\.bitPattern))
    let again = bounded.hiddenStates(trainer, batch: batch, sequence: long, columns: 300)
    #expect(again?.maps == end.maps, "looking changes nothing")

    let one = batch.cut(long, at: 0, targetsAtSteps: true).after
    let lags = try #require(whole.gradientByLag(trainer, batch: one)?.curves.first?.norms)
    let near = try #require(bounded.gradientByLag(trainer, batch: batch)?.curves.first?.norms)
    #expect(lags.count == Self.length && near.count == Probe.lookedAt)
    #expect(Array(lags.prefix(near.count)) == near && near.contains { $0 > 0 })

    let trace = try #require(bounded.trace(trainer, batch: batch, sequence: long))
    #expect(
      trace.note.contains(
        "Of 2500 time steps the last 2048, of which 1 here is number 453: they begin with"))
    #expect(!trace.nodes.isEmpty)
    let complete = try #require(whole.trace(trainer, batch: batch, sequence: long))
    #expect(trace.columns.last?.loss == complete.columns.last?.loss)
    #expect(trace.columns.last?.input == complete.columns.last?.input)
    // What is short enough is shown as ever.
    let short = 1 - long
    let (a, b) = (
      whole.trace(trainer, batch: batch, sequence: short),
      bounded.trace(trainer, batch: batch, sequence: short)
    )
    #expect(a == b && a?.note.contains("2048") == false)
  }

  /// Judging in segments finds what judging at once finds.
  @Test func judgingInSegmentsChangesNothing() throws {
    let trainer = try train([:])
    let part = Replica(model: trainer.network.makeModel(), layout: trainer.network.rows)
    part.packer.pack(trainer.batch, sequences: 0..<2, into: part.batch)
    part.judge(trainer.parameters, objective: trainer.network.objective)
    let (total, whole) = (part.total, part.arena.usedBytes)
    part.judge(
      trainer.parameters, objective: trainer.network.objective,
      memory: trainer.network.stateMemory(bytes: 0))
    #expect(part.total == total && part.arena.usedBytes < whole)
  }

  @Test func aSequenceIsCutInTwo() throws {
    let trainer = try train(["training.sequence-length": "9", "network.dropout": "0"])
    let batch = trainer.batch
    let (before, after) = batch.cut(1, at: 4, targetsAtSteps: true)
    #expect(Array(before.inputTokens(of: 0)) == Array(batch.inputTokens(of: 1).prefix(4)))
    #expect(Array(after.inputTokens(of: 0)) == Array(batch.inputTokens(of: 1).dropFirst(4)))
    #expect(Array(after.targetTokens(of: 0)) == Array(batch.targetTokens(of: 1).dropFirst(4)))
    #expect(before.targetLengths == [4] && after.targetLengths == [5] && after.count == 1)
    #expect(after.indices == [batch.indices[1]])
  }
}
