/// A table of text whose columns of numbers form a series: the one reader of CSV and its kin.
///
/// The dialect is found out once for the file (`TableDetection`), or as a person says. Each column is
/// numbers, dates, text, an index or empty; what is refused is named by line and field.
public struct NumericTable: Sendable {
  public enum Kind: Sendable, Equatable {
    case numbers
    /// Dates or times: they say when, and are no data.
    case dates
    /// A column without a name that counts the rows.
    case index
    case text
    case empty

    /// For a remark: `dates`.
    public var words: String {
      switch self {
      case .numbers: "numbers"
      case .dates: "dates"
      case .index: "an index"
      case .text: "text"
      case .empty: "empty"
      }
    }
  }

  public struct Column: Sendable, Equatable {
    public var name: String
    public var kind: Kind
    /// Whether its numbers count the rows.
    public var isCounter: Bool
  }

  /// Numbers of chosen columns.
  public struct Values: Sendable {
    /// Row by row; NaN where there is no value.
    public var numbers: [Float] = []
    /// The line of each row, from 1.
    public var lines: [Int] = []
    /// Where values are missing: row, position among the chosen columns, and what stands there.
    public var missing: [(row: Int, column: Int, field: Int, text: String)] = []
  }

  public private(set) var dialect: TableDialect
  public private(set) var columns: [Column]
  /// Lines above and below the table that are none of its rows.
  public private(set) var remarks: [(line: Int, text: String)]
  /// Rows of data, without the header.
  public private(set) var rowCount: Int

  private let bytes: ArraySlice<UInt8>
  private let layout: TableLayout

  /// Finds out how a table is written.
  ///
  /// - Parameters:
  ///   - bytes: UTF-8 without a byte-order mark
  ///   - wish: what a person said of it, which is taken as it is
  /// - Throws: `TableError` for what is no table, or can be read in two ways.
  public init(
    _ bytes: ArraySlice<UInt8>, wish: TableDialect.Wish = .init()
  ) throws(TableError) {
    self.bytes = bytes
    let layout = try bytes.withUnsafeBufferPointer { buffer throws(TableError) in
      try TableLayout(buffer, wish: wish)
    }
    self.layout = layout
    dialect = layout.dialect
    columns = layout.columns
    remarks = layout.remarks
    rowCount = layout.rowCount
  }

  /// Reads columns, by their positions.
  /// - Throws: `TableError` naming the first field that is no number.
  public func values(of chosen: [Int]) throws(TableError) -> Values {
    try bytes.withUnsafeBufferPointer { buffer throws(TableError) in
      try values(buffer, chosen)
    }
  }

  private func values(
    _ bytes: UnsafeBufferPointer<UInt8>, _ chosen: [Int]
  ) throws(TableError) -> Values {
    var values = Values()
    values.numbers.reserveCapacity(rowCount * chosen.count)
    var rows = layout.rows(bytes)
    var digits: [UInt8] = []
    var units = [UInt64?](repeating: nil, count: chosen.count)
    // Rows of separators alone at the end, as spreadsheets leave them, are none.
    var filledRows = 0
    while try rows.next() {
      if layout.isHeader(rows.records.line) { continue }
      let fields = rows.records.fields
      try checkDates(rows.records)
      for (position, column) in chosen.enumerated() {
        let range = fields[column].start..<fields[column].end
        switch TableCell(bytes, range) {
        case .number(let number):
          guard let value = number.value(bytes, in: dialect.numbers, &digits),
            Float(value).isFinite, units[position] ?? number.unit == number.unit
          else { throw notANumber(rows.records, column, number, unit: units[position]) }
          units[position] = number.unit
          values.numbers.append(Float(value))
        case .missing:
          values.missing.append(
            (values.lines.count, position, column, rows.records.text(of: fields[column])))
          values.numbers.append(.nan)
        default: throw notANumber(rows.records, column, nil, unit: nil)
        }
      }
      values.lines.append(rows.records.line)
      if rows.records.filledCount > 0 { filledRows = values.lines.count }
    }
    values.lines.removeLast(values.lines.count - filledRows)
    values.numbers.removeLast(values.numbers.count - filledRows * chosen.count)
    values.missing.removeAll { $0.row >= filledRows }
    return values
  }

  /// Among dates, a word is the start of a row that is none of the series, such as `Total`.
  private func checkDates(_ records: TableRecords) throws(TableError) {
    for index in layout.dates {
      let field = records.fields[index]
      switch TableCell(records.bytes, field.start..<field.end) {
      case .text, .infinite:
        throw TableError(
          line: records.line, column: index + 1,
          message: "not a date in the column “\(columns[index].name)”",
          found: Self.quote(records.text(of: field)), expected: "a date as in the other rows")
      case .date, .number, .missing: break
      }
    }
  }

  private func notANumber(
    _ records: TableRecords, _ column: Int, _ number: TableNumber?, unit: UInt64?
  ) -> TableError {
    let field = records.fields[column]
    var expected = "a finite number"
    if let number {
      if let unit, unit != number.unit {
        expected = "the same currency or per cent sign as in the rows before"
      } else if !number.formats.contains(dialect.numbers) {
        expected += " with a decimal \(dialect.numbers.decimal.rawValue)"
      }
    }
    return TableError(
      line: records.line, column: column + 1,
      message: "not a number in the column “\(columns[column].name)”",
      found: Self.quote(records.text(of: field)), expected: expected)
  }

  static func quote(_ text: String) -> String {
    guard !text.isEmpty else { return "nothing" }
    let scalars = text.unicodeScalars
    return "“" + String(scalars.prefix(40)) + (scalars.count > 40 ? "…”" : "”")
  }
}
