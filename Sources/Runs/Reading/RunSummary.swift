import FileFormats
import SequenceData
import Training
import TrainingEvents

/// One run in a list: how it stands and how good it was.
public struct RunSummary: Sendable, Equatable {
  /// How a run stands.
  public enum State: Sendable, Equatable {
    /// Some process is writing it.
    case running
    /// Some process holds it, and waits.
    case paused
    /// All its steps are done.
    case completed
    /// Somebody ended it before its last step.
    case stopped
    /// A loss or a gradient was not finite.
    case diverged
    /// Nobody writes it, and it never said that it ended.
    case crashed
    /// Another program's log, which does not say.
    case unknown
  }

  /// The run's directory, or the log of another program.
  public var path: String
  /// How the run stands now.
  public var state: State
  /// As the record describes it; nil where it never began.
  public var run: RunDescription?
  /// What was trained, and on what; nil where it cannot be read.
  public var preset: Preset?
  /// Seconds since 1970 when it was first begun; nil in records that do not say.
  public var started: Double?
  /// The last step recorded.
  public var last: StepRecord?
  /// The validation with the lowest loss.
  public var best: ValidationRecord?
  /// The last validation.
  public var newest: ValidationRecord?
  /// How many there are on disk now, beside the best one's.
  public var snapshots = 0
  /// The newest snapshot that was told of.
  public var lastSnapshot: SnapshotRecord?
  /// The snapshot of the best validation.
  public var bestSnapshot: SnapshotRecord?
  /// Bytes of everything in the directory.
  public var size = 0

  /// What another program logs, and the newest value of each.
  public struct Metric: Sendable, Equatable {
    /// As the other program logs it.
    public var name: String
    /// Its newest value.
    public var last: Double
  }
  /// Empty for runs of our own.
  public var metrics: [Metric] = []

  /// The last part of the path.
  public var name: String { FileTree.name(of: path) }
  /// What it trained on; nil where nobody knows.
  public var data: String? {
    preset.map { DataCatalogue.ownFile(of: $0.task.data) ?? DataCatalogue.title(of: $0.task.data) }
  }
  /// The last step recorded, or the one that the run began from.
  public var step: Int { last?.step ?? run?.firstStep ?? 0 }
  /// Seconds of training; nil where the record does not say.
  public var elapsed: Double? { last?.elapsed }

  /// Looks through one run's record, or through another program's log.
  public init(_ path: String) throws(RunError) {
    guard try LogPlace.find(path).kind == .record else {
      self.init(try RecordedRun.read(path))
      return
    }
    try self.init(record: path)
  }

  /// What another program's log tells.
  private init(_ log: RecordedRun) {
    path = log.path
    run = log.description
    last = log.history.last
    best = log.history.best
    newest = log.history.validations.last
    state =
      switch log.finish?.reason {
      case .completed: .completed
      case .stopped: .stopped
      case .diverged: .diverged
      case nil: .unknown
      }
    size = FileTree.totalSize(FileTree.isDirectory(path) ? path : log.file)
    metrics = log.history.extra.compactMap { series in
      series.last.map { Metric(name: series.name, last: $0) }
    }
  }

  private init(record path: String) throws(RunError) {
    self.path = path
    let file = try RecordReader.open(path)
    var scan = SummaryScan()
    var lines = LineReader(file)
    _ = try lines.read { line, _ in scan.take(line) }
    scan.readLastStep()
    run = scan.run
    started = scan.started
    last = scan.last
    best = scan.best
    newest = scan.newest
    (lastSnapshot, bestSnapshot) = (scan.lastSnapshot, scan.bestSnapshot)
    let isHeld = FileTree.isDirectory(path) && RunLock.isHeld(directory: path)
    state =
      switch (isHeld, scan.finish?.reason) {
      case (true, _): scan.isPaused ? .paused : .running
      case (false, .completed): .completed
      case (false, .stopped): .stopped
      case (false, .diverged): .diverged
      case (false, nil): .crashed
      }
    guard FileTree.isDirectory(path) else {
      size = try file.status().size
      return
    }
    preset = (try? OpenDirectory(path).text(of: RunDirectory.presetName, limit: 1_000_000))
      .flatMap {
        $0.isEmpty
          ? nil : try? Preset(yaml: $0, file: RunDirectory.presetName, name: run?.name ?? "")
      }
    size = FileTree.totalSize(path)
    snapshots =
      ((try? OpenDirectory(path).directory(RunDirectory.snapshotsName).names()) ?? [])
      .count { !$0.hasPrefix(".") && $0 != SnapshotFile.best }
  }

  /// The runs in a directory, the most recently begun last, and what cannot be read of them, one
  /// line each. Directories that hold no run are passed over.
  ///
  /// - Parameters:
  ///   - parent: the directory that the runs stand in
  ///   - withLogs: whether other programs' logs are looked through, too, as a whole each
  public static func list(
    in parent: String, withLogs: Bool = false
  ) throws(RunError) -> (runs: [RunSummary], problems: [String]) {
    var (runs, problems): ([RunSummary], [String]) = ([], [])
    let own = try FileTree.names(in: parent).map { parent + "/" + $0 }.filter { path in
      FileTree.status(path + "/" + RunDirectory.eventsName, followingLinks: false) != nil
    }
    for path in own + (withLogs ? LogPlace.logs(in: parent).filter { !own.contains($0) } : []) {
      do throws(RunError) {
        runs.append(try RunSummary(path))
      } catch {
        problems.append("\(error)")
      }
    }
    return (runs.sorted { ($0.started ?? 0, $0.name) < ($1.started ?? 0, $1.name) }, problems)
  }
}

/// Picks out of a record what a list shows, without reading every step's numbers.
private struct SummaryScan {
  var run: RunDescription?
  var started: Double?
  var last: StepRecord?
  var best: ValidationRecord?
  var newest: ValidationRecord?
  var finish: FinishRecord?
  var lastSnapshot: SnapshotRecord?
  var bestSnapshot: SnapshotRecord?
  var isPaused = false
  private var stepLine: [UInt8] = []

  mutating func take(_ line: UnsafeBufferPointer<UInt8>) {
    if StepLine.isStep(line) {
      stepLine.removeAll(keepingCapacity: true)
      stepLine.append(contentsOf: line)
      return
    }
    guard FrameLine.peek(line) == nil else { return }
    guard let event = try? EventLine.decode(line) else { return takeOther(line) }
    switch event {
    case .started(let description):
      if description.firstStep == 0 { (best, newest) = (nil, nil) }
      (run, finish, isPaused) = (description, nil, false)
    case .validation(let record):
      newest = record
      if record.loss < best?.loss ?? .infinity { best = record }
    case .snapshot(let record):
      if record.reason == .best { bestSnapshot = record } else { lastSnapshot = record }
    case .state(let state): isPaused = state == .paused
    case .finished(let record): finish = record
    case .steps(let batch): last = batch.records.last ?? batch.thinned.last?.last ?? last
    default: break
    }
  }

  private mutating func takeOther(_ line: UnsafeBufferPointer<UInt8>) {
    guard let session = EventLine.session(line) else { return }
    started = started ?? session
    // Whoever wrote on after the end has not ended yet.
    finish = nil
  }

  mutating func readLastStep() {
    guard !stepLine.isEmpty else { return }
    let record = stepLine.withUnsafeBufferPointer { StepLine.decode($0) }
    last = record ?? last
  }
}
