import TerminalGraphics

/// Rows of text in columns as wide as they need to be.
enum TextTable {
  /// Every cell made harmless for a terminal; columns two blanks apart, nothing behind the last.
  static func text(_ rows: [[String]]) -> String {
    let rows = rows.map { $0.map { SafeText.printable($0) } }
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? CharacterWidth.of($0[column]) : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        line += cell
        guard column < row.count - 1 else { continue }
        line += String(repeating: " ", count: widths[column] - CharacterWidth.of(cell) + 2)
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}

/// Numbers in words.
enum NumberWords {
  /// Such as `12.3 MB`.
  static func bytes(_ count: Int) -> String {
    var size = Double(count)
    for unit in ["B", "kB", "MB", "GB"] {
      if size < 1000 { return RunCharts.short(size) + " " + unit }
      size /= 1000
    }
    return RunCharts.short(size) + " TB"
  }
}
