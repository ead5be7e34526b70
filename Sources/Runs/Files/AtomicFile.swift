#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

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
    let hidden = FileTree.parent(of: path) + "/." + FileTree.name(of: path) + ".new-\(getpid())"
    let file = try FileDescriptor(hidden, flags: O_WRONLY | O_CREAT | O_TRUNC)
    var total = 0
    do throws(RunError) {
      try produce { (bytes: [UInt8]) throws(RunError) in
        try file.writeAll(bytes)
        total += bytes.count
      }
      try file.synchronize()
      guard rename(hidden, path) == 0 else { throw .last("rename to", path) }
      return total
    } catch {
      unlink(hidden)
      throw error.naming(path, insteadOf: hidden)
    }
  }

  /// Writes a whole text.
  /// - Parameter makesDirectories: whether the directories above may be missing
  /// - Throws: the first refusal of the system; no file is left behind then
  public static func write(
    _ text: String, to path: String, makesDirectories: Bool = false
  ) throws(RunError) {
    if makesDirectories { try FileTree.makeDirectories(FileTree.parent(of: path)) }
    try write(to: path) { (write: ([UInt8]) throws(RunError) -> Void) throws(RunError) in
      try write(Array(text.utf8))
    }
  }
}
