import LinearAlgebra
import TrainingEvents

/// A labelled recording: numbers over time, and what they are of.
struct Recording {
  var line: Int
  var label: String
  /// Step by step, `width` numbers a step.
  var values: [Float]
  var width: Int
}

/// Recordings with labels as words, of one file or two, as a classification.
enum RecordingsTask {
  static func load(
    _ request: LoadRequest, read: (_ path: String) throws(DataError) -> [Recording]
  ) throws(DataError) -> TaskData {
    let path = try request.locator.path(of: request.data.location)
    let recordings = try read(path)
    var (testPath, testRecordings): (String, [Recording]?) = (path, nil)
    if let location = request.data.test {
      testPath = try request.locator.path(of: location, key: "task.data.test")
      testRecordings = try read(testPath)
    }
    let width = recordings.first?.width ?? 0
    if let other = testRecordings?.first, other.width != width {
      throw DataError(
        testPath, line: other.line, "another number of channels", found: "\(other.width)",
        expected: "\(width) as in \(path)")
    }
    let names = Self.sorted(Set(recordings.map(\.label)))
    guard names.count > 1 else {
      throw DataError(
        path, "every recording has the same label", found: DataError.quote(names.first ?? ""),
        expected: "at least two labels")
    }
    let labels = Vocabulary(symbols: names, unit: .word)
    let split = request.split(recordings.count, ownTest: testRecordings != nil)
    let scale = Normalisation(
      measuring: split.train.lazy.map { recordings[$0].values }, width: width)
    func examples(_ chosen: [Recording], _ file: String) throws(DataError) -> DataSet {
      var examples: [Example] = []
      for recording in chosen {
        guard let label = labels.id(of: recording.label) else {
          throw DataError(
            file, line: recording.line, "a label that no training recording has",
            found: DataError.quote(recording.label), expected: "one of \(labels.summary)",
            suggestion: EditDistance.nearest(to: recording.label, among: names))
        }
        var values = recording.values
        scale.apply(to: &values)
        examples.append(
          Example(
            input: .vectors(values, width: width), target: .label(label),
            text: "recording \(recording.line)"))
      }
      return .examples(examples)
    }
    var task = TaskData(
      kind: request.kind, train: try examples(split.train.map { recordings[$0] }, path),
      validation: try examples(split.validation.map { recordings[$0] }, path),
      test: try examples(testRecordings ?? split.test.map { recordings[$0] }, testPath),
      outputVocabulary: labels, inputWidth: width,
      outputWidth: max(names.count, request.configuration.classes ?? 0), targetName: "label")
    task.normalisation = scale
    return task
  }

  /// Numbers before words, numbers by size.
  static func sorted(_ names: Set<String>) -> [String] {
    names.sorted { left, right in
      switch (Double(left), Double(right)) {
      case (let left?, let right?) where left != right: left < right
      case (.some, nil): true
      case (nil, .some): false
      default: left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
      }
    }
  }
}

/// The UCR archive's table: a label, then a recording's numbers, separated by tabs. A recording that
/// is shorter than the others ends in NaN.
enum ArchiveTable {
  static func matches(_ text: UTF8Text) -> Bool {
    var rows = 0
    var isTable = true
    try? text.forEachLine { _, line throws(DataError) in
      guard isTable, rows < 20, !NumberScanner.trim(line).isEmpty else { return }
      let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: true)
      let numbers = fields.dropFirst().filter { NumberScanner.double($0) != nil }.count
      rows += 1
      isTable = fields.count > 2 && numbers * 2 >= fields.count - 1
    }
    return rows > 0 && isTable
  }

  static func read(_ path: String) throws(DataError) -> [Recording] {
    var recordings: [Recording] = []
    try UTF8Text.read(path).forEachLine { number, line throws(DataError) in
      let line = NumberScanner.trim(line)
      guard !line.isEmpty else { return }
      let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      let isPadding = { (field: ArraySlice<UInt8>) in
        String(decoding: NumberScanner.trim(field), as: UTF8.self).lowercased() == "nan"
      }
      let end = fields.lastIndex { !isPadding($0) } ?? 0
      guard end > 0, end <= DataLimits.steps else {
        throw DataError(
          path, line: number, "not a labelled recording", found: DataError.quote(line),
          expected: "a label and 1 to \(DataLimits.steps) numbers, separated by tabs")
      }
      var values: [Float] = []
      for (index, field) in fields[1...end].enumerated() {
        guard let value = NumberScanner.double(field), Float(value).isFinite else {
          throw DataError(
            path, line: number, column: index + 2, "not a number",
            found: DataError.quote(NumberScanner.trim(field)), expected: "a finite number")
        }
        values.append(Float(value))
      }
      recordings.append(
        Recording(line: number, label: label(fields[0]), values: values, width: 1))
    }
    return recordings
  }

  /// `1` for `1.0000000e+00`, as the archive's older files have it.
  private static func label(_ field: ArraySlice<UInt8>) -> String {
    if let value = NumberScanner.double(field), value == value.rounded(), abs(value) < 1e9 {
      return String(Int(value))
    }
    return String(decoding: NumberScanner.trim(field), as: UTF8.self)
  }
}

/// Recordings put together at random into longer ones, every step labelled with the recording that
/// it belongs to: as many joined ones as there are recordings.
enum JoinedRecordings {
  /// - Parameter joined: how many go into one; nil labels the steps of each recording by itself
  static func make(
    _ recordings: [Example], _ joined: ClosedRange<Int>?, _ random: inout SeededRandom
  ) throws(DataError) -> [Example] {
    guard let joined else { return recordings.map { chain([$0]) } }
    guard joined.lowerBound > 0, joined.upperBound <= 1000 else {
      throw DataError(
        "task.data.joined", "not a number of recordings", found: "\(joined)",
        expected: "1 to 1000")
    }
    let longest = joined.upperBound * recordings.reduce(0) { max($0, $1.input.steps) }
    guard longest <= DataLimits.steps else {
      throw DataError(
        "task.data.joined", "the joined recordings are too long", found: "up to \(longest) steps",
        expected: "at most \(DataLimits.steps)")
    }
    return recordings.indices.map { _ in
      let count = joined.lowerBound + random.index(below: joined.count)
      return chain((0..<count).map { _ in recordings[random.index(below: recordings.count)] })
    }
  }

  private static func chain(_ recordings: [Example]) -> Example {
    var (values, labels, spoken, width): ([Float], [Int32], [String], Int) = ([], [], [], 0)
    for recording in recordings {
      guard case .vectors(let steps, let size) = recording.input,
        case .label(let label) = recording.target
      else { continue }
      values += steps
      labels += repeatElement(label, count: recording.input.steps)
      spoken.append(String(label))
      width = size
    }
    return Example(
      input: .vectors(values, width: width), target: .labels(labels),
      text: spoken.joined(separator: " "))
  }
}
