import TrainingEvents

/// One sequence a line as JSON: `inputs` or `tokens`, with `targets` or `target`; `source` and
/// `target` for one sequence to another; `vector` and `targets` for captioning.
///
/// Integers stand for themselves: no start or end symbol is added, and there are as many symbols
/// as the largest integer requires, or as `task.classes` says. Labels may be words. A target of
/// −100, as PyTorch leaves it out of a loss, is none. The objects may also stand in one array, or each
/// over several lines.
enum JSONLinesReader {
  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
    let path = try request.locator.path(of: request.data.location)
    var labels = LabelWords()
    var notes: [String] = []
    var examples = try read(path, request.kind, &labels, &notes)
    var ownTest: [Example]?
    if let location = request.data.test {
      labels.isClosed = true
      ownTest = try read(
        try request.locator.path(of: location, key: "task.data.test"), request.kind, &labels, &notes
      )
    }
    let words = try labels.sorted(path)
    if let words {
      labels.renumber(&examples, words)
      if var own = ownTest {
        labels.renumber(&own, words)
        ownTest = own
      }
    }
    let all = examples + (ownTest ?? [])
    let (inputWidth, tokensIn) = try inputWidth(of: all, path)
    let (outputWidth, labelsOut) = try outputWidth(of: all, path, request.configuration.classes)
    let names =
      words.map {
        Vocabulary(
          symbols: $0 + ($0.count..<max($0.count, outputWidth)).map { String($0) }, unit: .word)
      } ?? .integers(outputWidth)
    var task = TaskData(
      kind: request.kind, train: .examples([]),
      inputVocabulary: tokensIn ? .integers(inputWidth) : nil,
      outputVocabulary: labelsOut ? names : nil,
      inputWidth: inputWidth, outputWidth: outputWidth,
      targetName: request.kind == .sequenceClassification ? "label" : labelsOut ? "symbol" : "step")
    request.distribute(examples, ownTest: ownTest, into: &task)
    task.notes = notes
    return task
  }

  private static func read(
    _ path: String, _ kind: TaskKind, _ labels: inout LabelWords, _ notes: inout [String]
  ) throws(DataError) -> [Example] {
    var examples: [Example] = []
    var otherKeys: Set<String> = []
    let text = try UTF8Text.read(path)
    try JSONObjects.forEach(of: text) { number, line throws(DataError) in
      let object = try JSONLine(file: path, number: number, bytes: line)
      var reader = JSONExample(object, labels)
      var example = try reader.example(for: kind)
      labels = reader.labels
      example.line = number
      guard max(example.input.steps, example.target.steps) <= DataLimits.steps else {
        throw DataError(
          path, line: number, "the sequence is too long",
          found: "\(max(example.input.steps, example.target.steps)) steps",
          expected: "at most \(DataLimits.steps)")
      }
      otherKeys.formUnion(object.otherKeys)
      examples.append(example)
    }
    guard !examples.isEmpty else {
      throw DataError(path, "there is no sequence in the file", expected: "one object a line")
    }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    if !otherKeys.isEmpty {
      let shown = otherKeys.sorted().prefix(8).map { DataError.quote($0) }.joined(separator: ", ")
      notes.append("\(name): ignores \(shown)")
    }
    let left = examples.reduce(0) { $0 + $1.target.leftOut }
    if left > 0 {
      notes.append("\(name): \(left) targets of -100 are none, and count nowhere")
      guard examples.contains(where: { $0.target.steps > $0.target.leftOut }) else {
        throw DataError(path, "every target is -100, which is none")
      }
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
