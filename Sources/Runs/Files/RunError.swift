import Glibc

/// What can go wrong with a run on disk, each said in one line.
public enum RunError: Error, Equatable, CustomStringConvertible {
  /// The system refused an operation such as `write`.
  case system(operation: String, path: String, code: Int32)
  /// Another process writes this run; its id where it could be read.
  case locked(path: String, process: Int?)
  /// A new run would mix with the one that the directory holds.
  case holdsRun(path: String)
  /// The path leads to no recorded run.
  case notARun(path: String, missing: String)
  /// The path leads to no snapshot, and to no run that might hold one.
  case notASnapshot(path: String)
  /// A run that was never snapshot, or whose snapshots were all removed.
  case noSnapshot(path: String)
  /// A run without the weights of its best validation; the snapshot that comes nearest.
  case noBest(path: String, lowest: String?)
  /// A run's directory that is gone while the run is written.
  case removed(path: String)
  /// A recorded line that cannot be understood.
  case malformed(path: String, line: Int, message: String)
  /// A file that cannot be understood as a whole.
  case unreadable(path: String, message: String)

  public var description: String {
    switch self {
    case .system(let operation, let path, let code):
      "\(SafeText.printable(path)): cannot \(operation): \(Self.reason(code))"
    case .locked(let path, let process?):
      "\(SafeText.printable(path)): process \(process) is writing this run"
    case .locked(let path, nil):
      "\(SafeText.printable(path)): another process is writing this run"
    case .holdsRun(let path):
      "\(SafeText.printable(path)): holds a run already; resume it with --resume, or choose another"
        + " directory"
    case .notARun(let path, let missing):
      "\(SafeText.printable(path)): not a run, it has no \(missing)"
    case .notASnapshot(let path):
      "\(SafeText.printable(path)): neither a snapshot (it has no state.json) nor a run (it has no"
        + " events.jsonl)"
    case .noSnapshot(let path):
      "\(SafeText.printable(path)): the run has no whole snapshot"
    case .noBest(let path, let lowest):
      "\(SafeText.printable(path)): no weights of a best validation are kept here (nothing was"
        + " validated, or by an older version)"
        + (lowest.map { "; the lowest validation loss has \(SafeText.printable($0))" } ?? "")
    case .removed(let path):
      "\(SafeText.printable(path)): the run's directory was removed while the run is written"
    case .malformed(let path, let line, let message):
      "\(SafeText.printable(path)), line \(line): \(SafeText.printable(message, limit: 600))"
    case .unreadable(let path, let message):
      "\(SafeText.printable(path)): \(SafeText.printable(message, limit: 600))"
    }
  }

  /// Whether the disk, a quota or a file size limit is exhausted.
  public var isOutOfSpace: Bool {
    if case .system(_, _, let code) = self {
      [ENOSPC, EDQUOT, EFBIG].contains(code)
    } else {
      false
    }
  }

  /// The same error about the place that a person knows, where it speaks of a hidden one.
  func naming(_ path: String, insteadOf hidden: String) -> RunError {
    guard case .system(let operation, let place, let code) = self, place.hasPrefix(hidden) else {
      return self
    }
    return .system(
      operation: operation, path: path + String(place.dropFirst(hidden.count)), code: code)
  }

  /// What a code of the system means, in a few words.
  public static func reason(_ code: Int32) -> String {
    switch code {
    case ENOSPC: "the disk is full"
    case EDQUOT: "the disk quota is used up"
    case EACCES, EPERM: "permission denied"
    case EROFS: "the file system is read-only"
    case ENOENT: "no such file or directory"
    case ENOTDIR: "a part of the path is not a directory"
    case EISDIR: "it is a directory"
    case EEXIST: "it exists already"
    case EFBIG: "the limit of a file's size is reached"
    case EMFILE, ENFILE: "too many files are open"
    case EBADF: "it is not open"
    case EPIPE: "nobody reads it"
    default: strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
  }

  /// The error that `errno` speaks of just after a system call failed.
  static func last(_ operation: String, _ path: String) -> RunError {
    .system(operation: operation, path: path, code: errno)
  }
}
