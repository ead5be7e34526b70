/// A long row of symbol numbers: one byte each where the vocabulary allows it, else four.
public struct CompactTokens: Sendable, Equatable {
  private var bytes: [UInt8] = []
  private var words: [Int32] = []
  private let isSmall: Bool

  /// An empty row for symbols numbered below `vocabularySize`.
  public init(vocabularySize: Int) {
    isSmall = vocabularySize <= 256
  }

  public init(_ tokens: some Sequence<Int32>, vocabularySize: Int) {
    self.init(vocabularySize: vocabularySize)
    for token in tokens { append(token) }
  }

  public var count: Int { isSmall ? bytes.count : words.count }
  public var isEmpty: Bool { count == 0 }

  public subscript(_ index: Int) -> Int32 { isSmall ? Int32(bytes[index]) : words[index] }

  public mutating func append(_ token: Int32) {
    if isSmall {
      bytes.append(UInt8(truncatingIfNeeded: token))
    } else {
      words.append(token)
    }
  }

  public mutating func append(contentsOf other: CompactTokens, in range: Range<Int>) {
    if isSmall, other.isSmall {
      bytes.append(contentsOf: other.bytes[range])
    } else {
      for i in range { append(other[i]) }
    }
  }

  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    words.removeAll(keepingCapacity: true)
  }

  public mutating func reserveCapacity(_ capacity: Int) {
    if isSmall { bytes.reserveCapacity(capacity) } else { words.reserveCapacity(capacity) }
  }

  /// Writes the tokens of `range` at the end of `target`.
  public func copy(_ range: Range<Int>, to target: inout [Int32]) {
    if isSmall {
      for byte in bytes[range] { target.append(Int32(byte)) }
    } else {
      target.append(contentsOf: words[range])
    }
  }

  public func slice(_ range: Range<Int>) -> CompactTokens {
    var part = self
    part.bytes = isSmall ? Array(bytes[range]) : []
    part.words = isSmall ? [] : Array(words[range])
    return part
  }
}

/// Many short rows of symbol numbers, one behind the other: the items of a `lines` file.
public struct ItemTable: Sendable, Equatable {
  public private(set) var tokens: CompactTokens
  /// `starts[i]..<starts[i + 1]` is item i.
  private var starts: [Int32] = [0]

  public init(vocabularySize: Int) {
    tokens = CompactTokens(vocabularySize: vocabularySize)
  }

  public var count: Int { starts.count - 1 }
  /// Tokens in all items together, line ends not counted.
  public var tokenCount: Int { tokens.count }

  public func range(of item: Int) -> Range<Int> { Int(starts[item])..<Int(starts[item + 1]) }

  public func item(_ item: Int) -> [Int32] {
    var result: [Int32] = []
    tokens.copy(range(of: item), to: &result)
    return result
  }

  public mutating func append(_ token: Int32) { tokens.append(token) }

  /// Ends the item whose tokens were appended since the last end.
  public mutating func endItem() { starts.append(Int32(truncatingIfNeeded: tokens.count)) }

  public func selecting(_ items: [Int]) -> ItemTable {
    var part = self
    part.tokens.removeAll()
    part.starts.removeAll(keepingCapacity: true)
    part.starts.append(0)
    for item in items {
      part.tokens.append(contentsOf: tokens, in: range(of: item))
      part.endItem()
    }
    return part
  }
}
