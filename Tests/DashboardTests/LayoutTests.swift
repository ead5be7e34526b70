import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

@Suite struct LayoutTests {
  @Test func panelsNeverOverlapNorStickOut() {
    for width in stride(from: 60, through: 250, by: 1) {
      for height in 16...80 {
        let area = DashboardState.area(of: Size(width: width, height: height))
        let placements = OverviewLayout.placements(in: area)
        Self.check(placements, in: area)
        let panels = placements.map(\.panel)
        if !panels.starts(with: [.loss]) || !panels.contains(.hiddenStates)
          || !panels.contains(.run) || !panels.contains(.gradientThroughTime)
        {
          Issue.record("\(width)×\(height) lacks a panel that matters")
        }
      }
    }
  }

  @Test(arguments: ViewKind.allCases) func noViewOverlapsNorSticksOut(view: ViewKind) {
    let contents = ViewLayout.Contents.all
    for width in 60...250 {
      for height in 16...80 {
        let area = DashboardState.area(of: Size(width: width, height: height))
        let placements = ViewLayout.placements(
          of: view, in: area, contents[(width + height) % contents.count])
        Self.check(placements, in: area)
        if placements.isEmpty { Issue.record("\(view) is empty at \(width)×\(height)") }
      }
    }
  }

  static func check(_ placements: [PanelPlacement], in area: Rect) {
    var covered = 0
    for (index, placement) in placements.enumerated() {
      let rect = placement.rect
      covered += rect.width * rect.height
      let isInside =
        rect.x >= area.x && rect.y >= area.y && rect.right <= area.right
        && rect.bottom <= area.bottom
      if !isInside { Issue.record("\(placement) outside \(area)") }
      for other in placements[(index + 1)...] where rect.intersects(other.rect) {
        Issue.record("\(placement) meets \(other) in \(area)")
      }
    }
    if covered != area.width * area.height { Issue.record("\(area) has empty cells") }
  }

  /// Every size is drawn, full and empty; the widths and heights cover each other's classes.
  @Test func everySizeDraws() {
    let full = SyntheticRun.state(lastStep: 500)
    let states = [DashboardState(), full]
    for width in stride(from: 1, through: 250, by: 1) {
      for height in stride(from: 1 + width % 5, through: 80, by: 5) {
        let size = Size(width: width, height: height)
        for var state in states {
          state.view = ViewKind(rawValue: 1 + (width + height) % 7) ?? .overview
          let buffer = state.render(size: size, appearance: Golden.appearance)
          if buffer.size != size { Issue.record("\(size) came out as \(buffer.size)") }
        }
      }
    }
  }

  @Test(arguments: [0, 1, 2, 7, 59]) func tooSmallSaysWhatItNeeds(width: Int) {
    let state = DashboardState()
    for height in [0, 1, 2, 5, 15] {
      let size = Size(width: width, height: height)
      #expect(state.render(size: size, appearance: Appearance()).size == size)
    }
    let text = state.render(size: Size(width: 20, height: 5), appearance: Golden.appearance)
      .lines.joined(separator: "\n")
    #expect(text.contains("60×16") && text.contains("20×5"))
  }

  @Test func anEnlargedPanelTakesTheWholeArea() {
    var state = SyntheticRun.state(lastStep: 100)
    state.resize(Size(width: 100, height: 30))
    _ = state.handle(.tab)
    _ = state.handle(.character("z"))
    let placements = state.placements(in: state.size)
    #expect(placements.map(\.panel) == [state.focus])
    #expect(placements.first?.rect == Rect(x: 0, y: 2, width: 100, height: 27))
    _ = state.handle(.escape)
    #expect(state.placements(in: state.size).count > 4)
  }

  @Test func onlyWhatIsVisibleIsMeasured() {
    var state = SyntheticRun.state(lastStep: 100)
    state.resize(Size(width: 120, height: 40))
    #expect(
      state.probeRequest.interests == [.hiddenStates, .gradientByLag, .samples, .statistics])
    #expect(state.probeRequest.columns == (state.hiddenStateWidth - 9) / 2)
    state.resize(Size(width: 60, height: 16))
    #expect(!state.probeRequest.interests.contains(.samples))
    _ = state.handle(.character("z"))
    #expect(state.probeRequest.interests == [])
    state.resize(Size(width: 10, height: 3))
    #expect(state.probeRequest.interests == [])
  }
}

extension ViewLayout.Contents {
  /// Every combination.
  static var all: [Self] {
    [false, true].flatMap { metric in
      [false, true].flatMap { panel in
        [false, true].map {
          Self(hasMetric: metric, hasTaskPanel: panel, readsText: $0, hasReading: !metric)
        }
      }
    }
  }
}

extension DashboardState {
  /// Cells inside the hidden-state panel's border.
  fileprivate var hiddenStateWidth: Int {
    (placements(in: size).first { $0.panel == .hiddenStates }?.rect.width ?? 0) - 2
  }
}
