/// One item a line, spelled character by character: `data: { lines: FILE }`. The name `words`
/// stands for the pronouncing dictionary's headwords.
enum LinesReader {
  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
    let path = try request.locator.path(of: request.data.location)
    let text = try UTF8Text.read(path)
    let isDictionary = request.data.location == "words"
    var builder = VocabularyBuilder()
    var count = 0
    try forEachItem(of: text, isDictionary: isDictionary) { line throws(DataError) in
      builder.addCharacters(of: line)
      count += 1
    }
    guard count > 0 else {
      throw DataError(path, "there is no item in the file", expected: "one item a line")
    }
    let vocabulary = builder.build(unit: .character, lineEnd: true)
    var table = ItemTable(vocabularySize: vocabulary.count)
    try forEachItem(of: text, isDictionary: isDictionary) { line throws(DataError) in
      line.withUnsafeBufferPointer { buffer in
        var scanner = SymbolScanner(buffer)
        while let symbol = scanner.next() {
          if let id = vocabulary.id(of: symbol) { table.append(id) }
        }
      }
      table.endItem()
    }
    return task(from: table, vocabulary: vocabulary, request: request)
  }

  static func task(
    from table: ItemTable, vocabulary: Vocabulary, request: LoadRequest
  ) -> TaskData {
    let split = request.split(table.count)
    var task = TaskData(
      kind: .languageModel, train: .lines(table.selecting(split.train)),
      inputVocabulary: vocabulary, outputVocabulary: vocabulary, inputWidth: vocabulary.count,
      outputWidth: vocabulary.count, targetName: "character")
    task.validation = .lines(table.selecting(split.validation))
    task.test = .lines(table.selecting(split.test))
    return task
  }

  /// Lines that hold something; of a dictionary, each headword once.
  private static func forEachItem(
    of text: UTF8Text, isDictionary: Bool, _ body: (ArraySlice<UInt8>) throws(DataError) -> Void
  ) throws(DataError) {
    if isDictionary {
      var previous: ArraySlice<UInt8> = []
      try PronouncingDictionary.forEachEntry(of: text) { entry throws(DataError) in
        guard entry.word != previous else { return }
        previous = entry.word
        try body(entry.word)
      }
      return
    }
    try text.forEachLine { number, line throws(DataError) in
      guard !line.isEmpty else { return }
      guard line.count <= DataLimits.steps else {
        throw DataError(
          text.file, line: number, "the line is too long for one item",
          found: "\(line.count) bytes", expected: "at most \(DataLimits.steps); is it a text?")
      }
      try body(line)
    }
  }
}
