/// The rows of a table, told from what stands above and below them: lines of text that are narrower
/// than the table, such as a title or a note on where it comes from.
struct TableRows {
  private(set) var records: TableRecords
  /// Fields of a row.
  let width: Int
  /// Lines of text above and below, which are no rows.
  private(set) var remarks: [(line: Int, text: String)] = []
  /// The last line above the first row, where it has one field less than a row.
  private(set) var shortHeader: [String]?
  private let firstIsText: Bool
  private var isInside = false
  /// Lines that are remarks if no row follows any more.
  private var pending: [(line: Int, text: String, width: Int)] = []

  /// - Parameter firstIsText: the first column holds text, so that text there is no remark
  init(_ records: TableRecords, width: Int, firstIsText: Bool) {
    self.records = records
    self.width = width
    self.firstIsText = firstIsText
  }

  /// Moves to the next row; false at the end.
  /// - Throws: `TableError` for a row of another width.
  mutating func next() throws(TableError) -> Bool {
    while records.next() {
      if let line = records.openQuote { throw Self.openQuote(line) }
      let filled = records.filledCount
      let isRow = records.fields.count >= width && filled <= width
      if isRow, !isRemark(filled) {
        if let first = pending.first {
          throw TableError(
            line: first.line, message: "a row of another width", found: "\(first.width) fields",
            expected: "\(width)")
        }
        isInside = true
        return true
      }
      try passOver(filled)
    }
    if let line = records.openQuote { throw Self.openQuote(line) }
    remarks += pending.map { ($0.line, $0.text) }
    pending = []
    return false
  }

  private static func openQuote(_ line: Int) -> TableError {
    TableError(line: line, message: "a quote that is never closed")
  }

  /// Spreadsheets write as many separators behind a remark as the table has.
  private func isRemark(_ filled: Int) -> Bool {
    guard width > 1, !firstIsText, filled == 1, let first = records.fields.first else {
      return false
    }
    guard case .text = TableCell(records.bytes, first.start..<first.end) else { return false }
    return true
  }

  private mutating func passOver(_ filled: Int) throws(TableError) {
    if filled == 0 { return }
    let count = records.fields.count
    let cells = records.fields.map { TableCell(records.bytes, $0.start..<$0.end) }
    let isText = cells.contains { if case .text = $0 { true } else { false } }
    let isNumber = cells.contains { if case .number = $0 { true } else { false } }
    guard filled < width, isText, !isNumber else {
      throw TableError(
        line: records.line, message: "a row of another width", found: "\(count) fields",
        expected: "\(width) as in the other rows")
    }
    let words = records.fields.map(records.text)
    let text = words.filter { !$0.isEmpty }.joined(separator: " ")
    if isInside {
      pending.append((records.line, text, count))
    } else {
      shortHeader = count == width - 1 ? words : nil
      remarks.append((records.line, text))
    }
  }

  /// The last line above is the header: no remark.
  mutating func takeShortHeader() {
    if shortHeader != nil, !remarks.isEmpty { remarks.removeLast() }
  }
}

extension TableRecords {
  /// Fields without empty ones at the end.
  var filledCount: Int {
    (fields.lastIndex { !$0.isEmpty || $0.isQuoted }).map { $0 + 1 } ?? 0
  }
}
