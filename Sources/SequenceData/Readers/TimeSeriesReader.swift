/// The UEA/UCR archive's `.ts` format: header lines after `@`, then one labelled recording a line,
/// its channels separated by colons and each channel's numbers by commas.
enum TimeSeriesReader {
  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
    try RecordingsTask.load(request) { path throws(DataError) in
      try read(path, missing: request.data.missing)
    }
  }

  /// - Parameter missing: what to do with `?` and NaN among the numbers; nil refuses them
  static func read(
    _ path: String, missing: MissingValues? = nil
  ) throws(DataError) -> [Recording] {
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
      let recording = try self.recording(line, path, number, missing)
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
    _ line: ArraySlice<UInt8>, _ path: String, _ number: Int, _ missing: MissingValues?
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
        let isMissing = isMissing(field)
        if isMissing, missing != nil {
          values.append(.nan)
          continue
        }
        guard let value = NumberScanner.double(field), Float(value).isFinite else {
          throw DataError(
            path, line: number, column: field.startIndex - line.startIndex + 1, "not a number",
            found: DataError.quote(NumberScanner.trim(field)),
            expected: isMissing
              ? "a finite number, or task.data.missing=hold, interpolate or drop"
              : "a finite number")
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
    _ = missing?.fill(&values, width: width)
    guard !values.isEmpty else {
      throw DataError(path, line: number, "no step of the recording has all of its numbers")
    }
    return Recording(
      line: number, label: String(decoding: label, as: UTF8.self), values: values, width: width)
  }

  private static func isMissing(_ field: ArraySlice<UInt8>) -> Bool {
    let word = NumberScanner.trim(field)
    return word.elementsEqual([UInt8(ascii: "?")])
      || String(decoding: word.prefix(4), as: UTF8.self).lowercased() == "nan"
  }
}
