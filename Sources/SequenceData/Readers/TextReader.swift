/// Any UTF-8 file as one stream of characters: `data: { text: FILE }`.
enum TextReader {
  /// Training, validation and test parts follow each other in the file's order.
  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
    let path = try request.locator.path(of: request.data.location)
    let text = try UTF8Text.read(path)
    guard !text.bytes.isEmpty else { throw DataError(path, "the file is empty", expected: "text") }
    var builder = VocabularyBuilder()
    builder.addCharacters(of: text.bytes)
    let vocabulary = builder.build(unit: .character)
    guard vocabulary.count > 1 else {
      throw DataError(
        path, "there is nothing to predict in a text of one symbol",
        found: "only \(DataError.quote(vocabulary.symbols.first ?? ""))",
        expected: "at least two different characters")
    }
    let tokens = encode(text.bytes, with: vocabulary)
    let sizes = Split.sizes(
      tokens.count, request.configuration.validationShare, request.configuration.testShare)
    guard sizes.train > 1 else {
      throw DataError(
        path, "the text is too short", found: "\(tokens.count) characters",
        expected: "at least two for training")
    }
    let validationEnd = sizes.train + sizes.validation
    var task = TaskData(
      kind: .languageModel, train: .stream(tokens.slice(0..<sizes.train)),
      inputVocabulary: vocabulary, outputVocabulary: vocabulary, inputWidth: vocabulary.count,
      outputWidth: vocabulary.count, targetName: "character")
    task.validation = .stream(tokens.slice(sizes.train..<validationEnd))
    task.test = .stream(tokens.slice(validationEnd..<tokens.count))
    return task
  }

  /// The numbers of all characters; those the vocabulary lacks are left out.
  static func encode(_ bytes: ArraySlice<UInt8>, with vocabulary: Vocabulary) -> CompactTokens {
    var tokens = CompactTokens(vocabularySize: vocabulary.count)
    tokens.reserveCapacity(bytes.count)
    bytes.withUnsafeBufferPointer { buffer in
      var scanner = SymbolScanner(buffer)
      while let symbol = scanner.next() {
        if let id = vocabulary.id(of: symbol) { tokens.append(id) }
      }
    }
    return tokens
  }
}
