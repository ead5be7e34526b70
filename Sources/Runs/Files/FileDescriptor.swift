#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An open file, closed with its last reference. Calls interrupted by a signal are taken up again.
final class FileDescriptor: Sendable {
  let number: Int32
  let path: String

  /// Opens a file that child processes do not inherit.
  init(_ path: String, flags: Int32, mode: mode_t = 0o644) throws(RunError) {
    var result: Int32
    repeat { result = open(path, flags | O_CLOEXEC, mode) } while result < 0 && errno == EINTR
    guard result >= 0 else {
      throw .last(flags & (O_WRONLY | O_RDWR) == 0 ? "open" : "open for writing", path)
    }
    number = result
    self.path = path
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

  private static func systemRead(
    _ number: Int32, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int
  ) -> Int {
    #if canImport(Glibc)
      Glibc.read(number, buffer, count)
    #elseif canImport(Musl)
      Musl.read(number, buffer, count)
    #else
      Darwin.read(number, buffer, count)
    #endif
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

/// What the system says about a file.
struct FileStatus: Equatable {
  var size: Int
  var isDirectory: Bool
  var isRegular: Bool
  /// Device and inode, which together are the file's identity.
  var device: UInt64
  var inode: UInt64
  /// Names that lead to the file; 0 once it was deleted.
  var links: Int
  /// Seconds since 1970.
  var modified: Double

  init(_ information: stat) {
    size = Int(information.st_size)
    isDirectory = information.st_mode & S_IFMT == S_IFDIR
    isRegular = information.st_mode & S_IFMT == S_IFREG
    device = UInt64(truncatingIfNeeded: information.st_dev)
    inode = UInt64(truncatingIfNeeded: information.st_ino)
    links = Int(information.st_nlink)
    #if canImport(Darwin)
      let time = information.st_mtimespec
    #else
      let time = information.st_mtim
    #endif
    modified = Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
