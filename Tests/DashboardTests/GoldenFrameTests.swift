import TerminalGraphics
import Testing

@testable import Dashboard

@Suite struct GoldenFrameTests {
  static let sizes = [
    Size(width: 60, height: 16), Size(width: 80, height: 24), Size(width: 120, height: 40),
    Size(width: 200, height: 60),
  ]

  @Test(arguments: sizes) func overview(size: Size) throws {
    var state = SyntheticRun.state()
    state.resize(size)
    let buffer = state.render(size: size, appearance: Golden.appearance)
    try Golden.check(buffer, "overview-\(size.width)x\(size.height)")
  }

  @Test(arguments: [ViewKind.loss, .gradients, .states], sizes)
  func view(view: ViewKind, size: Size) throws {
    var state = SyntheticRun.state()
    state.resize(size)
    state.show(view: view)
    let buffer = state.render(size: size, appearance: Golden.appearance)
    try Golden.check(buffer, "\(view.word)-\(size.width)x\(size.height)")
  }

  @Test func beforeTheFirstEvent() throws {
    let state = DashboardState()
    let buffer = state.render(
      size: Size(width: 80, height: 24), appearance: Golden.appearance)
    try Golden.check(buffer, "overview-empty-80x24")
  }
}
