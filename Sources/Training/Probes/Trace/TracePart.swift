import TrainingEvents

/// One part of a network over its own steps: an encoder, a decoder, or all there is.
struct TracePart {
  /// Layers from the first to the last, one or two directions each.
  let layers: [[TraceLayer]]
  /// The steps that are walked through.
  let shown: Range<Int>
  /// The column of the first of them.
  let firstColumn: Int
  /// Whether every layer but the first hands on its states plus what it read.
  let isResidual: Bool

  var steps: Int { layers.first?.first?.steps ?? 0 }
  var isBothWays: Bool { layers.contains { $0.count > 1 } }

  /// In each direction the layers whose states together are what some layers hand on: the last one, in
  /// a residual stack all of them.
  static func handingOn(_ layers: [[TraceLayer]], isResidual: Bool) -> [[TraceLayer]] {
    let summed = isResidual ? layers : layers.suffix(1)
    return (summed.first ?? []).indices.map { way in summed.map { $0[way] } }
  }

  /// Σ s(t) of some layers.
  static func sum(_ layers: [TraceLayer], _ t: Int) -> [Float] {
    layers.dropFirst().reduce(layers.first?.states[t] ?? []) { $0.adding($1.states[t]) }
  }

  private var handingOn: [[TraceLayer]] { Self.handingOn(layers, isResidual: isResidual) }

  /// h of every step, both directions one behind the other.
  var states: [[Float]] { (0..<steps).map { t in handingOn.flatMap { Self.sum($0, t) } } }

  func column(_ t: Int) -> Int { firstColumn + t - shown.lowerBound }

  /// What stands above the top layer at a step, such as s(3), or [s(3); g(3)]; in a residual stack the
  /// sum of all layers. At the end of a sequence the other direction has come to its beginning.
  func top(_ t: Int, isEnd: Bool = false) -> (expression: GraphTrace.Expression, values: [Float]) {
    let ways = handingOn.map { layers in
      (layers, isEnd && layers.first?.isReversed == true ? 0 : t)
    }
    let names = ways.map { layers, t in
      GraphTrace.Expression.total(layers.map { .variable($0.variable(.state, t)) })
    }
    return (names.count == 1 ? names[0] : .stacked(names), ways.flatMap { Self.sum($0, $1) })
  }

  /// Nodes of all layers, given what else but the layer's own future asks of what the top one hands on.
  func nodes(asked: @escaping (TraceLayer, Int) -> [LayerNodes.Asked]) -> [[LayerNodes]] {
    layers.enumerated().map { index, directions in
      directions.enumerated().map { way, layer in
        // Those that read its states: the next one, in a residual stack all that come after.
        let rest = layers.dropFirst(index + 1)
        let above = (isResidual ? rest : rest.prefix(1)).flatMap { $0 }
        let isRead = isResidual || above.isEmpty
        return LayerNodes(layer, column: column) { t in
          (isRead ? asked(layer, t) : [])
            + above.map { upper in
              LayerNodes.Asked(
                role: .above,
                expression: .transposedProduct(
                  upper.parameter(.input),
                  .variable(upper.deltaIntoInput(t))),
                values: upper.u.columns(way * layer.units, layer.units)
                  .transposedTimes(upper.inputDeltas[t]))
            }
        }
      }
    }
  }

  /// Nodes of all layers in the order in which the network computes: step by step, or where a
  /// direction runs against time, one direction after the other.
  func forward(
    _ layers: [[LayerNodes]], before: (Int) -> [GraphTrace.Node] = { _ in [] },
    after: (Int) -> [GraphTrace.Node]
  ) -> [GraphTrace.Node] {
    guard isBothWays else {
      return shown.flatMap { t in
        before(t) + layers.flatMap { $0.flatMap { $0.forward(t) } } + after(t)
      }
    }
    let states = layers.flatMap { directions in
      directions.flatMap { nodes in
        ordered(backward: nodes.layer.isReversed).flatMap { nodes.forward($0) }
      }
    }
    return states + shown.flatMap(after)
  }

  /// The same on the way back, with what each step adds to the parameters' gradients.
  /// - Parameter outputs: ∇V and ∇c at a step
  func backward(
    _ layers: [[LayerNodes]], before: (Int) -> [GraphTrace.Node],
    outputs: (Int) -> [GraphTrace.Node], after: (Int) -> [GraphTrace.Node] = { _ in [] }
  ) -> [GraphTrace.Node] {
    let table = EmbeddingNodes(self.layers.first ?? [], column: column)
    guard isBothWays else {
      return ordered(backward: true).flatMap { t in
        let down = layers.reversed().flatMap { $0 }
        var nodes = before(t)
        nodes += down.flatMap { $0.backward(t) }
        nodes += outputs(t)
        nodes += down.flatMap { $0.parameters(t) }
        nodes += table?.backward(t) ?? []
        return nodes + after(t)
      }
    }
    var result = ordered(backward: true).flatMap { before($0) + outputs($0) }
    for nodes in layers.reversed().joined() {
      for t in ordered(backward: !nodes.layer.isReversed) {
        result += nodes.backward(t) + nodes.parameters(t)
      }
    }
    return result + ordered(backward: true).flatMap { table?.backward($0) ?? [] }
  }

  private func ordered(backward: Bool) -> [Int] { backward ? shown.reversed() : Array(shown) }
}
