import FileFormats
import Glibc
import Synchronization

/// Keeps two processes from writing one run.
///
/// The lock is the kernel's (`flock`), so it ends with its process however that ends, and a file
/// left by a crash locks nobody out. The file's content, the holder's id, is for messages only.
final class RunLock: Sendable {
  private static let fileName = ".lock"
  private let directory: OpenDirectory
  /// Another file once the first was removed under us.
  private let file: Mutex<FileDescriptor>

  /// Takes the lock of a run directory.
  /// - Throws: `RunError.locked` when another process, or this one, holds it.
  init(_ directory: OpenDirectory) throws(RunError) {
    self.directory = directory
    file = Mutex(try Self.take(directory))
  }

  private static func take(_ directory: OpenDirectory) throws(RunError) -> FileDescriptor {
    var attempts = 0
    while true {
      let file = try directory.open(fileName, flags: O_RDWR | O_CREAT)
      guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
        guard errno == EWOULDBLOCK else { throw .last("lock", file.path) }
        // Somebody who only looks whether the run is being written holds it for a moment.
        attempts += 1
        if attempts < 5 {
          usleep(10_000)
          continue
        }
        throw .locked(path: directory.path, process: holder(of: file))
      }
      // The holder before us may have removed the file between our opening and locking it.
      guard isNamed(file, in: directory) else { continue }
      try file.truncate(to: 0)
      try file.writeAll(Array("\(getpid())\n".utf8))
      return file
    }
  }

  deinit { release() }

  /// Gives the run back while this object lives still.
  func release() {
    file.withLock { file in
      if Self.isNamed(file, in: directory) { try? directory.remove(Self.fileName) }
    }
  }

  /// Makes sure that the lock is still the one that others meet, taking it anew where its file was
  /// removed or replaced.
  /// - Throws: `RunError.locked` when another process has the run by now.
  func check() throws(RunError) {
    let result = file.withLock { file -> Result<Void, RunError> in
      do throws(RunError) {
        if !Self.isNamed(file, in: directory) { file = try Self.take(directory) }
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  /// Whether the lock's name still leads to this file, by device and inode.
  private static func isNamed(_ file: FileDescriptor, in directory: OpenDirectory) -> Bool {
    guard let named = directory.status(fileName), let mine = try? file.status() else {
      return false
    }
    return named.isSameFile(as: mine)
  }

  /// Whether some process holds the lock of this directory.
  static func isHeld(directory path: String) -> Bool {
    guard let directory = try? OpenDirectory(path),
      let file = try? directory.open(fileName, flags: O_RDONLY)
    else { return false }
    return flock(file.number, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// The process that holds the lock of this directory; nil where none does.
  static func holder(directory path: String) -> Int32? {
    guard isHeld(directory: path), let directory = try? OpenDirectory(path),
      let file = try? directory.open(fileName, flags: O_RDONLY)
    else { return nil }
    return holder(of: file).flatMap { Int32(exactly: $0) }
  }

  private static func holder(of file: FileDescriptor) -> Int? {
    guard let bytes = try? file.read(upTo: 32) else { return nil }
    return Int(String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self))
  }
}
