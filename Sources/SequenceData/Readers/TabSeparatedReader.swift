import TrainingEvents

/// Two fields a line: label⇥text for a classification, source⇥target otherwise.
enum TabSeparatedReader {
  private struct Row {
    var line: Int
    var left: String
    var right: String
  }

  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
    let path = try request.locator.path(of: request.data.location)
    let rows = try read(path)
    let testRows: [Row]?
    var testPath = path
    if let location = request.data.test {
      testPath = try request.locator.path(of: location, key: "task.data.test")
      testRows = try read(testPath)
    } else {
      testRows = nil
    }
    switch request.kind {
    case .sequenceClassification:
      return try classification(rows, testRows, files: (path, testPath), request)
    case .sequenceLabelling:
      return try labelling(rows, testRows, files: (path, testPath), request)
    default:
      return try translation(rows, testRows, files: (path, testPath), request)
    }
  }

  private static func read(_ path: String) throws(DataError) -> [Row] {
    var rows: [Row] = []
    let text = try UTF8Text.read(path)
    try text.forEachLine { number, line throws(DataError) in
      guard !line.isEmpty else { return }
      let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      guard fields.count == 2 else {
        throw DataError(
          path, line: number, "wrong number of fields", found: "\(fields.count)",
          expected: "2, separated by one tab")
      }
      for (index, field) in fields.enumerated() {
        guard field.contains(where: { $0 != UInt8(ascii: " ") }) else {
          throw DataError(
            path, line: number, column: index + 1, "an empty field", expected: "some text")
        }
        guard field.count <= DataLimits.steps else {
          throw DataError(
            path, line: number, column: index + 1, "a field is too long",
            found: "\(field.count) bytes", expected: "at most \(DataLimits.steps)")
        }
      }
      rows.append(
        Row(
          line: number, left: String(decoding: fields[0], as: UTF8.self),
          right: String(decoding: fields[1], as: UTF8.self)))
    }
    guard !rows.isEmpty else {
      throw DataError(path, "there is no row in the file", expected: "two fields a line")
    }
    return rows
  }

  private static func classification(
    _ rows: [Row], _ testRows: [Row]?, files: (String, String), _ request: LoadRequest
  ) throws(DataError) -> TaskData {
    let names = Set(rows.map(\.left)).sorted {
      $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars)
    }
    guard names.count > 1 else {
      throw DataError(
        files.0, "every row has the same label", found: DataError.quote(names.first ?? ""),
        expected: "at least two labels")
    }
    if let classes = request.configuration.classes, classes < names.count {
      throw DataError(
        "task.classes", "fewer classes than labels in the data", found: "\(classes)",
        expected: "at least \(names.count)")
    }
    let labels = Vocabulary(symbols: names, unit: .word)
    let split = request.split(rows.count, ownTest: testRows != nil)
    // Words of held-out rows must not leak into the vocabulary.
    let vocabulary = Self.vocabulary(
      split.train.map { rows[$0].right }, request.data, open: true)
    func example(_ row: Row, _ file: String) throws(DataError) -> Example {
      guard let label = labels.id(of: row.left) else {
        throw DataError(
          file, line: row.line, "a label that no training row has",
          found: DataError.quote(row.left),
          expected: "one of \(labels.summary)",
          suggestion: EditDistance.nearest(to: row.left, among: names))
      }
      let tokens = try vocabulary.encode(row.right, from: "\(file):\(row.line)")
      return Example(input: .tokens(tokens), target: .label(label), text: row.right)
    }
    var task = TaskData(
      kind: request.kind, train: .examples([]), inputVocabulary: vocabulary,
      outputVocabulary: labels, inputWidth: vocabulary.count,
      outputWidth: max(names.count, request.configuration.classes ?? 0), targetName: "label")
    try distribute(rows, testRows, files, split, &task, example)
    return task
  }

  private static func translation(
    _ rows: [Row], _ testRows: [Row]?, files: (String, String), _ request: LoadRequest
  ) throws(DataError) -> TaskData {
    let split = request.split(rows.count, ownTest: testRows != nil)
    let everything = request.data.symbols == .character
    let known = everything ? rows + (testRows ?? []) : split.train.map { rows[$0] }
    let source = vocabulary(known.map(\.left), request.data, open: !everything)
    let target = vocabulary(known.map(\.right), request.data, open: !everything, end: true)
    func example(_ row: Row, _ file: String) throws(DataError) -> Example {
      let from = "\(file):\(row.line)"
      var labels = try target.encode(row.right, from: from)
      if let end = target.end { labels.append(end) }
      return Example(
        input: .tokens(try source.encode(row.left, from: from)), target: .labels(labels),
        text: row.left)
    }
    var task = TaskData(
      kind: request.kind, train: .examples([]), inputVocabulary: source, outputVocabulary: target,
      inputWidth: source.count, outputWidth: target.count,
      targetName: request.data.symbols.rawValue)
    try distribute(rows, testRows, files, split, &task, example)
    return task
  }

  private static func labelling(
    _ rows: [Row], _ testRows: [Row]?, files: (String, String), _ request: LoadRequest
  ) throws(DataError) -> TaskData {
    let split = request.split(rows.count, ownTest: testRows != nil)
    let source = vocabulary(split.train.map { rows[$0].left }, request.data, open: true)
    let target = vocabulary((rows + (testRows ?? [])).map(\.right), request.data, open: false)
    func example(_ row: Row, _ file: String) throws(DataError) -> Example {
      let from = "\(file):\(row.line)"
      let inputs = try source.encode(row.left, from: from)
      let labels = try target.encode(row.right, from: from)
      guard inputs.count == labels.count else {
        throw DataError(
          file, line: row.line, "not one label for each symbol", found: "\(labels.count) labels",
          expected: "\(inputs.count)")
      }
      return Example(input: .tokens(inputs), target: .labels(labels), text: row.left)
    }
    var task = TaskData(
      kind: request.kind, train: .examples([]), inputVocabulary: source, outputVocabulary: target,
      inputWidth: source.count,
      outputWidth: max(target.count, request.configuration.classes ?? 0), targetName: "label")
    try distribute(rows, testRows, files, split, &task, example)
    return task
  }

  private static func distribute(
    _ rows: [Row], _ testRows: [Row]?, _ files: (String, String), _ split: Split,
    _ task: inout TaskData, _ example: (Row, String) throws(DataError) -> Example
  ) throws(DataError) {
    func examples(_ rows: [Row], _ file: String) throws(DataError) -> DataSet {
      var examples: [Example] = []
      for row in rows { examples.append(try example(row, file)) }
      return .examples(examples)
    }
    task.train = try examples(split.train.map { rows[$0] }, files.0)
    task.validation = try examples(split.validation.map { rows[$0] }, files.0)
    task.test = try examples(testRows ?? split.test.map { rows[$0] }, files.1)
  }

  /// The symbols of `texts`; an `open` vocabulary, for reading other texts too, has an unknown one.
  private static func vocabulary(
    _ texts: [String], _ data: DataSource, open: Bool, end: Bool = false
  ) -> Vocabulary {
    var builder = VocabularyBuilder()
    for text in texts {
      switch data.symbols {
      case .character: builder.addCharacters(of: Array(text.utf8)[...])
      case .word: for word in SymbolUnit.word.split(text) { builder.addWord(word) }
      }
    }
    return builder.build(
      unit: data.symbols, lineEnd: end, unknown: open ? "\u{FFFD}" : nil,
      minimumCount: data.symbols == .word && open ? max(1, data.minimumCount) : 1)
  }
}
