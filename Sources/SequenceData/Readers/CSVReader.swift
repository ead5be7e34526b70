/// Numeric columns of a comma-separated file as one series: `data: { csv: FILE, columns: [NAME] }`.
/// The network reads x(t) and says x(t+1).
enum CSVReader {
  /// The rows follow each other in time; the parts are cut by position, training first.
  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
    let path = try request.locator.path(of: request.data.location)
    let table = try CSVTable(UTF8Text.read(path), columns: request.data.columns)
    return try ForecastingTask.make(table.values, names: table.names, request, source: path)
  }
}

/// The chosen columns of a CSV file, all numbers.
struct CSVTable {
  private(set) var names: [String] = []
  /// Row by row, `names.count` numbers a row.
  private(set) var values: [Float] = []

  var rowCount: Int { names.isEmpty ? 0 : values.count / names.count }

  /// Reads the columns called for by name or by number from 1; every column when none is. A first
  /// row that is not all numbers names the columns.
  init(_ text: UTF8Text, columns: [String]) throws(DataError) {
    let file = text.file
    var chosen: [Int] = []
    var fieldCount = 0
    try text.forEachLine { number, line throws(DataError) in
      guard !NumberScanner.trim(line).isEmpty else { return }
      let fields = try Self.fields(of: line, file, number)
      if fieldCount == 0 {
        fieldCount = fields.count
        let isHeader = fields.contains { NumberScanner.double($0) == nil }
        let header =
          isHeader
          ? fields.map { String(decoding: NumberScanner.trim($0), as: UTF8.self) }
          : fields.indices.map { "column \($0 + 1)" }
        chosen = try Self.choose(columns, from: header, file)
        names = chosen.map { header[$0] }
        if isHeader { return }
      }
      guard fields.count == fieldCount else {
        throw DataError(
          file, line: number, "a row of another width", found: "\(fields.count) fields",
          expected: "\(fieldCount) as in the first row")
      }
      for column in chosen {
        guard let value = NumberScanner.double(fields[column]), Float(value).isFinite else {
          throw DataError(
            file, line: number, column: column + 1,
            "not a number in the column “\(names[chosen.firstIndex(of: column) ?? 0])”",
            found: DataError.quote(NumberScanner.trim(fields[column])), expected: "a finite number")
        }
        values.append(Float(value))
      }
    }
    guard !values.isEmpty else {
      throw DataError(file, "there is no row of numbers", expected: "one row a time step")
    }
  }

  private static func choose(
    _ columns: [String], from header: [String], _ file: String
  ) throws(DataError) -> [Int] {
    if columns.isEmpty { return Array(header.indices) }
    var chosen: [Int] = []
    for column in columns {
      if let index = header.firstIndex(of: column) {
        chosen.append(index)
      } else if let number = Int(column), header.indices.contains(number - 1) {
        chosen.append(number - 1)
      } else {
        throw DataError(
          file, "no such column", found: DataError.quote(column),
          expected: header.prefix(12).joined(separator: ", "),
          suggestion: EditDistance.nearest(to: column, among: header))
      }
    }
    return chosen
  }

  /// Fields between commas, or semicolons or tabs where a line has no comma; quotes hold a field
  /// together and are dropped.
  private static func fields(
    of line: ArraySlice<UInt8>, _ file: String, _ number: Int
  ) throws(DataError) -> [ArraySlice<UInt8>] {
    let separator =
      [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")].first { line.contains($0) }
      ?? UInt8(ascii: ",")
    let quote = UInt8(ascii: "\"")
    guard line.contains(quote) else {
      return line.split(separator: separator, omittingEmptySubsequences: false)
    }
    var fields: [ArraySlice<UInt8>] = []
    var (field, isQuoted): ([UInt8], Bool) = ([], false)
    for byte in line {
      if byte == quote {
        isQuoted.toggle()
      } else if byte == separator, !isQuoted {
        fields.append(field[...])
        field = []
      } else {
        field.append(byte)
      }
    }
    guard !isQuoted else {
      throw DataError(file, line: number, "a quote that is never closed")
    }
    fields.append(field[...])
    return fields
  }
}
