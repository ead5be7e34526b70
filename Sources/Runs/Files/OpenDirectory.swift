import Glibc

/// A directory held open. What stands in it is looked at, opened, made, renamed and removed below
/// its descriptor, whatever becomes of its name meanwhile.
///
/// A run may come from a stranger: symbolic links in it are never followed, and only regular files
/// are opened, so that neither a pipe can hang a reader nor a link lead a writer elsewhere.
final class OpenDirectory: Sendable {
  /// The name it was opened by, for messages.
  let path: String
  private let descriptor: FileDescriptor

  /// The descriptor's number, which is this object's to close.
  var number: Int32 { descriptor.number }

  /// Opens a directory that a person named, which may be a link to one.
  init(_ path: String) throws(RunError) {
    self.path = path
    descriptor = try FileDescriptor(path, flags: O_RDONLY | O_DIRECTORY)
  }

  private init(_ descriptor: FileDescriptor) {
    path = descriptor.path
    self.descriptor = descriptor
  }

  /// A directory in this one.
  /// - Parameter making: whether it may be missing, and is made then.
  func directory(_ name: String, making: Bool = false) throws(RunError) -> OpenDirectory {
    if making { _ = try makeDirectory(name) }
    if let status = status(name), !status.isDirectory {
      throw .unreadable(
        path: path(of: name), message: "\(status.kind.rawValue), expected a directory")
    }
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    let number = openat(descriptor.number, name, flags)
    guard number >= 0 else { throw .last("open", path(of: name)) }
    return OpenDirectory(FileDescriptor(adopting: number, path: path(of: name)))
  }

  /// Opens a regular file in this directory; anything else is refused by what it is.
  func open(_ name: String, flags: Int32, mode: mode_t = 0o644) throws(RunError) -> FileDescriptor {
    // Looked at first, for even opening can do something to a device.
    if let status = status(name), !status.isRegular, flags & O_EXCL == 0 {
      throw Self.refusal(of: status.kind, path(of: name))
    }
    let safe = flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    var number: Int32
    repeat {
      number = openat(descriptor.number, name, safe, mode)
    } while number < 0 && errno == EINTR
    guard number >= 0 else {
      throw .last(FileDescriptor.opening(flags), path(of: name))
    }
    let file = FileDescriptor(adopting: number, path: path(of: name))
    let kind = try file.status().kind
    guard kind == .regular else { throw Self.refusal(of: kind, file.path) }
    if flags & O_CREAT == 0 { try file.refuseHoles() }
    return file
  }

  static func refusal(of kind: FileKind, _ path: String) -> RunError {
    .unreadable(path: path, message: "\(kind.rawValue), expected a regular file")
  }

  /// A whole file.
  /// - Parameter limit: bytes at most; a larger file is refused rather than read.
  func contents(of name: String, limit: Int) throws(RunError) -> [UInt8] {
    try open(name, flags: O_RDONLY).contents(limit: limit)
  }

  /// A whole file as text, which must be UTF-8.
  func text(of name: String, limit: Int) throws(RunError) -> String {
    try FileTree.text(try contents(of: name, limit: limit), path: path(of: name))
  }

  /// What stands under a name, a link itself rather than what it leads to; nil for nothing.
  func status(_ name: String) -> FileStatus? {
    var information = stat()
    let result = fstatat(descriptor.number, name, &information, AT_SYMLINK_NOFOLLOW)
    return result == 0 ? FileStatus(information) : nil
  }

  /// Names in the directory, sorted, without `.` and `..`.
  func names() throws(RunError) -> [String] {
    // A descriptor of its own: the stream moves through it and closes it.
    let own = openat(descriptor.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard own >= 0 else { throw .last("list", path) }
    guard let stream = fdopendir(own) else {
      close(own)
      throw .last("list", path)
    }
    return FileTree.names(closing: stream)
  }

  // MARK: Changes

  /// Makes one directory.
  /// - Returns: false where something of that name exists.
  func makeDirectory(_ name: String) throws(RunError) -> Bool {
    if mkdirat(descriptor.number, name, 0o755) == 0 { return true }
    if errno == EEXIST { return false }
    throw .last("make the directory", path(of: name))
  }

  /// Gives a file or an empty place's directory another name here.
  /// - Returns: 0, or what the system refused with.
  func rename(_ name: String, to other: String) -> Int32 {
    renameat(descriptor.number, name, descriptor.number, other) == 0 ? 0 : errno
  }

  /// Lets two names here trade what they lead to, in one step.
  /// - Returns: 0, or what the system refused with.
  func exchange(_ first: String, _ second: String) -> Int32 {
    // The C library has `renameat2`, but only shows it to sources that ask for GNU extensions.
    typealias RenameAt2 =
      @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
    guard let symbol = dlsym(nil, "renameat2") else { return ENOSYS }
    let exchangeFlag: UInt32 = 2
    let result = unsafeBitCast(symbol, to: RenameAt2.self)(
      descriptor.number, first, descriptor.number, second, exchangeFlag)
    return result == 0 ? 0 : errno
  }

  /// Removes a file, or a directory with all it holds.
  func remove(_ name: String) throws(RunError) {
    guard let status = status(name) else { return }
    if status.isDirectory {
      let inside = try directory(name)
      for name in try inside.names() { try inside.remove(name) }
    }
    let flags = status.isDirectory ? AT_REMOVEDIR : 0
    guard unlinkat(descriptor.number, name, flags) == 0 || errno == ENOENT else {
      throw .last("remove", path(of: name))
    }
  }

  /// Makes the entries durable, so that a rename here survives a power cut.
  func synchronize() throws(RunError) { try descriptor.synchronize() }

  // MARK: Where it is

  /// Whether the name that it was opened by still leads to it.
  var isInPlace: Bool {
    guard let named = FileTree.status(path), let own = try? descriptor.status() else {
      return false
    }
    return named.isSameFile(as: own)
  }

  /// Where it is by now: its own path, or the one that it was moved to; nil once it was removed.
  var place: String? {
    if isInPlace { return path }
    guard let own = try? descriptor.status(), own.links > 0 else { return nil }
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/fd/\(descriptor.number)", &buffer, buffer.count)
    guard count > 0 else { return nil }
    let bytes = buffer.prefix(count).map { UInt8(bitPattern: $0) }
    let moved = String(decoding: bytes, as: UTF8.self)
    guard let there = FileTree.status(moved), there.isSameFile(as: own) else { return nil }
    return moved
  }

  private func path(of name: String) -> String { path + "/" + name }
}
