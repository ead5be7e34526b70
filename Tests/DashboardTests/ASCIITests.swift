import TerminalGraphics
import Testing

@testable import Dashboard

@Suite struct ASCIITests {
  static let plain = Appearance(theme: .monochrome, hasColor: false, hasUnicode: false)

  @Test(arguments: ViewKind.allCases) func everyViewIsSpelledInASCII(view: ViewKind) throws {
    var state = SyntheticRun.state(lastStep: 800)
    let size = Size(width: 120, height: 40)
    state.resize(size)
    state.show(view: view)
    let lines = state.render(size: size, appearance: Self.plain).lines
    for line in lines {
      for scalar in line.unicodeScalars {
        #expect(scalar.value >= 0x20 && scalar.value < 0x7F, "\(scalar) in \(line)")
      }
    }
    // A sign without a spelling would show here: the run's own text has none.
    #expect(!lines.joined().contains("?") || view == .overview || lines.joined().contains("? help"))
  }

  @Test func theOverviewReadsWithoutUnicode() throws {
    var state = SyntheticRun.state()
    state.resize(Size(width: 80, height: 24))
    try Golden.check(
      state.render(size: state.size, appearance: Self.plain), "ascii-overview-80x24")
  }

  @Test func textOfAnyScriptKeepsItsWidth() {
    var buffer = CellBuffer(size: Size(width: 6, height: 1))
    buffer.write("漢é→x", x: 0, y: 0)
    #expect(buffer.spelledInASCII().lines == ["? ?>x"])
  }
}
