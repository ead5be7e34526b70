import FileFormats
import TrainingEvents

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Follows a run that another process is writing: our own record, lines of JSON, or TensorBoard's
/// event files. Torn ends wait until they are whole; a file that starts over becomes a seam.
///
/// It reads when it is asked to and never waits, except for nothing: `follow` asks at intervals.
public struct RunFollower: Sendable {
  private enum Source: Sendable {
    case record(FollowedRecord)
    case lines(FollowedLines)
    case eventFiles(FollowedEventFiles)
  }

  private var source: Source
  private let name: String
  /// Another program raises no alerts; our own record holds those that were raised.
  private var watch = AlertWatch()
  private var hasBegun = false

  /// What is read: a description for messages.
  public let path: String

  /// - Parameter path: a run's directory or record, a file of JSON lines, an event file or a
  ///   directory of them, or `-` for JSON lines on standard input. A file that is not there yet is
  ///   waited for; its directory must exist.
  /// - Throws: `RunError` when the path cannot lead to any of these.
  public init(_ path: String) throws(RunError) {
    self.path = path
    name = path == "-" ? "standard input" : FileTree.name(of: path)
    if path == "-" {
      source = .lines(FollowedLines(standardInput: ()))
    } else if FileTree.isDirectory(path) {
      if try OpenDirectory(path).status(RunDirectory.eventsName) != nil {
        source = .record(FollowedRecord(ofRun: path))
      } else if try FollowedEventFiles.names(in: path).isEmpty {
        throw .notARun(path: path, missing: "events.jsonl and no event file (*tfevents*)")
      } else {
        source = .eventFiles(FollowedEventFiles(directory: path))
      }
    } else {
      guard FileTree.isDirectory(FileTree.parent(of: path)) else {
        throw .system(operation: "follow", path: path, code: ENOENT)
      }
      source =
        if FileTree.name(of: path) == RunDirectory.eventsName {
          .record(FollowedRecord(path))
        } else if FollowedEventFiles.isEventFile(name) {
          .eventFiles(FollowedEventFiles(file: path))
        } else {
          .lines(FollowedLines(path: path))
        }
    }
  }

  /// Whether nothing more can come: standard input was closed, or a record said that its run ended.
  public var isAtEnd: Bool {
    switch source {
    case .record(let record): record.isFinished
    case .lines(let lines): lines.isAtEnd
    case .eventFiles: false
    }
  }

  /// What happened since the last call; none when nothing did.
  ///
  /// - Throws: `RunError` when reading fails for good.
  public mutating func poll() throws(RunError) -> [TrainingEvent] {
    var events: [TrainingEvent]
    switch source {
    case .record(var record):
      events = try record.poll()
      source = .record(record)
    case .lines(var lines):
      events = try lines.poll()
      source = .lines(lines)
    case .eventFiles(var files):
      events = try files.poll()
      source = .eventFiles(files)
    }
    if !hasBegun, !events.isEmpty {
      hasBegun = true
      if !events.contains(where: \.isBeginning) {
        events.insert(contentsOf: [.started(description), .state(.training)], at: 0)
      }
    }
    if case .record = source {
    } else {
      events = events.flatMap { [$0] + watch.observe($0) }
    }
    return Self.newestFrames(events)
  }

  /// What is known of a run that does not describe itself.
  private var description: RunDescription {
    RunDescription(
      name: name, title: "Following \(name)", lecture: "", task: .languageModel, network: "",
      parameterCount: 0, optimizer: "", totalSteps: nil, clipNorm: nil, learningRate: nil,
      lossUnit: .natsPerTarget, targetName: "target",
      architecture: Architecture(
        shape: .everyStep, cell: "", inputSize: 0, hiddenSize: 0, outputSize: 0))
  }

  /// Of frames that came at once, only the newest of each kind is worth drawing.
  private static func newestFrames(_ events: [TrainingEvent]) -> [TrainingEvent] {
    var seen: Set<RecordedRun.FrameKind> = []
    let kept = events.reversed().filter { event in
      RecordedRun.FrameKind(event).map { seen.insert($0).inserted } ?? true
    }
    return kept.reversed()
  }
}

extension TrainingEvent {
  fileprivate var isBeginning: Bool {
    if case .started = self { true } else { false }
  }
}
