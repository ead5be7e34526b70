import Foundation
import Runs
import SequenceData
import Testing
import Training
import TrainingEvents

/// The names that the table of parameters shows are those that a snapshot's file has.
@Suite struct ParameterNameTests {
  @Test(arguments: [
    ("gru", "additive", "bidirectional"), ("lstm", "additive", "forward"),
    ("tanh", "none", "bidirectional"),
  ])
  func theTableShowsTheFilesNames(cell: String, attention: String, direction: String) async throws {
    var preset = try PresetLibrary.preset("reverse")
    for (key, value) in [
      ("network.cell", cell), ("network.attention", attention), ("network.direction", direction),
      ("network.hidden", "3"), ("network.embedding", "2"), ("training.batch", "2"),
      ("training.steps", "2"), ("training.validate-every", "2"), ("task.data.length", "4"),
    ] {
      try preset.set(key, to: value)
    }
    let task = try TaskLoader.load(preset.task, seed: 1, dataDirectories: [])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.perform(.watch(ProbeRequest(interests: [.statistics])))
    await engine.start(paused: true)
    await engine.perform(.step(count: 1))
    await engine.perform(.snapshot)
    var (shown, checkpoint): ([String], Checkpoint?) = ([], nil)
    for await event in engine.events {
      switch event {
      case .frame(.statistics(let record)): shown = record.parameters.map(\.name)
      default: checkpoint = event.checkpoint ?? checkpoint
      }
      if checkpoint != nil, !shown.isEmpty { break }
    }
    await engine.shutDown()
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let contents = SnapshotContents(
      checkpoint: try #require(checkpoint), history: RunHistory(), run: nil)
    let record = try SnapshotWriter.write(contents, into: folder.path)
    let stored = Set(try TensorFile.read(record.path + "/model.safetensors").map(\.name))
    // A cell that adds its two biases shows one; the file has zeros under the second's name.
    let zeros = cell == "gru" ? [] : stored.filter { $0.contains("bias_hh") }
    #expect(Set(shown) == stored.subtracting(zeros), "\(cell): \(shown) against \(stored)")
    let ofAttention = ["attention.W", "attention.U", "attention.v"]
    #expect(stored.isSuperset(of: ofAttention) == (attention == "additive"))
  }
}
