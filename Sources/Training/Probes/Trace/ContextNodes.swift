import LinearAlgebra
import TrainingEvents

/// Where encoder and decoder meet: C, attention's C(t), and what comes back through them.
struct ContextNodes {
  typealias Node = GraphTrace.Node
  typealias Term = GraphTrace.Term
  typealias Values = GraphTrace.Values
  typealias Variable = GraphTrace.Variable
  typealias Expression = GraphTrace.Expression
  typealias Equation = GraphTrace.Equation

  let context: [Float]
  /// What C is, the encoder's last states; nil where the encoder is not walked through.
  let source: Expression?
  /// ∇d(0) of each of the decoder's layers, which all begin from C.
  let starts: [TraceFormula.Addend]
  /// Uᵀ Σ δ(t) where every step reads C; nil with attention.
  let fromSteps: TraceFormula.Addend?
  let attention: TraceAttention?
  /// The decoder's layers, from the first to the last.
  let bottom: GraphTrace.Layer
  /// What the first one's U is multiplied by the gradient of.
  let intoInput: GraphTrace.Quantity
  let top: GraphTrace.Layer
  /// The column of C itself, and of a decoder's step.
  let contextColumn: Int
  let column: (Int) -> Int

  private var parts: [TraceFormula.Addend] { starts + (fromSteps.map { [$0] } ?? []) }

  /// ∇C, which seeds the encoder.
  var gradient: [Float] {
    parts.reduce([Float](repeating: 0, count: context.count)) { $0.adding($1.values) }
  }

  var forward: Node {
    let name = Variable(.context)
    return Node(
      .forward, column: contextColumn, place: .context,
      equations: [Equation(name, source ?? .variable(name))],
      terms: [Term(.now, .variable(name), value: context.norm)], values: [Values(name, context)],
      finding: attention == nil ? .contextIsRead : .contextLooksBack)
  }

  var backward: Node {
    let name = Variable(.context, isGradient: true)
    let sum = parts.map(\.expression)
    return Node(
      .backward, column: contextColumn, place: .context,
      equations: [Equation(name, sum.count == 1 ? sum[0] : .sum(sum))],
      terms: parts.map(LayerNodes.term) + [Term(.sum, .variable(name), value: gradient.norm)],
      values: [Values(name, gradient)])
  }

  // MARK: Attention

  /// d(t−1), which attention looks with; C before the first step.
  private func query(_ t: Int) -> Expression {
    .variable(t == 0 ? Variable(.context) : Variable(.state, layer: top, time: t))
  }

  func looking(_ t: Int) -> [Node] {
    guard let attention, attention.weights.indices.contains(t) else { return [] }
    let alpha = attention.weights[t]
    let best = alpha.indices.max { alpha[$0] < alpha[$1] } ?? 0
    let (weights, picked) = (
      Variable(.attention, time: t + 1), Variable(.context, time: t + 1)
    )
    let strongest = Term(.now, .variable(weights), .element(best), value: Double(alpha[best]))
    return [
      Node(
        .forward, column: column(t), place: .context,
        equations: [Equation(weights, .attention(of: query(t)))], terms: [strongest],
        values: [Values(weights, alpha)]),
      Node(
        .forward, column: column(t), place: .context,
        equations: [Equation(picked, .weightedSource(.variable(weights)))],
        terms: [Term(.sum, .variable(picked), value: attention.contexts[t].norm)],
        values: [Values(picked, attention.contexts[t])]),
    ]
  }

  func lookingBack(_ t: Int) -> [Node] {
    guard let attention, attention.contextGradients.indices.contains(t) else { return [] }
    let gradient = attention.contextGradients[t]
    let name = Variable(.context, time: t + 1, isGradient: true)
    let query = Variable(.query, time: t + 1, isGradient: true)
    let delta = Variable(
      intoInput, layer: bottom, time: t + 1, isGradient: true)
    return [
      Node(
        .backward, column: column(t), place: .context,
        equations: [
          Equation(
            name,
            .transposedProduct(GraphTrace.Parameter(.input, layer: bottom), .variable(delta)))
        ],
        terms: [
          Term(.sum, .variable(name), value: gradient.norm),
          Term(.passedOn, asked(ofStateBefore: t), value: attention.toQueries[t].norm),
        ],
        values: [Values(name, gradient), Values(query, attention.queryGradients[t])])
    ]
  }

  /// Wₐᵀ ∇q(t): what a look asks of the state that it was done with.
  private func asked(ofStateBefore t: Int) -> Expression {
    .transposedProduct(
      GraphTrace.Parameter(.attentionQuery),
      .variable(Variable(.query, time: t + 1, isGradient: true)))
  }

  // MARK: What others ask of states

  /// What attention's next look asks of a decoder's top state.
  func asks(decoder layer: TraceLayer, _ t: Int) -> [LayerNodes.Asked] {
    guard let attention, layer.name == top, attention.toQueries.indices.contains(t + 1) else {
      return []
    }
    return [
      LayerNodes.Asked(
        role: .attention, expression: asked(ofStateBefore: t + 1),
        values: attention.toQueries[t + 1])
    ]
  }

  /// What C asks of the encoder's last state, and attention of every one.
  func asks(encoder layer: TraceLayer, _ t: Int) -> [LayerNodes.Asked] {
    asks(
      encoder: layer.isReversed ? layer.units..<(2 * layer.units) : 0..<layer.units,
      GraphTrace.Variable(.attended, layer: layer.name, time: t + 1, isGradient: true), t,
      isEnd: layer.after(t) == nil)
  }

  /// The same of a sweep's state at a block of an image.
  func asks(encoder grid: TraceGrid, _ k: Int) -> [LayerNodes.Asked] {
    asks(encoder: grid.own, grid.variable(.attended, k).gradient, k, isEnd: k == grid.end)
  }

  private func asks(
    encoder units: Range<Int>, _ attended: GraphTrace.Variable, _ t: Int, isEnd: Bool
  ) -> [LayerNodes.Asked] {
    func own(_ values: [Float]) -> [Float] {
      values.count >= units.upperBound ? Array(values[units]) : values
    }
    var asked: [LayerNodes.Asked] = []
    if isEnd {
      asked.append(
        LayerNodes.Asked(
          role: .context, expression: .variable(Variable(.context, isGradient: true)),
          values: own(gradient)))
    }
    if let attention {
      asked.append(
        LayerNodes.Asked(
          role: .attention,
          expression: .variable(attended),
          values: own(attention.toSource[t])))
    }
    return asked
  }
}
