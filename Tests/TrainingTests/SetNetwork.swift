import Foundation
import RecurrentNetworks
import SequenceData
import Training

/// Networks whose weights a test sets, so that it knows what they answer.
struct SetNetwork {
  let preset: Preset
  let task: TaskData
  private(set) var checkpoint: Checkpoint

  /// All weights are 0 but for those given, by their names in files; nil leaves them as they are.
  init(
    _ settings: [(String, String)], data: String? = nil, weights: [String: [Double]]?
  ) async throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("unfold-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    if let data { try Data(data.utf8).write(to: file) }
    var preset = Preset()
    for (key, value) in settings {
      try preset.set(key, to: value.replacingOccurrences(of: "FILE", with: file.path))
    }
    self.preset = preset
    task = try TaskLoader.load(preset.task, seed: preset.training.seed, dataDirectories: [])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.start(paused: true)
    await engine.perform(.stop)
    let events = await TinyRun.rest(of: engine)
    guard var made = events.compactMap(\.checkpoint).last else { throw Missing.checkpoint }
    checkpoint = made
    guard let weights else { return }
    made.parameters = try made.parameters.map { tensor in
      let values = weights[tensor.name] ?? [Double](repeating: 0, count: tensor.values.count)
      guard values.count == tensor.values.count else { throw Missing.weights(tensor.name) }
      return NamedTensor(name: tensor.name, shape: tensor.shape, values: values)
    }
    guard Set(weights.keys).isSubset(of: made.parameters.map(\.name)) else {
      throw Missing.weights("\(made.parameters.map(\.name))")
    }
    checkpoint = made
  }

  enum Missing: Error {
    case checkpoint
    case weights(String)
  }

  func evaluate(_ change: (inout EvaluationOptions) -> Void = { _ in }) throws -> Evaluation {
    var options = EvaluationOptions()
    change(&options)
    return try SnapshotEvaluation(checkpoint, file: "snapshot").run(task, options: options)
  }

  func predict(_ line: String, beamWidth: Int = 5) throws -> Prediction {
    let predictor = try Predictor(checkpoint, file: "snapshot", beamWidth: beamWidth)
    predictor.queries.examples = task.heldOutExamples
    return try predictor.predict(predictor.queries.query(line, from: "line"))
  }

  var testExamples: [Example] { task.heldOutExamples }
}
