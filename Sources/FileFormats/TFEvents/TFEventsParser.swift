/// Why bytes are no TensorBoard event file.
public enum TFEventsError: Error, Equatable, CustomStringConvertible {
  /// The checksum of a record's length is wrong: this is another format, or the place is lost.
  case length(offset: Int)
  case data(offset: Int)
  case tooLong(offset: Int, bytes: UInt64)
  case message(offset: Int)

  public var description: String {
    switch self {
    case .length(let offset):
      "byte \(offset): the checksum of the record's length is wrong; not an event file, or damaged"
    case .data(let offset): "byte \(offset): the checksum of the record's data is wrong"
    case .tooLong(let offset, let bytes):
      "byte \(offset): a record of \(bytes) bytes, expected at most \(TFEventsParser.longestRecord)"
    case .message(let offset): "byte \(offset): the record holds no event"
    }
  }
}

/// Takes event files apart as their bytes come in; a record that is not whole yet waits.
public struct TFEventsParser: Sendable {
  /// No scalar or histogram comes near it; pictures and graphs do.
  public static let longestRecord = 256 << 20

  private var buffer: [UInt8] = []
  /// Where `buffer` begins in the file.
  private var offset = 0

  public init() {}

  /// Whether everything so far was whole records.
  public var isAtBoundary: Bool { buffer.isEmpty }

  /// Takes bytes that follow those before.
  ///
  /// - Returns: the events that are whole now.
  /// - Throws: `TFEventsError` at the first record that breaks a rule; nothing after it can be
  ///   trusted, because only lengths lead from record to record.
  public mutating func append(_ bytes: some Sequence<UInt8>) throws(TFEventsError) -> [TFEvent] {
    buffer.append(contentsOf: bytes)
    var events: [TFEvent] = []
    var start = 0
    defer {
      buffer.removeFirst(start)
      offset += start
    }
    while let end = try recordEnd(from: start) {
      let data = buffer[start + 12..<end - 4]
      guard number(at: end - 4, bytes: 4) == UInt64(CRC32C.masked(data)) else {
        throw .data(offset: offset + start)
      }
      guard let event = TFEvent(decoding: data) else { throw .message(offset: offset + start) }
      events.append(event)
      start = end
    }
    return events
  }

  /// Where the record that starts at `start` ends; nil while it is not whole.
  private func recordEnd(from start: Int) throws(TFEventsError) -> Int? {
    guard buffer.count - start >= 12 else { return nil }
    guard number(at: start + 8, bytes: 4) == UInt64(CRC32C.masked(buffer[start..<start + 8])) else {
      throw .length(offset: offset + start)
    }
    let length = number(at: start, bytes: 8)
    guard length <= UInt64(Self.longestRecord) else {
      throw .tooLong(offset: offset + start, bytes: length)
    }
    let end = start + 12 + Int(length) + 4
    return end <= buffer.count ? end : nil
  }

  private func number(at start: Int, bytes count: Int) -> UInt64 {
    buffer[start..<start + count].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
  }
}
