#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Directories that appear whole or not at all.
///
/// Everything is written and synced under a hidden name beside the place, then renamed into it, and
/// the directory above is synced. A kill or a power cut at any moment leaves the old state or the
/// new one, and at worst a hidden leftover that the next run clears away.
public enum AtomicDirectory {
  /// One file to be written.
  public struct File: Sendable {
    public var name: String
    /// Hands its content to the function it gets, piece by piece.
    public var produce:
      @Sendable (_ write: ([UInt8]) throws(RunError) -> Void) throws(RunError) -> Void

    public init(_ name: String, _ bytes: [UInt8]) {
      self.name = name
      produce = { (write: ([UInt8]) throws(RunError) -> Void) throws(RunError) in
        try write(bytes)
      }
    }

    /// A file too large to be held in memory.
    public init(
      _ name: String,
      streaming produce:
        @escaping @Sendable (_ write: ([UInt8]) throws(RunError) -> Void)
        throws(RunError) -> Void
    ) {
      self.name = name
      self.produce = produce
    }
  }

  private static let partial = ".partial-"

  /// Writes a directory of files, replacing one of the same name in one stroke.
  ///
  /// - Parameters:
  ///   - files: names must be plain, without slashes.
  ///   - path: where the directory appears; the directory above must exist.
  /// - Returns: bytes written.
  /// - Throws: the first refusal of the system; nothing is left behind then.
  @discardableResult
  public static func write(_ files: [File], to path: String) throws(RunError) -> Int {
    let parent = FileTree.parent(of: path)
    let hidden =
      parent + "/." + FileTree.name(of: path) + partial
      + "\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    guard try FileTree.makeDirectory(hidden) else {
      throw .system(operation: "make the directory", path: hidden, code: EEXIST)
    }
    do throws(RunError) {
      var total = 0
      for file in files { total += try write(file, in: hidden) }
      try FileTree.synchronizeDirectory(hidden)
      try move(hidden, to: path)
      try FileTree.synchronizeDirectory(parent)
      return total
    } catch {
      try? FileTree.remove(hidden)
      throw error.naming(path, insteadOf: hidden)
    }
  }

  private static func write(_ file: File, in directory: String) throws(RunError) -> Int {
    let output = try FileDescriptor(
      directory + "/" + file.name, flags: O_WRONLY | O_CREAT | O_EXCL)
    var total = 0
    try file.produce { (bytes: [UInt8]) throws(RunError) in
      try output.writeAll(bytes)
      total += bytes.count
    }
    try output.synchronize()
    return total
  }

  /// Renames onto the final name. Where a directory stands there already, the two trade places, so
  /// that at no moment neither is there.
  private static func move(_ hidden: String, to path: String) throws(RunError) {
    if rename(hidden, path) == 0 { return }
    guard errno == ENOTEMPTY || errno == EEXIST else { throw .last("rename to", path) }
    let result = exchange(hidden, path)
    guard result == 0 else { throw .last("replace", path) }
    try? FileTree.remove(hidden)
  }

  /// Lets two directories trade names in one step.
  private static func exchange(_ first: String, _ second: String) -> Int32 {
    #if canImport(Darwin)
      return renamex_np(first, second, UInt32(RENAME_SWAP))
    #else
      // The C library has `renameat2`, but only shows it to sources that ask for GNU extensions.
      typealias RenameAt2 =
        @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
      guard let symbol = dlsym(nil, "renameat2") else {
        errno = ENOSYS
        return -1
      }
      let exchangeFlag: UInt32 = 2
      return unsafeBitCast(symbol, to: RenameAt2.self)(
        AT_FDCWD, first, AT_FDCWD, second, exchangeFlag)
    #endif
  }

  /// Takes a directory away in one stroke, under a hidden name first, so that nobody finds half of
  /// it under its own name. What cannot be removed stays.
  static func remove(_ path: String) {
    let hidden =
      FileTree.parent(of: path) + "/." + FileTree.name(of: path) + partial
      + "\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    guard rename(path, hidden) == 0 else { return }
    try? FileTree.remove(hidden)
  }

  /// Removes what crashed attempts left in `parent`. Call it only while holding the run's lock.
  public static func removeLeftovers(in parent: String) throws(RunError) {
    for name in try FileTree.names(in: parent)
    where name.hasPrefix(".") && name.contains(partial) {
      try FileTree.remove(parent + "/" + name)
    }
  }
}
