import Glibc

/// Files that appear whole or not at all.
public enum AtomicFile {
  /// Writes a file under a hidden name beside its place, syncs it and renames it into place.
  ///
  /// - Parameter produce: hands the content over piece by piece.
  /// - Returns: bytes written.
  /// - Throws: the first refusal of the system; nothing is left behind then.
  @discardableResult
  static func write(
    to path: String,
    _ produce: (_ write: ([UInt8]) throws(RunError) -> Void) throws(RunError) -> Void
  ) throws(RunError) -> Int {
    try write(to: FileTree.name(of: path), in: OpenDirectory(FileTree.parent(of: path)), produce)
  }

  @discardableResult
  static func write(
    to name: String, in directory: OpenDirectory,
    _ produce: (_ write: ([UInt8]) throws(RunError) -> Void) throws(RunError) -> Void
  ) throws(RunError) -> Int {
    // A name that nobody can have laid in wait under.
    let hidden = "." + name + partial + "\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    let path = directory.path + "/" + name
    var total = 0
    do throws(RunError) {
      let file = try directory.open(hidden, flags: O_WRONLY | O_CREAT | O_EXCL)
      try produce { (bytes: [UInt8]) throws(RunError) in
        try file.writeAll(bytes)
        total += bytes.count
      }
      try file.synchronize()
      let code = directory.rename(hidden, to: name)
      guard code == 0 else { throw .system(operation: "rename to", path: path, code: code) }
      return total
    } catch {
      try? directory.remove(hidden)
      throw error.naming(path, insteadOf: directory.path + "/" + hidden)
    }
  }

  private static let partial = ".new-"

  /// Removes what crashed attempts to write a file left. Call it only while holding the run's lock.
  static func removeLeftovers(of name: String, in directory: OpenDirectory) throws(RunError) {
    for left in try directory.names() where left.hasPrefix("." + name + partial) {
      try directory.remove(left)
    }
  }

  /// Writes a whole text.
  /// - Parameters:
  ///   - text: the content, as UTF-8
  ///   - path: the file, which is replaced where it exists
  ///   - makesDirectories: whether the directories above may be missing
  /// - Throws: the first refusal of the system; no file is left behind then
  public static func write(
    _ text: String, to path: String, makesDirectories: Bool = false
  ) throws(RunError) {
    if makesDirectories { try FileTree.makeDirectories(FileTree.parent(of: path)) }
    try write(
      text, to: FileTree.name(of: path), in: OpenDirectory(FileTree.parent(of: path)))
  }

  static func write(
    _ text: String, to name: String, in directory: OpenDirectory
  ) throws(RunError) {
    try write(to: name, in: directory) {
      (write: ([UInt8]) throws(RunError) -> Void) throws(RunError) in
      try write(Array(text.utf8))
    }
  }
}
