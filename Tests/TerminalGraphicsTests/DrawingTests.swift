import Testing

@testable import TerminalGraphics

@Suite struct DrawingTests {
  @Test func dotsBecomeGlyphs() {
    var canvas = DotCanvas(size: Size(width: 2, height: 1), drawing: .braille)
    canvas.set(0, 0, style: .plain)
    canvas.set(3, 3, style: .plain)
    canvas.set(-1, 0, style: .plain)
    canvas.set(0, 4, style: .plain)
    var buffer = CellBuffer(size: Size(width: 2, height: 1))
    canvas.draw(into: &buffer, x: 0, y: 0)
    #expect(buffer.lines == ["⠁⢀"])
    var blocks = DotCanvas(size: Size(width: 1, height: 1), drawing: .block)
    blocks.column(1, from: 0, to: 9, style: .plain)
    blocks.draw(into: &buffer, x: 0, y: 0)
    #expect(buffer[0, 0].glyph == "▐")
    var ascii = DotCanvas(size: Size(width: 1, height: 1), drawing: .ascii)
    ascii.set(0, 1, style: .plain)
    ascii.draw(into: &buffer, x: 0, y: 0)
    #expect(buffer[0, 0].glyph == ".")
  }

  @Test(arguments: [
    ("abc", 2, "ab"), ("a漢b", 2, "a"), ("a漢b", 3, "a漢"), ("漢字", 4, "漢字"), ("abc", 9, "abc"),
  ])
  func textStopsAtItsLimit(text: String, limit: Int, expected: String) {
    var buffer = CellBuffer(size: Size(width: 6, height: 1))
    let end = buffer.write(text, x: 1, y: 0, limit: 1 + limit)
    #expect(buffer.lines == [" " + expected])
    #expect(end == 1 + CharacterWidth.of(expected))
  }

  /// Every column between the ends has a dot, and neighbouring columns touch.
  @Test(arguments: [(0, 0, 19, 39), (19, 39, 0, 0), (0, 39, 19, 0), (3, 5, 4, 30), (7, 2, 7, 9)])
  func linesNeverBreak(x0: Int, y0: Int, x1: Int, y1: Int) {
    var canvas = DotCanvas(size: Size(width: 10, height: 10), drawing: .braille)
    canvas.line(from: (x0, y0), to: (x1, y1), style: .plain)
    let columns = (min(x0, x1)...max(x0, x1)).map { x in
      (0..<canvas.height).filter { canvas.isSet(x, $0) }
    }
    #expect(columns.allSatisfy { !$0.isEmpty })
    #expect(canvas.isSet(x0, y0) && canvas.isSet(x1, y1))
    for (left, right) in zip(columns, columns.dropFirst()) {
      let touch = left.contains { y in right.contains { abs($0 - y) <= 1 } }
      #expect(touch)
    }
  }

  @Test func whereCurvesMeetTheImportantOneGivesTheColour() {
    var canvas = DotCanvas(size: Size(width: 1, height: 1), drawing: .braille)
    let (red, blue) = (Style(.hex(0xFF0000)), Style(.hex(0x0000FF)))
    canvas.set(0, 0, style: red, priority: 2)
    canvas.set(1, 0, style: blue, priority: 1)
    var buffer = CellBuffer(size: Size(width: 1, height: 1))
    canvas.draw(into: &buffer, x: 0, y: 0)
    #expect(buffer[0, 0] == Cell("⠉", red))
  }

  @Test func joinedPiecesLeaveTogether() {
    let text = StyledText("speed").adding("  clip ").adding("5.25", joined: true)
    #expect(text.fitting(16).pieces.count == 3)
    #expect(text.fitting(15).pieces.map(\.text) == ["speed"])
    #expect(text.fitting(3).pieces.map(\.text) == ["sp…"])
    #expect(text.fitting(0).isEmpty)
  }

  @Test func textIsWrappedAndCutByItsWidth() {
    #expect("an LSTM keeps them".wrapped(to: 8) == ["an LSTM", "keeps", "them"])
    #expect("abcdefgh".wrapped(to: 3) == ["abc", "def", "gh"])
    #expect("漢字漢字".cut(to: 5) == "漢字…")
    #expect("runs/words/snapshots".cutFront(to: 10) == "…snapshots")
    #expect("abc".wrapped(to: 0).isEmpty)
  }

  @Test func wideGlyphsThatCannotFitDoNotHang() {
    #expect("漢字".wrapped(to: 1).count == 2)
  }

  @Test func partsFillTheWhole() {
    let rect = Rect(x: 3, y: 2, width: 101, height: 33)
    let columns = rect.columns([48, 26, 26])
    #expect(columns.reduce(0) { $0 + $1.width } == 101)
    #expect(columns[1].x == columns[0].right && columns[2].right == rect.right)
    let (top, rest) = rect.cutTop(99)
    #expect(top == rect && rest.isEmpty)
    let nothing = Rect(x: 0, y: 0, width: 0, height: 0).rows([1, 1])
    #expect(nothing.count == 2 && nothing[0].isEmpty && nothing[1].isEmpty)
  }

  @Test func theMiddleOfADivergingMapIsTheBackground() {
    for theme in Theme.all {
      #expect(theme.diverging.color(at: 0.5) == .standard)
    }
    #expect(Theme.dark.diverging.color(at: 0) != Theme.dark.diverging.color(at: 1))
    #expect(Theme.dark.sequential.color(at: .nan) == .standard)
    let shade = Shade(map: Theme.dark.diverging, appearance: Appearance(hasColor: false))
    let glyphs = stride(from: 0.0, through: 1, by: 0.25).map { shade.cell($0).glyph }
    #expect(glyphs == [" ", "░", "▒", "▓", "█"])
  }

  /// Of a path its end is kept; where there is room for one character, it says that more was there.
  @Test(arguments: [(0, ""), (1, "…"), (2, "…t"), (3, "…xt"), (8, "text.txt"), (5, "….txt")])
  func pathsKeepTheirEnd(width: Int, text: String) {
    #expect("text.txt".cutFront(to: width) == text)
  }
}
