import TerminalGraphics
import TrainingEvents

extension KeyBindings {
  static let openingWalk: [KeyBinding] = [
    KeyBinding(
      [.character("w")], "w", hint: "walk", rank: 9,
      "pause, and walk through the graph node by node", .looking
    ) { $0.toggleWalk() }
  ]

  static let graph: [KeyBinding] = [
    graph(
      [.character("f")], "f", hint: "fold", rank: 5, "fold or unfold the graph", in: .graph
    ) { $0.graph.isFolded.toggle() },
    graph([.right], "→", hint: "along", as: "← →", "look at later time steps", in: .graph) {
      state in
      state.moveGraph(by: 1)
    },
    graph([.left], "←", "look at earlier time steps", in: .graph) { $0.moveGraph(by: -1) },
    sheet(in: .graph),
  ]

  static let walk: [KeyBinding] = [
    graph([.right], "→", hint: "node", as: "← →", rank: 1, "to the next node", in: .walk) {
      $0.walk(by: 1)
    },
    graph([.left], "←", "to the previous node", in: .walk) { $0.walk(by: -1) },
    graph([.pageDown], "page down", "ten nodes forward", in: .walk) { $0.walk(by: 10) },
    graph([.pageUp], "page up", "ten nodes back", in: .walk) { $0.walk(by: -10) },
    graph([.home], "home", "to the first node", in: .walk) { $0.walk(by: -$0.graph.node) },
    graph([.end], "end", "to the last node", in: .walk) { state in
      state.walk(by: max(0, (state.trace?.nodes.count ?? 1) - 1) - state.graph.node)
    },
    graph(
      [.character("b")], "b", hint: "direction", rank: 3,
      "jump between the forward and the backward pass",
      in: .walk
    ) { $0.turnAround() },
    graph(
      [.down], "↓", hint: "unit", as: "↑ ↓", rank: 2, "the next unit's numbers; the sheet down",
      in: .walk
    ) { $0.showsSheet ? $0.scrollSheet(by: 1) : $0.pickTracedUnit(by: 1) },
    graph([.up], "↑", "the previous unit's numbers; the sheet up", in: .walk) {
      $0.showsSheet ? $0.scrollSheet(by: -1) : $0.pickTracedUnit(by: -1)
    },
    sheet(in: .walk),
    graph([.character("f")], "f", "fold or unfold the graph", in: .walk) {
      $0.graph.isFolded.toggle()
    },
    graph([.escape], "esc", hint: "leave", rank: 2, "leave the sheet or the walk", in: .walk) {
      if $0.graph.isSheet { $0.graph.isSheet = false } else { $0.graph.isWalking = false }
    },
  ]

  /// All numbers at once.
  private static func sheet(in context: KeyBinding.Context) -> KeyBinding {
    KeyBinding(
      [.character("i")], "i",
      "every number of a small network's walk on one sheet, and back",
      context == .walk ? .walk : .graph, in: context
    ) { $0.toggleSheet() }
  }

  private static func graph(
    _ keys: [Key], _ label: String, hint: String? = nil, as hintLabel: String? = nil,
    rank: Int = 6, _ summary: String, in context: KeyBinding.Context,
    change: @escaping @Sendable (inout DashboardState) -> Void
  ) -> KeyBinding {
    KeyBinding(
      keys, label, hint: hint, as: hintLabel, rank: rank, summary,
      context == .walk ? .walk : .graph, in: context
    ) { state in
      change(&state)
      return []
    }
  }
}

extension DashboardState {
  mutating func moveGraph(by columns: Int) {
    let next = graph.firstColumn + columns
    guard next >= 0, next < graphColumns.count else {
      return show(next < 0 ? "this is the first time step" : "this is the last time step")
    }
    graph.firstColumn = next
  }
}
