import TrainingEvents

/// Gives one JSON line the meaning that a kind of task has for it.
struct JSONExample {
  let line: JSONLine
  private(set) var labels: LabelWords

  init(_ line: JSONLine, _ labels: LabelWords) {
    self.line = line
    self.labels = labels
  }

  mutating func example(for kind: TaskKind) throws(DataError) -> Example {
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
      let (input, targets) = (try input(), try targets())
      guard input.steps == targets.count else {
        throw error(
          "not one target for each time step", found: "\(targets.count) targets",
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
      throw missing(key, "[[number, …], …] with a step or more")
    }
    return (try finite(values, key), width)
  }

  private func floats(_ key: String) throws(DataError) -> [Float] {
    guard case .row(let values)? = line.values[key], !values.isEmpty else {
      throw missing(key, "[number, …]")
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
      throw missing(key, "[integer, …] with a step or more")
    }
    var integers: [Int32] = []
    integers.reserveCapacity(values.count)
    for value in values { integers.append(try integer(value, key)) }
    return integers
  }

  private mutating func label(_ key: String) throws(DataError) -> Int32 {
    switch line.values[key] {
    case .number(let value)?:
      labels.hasNumbers = true
      return try integer(value, key)
    case .word(let word)?: return try label(word: word)
    default: throw missing(key, "one integer or word")
    }
  }

  private mutating func label(word: String) throws(DataError) -> Int32 {
    guard let label = labels.id(of: word) else {
      throw error("a label that no training line has", found: DataError.quote(word))
    }
    return label
  }

  /// One class a step; -1 where there is none.
  private mutating func targets() throws(DataError) -> [Int32] {
    if case .words(let words)? = line.values["targets"] {
      var targets: [Int32] = []
      for word in words { targets.append(try label(word: word)) }
      return targets
    }
    guard case .row(let values)? = line.values["targets"], values.contains(-100) else {
      labels.hasNumbers = true
      return try integers("targets")
    }
    labels.hasNumbers = true
    var targets: [Int32] = []
    for value in values { targets.append(value == -100 ? -1 : try integer(value, "targets")) }
    return targets
  }

  /// What to say where a key is not there, or holds something else: another key may be meant.
  private func missing(_ key: String, _ expected: String) -> DataError {
    let near = line.values[key] == nil ? EditDistance.nearest(to: key, among: line.otherKeys) : nil
    return error(
      "“\(key)” is missing or of the wrong shape", found: near.map { DataError.quote($0) },
      expected: expected)
  }

  private func integer(_ value: Double, _ key: String) throws(DataError) -> Int32 {
    guard value == value.rounded(), value >= 0, value < Double(DataLimits.symbols) else {
      throw error(
        "a number in “\(key)” is not a symbol",
        found: Int(exactly: value).map { "\($0)" } ?? "\(value)",
        expected: "an integer from 0 to \(DataLimits.symbols - 1)"
          + (key == "targets" && value < 0 ? ", or -100 for no target" : ""))
    }
    return Int32(value)
  }

  private func error(
    _ message: String, found: String? = nil, expected: String? = nil
  ) -> DataError {
    DataError(line.file, line: line.number, message, found: found, expected: expected)
  }
}

/// Labels that are words: numbers for them, as they come at first and in order at last.
struct LabelWords {
  private var ids: [String: Int32] = [:]
  var hasNumbers = false
  /// The training file is read: no new word may come.
  var isClosed = false

  mutating func id(of word: String) -> Int32? {
    if let id = ids[word] { return id }
    if isClosed { return nil }
    let id = Int32(ids.count)
    ids[word] = id
    return id
  }

  /// The words in their order; nil where labels are numbers.
  func sorted(_ file: String) throws(DataError) -> [String]? {
    guard !ids.isEmpty else { return nil }
    guard !hasNumbers else {
      throw DataError(
        file, "labels are words in one line and numbers in another",
        found: DataError.quote(ids.keys.min() ?? ""), expected: "one kind")
    }
    return RecordingsTask.sorted(Set(ids.keys))
  }

  func renumber(_ examples: inout [Example], _ words: [String]) {
    var places = [Int32](repeating: 0, count: words.count)
    for (place, word) in words.enumerated() {
      if let id = ids[word] { places[Int(id)] = Int32(place) }
    }
    for index in examples.indices {
      switch examples[index].target {
      case .label(let label): examples[index].target = .label(places[Int(label)])
      case .labels(let labels): examples[index].target = .labels(labels.map { places[Int($0)] })
      case .none, .values: break
      }
    }
  }
}
