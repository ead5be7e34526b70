import TrainingEvents

/// What a person set for the picture of the graph.
struct GraphControls: Sendable, Equatable {
  /// Whether one square stands for all steps, instead of one column for each.
  var isFolded = false
  /// Whether arrow keys go from node to node.
  var isWalking = false
  /// Which node of the trace, from 0.
  var node = 0
  /// The unit whose numbers are told, from 0.
  var unit = 0
  /// Whether the walk's numbers stand on one sheet instead of one node after the other.
  var isSheet = false
  /// Lines of the sheet that are scrolled away.
  var scroll = 0
  /// Columns scrolled away while not walking.
  var firstColumn = 0
}

extension DashboardState {
  /// Where the walk stands; nil when there is none or its numbers are not here yet.
  var walkNode: GraphTrace.Node? {
    guard graph.isWalking, let trace, !trace.nodes.isEmpty else { return nil }
    return trace.nodes[min(max(0, graph.node), trace.nodes.count - 1)]
  }

  /// The same with its words.
  var walkWords: TraceWords? {
    guard let trace, let walkNode else { return nil }
    return TraceWords(walkNode, in: trace)
  }

  /// Pauses the run and starts walking through its graph, or leaves the walk.
  mutating func toggleWalk() -> [DashboardAction] {
    guard !graph.isWalking else {
      graph.isWalking = false
      return []
    }
    show(view: .graph)
    focus = .graph
    graph.isWalking = true
    graph.isFolded = false
    graph.node = 0
    return trainingState == .training ? [.send(.pause)] : []
  }

  /// Puts all numbers of the walk on one sheet, or takes it away.
  mutating func toggleSheet() -> [DashboardAction] {
    guard graph.isWalking else {
      (graph.isSheet, graph.scroll) = (true, 0)
      return toggleWalk()
    }
    graph.isSheet.toggle()
    graph.scroll = 0
    return []
  }

  /// Whether the sheet has the graph's panel.
  var showsSheet: Bool { graph.isWalking && graph.isSheet }

  /// Goes from node to node: forward through time, then backward.
  mutating func walk(by nodes: Int) {
    guard let trace, !trace.nodes.isEmpty else {
      return show("waiting for the numbers of every node")
    }
    let last = trace.nodes.count - 1
    let next = graph.node + nodes
    if next < 0 { show("this is the first node") }
    if next > last { show("this is the last node: the gradient has come all the way back") }
    graph.node = min(max(0, next), last)
    followOnSheet()
  }

  /// Goes to the first node of the other direction.
  mutating func turnAround() {
    guard let trace, let now = walkNode else {
      return show("waiting for the numbers of every node")
    }
    let other = trace.nodes.firstIndex { $0.direction != now.direction }
    if let other { graph.node = now.direction == .forward ? other : 0 }
    followOnSheet()
    show(now.direction == .forward ? "backward through time" : "forward through time")
  }

  mutating func pickTracedUnit(by distance: Int) {
    let count = walkNode?.values.map(\.values.count).max() ?? 0
    guard count > 0 else { return show("this node has no numbers per unit") }
    graph.unit = ((graph.unit + distance) % count + count) % count
  }
}
