import Glibc
import LinearAlgebra

/// Whole files as bytes.
public enum FileBytes {
  /// Larger files are refused: they would not fit beside the network in memory.
  public static let limit = 2 << 30
  /// What a packed file may hold: a few kilobytes can be packed gigabytes.
  static var unpackedLimit: Int { min(1 << 30, MachineMemory.bytes / 8) }

  /// Reads a regular file to its end. A path may lead there by links; pipes and devices, which may
  /// never end, are refused.
  ///
  /// - Parameters:
  ///   - path: the file
  ///   - limit: bytes at most; a larger file is refused rather than read
  /// - Throws: `DataError` for a missing or unreadable file, anything but a regular one, or one
  ///   that is too large.
  public static func read(_ path: String, limit: Int = limit) throws(DataError) -> [UInt8] {
    // Opening a pipe would wait for its other end.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(path, "cannot be opened") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(path, "cannot be examined") }
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      let limit = min(limit, MachineMemory.bytes / 4)
      guard status.st_size <= limit else {
        throw DataError(
          path, "the file is too large", found: "\(status.st_size) bytes",
          expected: "at most \(limit)")
      }
      return try readAll(descriptor, path, expecting: Int(status.st_size), limit: limit)
    case S_IFIFO: throw DataError(path, "is a pipe", expected: "a file")
    case S_IFSOCK: throw DataError(path, "is a socket", expected: "a file")
    case S_IFDIR:
      throw DataError(path, "is a directory", expected: "a file")
    default:
      throw DataError(path, "is a device", expected: "a file")
    }
  }

  /// Whether a file of this name can be opened for reading.
  public static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }

  private static func readAll(
    _ descriptor: Int32, _ path: String, expecting size: Int, limit: Int
  ) throws(DataError) -> [UInt8] {
    // One byte more than expected, so that the read that meets the end needs no larger buffer.
    var bytes = [UInt8](repeating: 0, count: size + 1)
    var filled = 0
    while true {
      if filled == bytes.count {
        bytes.append(contentsOf: repeatElement(0, count: max(1 << 16, bytes.count)))
      }
      let space = bytes.count - filled
      let count = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), space)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(path, "cannot be read") }
      if count == 0 { break }
      filled += count
      guard filled <= limit else {
        throw DataError(path, "the input is too large", expected: "at most \(limit) bytes")
      }
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }

  private static func failure(_ path: String, _ message: String) -> DataError {
    DataError(path.isEmpty ? "“”" : path, "\(message) (\(String(cString: strerror(errno))))")
  }
}
