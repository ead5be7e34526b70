/// A long row of symbol numbers: one byte each where the vocabulary allows it, else four.
public struct CompactTokens: Sendable, Equatable {
  private var bytes: [UInt8] = []
  private var words: [Int32] = []
  private let isSmall: Bool
  /// Symbols in front of those that are in memory, and behind them; see `keeping`.
  private var before = 0
  private var behind = 0

  /// An empty row for symbols numbered below `vocabularySize`.
  public init(vocabularySize: Int) {
    isSmall = vocabularySize <= 256
  }

  public init(_ tokens: some Sequence<Int32>, vocabularySize: Int) {
    self.init(vocabularySize: vocabularySize)
    for token in tokens { append(token) }
  }

  public var count: Int { before + keptCount + behind }
  public var isEmpty: Bool { count == 0 }
  /// Symbols that are in memory; all, unless `keeping` left some out.
  public var keptCount: Int { isSmall ? bytes.count : words.count }

  /// A symbol; 0 where it is not in memory.
  public subscript(_ index: Int) -> Int32 {
    let place = index - before
    guard place >= 0, place < keptCount else { return 0 }
    return isSmall ? Int32(bytes[place]) : words[place]
  }

  public mutating func append(_ token: Int32) {
    if isSmall {
      bytes.append(UInt8(truncatingIfNeeded: token))
    } else {
      words.append(token)
    }
  }

  public mutating func append(contentsOf other: CompactTokens, in range: Range<Int>) {
    if isSmall, other.isSmall, other.isWhole {
      bytes.append(contentsOf: other.bytes[range])
    } else {
      for i in range { append(other[i]) }
    }
  }

  public mutating func removeAll() {
    (before, behind) = (0, 0)
    bytes.removeAll(keepingCapacity: true)
    words.removeAll(keepingCapacity: true)
  }

  public mutating func reserveCapacity(_ capacity: Int) {
    if isSmall { bytes.reserveCapacity(capacity) } else { words.reserveCapacity(capacity) }
  }

  private var isWhole: Bool { before == 0 && behind == 0 }

  /// Writes the tokens of `range` at the end of `target`.
  public func copy(_ range: Range<Int>, to target: inout [Int32]) {
    if !isWhole {
      for i in range { target.append(self[i]) }
    } else if isSmall {
      for byte in bytes[range] { target.append(Int32(byte)) }
    } else {
      target.append(contentsOf: words[range])
    }
  }

  public func slice(_ range: Range<Int>) -> CompactTokens {
    guard isWhole else {
      var part = CompactTokens(vocabularySize: isSmall ? 0 : .max)
      part.append(contentsOf: self, in: range)
      return part
    }
    var part = self
    part.bytes = isSmall ? Array(bytes[range]) : []
    part.words = isSmall ? [] : Array(words[range])
    return part
  }

  /// A row as long as this one with no more than the symbols of `range` in memory; all others are
  /// read as 0. For a process that needs a stretch of what several read together.
  public func keeping(_ range: Range<Int>) -> CompactTokens {
    let range = range.clamped(to: before..<before + keptCount)
    var part = slice(range)
    (part.before, part.behind) = (range.lowerBound, count - range.upperBound)
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
