import Testing

@testable import TerminalGraphics

/// Screens as text and as SVG.
@Suite struct ScreenPictureTests {
  private func screen(_ draw: (inout CellBuffer) -> Void) -> CellBuffer {
    var buffer = CellBuffer(size: Size(width: 12, height: 2))
    draw(&buffer)
    return buffer
  }

  @Test func plainTextHasNoTrailingBlanks() {
    let buffer = screen { $0.write("a 漢 b", x: 1, y: 0, style: Style(.hex(0xFF0000))) }
    #expect(ScreenText.plain(buffer) == " a 漢 b\n\n")
  }

  @Test func coloursChangeOnlyWhereTheyDiffer() {
    let buffer = screen {
      $0.write("ab", x: 0, y: 0, style: Style(.hex(0xFF0000), on: .standard, .bold))
      $0.write("c", x: 2, y: 0)
      $0.write("d", x: 3, y: 0, style: Style(.standard, on: .hex(0x102030), [.dim, .reverse]))
    }
    #expect(
      ScreenText.ansi(buffer)
        == "\u{1B}[0;1;38;2;255;0;0mab\u{1B}[0mc\u{1B}[0;2;7;48;2;16;32;48md\u{1B}[0m\n\n")
    #expect(
      ScreenText.ansi(buffer, depth: .palette256).hasPrefix("\u{1B}[0;1;38;5;196mab\u{1B}[0mc"))
    #expect(ScreenText.ansi(buffer, depth: .sixteen).hasPrefix("\u{1B}[0;1;91mab"))
    #expect(ScreenText.ansi(buffer, depth: .eight).hasPrefix("\u{1B}[0;1;31mab"))
    #expect(ScreenText.ansi(buffer, depth: .none).hasPrefix("\u{1B}[0;1mab"))
  }

  @Test func aColouredBlankAtTheEndIsKept() {
    let buffer = screen { $0[3, 1] = Cell(" ", Style(.standard, on: .hex(0xFFFFFF))) }
    #expect(ScreenText.ansi(buffer) == "\n   \u{1B}[0;48;2;255;255;255m \u{1B}[0m\n")
  }

  @Test func nothingRawReachesATerminalOrAFile() {
    let buffer = screen {
      $0[0, 0] = Cell("\u{1B}")
      $0[1, 0] = Cell("\u{9B}")
      $0.write("<&>\u{7}", x: 2, y: 0)
    }
    #expect(!ScreenText.ansi(buffer).dropFirst(0).contains("\u{1B}"))
    let svg = ScreenSVG.picture(buffer)
    #expect(svg.contains("&lt;&amp;&gt;"))
    #expect(svg.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
  }

  @Test func everyCharacterStandsOnItsColumn() {
    let buffer = screen { $0.write("ab漢c", x: 1, y: 1, style: Style(.hex(0x336699))) }
    let svg = ScreenSVG.picture(buffer)
    #expect(svg.contains("fill=\"#336699\" x=\"8.4\" y=\"30\">ab</text>"))
    #expect(svg.contains("x=\"25.2\" y=\"30\">漢</text>"))
    #expect(svg.contains("x=\"42\" y=\"30\">c</text>"))
  }

  @Test func theGroundOfAWideCharacterIsTwoCellsWide() {
    let buffer = screen {
      $0.write("漢", x: 1, y: 0, style: Style(.standard, on: .hex(0x102030)))
    }
    let svg = ScreenSVG.picture(buffer)
    #expect(svg.contains("fill=\"#102030\" d=\"M8.4 0h16.8v17h-16.8z"))
  }

  @Test func linesOfNeighbouringCellsMeet() {
    let buffer = screen { $0.write("╭─┬", x: 0, y: 0) }
    let svg = ScreenSVG.picture(buffer)
    #expect(!svg.contains("<text"))
    // The corner ends where the line begins, and the line where the branch begins.
    #expect(svg.contains("M8.4 8.5Q4.2 8.5"))
    #expect(svg.contains("M12.6 8.5H8.4M12.6 8.5H16.8"))
    #expect(svg.contains("M21 8.5H16.8"))
    let colored = ScreenSVG.picture(
      screen { $0.write("─━", x: 0, y: 0, style: Style(.hex(0x336699))) })
    #expect(colored.components(separatedBy: "stroke=\"#336699\"").count == 3)
  }

  @Test func blocksFillTheirShareOfTheCell() {
    let buffer = screen { $0.write("▄█⡀", x: 0, y: 0, style: Style(.hex(0x00FF00))) }
    let svg = ScreenSVG.picture(buffer)
    #expect(svg.contains("M0 8.5h8.4v8.5h-8.4z"))
    #expect(svg.contains("M8.4 0h8.4v17h-8.4z"))
    #expect(svg.components(separatedBy: "v2.2").count == 2, "one dot")
  }

  @Test func lightAndDarkDifferInPaperAndInk() {
    let buffer = screen {
      $0.write("x", x: 0, y: 0, style: Style(.standard, on: .standard, .reverse))
    }
    let (dark, light) = (ScreenSVG.picture(buffer), ScreenSVG.picture(buffer, isLight: true))
    #expect(
      dark.contains("rx=\"8\" fill=\"#11151c\"") && light.contains("rx=\"8\" fill=\"#ffffff\""))
    #expect(light.contains("fill=\"#24292e\" d=\"M0 0h8.4"), "reversed: ink behind, paper in front")
  }

  @Test(
    arguments: [
      ("─", "1010"), ("│", "0101"), ("┏", "0022"), ("╋", "2222"), ("╬", "3333"), ("╰", "0110"),
      ("┝", "0121"), ("╴", "1000"), ("╿", "0201"), ("╧", "3130"), ("┄", "1010"),
    ] as [(Unicode.Scalar, String)])
  func boxCharactersHaveTheirArms(glyph: Unicode.Scalar, expected: String) throws {
    let arms = try #require(BoxDrawing.arms(of: glyph))
    let found = [arms.left, arms.up, arms.right, arms.down].map { String($0.rawValue) }.joined()
    #expect(found == expected)
  }

  @Test func onlyDiagonalsHaveNoArms() {
    let without = (0x2500...0x257F).compactMap(Unicode.Scalar.init)
      .filter { BoxDrawing.arms(of: $0) == nil }
    #expect(without == ["╱", "╲", "╳"])
  }
}
