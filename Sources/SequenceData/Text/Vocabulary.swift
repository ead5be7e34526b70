/// What stands between two symbols when they are written in a row.
public enum SymbolUnit: String, Sendable, Codable, CaseIterable {
  /// Characters as a person sees them, written without a gap.
  case character
  /// Words (or phones), written with blanks between them.
  case word
}

/// The symbols a network reads or writes, numbered from 0.
///
/// Numbers follow the symbols' Unicode order, not the order of the text, so that the same set of
/// symbols always has the same numbers. `Codable`, so that a snapshot can keep it.
public struct Vocabulary: Sendable, Equatable, Codable {
  public let symbols: [String]
  public let unit: SymbolUnit
  /// Stands for every symbol that is not in the vocabulary; nil when there is no such stand-in.
  public let unknown: Int32?
  /// Ends an item or a generated sequence; nil when there is no such symbol.
  public let end: Int32?

  private let ids: [String: Int32]
  /// Ids of the single scalars below U+0300, −1 where there is none: most text needs no hashing.
  private let scalarIDs: [Int32]

  public init(
    symbols: [String], unit: SymbolUnit = .character, unknown: Int32? = nil, end: Int32? = nil
  ) {
    self.symbols = symbols
    self.unit = unit
    self.unknown = unknown
    self.end = end
    var ids: [String: Int32] = [:]
    var scalarIDs = [Int32](repeating: -1, count: 0x300)
    for (id, symbol) in symbols.enumerated() where ids[symbol] == nil {
      ids[symbol] = Int32(id)
      if let scalar = symbol.unicodeScalars.first, symbol.unicodeScalars.count == 1,
        scalar.value < 0x300
      {
        scalarIDs[Int(scalar.value)] = Int32(id)
      }
    }
    self.ids = ids
    self.scalarIDs = scalarIDs
  }

  /// The integers below `count`, named by their digits.
  public static func integers(_ count: Int) -> Vocabulary {
    Vocabulary(symbols: (0..<count).map(String.init), unit: .word)
  }

  public var count: Int { symbols.count }

  /// The symbol's number, or the unknown symbol's, or nil.
  public func id(of symbol: String) -> Int32? { ids[symbol] ?? unknown }

  func id(of symbol: SymbolScanner.Symbol) -> Int32? {
    switch symbol {
    case .scalar(let value):
      let id = scalarIDs[Int(value)]
      if id >= 0 { return id }
      // A text may hold é in one scalar and in two: they are one symbol.
      return Unicode.Scalar(UInt32(value)).flatMap { ids[String($0)] } ?? unknown
    case .cluster(let character): return ids[String(character)] ?? unknown
    }
  }

  /// A name that is visible in one line of a terminal: `␣` for a blank, `⏎` for a line's end.
  public func name(of id: Int32) -> String {
    guard symbols.indices.contains(Int(id)) else { return "\u{FFFD}" }
    return Self.visible(symbols[Int(id)])
  }

  static func visible(_ symbol: String) -> String {
    guard let scalar = symbol.unicodeScalars.first, symbol.unicodeScalars.count == 1 else {
      return symbol.isEmpty ? "ε" : symbol
    }
    switch scalar.value {
    case 0x0A: return "⏎"
    case 0x20: return "␣"
    case 0x09: return "⇥"
    case 0x00..<0x20: return Unicode.Scalar(0x2400 + scalar.value).map { String($0) } ?? "\u{FFFD}"
    case 0x7F: return "␡"
    case 0x80..<0xA0: return "\u{FFFD}"
    case 0xA0: return "⍽"
    default: return symbol
    }
  }

  /// The numbers of a text's symbols.
  ///
  /// - Throws: `DataError` naming `source` and the first symbol that is not in the vocabulary,
  ///   when there is no unknown symbol.
  public func encode(_ text: String, from source: String = "text") throws(DataError) -> [Int32] {
    var ids: [Int32] = []
    for piece in unit.split(text) {
      guard let id = id(of: piece) else {
        throw DataError(
          source, "a symbol the network has not seen", found: DataError.quote(piece),
          expected: "one of \(summary)")
      }
      ids.append(id)
    }
    return ids
  }

  /// The text that the numbers stand for, up to the end symbol if there is one among them.
  public func text(_ ids: some Sequence<Int32>) -> String {
    let written = ids.prefix { $0 != end }.map {
      symbols.indices.contains(Int($0)) ? symbols[Int($0)] : "\u{FFFD}"
    }
    return written.joined(separator: unit == .word ? " " : "")
  }

  /// The first few symbols, for a message.
  var summary: String {
    let shown = symbols.prefix(12).map(Self.visible).joined(separator: " ")
    return count > 12 ? "\(shown) … (\(count) symbols)" : shown
  }

  private enum CodingKeys: CodingKey { case symbols, unit, unknown, end }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      symbols: try container.decode([String].self, forKey: .symbols),
      unit: try container.decode(SymbolUnit.self, forKey: .unit),
      unknown: try container.decodeIfPresent(Int32.self, forKey: .unknown),
      end: try container.decodeIfPresent(Int32.self, forKey: .end))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(symbols, forKey: .symbols)
    try container.encode(unit, forKey: .unit)
    try container.encodeIfPresent(unknown, forKey: .unknown)
    try container.encodeIfPresent(end, forKey: .end)
  }
}

extension SymbolUnit {
  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x80
      ? scalar.value == 0x20 || (0x09...0x0D).contains(scalar.value)
      : scalar.properties.isWhitespace
  }

  /// The text's symbols in order.
  func split(_ text: String) -> [String] {
    switch self {
    case .character: text.map { $0 == "\r\n" ? "\n" : String($0) }
    case .word: text.unicodeScalars.split(whereSeparator: Self.isBlank).map(String.init)
    }
  }
}

/// Collects the symbols of a text in a first pass, so that a second pass can write them as small
/// numbers at once.
struct VocabularyBuilder {
  private var scalars = [Bool](repeating: false, count: 0x300)
  private var clusters: Set<Character> = []
  private var words: [String: Int] = [:]

  /// Adds the characters of valid UTF-8.
  mutating func addCharacters(of bytes: ArraySlice<UInt8>) {
    bytes.withUnsafeBufferPointer { buffer in
      var scanner = SymbolScanner(buffer)
      while let symbol = scanner.next() {
        switch symbol {
        case .scalar(let value): scalars[Int(value)] = true
        case .cluster(let character): clusters.insert(character)
        }
      }
    }
  }

  mutating func addWord(_ word: String) { words[word, default: 0] += 1 }

  /// The vocabulary in Unicode order. A line's end, where one is asked for, has number 0 and the
  /// unknown symbol the number after it.
  func build(
    unit: SymbolUnit, lineEnd: Bool = false, unknown: String? = nil, minimumCount: Int = 1
  ) -> Vocabulary {
    var found = Set(clusters.map(String.init))
    for (value, isPresent) in scalars.enumerated() where isPresent {
      if let scalar = Unicode.Scalar(UInt32(value)) { found.insert(String(scalar)) }
    }
    for (word, count) in words where count >= minimumCount { found.insert(word) }
    if lineEnd { found.remove("\n") }
    if let unknown { found.remove(unknown) }
    let special = (lineEnd ? ["\n"] : []) + (unknown.map { [$0] } ?? [])
    let sorted = found.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    return Vocabulary(
      symbols: special + sorted, unit: unit, unknown: unknown.map { _ in lineEnd ? 1 : 0 },
      end: lineEnd ? 0 : nil)
  }
}
