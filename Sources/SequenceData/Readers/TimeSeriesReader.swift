/// The UEA/UCR archive's `.ts` format: header lines after `@`, then one labelled recording a line,
/// its channels separated by colons and each channel's numbers by commas.
enum TimeSeriesReader {
  struct Recording {
    var line: Int
    var label: String
    /// Step by step, `width` numbers a step.
    var values: [Float]
    var width: Int
  }

  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
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
  private static func sorted(_ names: Set<String>) -> [String] {
    names.sorted { left, right in
      switch (Double(left), Double(right)) {
      case (let left?, let right?) where left != right: left < right
      case (.some, nil): true
      case (nil, .some): false
      default: left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
      }
    }
  }

  static func read(_ path: String) throws(DataError) -> [Recording] {
    let text = try UTF8Text.read(path)
    var recordings: [Recording] = []
    var isData = false
    var declared: Int?
    try text.forEachLine { number, line throws(DataError) in
      let line = NumberScanner.trim(line)
      guard let first = line.first, first != UInt8(ascii: "#") else { return }
      if !isData {
        guard first == UInt8(ascii: "@") else {
          throw DataError(
            path, line: number, "data before its header ends", found: DataError.quote(line),
            expected: "a line @data first")
        }
        let words = String(decoding: line.prefix(4096), as: UTF8.self).lowercased()
          .split(separator: " ").map(String.init)
        switch words.first {
        case "@data": isData = true
        case "@timestamps" where words.last == "true":
          throw DataError(path, line: number, "time stamps cannot be read", expected: "false")
        case "@classlabel" where words.count > 1 && words[1] == "false":
          throw DataError(
            path, line: number, "there are no labels", expected: "true and their names")
        case "@targetlabel" where words.count > 1 && words[1] == "true":
          throw DataError(
            path, line: number, "targets are numbers, not labels", expected: "@classLabel true")
        case "@dimensions": declared = words.last.flatMap { Int($0) }
        default: break
        }
        return
      }
      let recording = try self.recording(line, path, number)
      if let width = recordings.first?.width ?? declared, recording.width != width {
        throw DataError(
          path, line: number, "another number of channels", found: "\(recording.width)",
          expected: "\(width)")
      }
      recordings.append(recording)
    }
    guard !recordings.isEmpty else {
      throw DataError(path, "there is no recording in the file", expected: "one a line after @data")
    }
    return recordings
  }

  private static func recording(
    _ line: ArraySlice<UInt8>, _ path: String, _ number: Int
  ) throws(DataError) -> Recording {
    let parts = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard let label = parts.last.map(NumberScanner.trim), parts.count > 1, !label.isEmpty else {
      throw DataError(
        path, line: number, "not a labelled recording", found: DataError.quote(line),
        expected: "channels and a label, separated by colons")
    }
    let width = parts.count - 1
    var channels: [[Float]] = []
    for (channel, part) in parts.dropLast().enumerated() {
      var values: [Float] = []
      for field in part.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
        guard let value = NumberScanner.double(field), Float(value).isFinite else {
          throw DataError(
            path, line: number, column: field.startIndex - line.startIndex + 1, "not a number",
            found: DataError.quote(NumberScanner.trim(field)), expected: "a finite number")
        }
        values.append(Float(value))
      }
      if let first = channels.first, first.count != values.count {
        throw DataError(
          path, line: number, "channel \(channel + 1) has another length",
          found: "\(values.count) steps", expected: "\(first.count)")
      }
      channels.append(values)
    }
    let steps = channels.first?.count ?? 0
    guard steps <= DataLimits.steps else {
      throw DataError(
        path, line: number, "the recording is too long", found: "\(steps) steps",
        expected: "at most \(DataLimits.steps)")
    }
    var values: [Float] = []
    values.reserveCapacity(steps * width)
    for step in 0..<steps { for channel in channels { values.append(channel[step]) } }
    return Recording(
      line: number, label: String(decoding: label, as: UTF8.self), values: values, width: width)
  }
}
