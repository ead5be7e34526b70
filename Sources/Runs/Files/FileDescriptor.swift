import Glibc

/// An open file, closed with its last reference. Calls interrupted by a signal are taken up again.
final class FileDescriptor: Sendable {
  let number: Int32
  let path: String

  /// Opens a file that child processes do not inherit.
  init(_ path: String, flags: Int32, mode: mode_t = 0o644) throws(RunError) {
    var result: Int32
    repeat { result = open(path, flags | O_CLOEXEC, mode) } while result < 0 && errno == EINTR
    guard result >= 0 else { throw .last(Self.opening(flags), path) }
    number = result
    self.path = path
  }

  /// Opens a file that a person named: it may be a link, and must end at a regular file. Pipes and
  /// devices, which may never end, are refused by what they are.
  static func regular(_ path: String, flags: Int32 = O_RDONLY) throws(RunError) -> FileDescriptor {
    if let kind = FileTree.status(path)?.kind, kind != .regular {
      throw OpenDirectory.refusal(of: kind, path)
    }
    // Opening a pipe would wait for its other end.
    let file = try FileDescriptor(path, flags: flags | O_NONBLOCK)
    let kind = try file.status().kind
    guard kind == .regular else { throw OpenDirectory.refusal(of: kind, path) }
    try file.refuseHoles()
    return file
  }

  /// Bytes of holes that a file may have: no text has any, and who copies tensors may make some.
  private static let mostHoles = 256 << 20

  /// Refuses a file that claims gigabytes and holds next to nothing, which would be read for long.
  func refuseHoles() throws(RunError) {
    let size = try status().size
    guard size > Self.mostHoles else { return }
    defer { lseek(number, 0, SEEK_SET) }
    let (nextData, nextHole): (Int32, Int32) = (3, 4)
    var (at, holes) = (0, 0)
    while at < size, holes <= Self.mostHoles {
      // A file system that knows no holes calls the whole file data.
      let hole = Int(lseek(number, off_t(at), nextHole))
      guard hole >= at, hole < size else { return }
      let data = Int(lseek(number, off_t(hole), nextData))
      at = data > hole ? data : size
      holes += at - hole
    }
    guard holes > Self.mostHoles else { return }
    throw .unreadable(path: path, message: "a sparse file of \(size) bytes, expected a whole one")
  }

  static func opening(_ flags: Int32) -> String {
    flags & (O_WRONLY | O_RDWR) == 0 ? "open" : "open for writing"
  }

  /// Takes over a descriptor that is open already.
  init(adopting number: Int32, path: String) {
    self.number = number
    self.path = path
  }

  deinit { close(number) }

  /// Writes as much as the system takes at once.
  /// - Returns: bytes written, at least 1 unless `bytes` is empty.
  func writeSome(_ bytes: UnsafeRawBufferPointer) throws(RunError) -> Int {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return 0 }
    var result: Int
    repeat { result = write(number, base, bytes.count) } while result < 0 && errno == EINTR
    guard result > 0 else { throw .last("write", path) }
    return result
  }

  func writeAll(_ bytes: [UInt8]) throws(RunError) {
    var written = 0
    while written < bytes.count {
      let start = written
      let result = bytes.withUnsafeBytes { raw -> Result<Int, RunError> in
        do throws(RunError) {
          return .success(try writeSome(UnsafeRawBufferPointer(rebasing: raw[start...])))
        } catch {
          return .failure(error)
        }
      }
      written += try result.get()
    }
  }

  /// Reads into `room`.
  /// - Returns: bytes read; 0 at the end of the file, and where a pipe has nothing just now.
  func readSome(into room: UnsafeMutableRawBufferPointer) throws(RunError) -> Int {
    var result: Int
    repeat {
      result = Self.systemRead(
        number, room.baseAddress?.assumingMemoryBound(to: UInt8.self), room.count)
    } while result < 0 && errno == EINTR
    if result < 0, errno == EAGAIN || errno == EWOULDBLOCK { return 0 }
    guard result >= 0 else { throw .last("read", path) }
    return result
  }

  /// Reads up to `count` bytes; fewer, or none, at the end of the file.
  func read(upTo count: Int) throws(RunError) -> [UInt8] {
    var code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      var result: Int
      repeat {
        result = Self.systemRead(number, buffer.baseAddress, count)
      } while result < 0 && errno == EINTR
      if result < 0 { code = errno }
      filled = max(0, result)
    }
    guard code == 0 else { throw .system(operation: "read", path: path, code: code) }
    return bytes
  }

  /// The whole file, which must be regular.
  /// - Parameter limit: bytes at most; a larger file is refused rather than read.
  func contents(limit: Int) throws(RunError) -> [UInt8] {
    let size = try status().size
    guard size <= limit else {
      throw .unreadable(path: path, message: "\(size) bytes, expected at most \(limit)")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size)
    while true {
      let chunk = try read(upTo: max(4096, min(1 << 20, size - bytes.count + 1)))
      if chunk.isEmpty { return bytes }
      bytes.append(contentsOf: chunk)
      guard bytes.count <= limit else {
        throw .unreadable(path: path, message: "more than \(limit) bytes")
      }
    }
  }

  private static func systemRead(
    _ number: Int32, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int
  ) -> Int {
    Glibc.read(number, buffer, count)
  }

  func synchronize() throws(RunError) {
    var result: Int32
    repeat { result = fsync(number) } while result < 0 && errno == EINTR
    // Pipes and some file systems know no fsync; there is nothing more to be done for them.
    guard result == 0 || errno == EINVAL || errno == ENOTSUP else { throw .last("sync", path) }
  }

  func truncate(to size: Int) throws(RunError) {
    guard ftruncate(number, off_t(size)) == 0 else { throw .last("truncate", path) }
  }

  func seek(to offset: Int) throws(RunError) {
    guard lseek(number, off_t(offset), SEEK_SET) >= 0 else { throw .last("seek", path) }
  }

  func status() throws(RunError) -> FileStatus {
    var information = stat()
    guard fstat(number, &information) == 0 else { throw .last("look at", path) }
    return FileStatus(information)
  }
}
