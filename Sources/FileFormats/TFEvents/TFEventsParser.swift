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
///
/// A damaged record hides nothing else: where only its data is wrong, its length leads on; where
/// the length is, the next place is searched for at which a length and its checksum agree.
public struct TFEventsParser: Sendable {
  /// No scalar or histogram comes near it; pictures and graphs do.
  public static let longestRecord = 256 << 20

  private var buffer: [UInt8] = []
  /// Where `buffer` begins in the file.
  private var offset = 0
  /// Whether a place is searched for at which records go on.
  private var isSearching = false

  public init() {}

  /// Whether everything so far was whole records.
  public var isAtBoundary: Bool { buffer.isEmpty }

  /// Takes bytes that follow those before, and hands over every record that is whole now.
  ///
  /// - Parameters:
  ///   - bytes: what follows
  ///   - body: gets each record's data, and says whether it is an event
  /// - Returns: what was damaged, in order.
  public mutating func append(
    _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Bool
  ) -> [TFEventsError] {
    buffer.append(contentsOf: bytes)
    var damage: [TFEventsError] = []
    var isSearching = isSearching
    let end = buffer.withUnsafeBytes { all in
      var start = 0
      // Records of the same length are usual: their heads are the same 12 bytes.
      var head: Head?
      while true {
        if isSearching {
          guard let found = Self.search(all, from: &start) else { return start }
          start = found
          isSearching = false
        }
        switch Self.record(all, at: start, &head) {
        case .unfinished: return start
        case .badLength:
          damage.append(.length(offset: offset + start))
          isSearching = true
          start += 1
        case .tooLong(let length):
          damage.append(.tooLong(offset: offset + start, bytes: length))
          isSearching = true
          start += 1
        case .badData(let behind):
          damage.append(.data(offset: offset + start))
          start = behind
        case .whole(let data, let behind):
          if !body(UnsafeRawBufferPointer(rebasing: all[data])) {
            damage.append(.message(offset: offset + start))
          }
          start = behind
        }
      }
    }
    self.isSearching = isSearching
    buffer.removeFirst(end)
    offset += end
    return damage
  }

  /// Takes bytes that follow those before.
  ///
  /// - Returns: the events that are whole now.
  /// - Throws: `TFEventsError` at the first record that breaks a rule.
  public mutating func append(_ bytes: some Sequence<UInt8>) throws(TFEventsError) -> [TFEvent] {
    var events: [TFEvent] = []
    let damage = Array(bytes).withUnsafeBytes { bytes in
      append(bytes) { record in
        guard let event = TFEvent(decoding: record) else { return false }
        events.append(event)
        return true
      }
    }
    if let first = damage.first { throw first }
    return events
  }

  /// A record's length and its checksum, as they stand in the file.
  private struct Head: Equatable {
    var length: UInt64
    var checksum: UInt32
  }

  private enum Record {
    case unfinished
    case badLength
    case tooLong(UInt64)
    case badData(behind: Int)
    case whole(Range<Int>, behind: Int)
  }

  /// A record: u64 length, its masked checksum, the data, its masked checksum.
  /// - Parameter known: the head of a record that was right.
  private static func record(
    _ all: UnsafeRawBufferPointer, at start: Int, _ known: inout Head?
  ) -> Record {
    guard all.count - start >= 12 else { return .unfinished }
    let head = Head(
      length: all.loadUnaligned(fromByteOffset: start, as: UInt64.self),
      checksum: all.loadUnaligned(fromByteOffset: start + 8, as: UInt32.self))
    let length = UInt64(littleEndian: head.length)
    guard head == known || isLength(all, at: start) else { return .badLength }
    known = head
    guard length <= UInt64(longestRecord) else { return .tooLong(length) }
    let data = start + 12..<start + 12 + Int(length)
    guard data.upperBound + 4 <= all.count else { return .unfinished }
    let stored = UInt32(
      littleEndian: all.loadUnaligned(fromByteOffset: data.upperBound, as: UInt32.self))
    guard stored == CRC32C.masked(UnsafeRawBufferPointer(rebasing: all[data])) else {
      return .badData(behind: data.upperBound + 4)
    }
    return .whole(data, behind: data.upperBound + 4)
  }

  private static func isLength(_ all: UnsafeRawBufferPointer, at start: Int) -> Bool {
    let stored = UInt32(
      littleEndian: all.loadUnaligned(fromByteOffset: start + 8, as: UInt32.self))
    return stored == CRC32C.masked(UnsafeRawBufferPointer(rebasing: all[start..<start + 8]))
  }

  /// The next place at which a length that can be and its checksum agree.
  /// - Parameter start: moved to where the search goes on when more bytes come.
  private static func search(_ all: UnsafeRawBufferPointer, from start: inout Int) -> Int? {
    while start + 12 <= all.count {
      let length = UInt64(littleEndian: all.loadUnaligned(fromByteOffset: start, as: UInt64.self))
      if length <= UInt64(longestRecord), isLength(all, at: start) { return start }
      start += 1
    }
    return nil
  }
}
