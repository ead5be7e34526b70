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

  /// Without block characters a picture is drawn in signs that are the denser the whiter it is.
  @Test func aWhitePictureIsDense() {
    guard case .caption(var frame) = SyntheticTasks.caption else {
      return _ = Issue.record("no picture")
    }
    func signs(_ value: Float) -> Int {
      frame.pixels = frame.pixels.map { _ in value }
      let state = SyntheticTasks.state(.captioning, .caption(frame))
      let lines = state.render(size: Size(width: 120, height: 40), appearance: Self.plain).lines
      return lines.joined().filter { $0 == "#" }.count
    }
    let dark = signs(0)
    #expect(signs(1) > dark + 20)
  }
}
