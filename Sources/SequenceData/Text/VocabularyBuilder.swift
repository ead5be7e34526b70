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
