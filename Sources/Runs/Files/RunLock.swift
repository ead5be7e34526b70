import FileFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Keeps two processes from writing one run.
///
/// The lock is the kernel's (`flock`), so it ends with its process however that ends, and a file
/// left by a crash locks nobody out. The file's content, the holder's id, is for messages only.
final class RunLock: Sendable {
  private static let fileName = ".lock"
  private let file: FileDescriptor

  /// Takes the lock of a run directory.
  /// - Throws: `RunError.locked` when another process, or this one, holds it.
  init(directory: String) throws(RunError) {
    let path = directory + "/" + Self.fileName
    var attempts = 0
    while true {
      let file = try FileDescriptor(path, flags: O_RDWR | O_CREAT)
      guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
        guard errno == EWOULDBLOCK else { throw .last("lock", path) }
        // Somebody who only looks whether the run is being written holds it for a moment.
        attempts += 1
        if attempts < 5 {
          usleep(10_000)
          continue
        }
        throw .locked(path: directory, process: Self.holder(of: file))
      }
      // The holder before us may have removed the file between our opening and locking it.
      guard let named = FileTree.status(path), let mine = try? file.status(),
        named.inode == mine.inode, named.device == mine.device
      else { continue }
      try file.truncate(to: 0)
      try file.writeAll(Array("\(getpid())\n".utf8))
      self.file = file
      return
    }
  }

  deinit { unlink(file.path) }

  /// Whether some process holds the lock of this directory.
  static func isHeld(directory: String) -> Bool {
    guard let file = try? FileDescriptor(directory + "/" + fileName, flags: O_RDONLY) else {
      return false
    }
    return flock(file.number, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  private static func holder(of file: FileDescriptor) -> Int? {
    guard let bytes = try? file.read(upTo: 32) else { return nil }
    return Int(String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self))
  }
}
