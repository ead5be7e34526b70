extension CellBuffer {
  /// The same screen for a terminal that shows ASCII alone: signs become the letters that a person
  /// would write instead, and what has none becomes a question mark.
  public func spelledInASCII() -> CellBuffer {
    var result = self
    for y in 0..<size.height {
      for x in 0..<size.width {
        let cell = self[x, y]
        guard cell.glyph.value > 0x7E, cell.glyph != Cell.continuation.glyph else { continue }
        var spelled = cell
        spelled.glyph = ASCIISpelling.of(cell.glyph)
        result[x, y] = spelled
      }
    }
    // A wide glyph leaves a second cell behind.
    for y in 0..<size.height {
      for x in 0..<size.width where self[x, y].glyph == Cell.continuation.glyph {
        result[x, y] = Cell(" ", self[x, y].style)
      }
    }
    return result
  }
}

/// The one ASCII character that reads most like a sign.
enum ASCIISpelling {
  static func of(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if let known = table[scalar] { return known }
    switch scalar.value {
    // Box drawing: corners and crossings.
    case 0x2500...0x257F: return "+"
    // Blocks, from light to dark.
    case 0x2580...0x259F: return "#"
    case 0x2800...0x28FF: return scalar.value == 0x2800 ? " " : "*"
    default: return "?"
    }
  }

  private static let table: [Unicode.Scalar: Unicode.Scalar] = [
    "·": ".", "…": "~", "−": "-", "–": "-", "—": "-", "×": "x", "÷": "/", "±": "+",
    "‖": "|", "∂": "d", "∇": "D", "Σ": "S", "√": "v", "∞": "8", "≤": "<", "≥": ">",
    "τ": "T", "σ": "s", "ρ": "p", "θ": "0", "δ": "d", "α": "a", "ŷ": "y",
    "→": ">", "←": "<", "↑": "^", "↓": "v", "►": ">", "◄": "<", "▲": "^", "▼": "v", "▽": "v",
    "▶": ">", "■": "#", "●": "*", "○": "o", "◆": "o", "◇": "o", "✓": "+", "✗": "x",
    "›": ">", "‹": "<", "“": "\"", "”": "\"", "‘": "'", "’": "'", "«": "\"", "»": "\"",
    "␣": "_", "⏎": "$", "⇥": ">", "⊢": "^", "⋯": "~",
    "─": "-", "━": "=", "╌": "-", "│": "|", "┃": "#", "┊": "|",
    "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8", "⁹": "9",
    "ⁿ": "n", "ᵀ": "'", "\u{00A0}": " ",
  ]
}
