#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

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
  private(set) var file: FileDescriptor?
  private var identity: FileStatus?
  private var read = 0

  init(_ path: String) {
    self.path = path
  }

  /// Looks at the file by its name. One that is missing is waited for.
  mutating func check() throws(RunError) -> Change {
    guard let status = FileTree.status(path) else { return .none }
    guard !status.isDirectory else { throw .system(operation: "read", path: path, code: EISDIR) }
    if let identity, identity.inode == status.inode, identity.device == status.device,
      status.size >= read
    {
      return .goesOn
    }
    let isFirst = identity == nil
    file = try FileDescriptor(path, flags: O_RDONLY | O_NONBLOCK)
    identity = try file?.status()
    read = 0
    return isFirst ? .appeared : .restarted
  }

  /// Notes how far the file was read, to notice when it gets shorter.
  mutating func note(bytes: Int) { read += bytes }
}
