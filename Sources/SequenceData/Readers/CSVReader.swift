import FileFormats
import TrainingEvents

/// Columns of numbers of a table as one series: `data: { csv: FILE, columns: [NAME] }`. The network
/// reads x(t) and says x(t+1).
enum CSVReader {
  /// The rows follow each other in time; the parts are cut by position, training first.
  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
    let path = try request.locator.path(of: request.data.location)
    let table = try CSVTable(UTF8Text.read(path), request.data)
    var task = try ForecastingTask.make(
      table.values, names: table.names, request, source: path)
    let isKnown = DataCatalogue.entry(request.data.location) != nil
    task.notes = (isKnown ? [] : table.notes) + task.notes
    // What comes with the program says nothing of how a person writes.
    task.dialect = isKnown ? nil : table.dialect
    return task
  }
}

/// The chosen columns of a table, all numbers.
struct CSVTable {
  private(set) var names: [String] = []
  /// Row by row, `names.count` numbers a row.
  private(set) var values: [Float] = []
  /// How the file was read, a line each.
  private(set) var notes: [String] = []
  private(set) var dialect: TableDialect
  /// Whether columns of text were left out.
  private let leavesOutText: Bool

  var rowCount: Int { names.isEmpty ? 0 : values.count / names.count }

  /// Reads the columns that `source` calls for by name or by number from 1; where it calls for none,
  /// every column of numbers.
  init(_ text: UTF8Text, _ source: DataSource) throws(DataError) {
    let file = text.file
    do throws(TableError) {
      let table = try NumericTable(text.bytes, wish: source.table)
      let chosen = try Self.choose(source.columns, from: table)
      dialect = table.dialect
      leavesOutText =
        source.columns.isEmpty && table.columns.contains { $0.kind == .text }
      names = chosen.map { table.columns[$0].name }
      let read = try table.values(of: chosen)
      values = read.numbers
      guard !values.isEmpty else {
        throw TableError(message: "there is no row of numbers", expected: "one row a time step")
      }
      notes = Self.notes(file, table, chosen)
      try fill(read, source.missing)
    } catch {
      throw DataError(
        file, line: error.line, column: error.column, error.message, found: error.found,
        expected: error.expected, suggestion: error.suggestion)
    }
  }

  /// Reads a person's next file as the one before was written; where that does not give what the
  /// network reads, as it tells itself.
  ///
  /// - Parameter width: numbers a row that the network reads
  static func reading(
    _ path: String, as source: DataSource, width: Int
  ) throws(DataError) -> CSVTable {
    let text = try UTF8Text.read(path)
    func fits(_ table: CSVTable) -> Bool { table.names.count == width && !table.leavesOutText }
    func byItself() -> CSVTable? {
      var source = source
      source.table = .init(header: source.table.header)
      return (try? CSVTable(text, source)).flatMap { fits($0) ? $0 : nil }
    }
    do throws(DataError) {
      let table = try CSVTable(text, source)
      return fits(table) ? table : byItself() ?? table
    } catch {
      guard let table = byItself() else { throw error }
      return table
    }
  }

  private mutating func fill(
    _ read: NumericTable.Values, _ policy: MissingValues?
  ) throws(TableError) {
    guard let first = read.missing.first else { return }
    guard let policy else {
      throw TableError(
        line: read.lines[first.row], column: first.field + 1,
        message: "not a number in the column “\(names[first.column])”",
        found: DataError.quote(first.text),
        expected: "a finite number, or task.data.missing=hold, interpolate or drop")
    }
    let count = policy.fill(&values, width: names.count)
    notes.append("\(count.words(policy)); the first in line \(read.lines[first.row])")
    guard !values.isEmpty else {
      throw TableError(message: "no row has all of its numbers", expected: "one row a time step")
    }
  }

  private static func choose(
    _ columns: [String], from table: NumericTable
  ) throws(TableError) -> [Int] {
    let numeric = table.columns.indices.filter { table.columns[$0].kind == .numbers }
    if columns.isEmpty {
      guard !numeric.isEmpty else {
        let kinds = table.columns.prefix(12).map { "“\($0.name)” (\($0.kind.words))" }
        throw TableError(
          message: "there is no column of numbers", found: kinds.joined(separator: ", "),
          expected: "one row a time step")
      }
      return numeric
    }
    let header = table.columns.map(\.name)
    var chosen: [Int] = []
    for column in columns {
      let words = column.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      if let index = header.firstIndex(of: words) {
        chosen.append(index)
      } else if let number = Int(column), header.indices.contains(number - 1) {
        chosen.append(number - 1)
      } else {
        throw TableError(
          message: "no such column", found: DataError.quote(column),
          expected: header.prefix(12).joined(separator: ", "),
          suggestion: EditDistance.nearest(to: column, among: header))
      }
    }
    return chosen
  }

  private static func notes(_ file: String, _ table: NumericTable, _ chosen: [Int]) -> [String] {
    func list(_ columns: [Int], _ word: (NumericTable.Column) -> String) -> String {
      let shown = columns.prefix(8).map { word(table.columns[$0]) }.joined(separator: ", ")
      return columns.count > 8 ? "\(shown) and \(columns.count - 8) more" : shown
    }
    let name = file.split(separator: "/").last.map(String.init) ?? file
    let rest = table.columns.indices.filter { !chosen.contains($0) }
    var line = "\(name): \(table.dialect.words); reads \(list(chosen) { "“\($0.name)”" })"
    if !rest.isEmpty { line += "; leaves out \(list(rest) { "“\($0.name)” (\($0.kind.words))" })" }
    var notes = [line]
    if let first = table.remarks.first {
      let more = table.remarks.count > 1 ? " and \(table.remarks.count - 1) more" : ""
      notes.append(
        "\(name): line \(first.line)\(more) is no row of the table and left out: "
          + DataError.quote(first.text))
    }
    let counters = chosen.filter { table.columns[$0].isCounter }
    if !counters.isEmpty, counters.count < chosen.count {
      notes.append(
        "\(name): \(list(counters) { "“\($0.name)”" }) counts the rows and is learnt with the rest; "
          + "task.data.columns chooses others")
    }
    return notes
  }
}
