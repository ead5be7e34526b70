/// Finds out how a table is written, from its first lines: which separator cuts them into rows of
/// one width whose fields are numbers and dates.
///
/// Where two readings fit and would give different numbers, neither is taken: the error names the
/// settings that decide.
struct TableDetection {
  private static let sampleRows = 2_000

  let bytes: UnsafeBufferPointer<UInt8>
  let wish: TableDialect.Wish
  /// Where the rows begin, behind a line such as `sep=;`, and that line's number.
  private(set) var start = 0
  private(set) var line = 1
  private var named: TableDialect.Separator?

  init(_ bytes: UnsafeBufferPointer<UInt8>, wish: TableDialect.Wish) {
    self.bytes = bytes
    self.wish = wish
    takeSeparatorLine()
  }

  /// What a separator makes of the sample.
  struct Survey {
    var separator: TableDialect.Separator?
    var width: Int
    /// All rows but the first.
    var count: TableCount
    /// The first row's fields.
    var first: [TableRecords.Field]
    var firstLine = 1
    /// Share of filled fields that are numbers or dates.
    var share: Double
  }

  func records(_ separator: TableDialect.Separator?) -> TableRecords {
    TableRecords(bytes, separator: separator, start: start, line: line)
  }

  /// The separator and the width of rows.
  func survey() throws(TableError) -> Survey {
    let known = wish.separator ?? named
    let candidates: [TableDialect.Separator?] =
      known.map { [$0] } ?? [.tab, .semicolon, .pipe, .comma, .blank, nil]
    let surveys = candidates.compactMap { survey($0, isForced: known != nil) }
    guard let best = surveys.max(by: { $0.share < $1.share }), best.share > 0 else {
      // Without numbers there is nothing to tell by: the widest table says what is wrong.
      guard let widest = surveys.max(by: { $0.width < $1.width }) else {
        throw TableError(
          message: "there is no row of numbers", expected: "one row a time step")
      }
      return widest
    }
    // Commas and blanks stand inside numbers and words, too; other separators do not.
    let unsure: [TableDialect.Separator?] = [.comma, .blank, nil]
    if let sure = surveys.first(where: {
      !unsure.contains($0.separator) && $0.width > 1 && $0.share >= 0.8 * best.share
    }) {
      return sure
    }
    let rivals = surveys.filter { unsure.contains($0.separator) && $0.share >= 0.75 * best.share }
    return rivals.count > 1 ? try decide(rivals) : best
  }

  // MARK: One separator

  private func survey(_ separator: TableDialect.Separator?, isForced: Bool) -> Survey? {
    var records = records(separator)
    var widths: [Int: Int] = [:]
    var rows = 0
    while rows < Self.sampleRows, records.next() {
      widths[records.fields.count, default: 0] += 1
      rows += 1
    }
    let usual = widths.max { ($0.value, $0.key) < ($1.value, $1.key) }
    guard let width = usual?.key, isForced || width > 1 || separator == nil else { return nil }
    // Half of the rows and more, a header and remarks left aside.
    guard isForced || 2 * (usual?.value ?? 0) + 3 > rows else { return nil }
    var survey = Survey(
      separator: width > 1 || isForced ? separator : nil, width: width,
      count: TableCount(width: width), first: [], share: 0)
    records = self.records(separator)
    rows = 0
    while rows < Self.sampleRows, records.next() {
      rows += 1
      guard records.fields.count >= width, records.filledCount <= width else { continue }
      if survey.first.isEmpty {
        (survey.first, survey.firstLine) = (records.fields, records.line)
      } else {
        survey.count.add(records)
      }
    }
    if survey.count.rows == 0 { survey.count.add(onlyRow: survey.first, bytes) }
    let formats = TableNumberFormat.all.indices.filter {
      wish.decimal == nil || TableNumberFormat.all[$0].decimal == wish.decimal
    }
    survey.share = formats.map { survey.count.share(in: $0) }.max() ?? 0
    return survey
  }

  // MARK: Two readings

  private func decide(_ rivals: [Survey]) throws(TableError) -> Survey {
    let comma = rivals.first { $0.separator == .comma }
    let blank = rivals.first { $0.separator == .blank }
    let single = rivals.first { $0.separator == nil }
    if wish.decimal == .comma, comma != nil {
      // A comma that marks decimals does not separate.
      let others = rivals.filter { $0.separator != .comma }
      return others.count > 1 ? try decide(others) : others[0]
    }
    if let first = (single ?? comma ?? blank), hasText(first) {
      if let comma, isHeader(comma), !hasBlankAfterComma(comma) { return comma }
      if let blank, isHeader(blank), single == nil { return blank }
      if let single, blank.map({ !isHeader($0) }) ?? true, comma.map({ !isHeader($0) }) ?? true {
        return single
      }
    } else if let comma, let single, blank == nil, comma.width == 2 {
      let (left, right) = (comma.count.columns[0], comma.count.columns[1])
      let counts = comma.count.rows > 3 && left.countingUp * 10 >= 9 * (comma.count.rows - 1)
      // 10,07: whole numbers do not begin with 0, decimals do.
      let isDecimal = right.zeroLed > 1 && right.zeroLed * 20 >= comma.count.rows
      // Decimals of different lengths do not end in 0; whole numbers do.
      let isWhole =
        right.zeroLed == 0 && right.zeroEnded > 1 && right.zeroEnded * 20 >= comma.count.rows
        && (right.digits?.count ?? 1) > 1
      if isDecimal, !counts { return single }
      if (counts || isWhole) && !isDecimal { return comma }
    }
    throw ambiguity(rivals)
  }

  private func cell(_ field: TableRecords.Field) -> TableCell {
    TableCell(bytes, field.start..<field.end)
  }

  private func hasText(_ survey: Survey) -> Bool {
    survey.first.contains { if case .text = cell($0) { true } else { false } }
  }

  /// Whether the first row has a name for every column.
  private func isHeader(_ survey: Survey) -> Bool {
    survey.first.count == survey.width
      && survey.first.enumerated().allSatisfy { index, field in
        switch cell(field) {
        case .text: true
        case .missing: index == 0
        default: false
        }
      }
  }

  private func hasBlankAfterComma(_ survey: Survey) -> Bool {
    survey.first.dropFirst().contains { field in
      let before = field.start - (field.isQuoted ? 2 : 1)
      return before >= 0 && bytes[before] == 0x20
    }
  }

  private func ambiguity(_ rivals: [Survey]) -> TableError {
    let survey = rivals.first { $0.separator != nil } ?? rivals[0]
    var records = records(nil)
    var text = ""
    var place = survey.firstLine
    while records.next() {
      let hasText = records.fields.contains { if case .text = cell($0) { true } else { false } }
      if hasText { continue }
      (text, place) = (records.fields.first.map(records.text) ?? "", records.line)
      break
    }
    var ways: [String] = []
    for rival in rivals {
      switch rival.separator {
      case .comma: ways.append("separator=comma for \(rival.width) columns")
      case .blank: ways.append("separator=blank for \(rival.width) columns")
      default:
        let isDecimal = rivals.contains { $0.separator == .comma }
        ways.append(
          isDecimal ? "decimal=comma for one column" : "separator=semicolon for one column")
      }
    }
    return TableError(
      line: place, message: "can be read in \(ways.count == 2 ? "two" : "three") ways",
      found: "“\(text.prefix(40))”",
      expected: ways.map { TableError.setting + $0 }.joined(separator: " or "))
  }

  // MARK: A line that names the separator

  /// `sep=;`, as spreadsheets write and read it.
  private mutating func takeSeparatorLine() {
    var at = 0
    let isQuoted = bytes.first == UInt8(ascii: "\"")
    if isQuoted { at += 1 }
    guard bytes.count > at + 4 else { return }
    for (offset, letter) in "sep=".utf8.enumerated() {
      let byte = bytes[at + offset]
      guard byte == letter || byte == letter - 0x20 && letter != UInt8(ascii: "=") else { return }
    }
    at += 4
    let separators = TableDialect.Separator.allCases
    let mark = bytes[at]
    named = mark == 0x20 ? .blank : separators.first { $0.byte == mark }
    guard named != nil else { return }
    at += 1
    if isQuoted { at += 1 }
    guard at < bytes.count, bytes[at] == 0x0D || bytes[at] == 0x0A else {
      named = nil
      return
    }
    at += bytes[at] == 0x0D && at + 1 < bytes.count && bytes[at + 1] == 0x0A ? 2 : 1
    (start, line) = (at, 2)
  }
}

extension TableError {
  /// What a preset's keys for tables begin with.
  static let setting = "task.data."
}

extension TableCount {
  /// Counts a table that has but one row.
  fileprivate mutating func add(
    onlyRow fields: [TableRecords.Field], _ bytes: UnsafeBufferPointer<UInt8>
  ) {
    rows = 1
    for (index, field) in fields.enumerated() where index < columns.count {
      columns[index].add(
        TableCell(bytes, field.start..<field.end), bytes, isQuoted: field.isQuoted)
    }
  }
}
