import TrainingEvents

/// Two fields a line: label⇥text for a classification, source⇥target otherwise. Quotation marks are
/// text. A label and numbers behind it are a recording, as in the UCR archive (`ArchiveTable`).
enum TabSeparatedReader {
  private struct Row {
    var line: Int
    var left: String
    var right: String

    mutating func swap() { (left, right) = (right, left) }
  }

  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
    let path = try request.locator.path(of: request.data.location)
    let text = try UTF8Text.read(path)
    if request.kind == .sequenceClassification, ArchiveTable.matches(text) {
      return try RecordingsTask.load(request) { file throws(DataError) in
        try ArchiveTable.read(file)
      }
    }
    var notes: [String] = []
    var rows = try read(text, request.data.missing, &notes)
    let isTurned = request.kind == .sequenceClassification && turn(&rows, path, &notes)
    leaveOutHeader(&rows, path, request.kind, &notes)
    var testRows: [Row]?
    var testPath = path
    if let location = request.data.test {
      testPath = try request.locator.path(of: location, key: "task.data.test")
      var own = try read(UTF8Text.read(testPath), request.data.missing, &notes)
      if isTurned { for index in own.indices { own[index].swap() } }
      leaveOutHeader(&own, testPath, request.kind, &notes)
      testRows = own
    }
    var task =
      switch request.kind {
      case .sequenceClassification:
        try classification(rows, testRows, files: (path, testPath), request)
      case .sequenceLabelling:
        try labelling(rows, testRows, files: (path, testPath), request)
      default:
        try translation(rows, testRows, files: (path, testPath), request)
      }
    task.notes = notes + task.notes
    return task
  }

  // MARK: Columns and headers

  /// Puts the label first where a file has text⇥label: the left fields are all different, the right
  /// ones few.
  private static func turn(_ rows: inout [Row], _ path: String, _ notes: inout [String]) -> Bool {
    guard rows.count > 5 else { return false }
    let (left, right) = (Set(rows.map(\.left)).count, Set(rows.map(\.right)).count)
    let hasWords = rows.lazy.filter { $0.left.contains(" ") }.count * 2 > rows.count
    let hasShortLabels = rows.lazy.filter { !$0.right.contains(" ") }.count * 10 > 9 * rows.count
    guard left * 2 > rows.count, right * 4 <= rows.count, hasWords, hasShortLabels else {
      return false
    }
    for index in rows.indices { rows[index].swap() }
    notes.append("\(Self.name(path)): the labels stand on the right, behind the texts")
    return true
  }

  /// What people call the columns of such files.
  private static let headerWords: Set<String> = [
    "label", "labels", "class", "classes", "category", "target", "targets", "y", "text", "texts",
    "sentence", "sentences", "review", "x", "input", "inputs", "source", "src", "tgt", "trg",
    "output", "sentiment", "tag", "tags", "word", "words", "content", "document", "message",
    "title",
    "name", "question", "answer", "english", "french", "german", "spanish", "italian", "japanese",
    "chinese", "korean", "russian", "kategorie", "klasse", "satz", "étiquette", "texte", "etiqueta",
    "texto", "polarity", "score", "rating", "intent", "language", "lang", "phones", "letters",
  ]

  /// A first row of names is no example. One that only may be a header is named.
  private static func leaveOutHeader(
    _ rows: inout [Row], _ path: String, _ kind: TaskKind, _ notes: inout [String]
  ) {
    guard let first = rows.first, rows.count > 2 else { return }
    let place = "\(name(path)): line \(first.line)"
    let names = [first.left, first.right].map { $0.lowercased().trimmingBlanks }
    let known = names.filter(headerWords.contains).count
    let others = rows.dropFirst()
    // What stands further down is a label or a text, whatever it is called.
    let isRepeated = others.contains { $0.left == first.left }
    if known == 2, !isRepeated || kind != .sequenceClassification {
      notes.append(
        "\(place) is a header and left out: \(DataError.quote(first.left)), "
          + DataError.quote(first.right))
      rows.removeFirst()
      return
    }
    guard kind == .sequenceClassification, !isRepeated else { return }
    let labels = Set(others.map(\.left))
    let isWord = !first.right.trimmingBlanks.contains(" ")
    let longer = others.lazy.filter { $0.right.trimmingBlanks.contains(" ") }.count
    if labels.count * 3 <= others.count, isWord, longer * 2 > others.count || known > 0 {
      notes.append(
        "\(place) is taken for a header and left out: its label "
          + "\(DataError.quote(first.left)) occurs nowhere else")
      rows.removeFirst()
    } else if labels.count * 3 <= others.count {
      notes.append(
        "\(place) may be a header: its label \(DataError.quote(first.left)) "
          + "occurs nowhere else")
    }
  }

  private static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// - Parameter missing: what to do with a row that has an empty field; nothing can stand in for a
  ///   text, so that it is left out or refused
  private static func read(
    _ text: UTF8Text, _ missing: MissingValues?, _ notes: inout [String]
  ) throws(DataError) -> [Row] {
    var rows: [Row] = []
    var leftOut: [Int] = []
    let path = text.file
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
          guard missing != .drop else { return leftOut.append(number) }
          throw DataError(
            path, line: number, column: index + 1, "an empty field",
            expected: "some text, or task.data.missing=drop")
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
    if let first = leftOut.first {
      let count = "\(leftOut.count) row\(leftOut.count == 1 ? "" : "s")"
      notes.append(
        "\(name(path)): \(count) with an empty field left out; the first in line \(first)")
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
    let counts = Dictionary(grouping: rows, by: \.left)
    for name in names {
      guard let only = counts[name], only.count == 1, rows.count > 5 else { continue }
      task.notes.append(
        "\(Self.name(files.0)): the label \(DataError.quote(name)) has one row alone, line \(only[0].line)"
      )
    }
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
