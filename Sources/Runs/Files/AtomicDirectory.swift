import Glibc

/// Directories that appear whole or not at all.
///
/// Everything is written and synced under a hidden name beside the place, then renamed into it, and
/// the directory above is synced. A kill or a power cut at any moment leaves the old state or the
/// new one, and at worst a hidden leftover that the next run clears away.
public enum AtomicDirectory {
  /// One file to be written.
  public struct File: Sendable {
    /// Its name in the directory, without a path.
    public var name: String
    /// Hands its content to the function it gets, piece by piece.
    public var produce:
      @Sendable (_ write: ([UInt8]) throws(RunError) -> Void) throws(RunError) -> Void

    /// A file whose content is held in memory.
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
  ///   - beforeNaming: called when everything is on disk, but under the hidden name.
  /// - Returns: bytes written.
  /// - Throws: the first refusal of the system; nothing is left behind then.
  @discardableResult
  public static func write(
    _ files: [File], to path: String, beforeNaming: () -> Void = {}
  ) throws(RunError) -> Int {
    try write(
      files, named: FileTree.name(of: path), in: OpenDirectory(FileTree.parent(of: path)),
      beforeNaming: beforeNaming)
  }

  @discardableResult
  static func write(
    _ files: [File], named name: String, in parent: OpenDirectory,
    beforeNaming: () -> Void = {}
  ) throws(RunError) -> Int {
    let hidden = hiddenName(of: name)
    guard try parent.makeDirectory(hidden) else {
      throw .system(operation: "make the directory", path: hidden, code: EEXIST)
    }
    do throws(RunError) {
      let inside = try parent.directory(hidden)
      var total = 0
      for file in files { total += try write(file, in: inside) }
      try inside.synchronize()
      beforeNaming()
      try move(hidden, to: name, in: parent)
      try parent.synchronize()
      return total
    } catch {
      try? parent.remove(hidden)
      throw error.naming(parent.path + "/" + name, insteadOf: parent.path + "/" + hidden)
    }
  }

  private static func hiddenName(of name: String) -> String {
    "." + name + partial + "\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
  }

  private static func write(_ file: File, in directory: OpenDirectory) throws(RunError) -> Int {
    let output = try directory.open(file.name, flags: O_WRONLY | O_CREAT | O_EXCL)
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
  private static func move(
    _ hidden: String, to name: String, in parent: OpenDirectory
  ) throws(RunError) {
    let path = parent.path + "/" + name
    let code = parent.rename(hidden, to: name)
    if code == 0 { return }
    guard code == ENOTEMPTY || code == EEXIST else {
      throw .system(operation: "rename to", path: path, code: code)
    }
    let refused = parent.exchange(hidden, name)
    guard refused == 0 else { throw .system(operation: "replace", path: path, code: refused) }
    try? parent.remove(hidden)
  }

  /// Takes a directory away in one stroke, under a hidden name first, so that nobody finds half of
  /// it under its own name. What cannot be removed stays.
  static func remove(_ name: String, in parent: OpenDirectory) {
    let hidden = hiddenName(of: name)
    guard parent.rename(name, to: hidden) == 0 else { return }
    try? parent.remove(hidden)
  }

  /// Removes what crashed attempts left in `parent`. Call it only while holding the run's lock.
  static func removeLeftovers(in parent: OpenDirectory) throws(RunError) {
    for name in try parent.names() where name.hasPrefix(".") && name.contains(partial) {
      try parent.remove(name)
    }
  }
}
