/// The UEA/UCR archive's `.ts` format: header lines after `@`, then one labelled recording a line,
/// its channels separated by colons and each channel's numbers by commas.
enum TimeSeriesReader {
  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
    var hasStamps = false
    var task = try RecordingsTask.load(request) { path throws(DataError) in
      let file = try read(path, missing: request.data.missing)
      hasStamps = hasStamps || file.hasStamps
      return file.recordings
    }
    if hasStamps {
      task.notes.insert(
        "time stamps only order the steps: all are taken as equally far apart", at: 0)
    }
    return task
  }

  /// - Parameter missing: what to do with `?` and NaN among the numbers, and where a channel is
  ///   shorter than the others; nil refuses them
  static func read(
    _ path: String, missing: MissingValues? = nil
  ) throws(DataError) -> (recordings: [Recording], hasStamps: Bool) {
    let text = try UTF8Text.read(path)
    var recordings: [Recording] = []
    var isData = false
    var hasStamps = false
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
        case "@timestamps": hasStamps = words.last == "true"
        case "@classlabel" where words.count > 1 && words[1] == "false":
          throw DataError(
            path, line: number, "there are no labels", expected: "true and their names")
        case "@targetlabel" where words.count > 1 && words[1] == "true":
          throw DataError(
            path, line: number, "targets are numbers, not labels",
            expected: "@classLabel true and labels, such as the numbers' ranges: low high")
        case "@dimensions": declared = words.last.flatMap { Int($0) }
        default: break
        }
        return
      }
      let recording = try self.recording(line, path, number, missing, hasStamps)
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
    return (recordings, hasStamps)
  }

  private static func recording(
    _ line: ArraySlice<UInt8>, _ path: String, _ number: Int, _ missing: MissingValues?,
    _ hasStamps: Bool
  ) throws(DataError) -> Recording {
    let parts = cut(line, at: UInt8(ascii: ":"), outsideBrackets: hasStamps)
    guard let label = parts.last.map(NumberScanner.trim), parts.count > 1, !label.isEmpty else {
      throw DataError(
        path, line: number, "not a labelled recording", found: DataError.quote(line),
        expected: "channels and a label, separated by colons")
    }
    let width = parts.count - 1
    var channels: [[Float]] = []
    // When each step of the first channel is.
    var times: [ArraySlice<UInt8>] = []
    for (channel, part) in parts.dropLast().enumerated() {
      var values: [Float] = []
      for field in cut(part, at: UInt8(ascii: ","), outsideBrackets: hasStamps) {
        var field = field
        if hasStamps {
          let (time, value) = try stamped(
            field, path, number, field.startIndex - line.startIndex + 1)
          field = value
          if channel == 0 {
            times.append(time)
          } else if values.count < times.count, !times[values.count].elementsEqual(time) {
            throw DataError(
              path, line: number, column: time.startIndex - line.startIndex + 1,
              "channel \(channel + 1) was measured at another time",
              found: DataError.quote(time), expected: DataError.quote(times[values.count]))
          }
        }
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
      if let first = channels.first, first.count != values.count, missing == nil {
        throw DataError(
          path, line: number, "channel \(channel + 1) has another length",
          found: "\(values.count) steps",
          expected: "\(first.count), or task.data.missing=hold or drop for the steps it lacks")
      }
      channels.append(values)
    }
    let steps = channels.map(\.count).max() ?? 0
    guard steps <= DataLimits.steps else {
      throw DataError(
        path, line: number, "the recording is too long", found: "\(steps) steps",
        expected: "at most \(DataLimits.steps)")
    }
    var values: [Float] = []
    values.reserveCapacity(steps * width)
    for step in 0..<steps {
      for channel in channels { values.append(step < channel.count ? channel[step] : .nan) }
    }
    _ = missing?.fill(&values, width: width)
    guard !values.isEmpty else {
      throw DataError(path, line: number, "no step of the recording has all of its numbers")
    }
    return Recording(
      line: number, label: String(decoding: label, as: UTF8.self), values: values, width: width)
  }

  /// The parts of a text; brackets, in which time stamps stand, are whole where there are any.
  private static func cut(
    _ text: ArraySlice<UInt8>, at separator: UInt8, outsideBrackets: Bool
  ) -> [ArraySlice<UInt8>] {
    guard outsideBrackets else {
      return text.split(separator: separator, omittingEmptySubsequences: false)
    }
    var (parts, start, depth): ([ArraySlice<UInt8>], Int, Int) = ([], text.startIndex, 0)
    for index in text.indices {
      switch text[index] {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth -= 1
      case separator where depth <= 0:
        parts.append(text[start..<index])
        start = index + 1
      default: break
      }
    }
    return parts + [text[start...]]
  }

  /// When and what of `(2020-01-01 00:00:00,2.5)`.
  private static func stamped(
    _ field: ArraySlice<UInt8>, _ path: String, _ number: Int, _ column: Int
  ) throws(DataError) -> (time: ArraySlice<UInt8>, value: ArraySlice<UInt8>) {
    let whole = NumberScanner.trim(field)
    guard whole.first == UInt8(ascii: "("), whole.last == UInt8(ascii: ")"),
      let comma = whole.lastIndex(of: UInt8(ascii: ","))
    else {
      throw DataError(
        path, line: number, column: column, "not a number with its time",
        found: DataError.quote(whole),
        expected: "(time,number), since the header says @timeStamps true")
    }
    let time = whole[(whole.startIndex + 1)..<comma]
    return (NumberScanner.trim(time), whole[(comma + 1)..<(whole.endIndex - 1)])
  }

  private static func isMissing(_ field: ArraySlice<UInt8>) -> Bool {
    let word = NumberScanner.trim(field)
    return word.elementsEqual([UInt8(ascii: "?")])
      || String(decoding: word.prefix(4), as: UTF8.self).lowercased() == "nan"
  }
}
