/// Whether a table's first row names its columns.
struct TableHeader {
  let first: TableRecords
  /// What the other rows hold.
  let others: TableCount
  let width: Int

  /// The first row as names, each in one line.
  var names: [String] {
    first.fields.prefix(width).map { field in
      first.text(of: field).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
  }

  private var cells: [TableCell] {
    first.fields.prefix(width).map { TableCell(first.bytes, $0.start..<$0.end) }
  }

  /// - Throws: `TableError` where the first row may be names and may be numbers.
  func isHeader() throws(TableError) -> Bool {
    let cells = cells
    var (words, numbers, wholeNumbers): (Int, Int, [Int]) = (0, 0, [])
    var (isEveryRowFraction, isQuotedAlone) = (true, others.rows > 1)
    for (index, cell) in cells.enumerated() {
      let column = others.columns[index]
      let isNumeric = column.numbers + column.infinite + column.dates > column.texts
      switch cell {
      case .text where isNumeric:
        // A number with a slip of the pen is no name.
        if !isName(first.fields[index]) { return false }
        words += 1
      case .number(let number) where isNumeric:
        numbers += 1
        if let whole = number.integer(first.bytes) { wholeNumbers.append(whole) }
        if column.fractions < column.numbers { isEveryRowFraction = false }
      case .date where isNumeric: numbers += 1
      default: break
      }
      if isNumeric, !first.fields[index].isQuoted || column.quoted > 0 { isQuotedAlone = false }
    }
    // Names may be numbers such as years, but no fractions.
    if words > 0 { return numbers == wholeNumbers.count }
    // Without rows of numbers, only a row of words can be the header.
    if others.columns.allSatisfy({ $0.numbers == 0 }) {
      return cells.allSatisfy { if case .number = $0 { false } else { true } }
    }
    if numbers > 0, isQuotedAlone { return true }
    guard numbers > 0, numbers == wholeNumbers.count else { return false }
    if case .missing = cells[0], cells.count > 1, wholeNumbers == Array(0..<cells.count - 1),
      others.columns[0].isIndex
    {
      // A data frame without names, with its index.
      return true
    }
    let isRun = zip(wholeNumbers, wholeNumbers.dropFirst()).allSatisfy { $1 == $0 + 1 }
    guard isRun, numbers == cells.count, others.rows > 2 else { return false }
    if numbers > 1, isEveryRowFraction { return true }
    let start = wholeNumbers.first ?? 0
    let looksLikeNames =
      numbers > 2 && (start < 2 || (1900...2100).contains(start)) && !isRunAlong
      || numbers == 1 && start == 0 && isEveryRowFraction && others.rows > 9
    guard !looksLikeNames else {
      throw TableError(
        line: first.line, message: "may be names of columns or numbers",
        found: NumericTable.quote(names.joined(separator: " ")),
        expected: "\(TableError.setting)header=present or \(TableError.setting)header=absent")
    }
    return false
  }

  /// Whether a field has letters, other than those of an exponent, or no digits.
  private func isName(_ field: TableRecords.Field) -> Bool {
    let bytes = first.bytes[field.start..<field.end]
    let hasLetter = bytes.contains {
      $0 >= 0x80 || $0 | 0x20 != UInt8(ascii: "e") && (0x61...0x7A).contains($0 | 0x20)
    }
    return hasLetter || !bytes.contains { $0 &- 0x30 < 10 }
  }

  /// Whether the columns go up by one row by row, so that the first row is one of them.
  private var isRunAlong: Bool {
    others.columns.contains { $0.countingUp * 10 >= 9 * max(1, others.rows - 1) }
  }
}
