import Glibc

/// Whole lines of a file, a pipe or a terminal, read in pieces; a last line without its line feed
/// waits until more comes.
struct LineReader: Sendable {
  /// Longest line that is kept; a longer one is passed over and counted.
  static let longestLine = 64 << 20
  private static let piece = 1 << 18

  private let file: FileDescriptor
  private var buffer: [UInt8] = []
  /// Bytes of `buffer` that hold the beginning of a line.
  private var held = 0
  private var isSkipping = false
  /// Where the held beginning stands in the file.
  private(set) var offset: Int
  /// Lines that were longer than any real one.
  private(set) var overlong = 0

  /// Reads from an open descriptor on, whose position is `offset`.
  init(_ file: FileDescriptor, offset: Int = 0) {
    self.file = file
    self.offset = offset
  }

  /// The bytes after the last line feed, which may be a line that is still being written.
  var rest: ArraySlice<UInt8> { buffer[..<held] }

  /// Whether a read would not wait: something is there, or the other end is closed.
  var isReady: Bool {
    var state = pollfd(fd: file.number, events: Int16(POLLIN), revents: 0)
    return poll(&state, 1, 0) > 0
  }

  /// Reads until the file's end, or until about `limit` bytes were read, and hands over each whole
  /// line with the offset it starts at.
  ///
  /// - Returns: bytes read; 0 at the end of what is there.
  mutating func read(
    limit: Int = .max, _ body: (UnsafeBufferPointer<UInt8>, Int) -> Void
  ) throws(RunError) -> Int {
    var total = 0
    while total < limit {
      makeRoom()
      let count = try fill()
      if count == 0 {
        // Hundreds of logs may be waited for at once.
        if held == 0 { buffer = [] }
        break
      }
      total += count
      split(held + count, body)
    }
    return total
  }

  /// Room for a piece behind what is held; doubled, so that a long line is not copied for each.
  private mutating func makeRoom() {
    guard buffer.count < held + Self.piece else { return }
    var larger = [UInt8](repeating: 0, count: max(held + Self.piece, 2 * held))
    if held > 0 { larger.replaceSubrange(0..<held, with: buffer[..<held]) }
    buffer = larger
  }

  private mutating func fill() throws(RunError) -> Int {
    let start = held
    let result = buffer.withUnsafeMutableBytes { raw -> Result<Int, RunError> in
      do throws(RunError) {
        let room = UnsafeMutableRawBufferPointer(rebasing: raw[start..<start + Self.piece])
        return .success(try file.readSome(into: room))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private mutating func split(_ end: Int, _ body: (UnsafeBufferPointer<UInt8>, Int) -> Void) {
    var start = 0
    var search = held
    let offset = offset
    let isSkipping = isSkipping
    var hasSkipped = false
    buffer.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      while search < end, let found = memchr(base + search, 0x0A, end - search) {
        let at = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
        if isSkipping, !hasSkipped {
          hasSkipped = true
        } else {
          body(UnsafeBufferPointer(rebasing: bytes[start..<at]), offset + start)
        }
        start = at + 1
        search = start
      }
    }
    if hasSkipped { self.isSkipping = false }
    keep(start..<end)
  }

  /// Moves the beginning of a line to the front of the buffer.
  private mutating func keep(_ range: Range<Int>) {
    offset += range.lowerBound
    held = range.count
    if held > Self.longestLine || isSkipping {
      if !isSkipping { overlong += 1 }
      isSkipping = true
      offset += held
      held = 0
    } else if range.lowerBound > 0, held > 0 {
      buffer.withUnsafeMutableBytes { raw in
        guard let base = raw.baseAddress else { return }
        _ = memmove(base, base + range.lowerBound, range.count)
      }
    }
    // A long line's room is given back.
    if held == 0, buffer.count > 4 * Self.piece { buffer = [] }
  }
}
