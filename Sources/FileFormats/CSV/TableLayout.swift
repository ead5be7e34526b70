/// What is known of a table after one look at all of it: its dialect, its columns, and which lines
/// are rows of data.
struct TableLayout: Sendable {
  private(set) var dialect: TableDialect
  private(set) var columns: [NumericTable.Column] = []
  private(set) var remarks: [(line: Int, text: String)] = []
  private(set) var rowCount = 0
  /// Columns of dates.
  private(set) var dates: [Int] = []
  private let start: Int
  private let startLine: Int
  private let width: Int
  private let firstIsText: Bool
  private var headerLine: Int?

  init(
    _ bytes: UnsafeBufferPointer<UInt8>, wish: TableDialect.Wish
  ) throws(TableError) {
    let detection = TableDetection(bytes, wish: wish)
    let survey = try detection.survey()
    (start, startLine) = (detection.start, detection.line)
    width = survey.width
    firstIsText = (survey.count.columns.first.map { 2 * $0.texts > $0.filled }) ?? false
    dialect = TableDialect(
      separator: survey.separator, numbers: TableNumberFormat.all[0], hasHeader: false)
    try count(bytes, wish)
  }

  /// The rows from the first on, the header among them.
  func rows(_ bytes: UnsafeBufferPointer<UInt8>) -> TableRows {
    TableRows(
      TableRecords(bytes, separator: dialect.separator, start: start, line: startLine),
      width: width, firstIsText: firstIsText)
  }

  func isHeader(_ line: Int) -> Bool { line == headerLine }

  private mutating func count(
    _ bytes: UnsafeBufferPointer<UInt8>, _ wish: TableDialect.Wish
  ) throws(TableError) {
    var rows = rows(bytes)
    guard try rows.next() else {
      throw TableError(message: "there is no row of numbers", expected: "one row a time step")
    }
    let first = rows.records
    var count = TableCount(width: width)
    while try rows.next() { count.add(rows.records) }
    let header = TableHeader(first: first, others: count, width: width)
    let isHeader: Bool
    if let known = wish.header {
      isHeader = known == .present
    } else {
      isHeader = try header.isHeader()
    }
    var names = isHeader ? header.names : []
    if isHeader {
      headerLine = first.line
    } else {
      var whole = TableCount(width: width)
      whole.add(first)
      // Counted again from the first row on, so that what follows a row is seen.
      rows = self.rows(bytes)
      _ = try rows.next()
      while try rows.next() { whole.add(rows.records) }
      count = whole
      if let short = rows.shortHeader, wish.header != .absent {
        // R leaves out the name of the row names; elsewhere the separator at a row's end is missing.
        if count.columns[width - 1].filled == 0 {
          names = short + [""]
        } else if count.columns[0].isIndex || count.columns[0].numbers == 0 {
          names = [""] + short
        }
        if !names.isEmpty { rows.takeShortHeader() }
      }
    }
    guard count.rows > 0 else {
      throw TableError(message: "there is no row of numbers", expected: "one row a time step")
    }
    dialect.hasHeader = !names.isEmpty
    dialect.numbers = try TableFormatChoice(count, dialect.separator).format(
      wish,
      example: {
        Self.example(bytes, self)
      })
    remarks = rows.remarks
    rowCount = count.rows
    describe(count, names)
  }

  private mutating func describe(_ count: TableCount, _ names: [String]) {
    for (index, column) in count.columns.enumerated() {
      let name = index < names.count ? names[index] : ""
      let isNamed = !name.isEmpty && !name.hasPrefix("Unnamed: ")
      let kind: NumericTable.Kind
      if column.filled == 0 {
        kind = .empty
      } else if 2 * column.dates > column.filled {
        kind = .dates
      } else if column.days == column.numbers, column.days > 2, column.filled == column.days {
        kind = .dates
      } else if !names.isEmpty, !isNamed, width > 1, column.isIndex {
        kind = .index
      } else if 10 * (column.numbers + column.infinite) < column.filled {
        kind = .text
      } else {
        kind = .numbers
      }
      if kind == .dates { dates.append(index) }
      columns.append(
        NumericTable.Column(
          name: name.isEmpty ? "column \(index + 1)" : name, kind: kind,
          isCounter: column.isCounter))
    }
  }

  /// The first number that has a mark of which one cannot tell what it is.
  private static func example(
    _ bytes: UnsafeBufferPointer<UInt8>, _ layout: TableLayout
  ) -> (line: Int, column: Int, text: String)? {
    var rows = layout.rows(bytes)
    while (try? rows.next()) ?? false {
      for (index, field) in rows.records.fields.enumerated() {
        guard case .number(let number) = TableCell(bytes, field.start..<field.end),
          number.isOneGroup
        else { continue }
        return (rows.records.line, index + 1, rows.records.text(of: field))
      }
    }
    return nil
  }
}

/// How the numbers of a whole table are written.
struct TableFormatChoice {
  private let count: TableCount
  private let separator: TableDialect.Separator?

  init(_ count: TableCount, _ separator: TableDialect.Separator?) {
    self.count = count
    self.separator = separator
  }

  /// - Throws: `TableError` where 1,234 may be a thousand or one and a bit.
  func format(
    _ wish: TableDialect.Wish, example: () -> (line: Int, column: Int, text: String)?
  ) throws(TableError) -> TableNumberFormat {
    let decimal = wish.decimal ?? self.decimal
    guard let decimal else {
      let place = example()
      throw TableError(
        line: place?.line, column: place?.column, message: "can be read in two ways",
        found: NumericTable.quote(place?.text ?? ""),
        expected: "\(TableError.setting)decimal=point or \(TableError.setting)decimal=comma")
    }
    let formats = TableNumberFormat.all.indices.filter {
      TableNumberFormat.all[$0].decimal == decimal
    }
    func numbers(_ format: Int) -> Int { count.columns.reduce(0) { $0 + $1.inFormat[format] } }
    // The plainest that has most of the numbers.
    let most = formats.map(numbers).max() ?? 0
    return TableNumberFormat.all[formats.first { numbers($0) == most } ?? 0]
  }

  /// Nil where both marks fit.
  private var decimal: TableDialect.DecimalMark? {
    let (point, comma) = (count.markedPoint, count.markedComma)
    guard count.marked > 0 else { return .point }
    guard 10 * min(point, comma) >= 9 * max(point, comma) else {
      return point > comma ? .point : .comma
    }
    // Nearly every mark stands before three digits. Whole numbers below a thousand beside them, and
    // none with more digits, are as if the mark were of thousands.
    let isMixed = count.columns.contains {
      $0.oneGroup > 2 && $0.plainSmall > 0 && $0.oneGroup + $0.plainSmall == $0.numbers
    }
    if count.oneGroupPoint > 0, count.oneGroupComma == 0 {
      return separator == .semicolon || isMixed ? nil : .point
    }
    if count.oneGroupComma > 0, count.oneGroupPoint == 0 {
      return separator == .comma && isMixed ? .point : nil
    }
    return nil
  }
}
