/// What a file of data looks like from its first lines: enough to choose a task for it.
public enum FileShape {
  /// What the fields of a file with tabs are.
  public enum Table: Sendable {
    /// A label and numbers behind it.
    case recordings
    /// Numbers, row by row.
    case numbers
    /// A few labels with many texts.
    case labelled
    /// Texts in pairs.
    case pairs
  }

  public static func table(_ path: String) -> Table {
    guard let text = try? UTF8Text.read(path) else { return .pairs }
    var (rows, wide, cells, numbers) = (0, 0, 0, 0)
    var (left, right): (Set<ArraySlice<UInt8>>, Set<ArraySlice<UInt8>>) = ([], [])
    try? text.forEachLine { _, line throws(DataError) in
      guard rows < 1000, !NumberScanner.trim(line).isEmpty else { return }
      rows += 1
      let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      if fields.count > 3 { wide += 1 }
      cells += fields.count
      numbers +=
        fields.filter { field in
          var decimal = Array(field)
          for index in decimal.indices where decimal[index] == UInt8(ascii: ",") {
            decimal[index] = UInt8(ascii: ".")
          }
          return NumberScanner.double(decimal[...]) != nil
        }.count
      if let first = fields.first { left.insert(first) }
      if let last = fields.last { right.insert(last) }
    }
    if 2 * wide > rows, left.count * 3 <= rows, ArchiveTable.matches(text) { return .recordings }
    if 2 * numbers >= cells { return .numbers }
    return min(left.count, right.count) * 4 <= rows + 4 ? .labelled : .pairs
  }

  /// The keys of a `jsonl` file's first object that mean something there.
  public static func keys(_ path: String) -> Set<String> {
    guard let text = try? UTF8Text.read(path) else { return [] }
    var keys: Set<String>?
    try? JSONObjects.forEach(of: text) { number, object throws(DataError) in
      guard keys == nil else { return }
      keys = Set(try JSONLine(file: path, number: number, bytes: object).values.keys)
    }
    return keys ?? []
  }

  /// Whether a text is many short lines, such as words or names, rather than one text.
  public static func isList(_ path: String) -> Bool {
    guard let text = try? UTF8Text.read(path) else { return false }
    var (lines, words, bytes) = (0, 0, 0)
    try? text.forEachLine { _, line throws(DataError) in
      guard lines < 1000 else { return }
      let line = NumberScanner.trim(line)
      guard !line.isEmpty else { return }
      lines += 1
      words += line.split(separator: UInt8(ascii: " ")).count
      bytes += line.count
    }
    return lines > 9 && bytes <= 40 * lines && 2 * words <= 5 * lines
  }
}
