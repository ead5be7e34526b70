import FileFormats
import TerminalGraphics

/// A recording of the screen as asciicast v2, which asciinema and its web player show: a header
/// line, then a line for every picture, holding only what changed.
public struct Asciicast: Sendable {
  private var shown: CellBuffer?
  private let size: Size

  /// - Parameter size: of the terminal at the beginning.
  public init(size: Size) {
    self.size = size
  }

  /// The first line.
  ///
  /// - Parameters:
  ///   - title: what a player shows above.
  ///   - time: seconds since 1970.
  public func header(title: String, time: Double) -> [UInt8] {
    let value: JSONValue = [
      "version": 2, "width": .integer(size.width), "height": .integer(size.height),
      "timestamp": .integer(Int(min(max(0, time), 1e15))), "title": .string(title),
      "env": ["TERM": "xterm-256color"],
    ]
    return value.encoded() + [0x0A]
  }

  /// The lines that turn the last picture into this one; none where nothing changed.
  ///
  /// - Parameters:
  ///   - screen: the picture
  ///   - seconds: since the beginning of the recording
  public mutating func show(_ screen: CellBuffer, at seconds: Double) -> [UInt8] {
    var bytes: [UInt8] = []
    var text = ""
    if shown?.size != screen.size {
      if shown != nil || screen.size != size {
        append("r", "\(screen.size.width)x\(screen.size.height)", at: seconds, to: &bytes)
      }
      text += "\u{1B}[?25l\u{1B}[0m\u{1B}[2J"
    }
    var style = Style.plain
    for run in BufferDiff(from: shown, to: screen).runs {
      text += "\u{1B}[\(run.y + 1);\(run.x + 1)H"
      for cell in run.cells where cell.glyph != Cell.continuation.glyph {
        if cell.style != style {
          text += ScreenText.sequence(for: cell.style)
          style = cell.style
        }
        text.unicodeScalars.append(CharacterWidth.printable(cell.glyph))
      }
    }
    if style != .plain { text += "\u{1B}[0m" }
    shown = screen
    if !text.isEmpty { append("o", text, at: seconds, to: &bytes) }
    return bytes
  }

  private func append(_ kind: String, _ text: String, at seconds: Double, to bytes: inout [UInt8]) {
    let time = DecimalNumber.rounded(seconds, places: 6)
    JSONValue.array([.real(time), .string(kind), .string(text)]).encode(into: &bytes)
    bytes.append(0x0A)
  }
}
