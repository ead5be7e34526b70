import TerminalGraphics
import TrainingEvents

/// Which columns of a text fit side by side and how wide each is: two cells, or more where symbols
/// are words.
struct SymbolGrid {
  let count: Int
  let cellWidth: Int

  init(_ symbols: [String], columns: Int, width: Int) {
    let widest = symbols.map { CharacterWidth.of(ReadableSymbol.text($0)) }.max() ?? 1
    cellWidth = widest <= 2 ? 2 : min(8, widest + 1)
    count = max(0, min(columns, width / cellWidth))
  }

  func rect(_ column: Int, y: Int, left: Int) -> Rect {
    Rect(x: left + column * cellWidth, y: y, width: cellWidth, height: 1)
  }

  /// The column over a cell; nil beside the grid.
  func column(at x: Int, left: Int) -> Int? {
    guard x >= left, x < left + count * cellWidth else { return nil }
    return (x - left) / cellWidth
  }
}

/// Symbols that would not be seen, such as a blank, as signs.
enum ReadableSymbol {
  static func text(_ symbol: String) -> String {
    switch symbol {
    case " ": "␣"
    case "\n": "⏎"
    case "\t": "⇥"
    case "": "·"
    default: symbol
    }
  }
}
