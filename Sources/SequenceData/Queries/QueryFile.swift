/// A file that a person brings, by what its name ends with: `npy`, `csv` and `ts` hold whole
/// sequences, image files images; the lines of any other are inputs by themselves.
struct QueryFile {
  private let reader: QueryReader
  private let path: String

  init(_ reader: QueryReader, path: String) {
    self.reader = reader
    self.path = path
  }

  private var ending: String { path.split(separator: ".").last.map { $0.lowercased() } ?? "" }

  /// - Throws: `DataError` for a file that does not hold what the network reads.
  func examples() throws(DataError) -> [Example] {
    guard let examples = try examplesIfWhole() else {
      throw DataError(
        path, "not a file of inputs", found: DataError.quote("." + ending),
        expected: reader.expectation)
    }
    return examples
  }

  /// Nil where the lines of the file are inputs by themselves.
  func examplesIfWhole() throws(DataError) -> [Example]? {
    if case .images = reader.form {
      guard try isImage() else { return nil }
      var examples: [Example] = []
      for input in try ImageFile.read(path) { examples.append(try reader.image(input, path)) }
      return examples
    }
    switch ending {
    case "npy": return try numPy()
    case "csv": return [try table()]
    case "tsv", "tab": return reader.source.format == .csv ? [try table()] : nil
    case "ts": return try recordings()
    default: return nil
    }
  }

  /// Pictures begin with bytes that no line of text does.
  private func isImage() throws(DataError) -> Bool {
    let bytes = try FileBytes.read(path)
    let starts: [[UInt8]] = [
      [0x93], [0x1F, 0x8B], [0, 0], Array("P2\n".utf8), Array("P5\n".utf8), Array("P2 ".utf8),
      Array("P5 ".utf8),
    ]
    return starts.contains { bytes.starts(with: $0) }
  }

  private func numPy() throws(DataError) -> [Example] {
    let array = try NumPyArray(FileBytes.read(path), file: path, name: path)
    let numbers = array.floats
    guard (1...3).contains(array.shape.count), let last = array.shape.last, last > 0,
      !numbers.isEmpty
    else {
      throw DataError(
        path, "not a sequence", found: "\(array.shape)", expected: "steps × numbers")
    }
    let isVector = if case .vector = reader.form { true } else { false }
    let width = array.shape.count == 1 && !isVector ? 1 : last
    let size = array.shape.count == 3 ? array.shape[1] * last : isVector ? last : numbers.count
    var examples: [Example] = []
    for start in stride(from: 0, to: numbers.count, by: size) {
      examples.append(
        try reader.sequence(
          Array(numbers[start..<min(start + size, numbers.count)]), width: width, path))
    }
    return named(examples)
  }

  private func table() throws(DataError) -> Example {
    let table = try CSVTable.reading(path, as: reader.source, width: reader.task.inputWidth)
    var example = try reader.sequence(table.values, width: table.names.count, path)
    example.text = path
    return example
  }

  /// Recordings with their labels, which are right answers to compare with.
  private func recordings() throws(DataError) -> [Example] {
    var examples: [Example] = []
    for recording in try TimeSeriesReader.read(path, missing: reader.source.missing).recordings {
      var example = try reader.sequence(
        recording.values, width: recording.width, path, recording.line)
      if let label = reader.labels?.id(of: recording.label) { example.target = .label(label) }
      example.text = "\(path):\(recording.line)"
      examples.append(example)
    }
    return examples
  }

  private func named(_ examples: [Example]) -> [Example] {
    examples.enumerated().map { index, example in
      var example = example
      example.text = examples.count == 1 ? path : "\(path) \(index + 1)"
      return example
    }
  }
}
