import FileFormats
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// Judges what a snapshot holds, be it trained or set by hand.
public struct SnapshotEvaluation {
  /// What is judged.
  public let checkpoint: Checkpoint
  /// As the snapshot was trained, with the changes that were asked for.
  public private(set) var preset: Preset
  private let file: String
  /// What was said of how other data is written; nil where it is the network's own.
  private var said: TableDialect.Wish?

  /// - Parameters:
  ///   - checkpoint: what the snapshot holds
  ///   - file: the snapshot's path, for messages
  /// - Throws: `PresetError` when its preset cannot be read.
  public init(_ checkpoint: Checkpoint, file: String) throws(PresetError) {
    self.checkpoint = checkpoint
    self.file = file
    preset = try Preset(
      yaml: checkpoint.preset, file: file + "/preset.yaml", name: "snapshot")
  }

  /// Changes what the network is judged on, each as `path=value`.
  /// - Throws: `PresetError` for a key that would change the network or its training.
  public mutating func set(_ arguments: [String]) throws(PresetError) {
    for argument in arguments where !argument.hasPrefix("task.") {
      throw PresetError(
        description: "\(argument.prefix { $0 != "=" }): only keys of the task can be set, such as "
          + "task.data.length: the network stays as it was trained")
    }
    let before = preset.task.data
    try preset.set(arguments: arguments)
    // A table is written as the one that was learnt, unless it is said otherwise.
    guard before.format == .csv, preset.task.data.format == .csv else { return }
    said = preset.task.data.table
    preset.task.data.table.keep(before.table)
  }

  /// The data of `preset.task`. A table that cannot be read as the one before is read as it tells
  /// itself.
  public mutating func load(dataDirectories: [String]) throws(DataError) -> TaskData {
    let seed = preset.training.seed
    do throws(DataError) {
      return try TaskLoader.load(preset.task, seed: seed, dataDirectories: dataDirectories)
    } catch {
      var other = preset.task
      guard let said, said != other.data.table else { throw error }
      other.data.table = said
      guard
        let task = try? TaskLoader.load(other, seed: seed, dataDirectories: dataDirectories)
      else { throw error }
      preset.task = other
      return task
    }
  }

  /// Judges the network on held-out data.
  ///
  /// - Parameters:
  ///   - task: the data of `preset.task`
  ///   - options: how it is judged
  ///   - communicator: other processes that judge with this one, each of which calls this with the same;
  ///     rank 0 alone gets the figures of all. nil for one process.
  /// - Throws: `PresetError` or `ParameterMismatch` when data and network do not fit,
  ///   `RankDisagreement` when ranks were given different ones, `RankFailure` when one is lost.
  public func run(
    _ task: TaskData, options: EvaluationOptions, communicator: (any Communicator)? = nil
  ) throws -> Evaluation {
    let group = try communicator.map {
      try RankGroup.agree(
        $0, on: RankIdentity(judging: checkpoint.parameters, of: preset, task))
    }
    guard preset.task.kind == .handBuilt else {
      guard let group else {
        return try TrainedNetwork(checkpoint, file: file).evaluate(task, options: options)
      }
      return try group.communicator.thread.sync { [checkpoint, file] in
        Result {
          try TrainedNetwork(checkpoint, file: file)
            .evaluate(task, options: options, group: group)
        }
      }.get()
    }
    return try verdicts(task, options)
  }

  /// A hand-built network's verdicts on held-out strings.
  private func verdicts(
    _ task: TaskData, _ options: EvaluationOptions
  ) throws -> Evaluation {
    let (part, data) = try task.heldOut(options.part)
    var judged = task
    judged.validation = data
    let network = try HandBuiltWorkload(preset: preset, task: judged)
    try network.load(checkpoint.parameters)
    network.beginValidation()
    let total = network.judgeOneBatch() ?? LossTotal()
    var evaluation = Evaluation(
      task: .handBuilt, part: part, sequences: data.count, targets: total.targets,
      targetName: task.targetName, longest: data.longest)
    evaluation.figures = [
      Evaluation.Figure(
        .accuracy, Double(total.correct) / Double(max(1, total.targets)),
        baselines: task.baselines.filter { $0.measure == .accuracy })
    ]
    return evaluation
  }
}
