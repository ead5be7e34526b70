/// Letters to phones: each word of the pronouncing dictionary with its pronunciations, stress left
/// out. The parts are split by word, so that no variant of a held-out word is trained on.
enum DictionaryReader {
  private struct Word {
    var spelling: String
    /// Different pronunciations, as phone names, in the file's order.
    var pronunciations: [[String]] = []
  }

  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
    let path = try request.locator.path(of: request.data.location)
    let words = try read(path)
    guard !words.isEmpty else {
      throw DataError(path, "there is no word in the dictionary", expected: "one entry a line")
    }
    var (letters, phones) = (VocabularyBuilder(), Set<String>())
    for word in words {
      letters.addCharacters(of: Array(word.spelling.utf8)[...])
      for pronunciation in word.pronunciations { phones.formUnion(pronunciation) }
    }
    let source = letters.build(unit: .character)
    let target = Vocabulary(symbols: ["\n"] + phones.sorted(), unit: .word, end: 0)
    func ids(_ pronunciation: [String]) -> [Int32] {
      pronunciation.compactMap { target.id(of: $0) } + [0]
    }
    func input(_ word: Word) throws(DataError) -> SequenceInput {
      .tokens(try source.encode(word.spelling, from: path))
    }
    let split = request.split(words.count)
    // Training sees every variant; a held-out word is asked once, and any variant is right.
    var train: [Example] = []
    for word in split.train.lazy.map({ words[$0] }) {
      for pronunciation in word.pronunciations {
        train.append(
          Example(
            input: try input(word), target: .labels(ids(pronunciation)), text: word.spelling))
      }
    }
    func held(_ chosen: [Int]) throws(DataError) -> DataSet {
      var examples: [Example] = []
      for word in chosen.lazy.map({ words[$0] }) {
        guard let first = word.pronunciations.first else { continue }
        examples.append(
          Example(
            input: try input(word), target: .labels(ids(first)), text: word.spelling,
            alternatives: word.pronunciations.dropFirst().map(ids)))
      }
      return .examples(examples)
    }
    return TaskData(
      kind: request.kind, train: .examples(train), validation: try held(split.validation),
      test: try held(split.test), inputVocabulary: source, outputVocabulary: target,
      inputWidth: source.count, outputWidth: target.count, targetName: "phone")
  }

  private static func read(_ path: String) throws(DataError) -> [Word] {
    let text = try UTF8Text.read(path)
    var (words, previous): ([Word], ArraySlice<UInt8>) = ([], [])
    try PronouncingDictionary.forEachEntry(of: text) { entry throws(DataError) in
      let phones = entry.phones.split(separator: UInt8(ascii: " ")).map { phone in
        String(decoding: phone.filter { !(0x30...0x39).contains($0) }, as: UTF8.self)
      }
      guard !phones.isEmpty, phones.count <= DataLimits.steps,
        entry.word.count <= DataLimits.steps
      else {
        throw DataError(
          path, line: entry.line, "a word without phones", found: DataError.quote(entry.word),
          expected: "a word, a blank and its phones")
      }
      if entry.word != previous || words.isEmpty {
        words.append(Word(spelling: String(decoding: entry.word, as: UTF8.self)))
        previous = entry.word
      }
      if !words[words.count - 1].pronunciations.contains(phones) {
        words[words.count - 1].pronunciations.append(phones)
      }
    }
    return words
  }
}

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
