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

  @Test(arguments: [ViewKind.loss, .gradients, .states, .graph, .task, .log, .dynamics], sizes)
  func view(view: ViewKind, size: Size) throws {
    var state = SyntheticRun.state()
    state.resize(size)
    state.show(view: view)
    let buffer = state.render(size: size, appearance: Golden.appearance)
    try Golden.check(buffer, "\(view.word)-\(size.width)x\(size.height)")
  }

  @Test(arguments: SyntheticTasks.all.indices, sizes)
  func task(index: Int, size: Size) throws {
    let (name, kind, frame) = SyntheticTasks.all[index]
    var state = SyntheticTasks.state(kind, frame)
    state.resize(size)
    let buffer = state.render(size: size, appearance: Golden.appearance)
    try Golden.check(buffer, "task-\(name)-\(size.width)x\(size.height)")
  }

  @Test(arguments: SyntheticTraces.all.indices) func graph(index: Int) throws {
    let (name, architecture) = SyntheticTraces.all[index]
    for size in Self.sizes.dropFirst() {
      let count = SyntheticTraces.trace(architecture).nodes.count
      for (kind, node) in [
        ("unfolded", nil), ("folded", nil), ("forward", count / 3), ("walk", count - 9),
      ] {
        var state = SyntheticTraces.state(
          architecture, walking: node, isForced: name == "forced")
        state.resize(size)
        state.graph.isFolded = kind == "folded"
        state.graph.unit = 3
        let buffer = state.render(size: size, appearance: Golden.appearance)
        try Golden.check(buffer, "graph-\(name)-\(kind)-\(size.width)x\(size.height)")
      }
    }
  }

  /// What lies over a view, with the view behind it.
  @Test(arguments: [
    ("reading", ""), ("prompt", ":set tr"), ("hyperparameters", "k"), ("help", "2?"),
    ("restart", "R"),
    ("settings", ","),
  ])
  func overlay(name: String, keys: String) throws {
    var state = SyntheticRun.state()
    for size in [Size(width: 80, height: 24), Size(width: 120, height: 40)] {
      state.resize(size)
      state.prompt = nil
      state.overlay = nil
      if keys.isEmpty {
        state.apply(.reading(SyntheticTasks.reading))
        state.show(view: .task)
      }
      for key in keys { _ = state.handle(.character(key)) }
      let buffer = state.render(size: size, appearance: Golden.appearance)
      try Golden.check(buffer, "over-\(name)-\(size.width)x\(size.height)")
    }
  }

  @Test func beforeTheFirstEvent() throws {
    let state = DashboardState()
    let buffer = state.render(
      size: Size(width: 80, height: 24), appearance: Golden.appearance)
    try Golden.check(buffer, "overview-empty-80x24")
  }
}
