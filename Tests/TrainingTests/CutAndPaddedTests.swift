import Foundation
import LinearAlgebra
import RecurrentNetworks
import SequenceData
import Testing
import TrainingEvents

@testable import Training

/// Two things that a run can do wrongly on purpose: cut the gradient's way back, and read padding.
@Suite struct CutAndPaddedTests {
  // MARK: Padding

  /// Two sequences of 4 and 2 vectors, tokens of 3 and 1.
  private func batch(_ lines: [String]) throws -> DataBatch {
    let file = FileManager.default.temporaryDirectory.path + "/padding-\(UUID()).jsonl"
    try (lines.joined(separator: "\n") + "\n").write(
      toFile: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: file) }
    var preset = Preset()
    let settings = [
      ("task.kind", "sequence-classification"), ("task.data.jsonl", file),
      ("task.split.validation", "0"), ("task.split.test", "0"),
    ]
    for (key, value) in settings { try preset.set(key, to: value) }
    let task = try TaskLoader.load(preset.task, seed: 1, dataDirectories: [])
    var source = BatchSource(
      task.train, batch: 2, sequenceLength: nil, seed: 1, order: .shuffled, lineEnd: 0)
    var batch = DataBatch()
    source.next(into: &batch)
    return batch
  }

  private func packed(_ batch: DataBatch, readsPadding: Bool) -> PackedBatch {
    var packer = BatchPacker(layout: RowLayout(targets: .sequences, readsPadding: readsPadding))
    let packed = PackedBatch()
    packer.pack(batch, sequences: 0..<batch.count, into: packed)
    return packed
  }

  @Test func paddingIsZerosToTheLongestOfTheBatch() throws {
    let batch = try batch([
      #"{"inputs":[[1,2],[3,4],[5,6],[7,8]],"target":0}"#,
      #"{"inputs":[[9,10],[11,12]],"target":1}"#,
    ])
    #expect(packed(batch, readsPadding: false).steps.lengths == [4, 2])
    let read = packed(batch, readsPadding: true)
    #expect(read.steps.lengths == [4, 4])
    let rows = (0..<8).map { [read.vectors[2 * $0], read.vectors[2 * $0 + 1]] }
    let short = try #require((0..<2).first { rows[$0] == [9, 10] })
    #expect((0..<4).map { rows[2 * $0 + short] } == [[9, 10], [11, 12], [0, 0], [0, 0]])
    #expect((0..<4).map { rows[2 * $0 + 1 - short][0] } == [1, 3, 5, 7])
    // One part of the batch is padded to the longest of all, not to its own.
    let alone = try #require((0..<2).first { batch.inputLengths[$0] == 2 })
    var packer = BatchPacker(layout: RowLayout(targets: .sequences, readsPadding: true))
    let part = PackedBatch()
    packer.pack(batch, sequences: CollectionOfOne(alone), into: part)
    #expect(part.steps.lengths == [4])
  }

  @Test func aPaddedSymbolIsNone() throws {
    let batch = try batch([#"{"tokens":[1,2,0],"target":0}"#, #"{"tokens":[2],"target":1}"#])
    let read = packed(batch, readsPadding: true)
    #expect(read.steps.lengths == [3, 3])
    #expect((0..<6).map { read.tokens[$0] }.filter { $0 == -1 }.count == 2)
  }

  // MARK: The way back

  /// One late loss reaches back to the last cut and no further, in every cell whose states are read
  /// again.
  @Test(arguments: CellKind.allCases.filter(\.description.readsState))
  func theGradientEndsAtTheCut(_ cell: CellKind) throws {
    func norms(_ cut: String) throws -> [Float] {
      let (preset, task) = try TinyRun.synthetic([
        "task.kind": "forecasting", "task.data.synthetic": "adding", "task.data.length": "8",
        "network.output": "final", "network.cell": cell.rawValue, "training.truncated-bptt": cut,
      ])
      let trainer = try Trainer(preset: preset, task: task, threads: 1)
      let probe = try Probe(network: trainer.network, task: task, source: preset.task.data, seed: 1)
      let curves = probe.gradientByLag(trainer, batch: probe.sequences.batch)
      return try #require(curves?.curves.first?.norms)
    }
    let cut = try norms("3")
    // Steps 1–8: cut behind 3 and 6, so that the loss at 8 reaches 8 and 7.
    #expect(cut.count == 8 && cut[0] > 0 && cut[1] > 0)
    #expect(cut[2...].allSatisfy { $0 == 0 })
    let whole = try norms("none")
    #expect(whole.allSatisfy { $0 > 0 } && whole[..<2] == cut[..<2])
  }

  @Test(arguments: [
    ("reverse", "sequence-to-sequence", "training.truncated-bptt", "4"),
    ("parity", "sequence-labelling", "training.padding", "read"),
    ("adding", "forecasting", "training.label-smoothing", "0.1"),
  ])
  func whatANetworkCannotFollowIsRefused(
    _ data: String, _ kind: String, _ key: String, _ value: String
  ) throws {
    let (preset, task) = try TinyRun.synthetic(["task.kind": kind, "task.data.synthetic": data])
    _ = try TaskNetwork(preset: preset, task: task)
    var changed = preset
    try changed.set(key, to: value)
    let error = #expect(throws: PresetError.self) {
      try TaskNetwork(preset: changed, task: task)
    }
    #expect(error?.description.contains("\(key): \(value): only") == true)
  }

  // MARK: Longer than learnt

  @Test func heldOutSequencesMayBeLonger() throws {
    let settings = [
      "task.kind": "sequence-labelling", "task.data.synthetic": "parity", "task.data.length": "6",
    ]
    let (_, plain) = try TinyRun.synthetic(settings)
    let (_, longer) = try TinyRun.synthetic(
      settings.merging(["task.data.held-out-length": "24"]) { $1 })
    #expect(longer.train == plain.train)
    #expect(plain.validation.longest == 6 && longer.validation.longest == 24)
    #expect(throws: (any Error).self) {
      try TinyRun.synthetic(
        ["task.kind": "sequence-labelling", "task.data.synthetic": "peek"]
          .merging(["task.data.held-out-length": "2"]) { $1 })
    }
  }

  @Test(arguments: [
    ("network.cell", "lstm"), ("network.direction", "bidirectional"), ("network.layers", "2"),
    ("network.recurrence", "output"), ("network.initial-state", "learned"),
  ])
  func whatCannotBeUnsharedIsRefused(_ key: String, _ value: String) throws {
    let (preset, task) = try TinyRun.synthetic([
      "task.kind": "sequence-labelling", "task.data.synthetic": "parity",
      "network.unshared-steps": "4",
    ])
    _ = try TaskNetwork(preset: preset, task: task)
    var changed = preset
    try changed.set(key, to: value)
    let error = #expect(throws: PresetError.self) { try TaskNetwork(preset: changed, task: task) }
    #expect(error?.description.contains("network.unshared-steps: 4 with \(key): \(value)") == true)
  }

  // MARK: The step

  /// A small step down the mean gradient lowers the mean loss by rate × ‖gradient‖².
  @Test(arguments: [1, 2]) func aStepGoesDownTheMeanGradientOfItsBatch(threads: Int) throws {
    let file = FileManager.default.temporaryDirectory.path + "/step-\(UUID()).jsonl"
    let lines = (0..<6).map { #"{"tokens":[\#($0 % 3),2,\#($0 % 2)],"target":\#($0 % 2)}"# }
    try (lines.joined(separator: "\n") + "\n").write(
      toFile: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: file) }
    var preset = Preset()
    let settings = [
      ("task.kind", "sequence-classification"), ("task.data.jsonl", file),
      ("task.split.validation", "0"), ("task.split.test", "0"), ("network.hidden", "4"),
      ("training.batch", "6"), ("training.clip-norm", "none"),
      ("training.optimizer.name", "sgd"), ("training.optimizer.learning-rate", "0.01"),
    ]
    for (key, value) in settings { try preset.set(key, to: value) }
    let task = try TaskLoader.load(preset.task, seed: 1, dataDirectories: [])
    let trainer = try Trainer(preset: preset, task: task, threads: threads)
    let (first, second) = (trainer.advance(), trainer.advance())
    let fall = first.total.mean - second.total.mean
    let norm = try #require(first.gradientNorm)
    let expected = 0.01 * norm * norm
    #expect(expected > 1e-5 && abs(fall / expected - 1) < 0.05, "\(fall), \(expected)")
  }
}
