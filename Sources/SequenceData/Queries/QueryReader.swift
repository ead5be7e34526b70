import TrainingEvents

/// Turns what a person brings, a line or a file, into what a trained network reads.
///
/// Text is read as it stands. Numbers are written as `[[…], […]]` with one row a step, as
/// `{"inputs": [[…]]}` as in a `jsonl` file, or, one number a step, as `1 2 3`; a line may also name
/// a file that holds one sequence or image, and `#12` is the twelfth held-out example.
public struct QueryReader: Sendable {
  /// What the network reads.
  public enum Form: Sendable, Equatable {
    case text
    /// So many numbers a step.
    case rows(width: Int)
    /// Pictures so many pixels wide.
    case images(width: Int)
    /// So many numbers for a whole sequence.
    case vector(width: Int)
    /// Nothing: only how many steps are wanted.
    case steps
  }

  public let form: Form
  /// The examples that `#12` is one of.
  public var examples: [Example] = []
  let task: TaskData
  /// Where the task's data came from, and how it was read.
  let source: DataSource

  /// - Parameters:
  ///   - task: vocabulary, widths and scale; its data is not needed
  ///   - source: where the task's data came from, and how it was read
  ///   - hasOneVector: whether a whole sequence is given by one vector
  public init(_ task: TaskData, source: DataSource, hasOneVector: Bool) {
    self.task = task
    self.source = source
    form =
      if task.inputVocabulary != nil {
        .text
      } else if task.kind == .autonomous {
        .steps
      } else if hasOneVector {
        .vector(width: task.inputWidth)
      } else if source.format == .hangul || source.format == .idx {
        .images(width: task.inputWidth)
      } else {
        .rows(width: task.inputWidth)
      }
  }

  /// Whether a line asks for a held-out example.
  public func asksForExample(_ line: String) -> Bool { form != .text && line.hasPrefix("#") }

  // MARK: Lines

  /// - Parameters:
  ///   - line: one input, as a person writes it
  ///   - name: where the line stands, for messages
  ///   - number: its number from 1; nil where it is the only one
  /// - Throws: `DataError` with what was found and what is expected.
  public func query(
    _ line: String, from name: String, line number: Int? = nil
  ) throws(DataError) -> Example {
    if form == .text { return try text(line, name, number) }
    let words = String(line.drop { $0 == " " })
    guard !words.isEmpty else {
      throw DataError(name, line: number, "an empty line", expected: expectation)
    }
    if words.hasPrefix("#") { return try example(words, name, number) }
    if form == .steps { return try steps(words, name, number) }
    let inputs: [Example]
    if words.hasPrefix("{") || words.hasPrefix("[") {
      inputs = [try json(words, name, number)]
    } else if let row = plainNumbers(words) {
      inputs = [try finished(row, name, number, text: words)]
    } else if FileBytes.exists(words) {
      inputs = try QueryFile(self, path: words).examples()
    } else {
      throw DataError(
        name, line: number, "not an input of this network", found: DataError.quote(words),
        expected: expectation)
    }
    guard let first = inputs.first, inputs.count == 1 else {
      throw DataError(
        name, line: number, "a file that holds more than one input", found: "\(inputs.count)",
        expected: "one for each line")
    }
    return first
  }

  /// Every input of a file that holds whole sequences or images; nil for one whose lines are inputs.
  public func queries(inFile path: String) throws(DataError) -> [Example]? {
    guard form != .text, form != .steps else { return nil }
    return try QueryFile(self, path: path).examplesIfWhole()
  }

  /// The lines of a text file, without a byte-order mark or line ends.
  public static func lines(ofFile path: String) throws(DataError) -> [String] {
    var lines: [String] = []
    try UTF8Text.read(path).forEachLine { _, line throws(DataError) in
      lines.append(String(decoding: line, as: UTF8.self))
    }
    return lines
  }

  private func text(
    _ line: String, _ name: String, _ number: Int?
  ) throws(DataError) -> Example {
    guard let vocabulary = task.inputVocabulary else {
      throw DataError(name, line: number, "text", expected: expectation)
    }
    let place = number.map { "\(name):\($0)" } ?? name
    let tokens = try vocabulary.encode(line, from: place)
    guard !tokens.isEmpty else {
      throw DataError(
        name, line: number, "nothing to read", expected: "at least one symbol")
    }
    guard tokens.count <= DataLimits.steps else {
      throw DataError(
        name, line: number, "the text is too long", found: "\(tokens.count) symbols",
        expected: "at most \(DataLimits.steps)")
    }
    return Example(input: .tokens(tokens), target: .none, text: line)
  }

  private func example(
    _ words: String, _ name: String, _ number: Int?
  ) throws(DataError) -> Example {
    guard let index = Int(words.dropFirst()), examples.indices.contains(index - 1) else {
      throw DataError(
        name, line: number, "no such example", found: DataError.quote(words),
        expected: examples.isEmpty ? "held-out data" : "#1 to #\(examples.count)")
    }
    var example = examples[index - 1]
    if example.text.isEmpty { example.text = words }
    return example
  }

  private func steps(
    _ words: String, _ name: String, _ number: Int?
  ) throws(DataError) -> Example {
    guard let count = Int(words), (1...DataLimits.steps).contains(count) else {
      throw DataError(
        name, line: number, "not a number of steps", found: DataError.quote(words),
        expected: "1 to \(DataLimits.steps)")
    }
    return Example(input: .none(steps: count), target: .none, text: words)
  }

  /// One number a step, with blanks or commas between them; a comma marks decimals where it did in
  /// the data that was learnt.
  private func plainNumbers(_ words: String) -> JSONLine.Value? {
    var values: [Double] = []
    var separators: Set<Character> = [" ", ",", ";", "\t"]
    var words = words
    if source.table.decimal == .comma, words.contains(","), !words.contains(".") {
      separators.remove(",")
      words = String(words.map { $0 == "," ? "." : $0 })
    }
    for field in words.split(whereSeparator: separators.contains) {
      guard let value = NumberScanner.double(Array(field.utf8)[...]) else { return nil }
      values.append(value)
    }
    return values.isEmpty ? nil : .row(values)
  }

  private func json(
    _ words: String, _ name: String, _ number: Int?
  ) throws(DataError) -> Example {
    let opening = words.hasPrefix("[") ? "{\"inputs\":" : ""
    let text = opening + words + (opening.isEmpty ? "" : "}")
    let line: JSONLine
    do {
      line = try JSONLine(file: name, number: number ?? 1, bytes: Array(text.utf8)[...])
    } catch {
      // Columns count from where the person's own text begins.
      var error = error
      error.line = number
      error.column = error.column.map { max(1, $0 - opening.utf8.count) }
      throw error
    }
    guard let value = line.values["inputs"] ?? line.values["vector"], value.isNumbers else {
      throw DataError(
        name, line: number, "there are no inputs in the object",
        found: line.values.keys.sorted().joined(separator: ", "), expected: "inputs")
    }
    return try finished(value, name, number, text: words.count > 60 ? "" : words)
  }

  /// Numbers of the right shape, in the network's scale.
  private func finished(
    _ value: JSONLine.Value, _ name: String, _ number: Int?, text: String
  ) throws(DataError) -> Example {
    let (values, width): ([Double], Int) =
      switch value {
      case .number(let one): ([one], 1)
      case .row(let row): if case .vector = form { (row, row.count) } else { (row, 1) }
      case .rows(let rows, let width): (rows, width)
      case .word, .words: ([], 0)
      }
    var input = try sequence(values.map { Float($0) }, width: width, name, number)
    input.text = text
    return input
  }

  var labels: Vocabulary? { task.outputVocabulary }

  /// What may stand on a line, for messages.
  public var expectation: String {
    switch form {
    case .text: "text"
    case .rows(let width):
      "[[…], …] with \(width) number\(width == 1 ? "" : "s") a step, a file of them, or #1, #2, …"
    case .images(let width):
      "the path of an image \(width) pixels wide (\(ImageFile.formats)), or #1, #2, …"
    case .vector(let width): "[…] with \(width) numbers, or #1, #2, …"
    case .steps: "how many steps"
    }
  }
}
