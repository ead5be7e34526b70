import Glibc

/// A file that another process is writing: tells when it was cut short or replaced.
struct FollowedFile: Sendable {
  enum Change: Equatable {
    case none
    /// The same file; reading goes on where it stopped.
    case goesOn
    /// There for the first time.
    case appeared
    /// Cut short or replaced: everything begins again.
    case restarted
  }

  let path: String
  /// Whether it stands in a run's directory, where links are not followed.
  private let isInRun: Bool
  private(set) var file: FileDescriptor?
  private var identity: FileStatus?
  private var read = 0

  init(_ path: String, isInRun: Bool = false) {
    self.path = path
    self.isInRun = isInRun
  }

  /// Looks at the file by its name. One that is missing is waited for.
  mutating func check() throws(RunError) -> Change {
    guard let status = FileTree.status(path, followingLinks: !isInRun) else { return .none }
    // What is written into a named pipe is followed as well as a file; a device may have no end.
    guard status.isRegular || status.kind == .pipe && !isInRun else {
      throw OpenDirectory.refusal(of: status.kind, path)
    }
    if let identity, identity.isSameFile(as: status), status.size >= read {
      return .goesOn
    }
    let isFirst = identity == nil
    file = try FileDescriptor(
      path, flags: O_RDONLY | O_NONBLOCK | (isInRun ? O_NOFOLLOW : 0))
    identity = try file?.status()
    if status.isRegular { try file?.refuseHoles() }
    read = 0
    return isFirst ? .appeared : .restarted
  }

  /// When it was last written; nil for a pipe, which does not tell.
  var modified: Double? {
    FileTree.status(path).flatMap { $0.isRegular ? $0.modified : nil }
  }

  /// Notes how far the file was read, to notice when it gets shorter.
  mutating func note(bytes: Int) { read += bytes }
}
