import Foundation
import RecurrentNetworks
import Runs
import SequenceData
import Training
import TrainingEvents

/// Everything that a command line asks for, read and checked: what trains, from where on, and where
/// the run is recorded.
package struct RunSetup: Sendable {
  var preset: Preset
  /// What it trains on.
  let task: TaskData
  /// Set up, not started.
  var engine: TrainingEngine
  var directory: RunDirectory
  /// The step that the run goes on from.
  var firstStep = 0
  /// Curves of the steps before the checkpoint; nil for a new run, and where they were not recorded.
  var earlier: RunHistory?
  /// What a person should know of how it goes on, a line each: for its record as well.
  private(set) var notes: [String] = []
  /// The processes that train it together, of which this is rank 0; nil for one alone.
  private(set) var group: RankGroup?

  /// What a command line asks to train, read: every process of a job reads it for itself.
  struct Request {
    var preset: Preset
    var task: TaskData
    /// A snapshot to go on from, or a run that was cut off before its first.
    fileprivate var loaded: LoadedSnapshot?
    fileprivate var cutOff: String?
    /// What the command line changes of a snapshot's preset.
    fileprivate var changes: [String] = []
  }

  static func read(_ command: TrainingOptions, name: String? = nil) throws -> Request {
    let (loaded, cutOff) = try Self.found(by: command)
    var preset: Preset
    if let loaded {
      preset = try Preset(
        yaml: loaded.checkpoint.preset, file: loaded.path + "/preset.yaml", name: "resumed")
    } else if let cutOff, command.resume != nil {
      preset = try Preset(
        yaml: try RunDirectory.preset(of: cutOff), file: cutOff + "/preset.yaml", name: "resumed")
    } else {
      preset = try PresetLibrary.preset(command.preset ?? PresetLibrary.standard)
    }
    let before = preset
    try preset.set(arguments: command.settings)
    preset.retitle(after: before)
    if let name { preset.name = name }
    if let steps = command.steps { preset.training.steps = steps }
    if let seed = command.seed { preset.training.seed = seed }
    var changes: [String] = []
    if loaded != nil {
      changes = preset.differences(from: before).map { "\($0.key) \($0.theirs) → \($0.mine)" }
    }
    var task = try TaskLoader.load(
      preset.task, seed: preset.training.seed, dataDirectories: DataDirectories.all)
    if loaded == nil, let note = PresetLibrary.choice(for: command.preset ?? "")?.note {
      task.notes.insert(note, at: 0)
    }
    // The next file is to be read as this one is: what was found out goes into the snapshots.
    if loaded == nil, let dialect = task.dialect { preset.task.data.table.keep(dialect) }
    return Request(preset: preset, task: task, loaded: loaded, cutOff: cutOff, changes: changes)
  }

  /// - Parameters:
  ///   - canGoBack: whether a person may undo and restart
  ///   - name: what the run is called where it is not called like its preset
  ///   - communicator: processes to train together with; nil for one alone
  package init(
    _ command: TrainingOptions, canGoBack: Bool, name: String? = nil,
    communicator: (any Communicator)? = nil
  ) throws {
    let request = try Self.read(command, name: name)
    let (preset, loaded, cutOff) = (request.preset, request.loaded, request.cutOff)
    let changes = request.changes
    var task = request.task
    if let communicator {
      let group = try RankGroup.agree(communicator, on: preset, task)
      if let note = group.note(of: preset) { task.notes.append(note) }
      self.group = group
    }
    let recorded = loaded?.run.flatMap { try? RecordedRun($0) }
    earlier = recorded?.history
    var kept: [KeptUnits] = []
    for command in recorded?.commands ?? [] { kept.note(command) }
    var checkpoint = loaded?.checkpoint
    if let old = checkpoint, !changes.isEmpty { checkpoint = Self.apply(preset, to: old) }
    firstStep = checkpoint?.state.step ?? 0
    var others: [String] = []
    // Made before the directory: a mistake leaves nothing behind.
    do {
      var initial: [NamedTensor]?
      if let path = command.initial {
        let file = try TensorFile.readForeign(path)
        others = file.others
        if let place = file.place {
          task.notes.append("initial parameters: the tensors under \(place)")
        }
        initial = try NamedTensor.renaming(
          file.tensors, command.map)
        if !others.isEmpty { task.notes.append("initial parameters: " + Self.passedOver(others)) }
      }
      engine = try TrainingEngine(
        preset: preset, task: task,
        threads: command.threads ?? max(1, ProcessInfo.processInfo.activeProcessorCount),
        checkpoint: checkpoint, initial: initial,
        canGoBack: canGoBack, group: group, kept: kept)
    } catch let mismatch as ParameterMismatch {
      let file = command.initial ?? command.resume ?? ""
      throw ParameterMismatch(
        description: "\(file): \(mismatch)"
          + (others.isEmpty ? "" : "; " + Self.passedOver(others)))
    }
    directory = try Self.directory(for: preset, command: command, loaded: loaded, cutOff: cutOff)
    if let cutOff {
      notes.append(
        "\(cutOff): the run was cut off before its first snapshot: it begins anew")
    }
    self.preset = preset
    self.task = task
    notes += changes.map { "changed on resuming: \($0)" }
  }

  private static func passedOver(_ others: [String]) -> String {
    let more = others.count > 8 ? " and \(others.count - 8) more" : ""
    return "ignored, not floating point: \(others.prefix(8).joined(separator: ", "))\(more)"
  }

  /// A run's description with what only its setting up knows.
  func completed(_ run: RunDescription) -> RunDescription {
    var run = run
    run.directory = directory.path
    run.ownData = DataCatalogue.ownFile(of: preset.task.data)
    return run
  }

  /// What there is to go on from: a snapshot, or a run that was cut off before its first one and is
  /// begun anew where it stands.
  private static func found(
    by command: TrainingOptions
  ) throws(RunError) -> (loaded: LoadedSnapshot?, cutOff: String?) {
    guard let path = command.resume else {
      return (nil, command.out.flatMap { RunDirectory.isCutOff($0) ? $0 : nil })
    }
    do throws(RunError) {
      return (try SnapshotReader.read(path), nil)
    } catch {
      guard case .noSnapshot(let run) = error, RunDirectory.isCutOff(run) else { throw error }
      return (nil, run)
    }
  }

  /// The notes for the run's record.
  var warnings: [WarningRecord] {
    notes.map { WarningRecord(step: firstStep, kind: "resume", text: $0) }
  }

  /// Settings that a checkpoint remembers give way to what the command line says, as they do to any
  /// preset that is not the one they were changed under.
  private static func apply(_ preset: Preset, to checkpoint: Checkpoint) -> Checkpoint {
    var checkpoint = checkpoint
    checkpoint.gatherSettings()
    guard let old = try? Preset(yaml: checkpoint.preset, file: "", name: "") else {
      return checkpoint
    }
    let (batch, length) = (preset.training.batch, preset.training.sequenceLength)
    if batch != old.training.batch || length != old.training.sequenceLength {
      checkpoint.state.cut(
        anew: Double(old.training.batch * (old.training.sequenceLength ?? 1))
          / Double(batch * (length ?? 1)))
    }
    checkpoint.preset = preset.resolvedText
    return checkpoint
  }

  private static func directory(
    for preset: Preset, command: TrainingOptions, loaded: LoadedSnapshot?, cutOff: String?
  ) throws -> RunDirectory {
    if let cutOff, command.out == nil || command.out == cutOff {
      return try RunDirectory.takeUp(cutOff, preset: preset.resolvedText)
    }
    if let out = command.out {
      return try RunDirectory.create(at: out, preset: preset.resolvedText)
    }
    if let run = loaded?.run {
      let directory = try RunDirectory.open(run)
      try directory.writePreset(preset.resolvedText)
      return directory
    }
    return try RunDirectory.create(
      named: preset.name, under: command.runs, preset: preset.resolvedText)
  }
}
