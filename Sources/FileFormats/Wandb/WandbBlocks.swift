/// What was wrong at a place of a W&B log.
public enum WandbError: Error, Equatable, CustomStringConvertible {
  case header(found: [UInt8])
  case checksum(offset: Int)
  case chunk(offset: Int)

  public var description: String {
    switch self {
    case .header(let found):
      "byte 0: found \(found.map { String($0, radix: 16) }.joined(separator: " ")), expected "
        + "`:W&B` as 3a 57 26 42; not a W&B log"
    case .checksum(let offset): "byte \(offset): the checksum of the record is wrong"
    case .chunk(let offset): "byte \(offset): no record begins here"
    }
  }
}

/// Takes W&B's logs apart as their bytes come in: LevelDB's log format (blocks of 32 KiB; chunks of
/// checksum, u16 length, type, data) behind a header of seven bytes. A record that is not whole yet
/// waits; a damaged one hides only itself.
public struct WandbBlocks: Sendable {
  static let blockSize = 32_768
  private static let chunkHeader = 7
  static let fileHeader = 7

  private var buffer: [UInt8] = []
  /// Where `buffer` begins in the file.
  private var offset = 0
  private var hasHeader = false
  /// The first chunks of a record whose last is still to come; nil between records.
  private var beginning: [UInt8]?
  private var isForeign = false

  public init() {}

  /// Whether everything so far was whole records.
  public var isAtBoundary: Bool { buffer.isEmpty && beginning == nil }

  /// Takes bytes that follow those before, and hands over every record that is whole now.
  /// - Returns: what was damaged, in order.
  public mutating func append(
    _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
  ) -> [WandbError] {
    guard !isForeign else { return [] }
    buffer.append(contentsOf: bytes)
    var damage: [WandbError] = []
    if !hasHeader {
      guard buffer.count >= Self.fileHeader else { return [] }
      guard buffer.starts(with: ":W&B".utf8) else {
        isForeign = true
        return [.header(found: Array(buffer.prefix(4)))]
      }
      hasHeader = true
    }
    var beginning = self.beginning
    let end = buffer.withUnsafeBytes { all in
      var start = offset == 0 ? Self.fileHeader : 0
      while let chunk = chunk(all, at: start) {
        switch chunk {
        case .padding(let behind): start = behind
        case .damaged(let error, let behind):
          damage.append(error)
          beginning = nil
          start = behind
        case .data(let type, let data, let behind):
          take(type, UnsafeRawBufferPointer(rebasing: all[data]), &beginning, body)
          start = behind
        }
      }
      return min(start, all.count)
    }
    self.beginning = beginning
    buffer.removeFirst(end)
    offset += end
    return damage
  }

  private func take(
    _ type: UInt8, _ data: UnsafeRawBufferPointer, _ beginning: inout [UInt8]?,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    switch type {
    case 1:
      beginning = nil
      body(data)
    case 2: beginning = Array(data)
    case 3: beginning?.append(contentsOf: data)
    default:
      // The last chunk of a record whose first was damaged says nothing.
      guard var whole = beginning else { return }
      // One owner: a record of many chunks is not copied once more.
      beginning = nil
      whole.append(contentsOf: data)
      whole.withUnsafeBytes(body)
    }
  }

  private enum Chunk {
    case padding(behind: Int)
    case data(type: UInt8, Range<Int>, behind: Int)
    case damaged(WandbError, behind: Int)
  }

  /// The chunk at a place of the buffer; nil while it is not whole.
  private func chunk(_ all: UnsafeRawBufferPointer, at start: Int) -> Chunk? {
    let position = offset + start
    let blockEnd = start + Self.blockSize - position % Self.blockSize
    guard blockEnd - start >= Self.chunkHeader else {
      return blockEnd <= all.count ? .padding(behind: blockEnd) : nil
    }
    guard start + Self.chunkHeader <= all.count else { return nil }
    let length = Self.length(all, at: start)
    let type = all[start + 6]
    // A block that was made before it was filled holds zeros.
    if type == 0, length == 0 { return blockEnd <= all.count ? .padding(behind: blockEnd) : nil }
    let data = start + Self.chunkHeader..<start + Self.chunkHeader + length
    let isPossible = (1...4).contains(type) && data.upperBound <= blockEnd
    if isPossible, data.upperBound > all.count { return nil }
    if isPossible, Self.isWhole(all, start, data) {
      return .data(type: type, data, behind: data.upperBound)
    }
    let error: WandbError =
      isPossible ? .checksum(offset: position) : .chunk(offset: position)
    if let next = nextChunk(all, from: start + 1, blockEnd: blockEnd) {
      return .damaged(error, behind: next)
    }
    return blockEnd <= all.count ? .damaged(error, behind: blockEnd) : nil
  }

  /// The next place in the block where a whole chunk stands.
  private func nextChunk(_ all: UnsafeRawBufferPointer, from start: Int, blockEnd: Int) -> Int? {
    var place = start
    while place + Self.chunkHeader <= min(blockEnd, all.count) {
      let data = place + 7..<place + 7 + Self.length(all, at: place)
      if (1...4).contains(all[place + 6]), data.upperBound <= min(blockEnd, all.count),
        !data.isEmpty, Self.isWhole(all, place, data)
      {
        return place
      }
      place += 1
    }
    return nil
  }

  private static func length(_ all: UnsafeRawBufferPointer, at start: Int) -> Int {
    Int(UInt16(littleEndian: all.loadUnaligned(fromByteOffset: start + 4, as: UInt16.self)))
  }

  /// W&B checks the type and the data by zip's polynomial; LevelDB itself by Castagnoli's, masked.
  private static func isWhole(
    _ all: UnsafeRawBufferPointer, _ start: Int, _ data: Range<Int>
  ) -> Bool {
    let stored = UInt32(littleEndian: all.loadUnaligned(fromByteOffset: start, as: UInt32.self))
    let checked = UnsafeRawBufferPointer(rebasing: all[start + 6..<data.upperBound])
    return stored == CRC32.checksum(checked)
      || stored == CRC32.masked(CRC32C.checksum(checked))
      || stored == CRC32.masked(CRC32.checksum(checked))
      || stored == CRC32C.checksum(checked)
  }
}
