import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

@Suite struct MouseTests {
  static func state(_ view: ViewKind = .overview) -> DashboardState {
    var state = SyntheticRun.state(lastStep: 1_000)
    state.resize(Size(width: 120, height: 40))
    state.show(view: view)
    return state
  }

  static func centre(_ panel: PanelKind, _ state: DashboardState) -> (x: Int, y: Int) {
    let rect = state.placements(in: state.size).first { $0.panel == panel }?.rect
    return ((rect?.x ?? 0) + (rect?.width ?? 0) / 2, (rect?.y ?? 0) + (rect?.height ?? 0) / 2)
  }

  @Test func aClickGivesTheFocus() {
    for view in ViewKind.allCases {
      var state = Self.state(view)
      for placement in state.placements(in: state.size) {
        let (x, y) = Self.centre(placement.panel, state)
        _ = state.handle(.mouse(MouseEvent(action: .press, x: x, y: y)))
        #expect(state.focus == placement.panel)
      }
    }
  }

  @Test func aClickOnACurveReadsTheStepUnderIt() throws {
    var state = Self.state(.loss)
    let (x, y) = Self.centre(.loss, state)
    _ = state.handle(MouseEvent(action: .press, x: x, y: y))
    let cursor = try #require(state.chart.cursor)
    #expect(abs(cursor - 500) < 60)
    let buffer = state.render(size: state.size, appearance: Golden.appearance)
    #expect((1..<38).contains { buffer[x, $0].glyph == "┊" })
    _ = state.handle(MouseEvent(action: .drag, x: x + 10, y: y))
    #expect((state.chart.cursor ?? 0) > cursor)
  }

  @Test func theWheelZoomsAroundThePointer() throws {
    var state = Self.state(.loss)
    let (x, y) = Self.centre(.loss, state)
    for _ in 0..<4 { _ = state.handle(MouseEvent(action: .scrollUp, x: x - 15, y: y)) }
    let shown = try #require(state.chart.steps(in: state.history))
    #expect(shown.count < 500 && shown.lowerBound > 1 && shown.upperBound < 1_000)
    for _ in 0..<9 { _ = state.handle(MouseEvent(action: .scrollDown, x: x, y: y)) }
    #expect(state.chart.window == .whole)
  }

  @Test func aClickOnTheHeatmapPicksUnitAndPlace() throws {
    var state = Self.state(.states)
    let geometry = try #require(state.heatmapGeometry)
    let x = geometry.area.x + HiddenStatesPanel.labelWidth + 5
    let y = geometry.area.y + 3
    _ = state.handle(MouseEvent(action: .press, x: x, y: y))
    #expect(state.heatmap.unit == geometry.units[2] && state.heatmap.column == 2)
    // A click on the text alone picks the place and leaves the unit.
    _ = state.handle(MouseEvent(action: .press, x: x + 4, y: geometry.area.y))
    #expect(state.heatmap.unit == geometry.units[2] && state.heatmap.column == 4)
    _ = state.handle(MouseEvent(action: .scrollDown, x: x, y: y))
    #expect(state.heatmap.firstRow == 2)
  }

  @Test func theWheelScrollsLogHelpAndWalk() {
    var state = Self.state(.log)
    for line in 0..<50 { state.log("line \(line)") }
    let (x, y) = Self.centre(.log, state)
    _ = state.handle(MouseEvent(action: .scrollUp, x: x, y: y))
    #expect(state.log.scroll == 3)
    state.overlay = .help(HelpPage(showsAll: true))
    _ = state.handle(MouseEvent(action: .scrollDown, x: x, y: y))
    #expect(state.helpPage?.scroll == 3)
    var walking = SyntheticTraces.state(SyntheticTraces.architecture(.everyStep), walking: 2)
    walking.resize(Size(width: 120, height: 40))
    _ = walking.handle(MouseEvent(action: .scrollDown, x: 50, y: 10))
    #expect(walking.graph.node == 3)
  }

  @Test func aClickOnAHintDoesWhatItsKeyDoes() throws {
    var state = Self.state()
    let row = state.render(size: state.size, appearance: Golden.appearance).lines[39]
    let place = try #require(row.range(of: "space pause"))
    let x = row.distance(from: row.startIndex, to: place.lowerBound) + 2
    #expect(state.handle(MouseEvent(action: .press, x: x, y: 39)) == [.send(.pause)])
    #expect(state.handle(MouseEvent(action: .press, x: 119, y: 39)) == [])
  }

  @Test(arguments: ViewKind.allCases) func aClickOnATabShowsItsView(view: ViewKind) throws {
    for size in [Size(width: 60, height: 20), Size(width: 80, height: 24)] {
      var state = Self.state(.loss)
      state.resize(size)
      var row = state.render(size: size, appearance: Golden.appearance).lines[1]
      #expect(row.contains("[2 Loss]"))
      let place = try #require(row.range(of: "\(view.rawValue)"))
      let x = row.distance(from: row.startIndex, to: place.lowerBound)
      _ = state.handle(MouseEvent(action: .press, x: x, y: 1))
      #expect(state.view == view)
      row = state.render(size: size, appearance: Golden.appearance).lines[1]
      #expect(row.contains("[\(view.rawValue) \(view.name)]"))
      // At the usual widths every name is there.
      if size.width == 80 { for other in ViewKind.allCases { #expect(row.contains(other.name)) } }
    }
  }

  @Test func clicksAnywhereTrapNever() {
    for view in ViewKind.allCases {
      for (width, height) in [(120, 40), (60, 16), (20, 5), (0, 0)] {
        var state = Self.state(view)
        state.resize(Size(width: width, height: height))
        for x in stride(from: -1, through: 121, by: 11) {
          for y in -1...41 {
            for action: MouseEvent.Action in [.press, .drag, .scrollUp, .scrollDown, .release] {
              _ = state.handle(.mouse(MouseEvent(action: action, x: x, y: y)))
              if case .quit = state.overlay { state.overlay = nil }
            }
          }
        }
      }
    }
  }
}
