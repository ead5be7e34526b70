import FileFormats
import TrainingEvents

/// Another program's table: a header, then a row a call of its logger, with blank cells where
/// nothing was logged (Lightning's `metrics.csv`).
struct FollowedTable: ForeignLog {
  private var file: FollowedFile
  private var reader: LineReader?
  private var columns: [[UInt8]] = []
  private var separator = UInt8(ascii: ",")
  private var lineNumber = 0
  private var malformedCount = 0
  /// The first bytes of the file: loggers write the whole table anew when a column is added.
  private var head: [UInt8] = []
  private static let headSize = 4096

  init(path: String) {
    file = FollowedFile(path)
  }

  var modified: Double? { file.modified }

  mutating func read(into run: inout ForeignRun) throws(RunError) -> Int {
    let change = try file.check()
    guard change != .none, let descriptor = file.file else { return 0 }
    if change == .goesOn, try isRewritten() {
      file = FollowedFile(file.path)
      return try read(into: &run)
    }
    if change != .goesOn {
      if !columns.isEmpty { run.restart("the table was rewritten") }
      (columns, lineNumber) = ([], 0)
      reader = LineReader(descriptor)
      head = try FileDescriptor.regular(file.path).read(upTo: Self.headSize)
    }
    guard var reader else { return 0 }
    self.reader = nil
    defer { self.reader = reader }
    let count = try reader.read(limit: Self.most) { line, _ in take(line, &run) }
    file.note(bytes: count)
    return count
  }

  mutating func finish(into run: inout ForeignRun) {
    guard let rest = reader?.rest, !rest.isEmpty else { return }
    let line = Array(rest)
    line.withUnsafeBufferPointer { take($0, &run) }
  }

  private mutating func isRewritten() throws(RunError) -> Bool {
    let now = try FileDescriptor.regular(file.path).read(upTo: Self.headSize)
    defer { head = now }
    return !now.starts(with: head)
  }

  private mutating func take(_ line: UnsafeBufferPointer<UInt8>, _ run: inout ForeignRun) {
    lineNumber += 1
    var line = line
    if lineNumber == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) {
      line = UnsafeBufferPointer(rebasing: line.dropFirst(3))
    }
    while let last = line.last, last == 0x0D || last == 0x20 {
      line = UnsafeBufferPointer(rebasing: line.dropLast())
    }
    guard !line.isEmpty, line[0] != UInt8(ascii: "#") || !columns.isEmpty else { return }
    if columns.isEmpty { return takeHeader(line) }
    let fields = LogTableRow.fields(line, separator)
    guard fields.count <= columns.count else {
      return complain("found \(fields.count) fields, expected \(columns.count)", &run)
    }
    for (column, field) in zip(columns, fields) where !field.isEmpty && !column.isEmpty {
      if let number = number(field) {
        column.withUnsafeBytes { run.add(number, name: $0) }
      } else {
        let name = SafeText.printable(String(decoding: column, as: UTF8.self))
        run.pass(over: "texts under “\(name)”")
      }
    }
    run.endRow()
  }

  private mutating func takeHeader(_ line: UnsafeBufferPointer<UInt8>) {
    let choices = LogTableRow.separators
    let counts = choices.map { LogTableRow.fields(line, $0).count }
    separator = zip(choices, counts).max { $0.1 < $1.1 }?.0 ?? separator
    let fields = LogTableRow.fields(line, separator)
    // A table without names: its columns are numbered.
    let isNumbers = fields.allSatisfy { $0.withUnsafeBufferPointer(LogNumber.parse) != nil }
    columns = fields.enumerated().map { index, field in
      isNumbers ? Array("column \(index + 1)".utf8) : field
    }
    if isNumbers { lineNumber -= 1 }
  }

  /// A number; with a decimal comma where commas separate nothing.
  private func number(_ field: [UInt8]) -> Double? {
    if let number = field.withUnsafeBufferPointer(LogNumber.parse) { return number }
    guard separator != UInt8(ascii: ","), field.contains(UInt8(ascii: ",")) else { return nil }
    return field.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }
      .withUnsafeBufferPointer(LogNumber.parse)
  }

  private mutating func complain(_ message: String, _ run: inout ForeignRun) {
    malformedCount += 1
    guard malformedCount == 1 else { return }
    run.warn(
      "line \(lineNumber): \(message)", advice: "Such lines are skipped; those after them are read."
    )
  }
}

/// The fields of a line of a table (RFC 4180), without line feeds in quotes, which no log has.
enum LogTableRow {
  static let separators = TableDialect.Separator.allCases.compactMap(\.byte)

  static func fields(_ line: UnsafeBufferPointer<UInt8>, _ separator: UInt8) -> [[UInt8]] {
    var fields: [[UInt8]] = []
    var field: [UInt8] = []
    var isQuoted = false
    var position = 0
    while position < line.count {
      let byte = line[position]
      if byte == UInt8(ascii: "\"") {
        if isQuoted, position + 1 < line.count, line[position + 1] == byte {
          field.append(byte)
          position += 1
        } else {
          isQuoted.toggle()
        }
      } else if byte == separator, !isQuoted {
        fields.append(field)
        field.removeAll(keepingCapacity: true)
      } else {
        field.append(byte)
      }
      position += 1
    }
    fields.append(field)
    return fields
  }
}
