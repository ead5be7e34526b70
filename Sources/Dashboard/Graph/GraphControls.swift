import TrainingEvents

/// What a person set for the picture of the graph.
struct GraphControls: Sendable, Equatable {
  /// Whether one square stands for all steps, instead of one column for each.
  var isFolded = false
  /// Whether arrow keys go from node to node.
  var isWalking = false
  /// Which stop of the trace, from 0.
  var stop = 0
  /// The unit whose numbers are told, from 0.
  var unit = 0
  /// Columns scrolled away while not walking.
  var firstColumn = 0
}

extension DashboardState {
  /// Where the walk stands; nil when there is none or its numbers are not here yet.
  var walkStop: GraphTrace.Stop? {
    guard graph.isWalking, let trace, !trace.stops.isEmpty else { return nil }
    return trace.stops[min(max(0, graph.stop), trace.stops.count - 1)]
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
    graph.stop = 0
    return trainingState == .training ? [.send(.pause)] : []
  }

  /// Goes from node to node: forward through time, then backward.
  mutating func walk(by stops: Int) {
    guard let trace, !trace.stops.isEmpty else {
      return show("waiting for the numbers of every node")
    }
    let last = trace.stops.count - 1
    let next = graph.stop + stops
    if next < 0 { show("this is the first node") }
    if next > last { show("this is the last node: the gradient has come all the way back") }
    graph.stop = min(max(0, next), last)
  }

  /// Goes to the first stop of the other direction.
  mutating func turnAround() {
    guard let trace, let now = walkStop else {
      return show("waiting for the numbers of every node")
    }
    let other = trace.stops.firstIndex { $0.direction != now.direction }
    if let other { graph.stop = now.direction == .forward ? other : 0 }
    show(now.direction == .forward ? "backward through time" : "forward through time")
  }

  mutating func pickTracedUnit(by distance: Int) {
    let count = walkStop?.units.map(\.values.count).max() ?? 0
    guard count > 0 else { return show("this node has no numbers per unit") }
    graph.unit = ((graph.unit + distance) % count + count) % count
  }
}
