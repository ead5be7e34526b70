import FileFormats
import TrainingEvents

/// A whole JSON document that a program writes again and again: Hugging Face's `trainer_state.json`
/// (`log_history`), a list of objects, or Keras's history (a list for each name).
struct FollowedDocument: ForeignLog {
  /// A document is read as a whole; a larger one is no history of losses.
  private static let limit = 512 << 20

  private let path: String
  private var seen: FileStatus?
  /// The rows taken so far, as text: what is not a number is equal there.
  private var taken: [[UInt8]] = []
  private var hasComplained = false

  init(path: String) {
    self.path = path
  }

  var modified: Double? { seen?.modified }

  mutating func read(into run: inout ForeignRun) throws(RunError) -> Int {
    guard let status = FileTree.status(path), status != seen else { return 0 }
    let bytes = try FileTree.contents(of: path, limit: Self.limit)
    let document: JSONValue
    do throws(JSONError) {
      let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
      document = try JSONValue(
        decoding: text, options: .init(maximumDepth: 32, acceptsNotFinite: true))
    } catch {
      // Half a document is one that is being written: the next look shows it whole.
      if !hasComplained { run.warn("\(SafeText.printable(path)), \(error)") }
      hasComplained = true
      return 0
    }
    seen = status
    guard let rows = Self.rows(document) else {
      if !hasComplained {
        run.warn(
          "\(SafeText.printable(path)): no history in it",
          advice: "Expected `log_history`, a list of objects, or a list of numbers for each name.")
      }
      hasComplained = true
      return bytes.count
    }
    let texts = rows.map { $0.encoded() }
    if !texts.starts(with: taken) {
      run.restart("the document was rewritten")
      taken = []
    }
    var numbers = FlatNumbers()
    for (row, text) in zip(rows, texts).dropFirst(taken.count) {
      guard case .object = row else { continue }
      numbers.removeAll()
      text.withUnsafeBufferPointer { text in
        var scanner = LogObjectScanner(text)
        _ = try? scanner.object(into: &numbers)
      }
      for entry in numbers.entries {
        numbers.withName(entry.name) { run.add(entry.number, name: $0) }
      }
      Self.addNotFinite(row, &run)
      run.endRow()
    }
    taken = texts
    return bytes.count
  }

  /// What is not finite is written as null, which is nothing: it is added by itself.
  private static func addNotFinite(_ row: JSONValue, _ run: inout ForeignRun) {
    for member in row.object?.members ?? [] {
      if case .number(let value) = member.value, !value.isFinite {
        Array(member.key.utf8).withUnsafeBytes { run.add(value, name: $0) }
      }
    }
  }

  private static func rows(_ document: JSONValue) -> [JSONValue]? {
    if let rows = document.array { return rows }
    guard let object = document.object else { return nil }
    for key in ["log_history", "history", "logs", "metrics"] {
      if let rows = object[key]?.array, rows.contains(where: { $0.object != nil }) { return rows }
      if let columns = object[key]?.object, let rows = rows(ofColumns: columns) { return rows }
    }
    return rows(ofColumns: object)
  }

  /// A list for each name, one value an epoch.
  private static func rows(ofColumns object: JSONObject) -> [JSONValue]? {
    let columns = object.members.compactMap { member in
      member.value.array.map { (key: member.key, values: $0) }
    }.filter { column in column.values.contains { $0.double?.isNaN == false } }
    let count = columns.map(\.values.count).max() ?? 0
    guard count > 0 else { return nil }
    return (0..<count).map { index in
      var row: JSONObject = [:]
      if !columns.contains(where: { ForeignNames.role(of: $0.key) == .step }) {
        row["epoch"] = .integer(index)
      }
      for column in columns where index < column.values.count {
        row[column.key] = column.values[index]
      }
      return .object(row)
    }
  }
}
