import Foundation
import SequenceData
import Training
import TrainingEvents

/// The smallest runs that still train, over a text made up for the test.
enum TinyRun {
  static let text = String(
    repeating: "the cat sat on the mat and the dog sat on the log\n", count: 40)

  /// A preset over a text file in a directory of its own.
  static func preset(
    _ settings: [String: String] = [:], text: String = TinyRun.text
  ) throws -> (Preset, TaskData) {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("unfold-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let file = directory.appendingPathComponent("text.txt")
    try Data(text.utf8).write(to: file)
    var preset = Preset()
    var all = [
      "task.data.text": file.path, "network.hidden": "5", "training.batch": "4",
      "training.sequence-length": "6", "training.clip-norm": "1",
      "training.validate-every": "10", "training.optimizer.learning-rate": "0.01",
    ]
    all.merge(settings) { $1 }
    for (key, value) in all { try preset.set(key, to: value) }
    let task = try TaskLoader.load(
      preset.task, seed: preset.training.seed, dataDirectories: [])
    return (preset, task)
  }

  /// A preset over data that the program makes itself.
  static func synthetic(_ settings: [String: String]) throws -> (Preset, TaskData) {
    var preset = Preset()
    for (key, value) in settings { try preset.set(key, to: value) }
    if preset.task.kind != .handBuilt {
      try preset.set("network.hidden", to: "5")
      try preset.set("training.batch", to: "4")
    }
    return (preset, try TaskLoader.load(preset.task, seed: 1, dataDirectories: []))
  }

  /// Everything that an engine has still to tell.
  static func rest(of engine: TrainingEngine) async -> [TrainingEvent] {
    await engine.shutDown()
    return await events(of: engine) { _ in false }
  }

  /// Collects a run's events until it finishes.
  static func events(
    of engine: TrainingEngine, until isLast: (TrainingEvent) -> Bool = { $0.isFinish }
  ) async -> [TrainingEvent] {
    var events: [TrainingEvent] = []
    for await event in engine.events {
      events.append(event)
      if isLast(event) { break }
    }
    return events
  }
}

extension TrainingEvent {
  var isFinish: Bool { if case .finished = self { true } else { false } }
  var records: [StepRecord] { if case .steps(let batch) = self { batch.records } else { [] } }
}
