import TrainingEvents

/// One sequence a line as JSON: `inputs` or `tokens`, with `targets` or `target`; `source` and
/// `target` for one sequence to another; `vector` and `targets` for captioning.
///
/// Integers stand for themselves: no start or end symbol is added, and there are as many symbols
/// as the largest integer requires, or as `task.classes` says.
enum JSONLinesReader {
  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
    let path = try request.locator.path(of: request.data.location)
    let examples = try read(path, request.kind)
    var ownTest: [Example]?
    if let location = request.data.test {
      ownTest = try read(
        try request.locator.path(of: location, key: "task.data.test"), request.kind)
    }
    let all = examples + (ownTest ?? [])
    let (inputWidth, tokensIn) = try inputWidth(of: all, path)
    let (outputWidth, labelsOut) = try outputWidth(of: all, path, request.configuration.classes)
    var task = TaskData(
      kind: request.kind, train: .examples([]),
      inputVocabulary: tokensIn ? .integers(inputWidth) : nil,
      outputVocabulary: labelsOut ? .integers(outputWidth) : nil,
      inputWidth: inputWidth, outputWidth: outputWidth,
      targetName: request.kind == .sequenceClassification ? "label" : labelsOut ? "symbol" : "step")
    request.distribute(examples, ownTest: ownTest, into: &task)
    return task
  }

  private static func read(_ path: String, _ kind: TaskKind) throws(DataError) -> [Example] {
    var examples: [Example] = []
    let text = try UTF8Text.read(path)
    try text.forEachLine { number, line throws(DataError) in
      guard !NumberScanner.trim(line).isEmpty else { return }
      let object = try JSONLine(file: path, number: number, bytes: line)
      let example = try JSONExample(object).example(for: kind)
      guard max(example.input.steps, example.target.steps) <= DataLimits.steps else {
        throw DataError(
          path, line: number, "the sequence is too long",
          found: "\(max(example.input.steps, example.target.steps)) steps",
          expected: "at most \(DataLimits.steps)")
      }
      examples.append(example)
    }
    guard !examples.isEmpty else {
      throw DataError(path, "there is no sequence in the file", expected: "one object a line")
    }
    return examples
  }

  /// Symbols or numbers in a step of input, the same kind and width in every line.
  private static func inputWidth(
    of examples: [Example], _ path: String
  ) throws(DataError) -> (Int, tokens: Bool) {
    var (width, largest): (Int?, Int32?) = (nil, nil)
    var count = 0
    for (index, example) in examples.enumerated() {
      let own: Int
      switch example.input {
      case .tokens(let tokens):
        largest = max(largest ?? 0, tokens.max() ?? 0)
        count += tokens.count
        own = 0
      case .vectors(_, let count): own = count
      case .vector(let values): own = values.count
      case .image(_, let count, _): own = count
      case .none: own = 0
      }
      guard own == width ?? own else {
        throw DataError(
          path, "inputs of different widths", found: "\(own) in sequence \(index + 1)",
          expected: "\(width ?? 0) as in the sequences before")
      }
      width = own
    }
    if let largest {
      try DataLimits.check(largestToken: Int(largest), of: count, file: path)
      return (Int(largest) + 1, true)
    }
    return (width ?? 0, false)
  }

  private static func outputWidth(
    of examples: [Example], _ path: String, _ classes: Int?
  ) throws(DataError) -> (Int, labels: Bool) {
    var (width, largest): (Int, Int32?) = (0, nil)
    var (count, isWritten) = (0, false)
    for example in examples {
      count += example.target.steps
      switch example.target {
      case .label(let label): largest = max(largest ?? 0, label)
      case .labels(let labels):
        largest = max(largest ?? 0, labels.max() ?? 0)
        isWritten = true
      case .values(_, let count): width = count
      case .none: break
      }
    }
    guard let largest else { return (width, false) }
    if let classes, Int(largest) >= classes {
      throw DataError(
        path, "a target beyond task.classes", found: "\(largest)",
        expected: "0 to \(classes - 1)")
    }
    if classes == nil, isWritten {
      try DataLimits.check(largestToken: Int(largest), of: count, file: path)
    } else if classes == nil {
      try DataLimits.check(largestLabel: Int(largest), of: count, file: path)
    }
    return (classes ?? Int(largest) + 1, true)
  }
}

/// Gives one JSON line the meaning that a kind of task has for it.
private struct JSONExample {
  let line: JSONLine

  init(_ line: JSONLine) { self.line = line }

  func example(for kind: TaskKind) throws(DataError) -> Example {
    switch kind {
    case .sequenceClassification:
      try only("inputs", "tokens", "target")
      return Example(input: try input(), target: .label(try label("target")))
    case .sequenceToSequence:
      try only("source", "target")
      return Example(
        input: .tokens(try integers("source")), target: .labels(try integers("target")))
    case .captioning:
      try only("vector", "targets")
      return Example(
        input: .vector(try floats("vector")), target: .labels(try integers("targets")))
    case .forecasting:
      try only("inputs")
      return try nextRows()
    case .languageModel where line.values["targets"] == nil:
      try only("tokens", "targets")
      let tokens = try integers("tokens")
      guard tokens.count > 1 else {
        throw error("nothing to predict", found: "\(tokens.count) token", expected: "at least 2")
      }
      return Example(
        input: .tokens(Array(tokens.dropLast())), target: .labels(Array(tokens.dropFirst())))
    default:
      try only("inputs", "tokens", "targets")
      let (input, targets) = (try input(), try integers("targets"))
      guard input.steps == targets.count else {
        throw error(
          "not one target for each step", found: "\(targets.count) targets",
          expected: "\(input.steps)")
      }
      return Example(input: input, target: .labels(targets))
    }
  }

  private func only(_ keys: String...) throws(DataError) {
    for key in line.values.keys.sorted() where !keys.contains(key) {
      throw error(
        "a key that this kind of task does not use", found: DataError.quote(key),
        expected: keys.joined(separator: ", "))
    }
  }

  private func input() throws(DataError) -> SequenceInput {
    guard line.values["inputs"] != nil else { return .tokens(try integers("tokens")) }
    if line.values["tokens"] != nil {
      throw error("two kinds of input", found: "inputs and tokens", expected: "one of them")
    }
    let (values, width) = try rows("inputs")
    return .vectors(values, width: width)
  }

  private func nextRows() throws(DataError) -> Example {
    let (values, width) = try rows("inputs")
    guard values.count > width else {
      throw error("nothing to predict", found: "1 step", expected: "at least 2")
    }
    return Example(
      input: .vectors(Array(values.dropLast(width)), width: width),
      target: .values(Array(values.dropFirst(width)), width: width))
  }

  private func rows(_ key: String) throws(DataError) -> ([Float], Int) {
    guard case .rows(let values, let width)? = line.values[key], width > 0 else {
      throw error(
        "“\(key)” is missing or of the wrong shape",
        expected: "[[number, …], …] with a step or more"
      )
    }
    return (try finite(values, key), width)
  }

  private func floats(_ key: String) throws(DataError) -> [Float] {
    guard case .row(let values)? = line.values[key], !values.isEmpty else {
      throw error("“\(key)” is missing or of the wrong shape", expected: "[number, …]")
    }
    return try finite(values, key)
  }

  private func finite(_ values: [Double], _ key: String) throws(DataError) -> [Float] {
    let floats = values.map { Float($0) }
    guard let index = floats.firstIndex(where: { !$0.isFinite }) else { return floats }
    throw error("a number in “\(key)” is too large", found: "\(values[index])")
  }

  private func integers(_ key: String) throws(DataError) -> [Int32] {
    guard case .row(let values)? = line.values[key], !values.isEmpty else {
      throw error(
        "“\(key)” is missing or of the wrong shape", expected: "[integer, …] with a step or more")
    }
    var integers: [Int32] = []
    integers.reserveCapacity(values.count)
    for value in values { integers.append(try integer(value, key)) }
    return integers
  }

  private func label(_ key: String) throws(DataError) -> Int32 {
    guard case .number(let value)? = line.values[key] else {
      throw error("“\(key)” is missing or of the wrong shape", expected: "one integer")
    }
    return try integer(value, key)
  }

  private func integer(_ value: Double, _ key: String) throws(DataError) -> Int32 {
    guard value == value.rounded(), value >= 0, value < Double(DataLimits.symbols) else {
      throw error(
        "a number in “\(key)” is not a symbol", found: "\(value)",
        expected: "an integer from 0 to \(DataLimits.symbols - 1)")
    }
    return Int32(value)
  }

  private func error(
    _ message: String, found: String? = nil, expected: String? = nil
  ) -> DataError {
    DataError(line.file, line: line.number, message, found: found, expected: expected)
  }
}
