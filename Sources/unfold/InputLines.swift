import Glibc
import SequenceData

/// The lines of a descriptor that this process was given: standard input, or the end of a pipe.
struct InputLines {
  /// A line of more bytes is no input; something that never breaks a line is not read for ever.
  static let longest = 16 << 20
  private static let piece = 1 << 16

  let name: String
  private let descriptor: Int32
  private var bytes: [UInt8] = []
  /// The first byte that was not handed out.
  private var start = 0
  /// Bytes from `start` on that hold no line feed.
  private var searched = 0
  private var isAtEnd = false

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    name = descriptor == STDIN_FILENO ? "standard input" : "/dev/fd/\(descriptor)"
  }

  /// The pipe behind a path such as `/dev/stdin`, or the `/dev/fd/63` that a shell makes of
  /// `<(command)`; nil for any other path. A named pipe, which may have no other end, is none.
  init?(inherited path: String) {
    let folder = ["/dev/fd/", "/proc/self/fd/"].first { path.hasPrefix($0) }
    let number =
      path == "/dev/stdin" ? STDIN_FILENO : folder.flatMap { Int32(path.dropFirst($0.count)) }
    var status = stat()
    guard let number, fstat(number, &status) == 0, status.st_mode & S_IFMT != S_IFREG else {
      return nil
    }
    self.init(number)
  }

  /// The next line, without its end; nil behind the last.
  mutating func next() throws -> String? {
    while true {
      // The slice is let go at once: while it lives, the bytes are copied when they grow.
      if let end = bytes[(start + searched)...].firstIndex(of: 0x0A) {
        let line = bytes[start..<end]
        (start, searched) = (end + 1, 0)
        return String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
      }
      searched = bytes.count - start
      guard searched <= Self.longest else {
        throw DataError(
          name, "a line does not end", found: "\(searched) bytes",
          expected: "at most \(Self.longest)")
      }
      if isAtEnd {
        guard searched > 0 else { return nil }
        defer { (start, searched) = (bytes.count, 0) }
        return String(decoding: bytes[start...], as: UTF8.self)
      }
      try fill()
    }
  }

  /// Whether the next line, or the end, is here already: nobody has to be waited for.
  mutating func hasNext() throws -> Bool {
    while true {
      if let end = bytes[(start + searched)...].firstIndex(of: 0x0A) {
        searched = end - start
        return true
      }
      searched = bytes.count - start
      if isAtEnd || searched > Self.longest { return true }
      var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&wait, 1, 0) > 0 else { return false }
      try fill()
    }
  }

  private mutating func fill() throws {
    if start > 0 { bytes.removeFirst(start) }
    start = 0
    var piece = [UInt8](repeating: 0, count: Self.piece)
    var count: Int
    repeat { count = read(descriptor, &piece, piece.count) } while count < 0 && errno == EINTR
    guard count >= 0 else {
      throw DataError(name, "cannot be read (\(String(cString: strerror(errno))))")
    }
    if count == 0 { isAtEnd = true } else { bytes += piece[..<count] }
  }
}
