/// The CMU pronouncing dictionary's lines: a word in small letters, perhaps `(2)` for a variant,
/// then its phones, perhaps a remark after `#`.
enum PronouncingDictionary {
  struct Entry {
    var line: Int
    /// The word as it stands, apostrophes, dots and hyphens included, the variant's number cut off.
    var word: ArraySlice<UInt8>
    /// Blank-separated phones, still with the digits that mark stress.
    var phones: ArraySlice<UInt8>
  }

  /// Calls `body` with every entry. The variants of a word follow each other in the file.
  static func forEachEntry(
    of text: UTF8Text, _ body: (Entry) throws(DataError) -> Void
  ) throws(DataError) {
    try text.forEachLine { number, line throws(DataError) in
      guard let first = line.first, first != UInt8(ascii: "#"), !line.starts(with: ";;;".utf8)
      else { return }
      guard let gap = line.firstIndex(of: UInt8(ascii: " ")), gap > line.startIndex else {
        throw DataError(
          text.file, line: number, "not a dictionary entry", found: DataError.quote(line),
          expected: "a word, a blank and its phones")
      }
      let phones = line[gap...].prefix { $0 != UInt8(ascii: "#") }
      try body(Entry(line: number, word: withoutVariant(line[..<gap]), phones: phones))
    }
  }

  /// `read(2)` → `read`.
  private static func withoutVariant(_ word: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard word.last == UInt8(ascii: ")"), let open = word.lastIndex(of: UInt8(ascii: "(")),
      open > word.startIndex,
      word[(open + 1)...].dropLast().allSatisfy({ (0x30...0x39).contains($0) })
    else { return word }
    return word[..<open]
  }
}
