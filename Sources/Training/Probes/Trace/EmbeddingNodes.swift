import LinearAlgebra
import TrainingEvents

/// The way back to a table of vectors: ∇x(t) = Uᵀ δ(t) of the symbol's vector, and ∇E as the sum of
/// what each step adds to its symbol's row, ∇E(t) = onehot(x(t)) ∇x(t)ᵀ. Beyond the lecture, which
/// reads its symbols one-hot.
struct EmbeddingNodes {
  typealias Node = GraphTrace.Node
  typealias Term = GraphTrace.Term
  typealias Values = GraphTrace.Values

  /// The directions of the first layer, which all read the same.
  private let layers: [TraceLayer]
  private let input: TraceInput
  private let column: (Int) -> Int
  /// What each direction asks of the vector at a step, and ∇x(t).
  private let parts: [[[Float]]]
  private let gradients: [[Float]]
  private let sum: ParameterSum

  /// Nil where the first layer reads no symbols through a table.
  init?(_ layers: [TraceLayer], column: @escaping (Int) -> Int) {
    guard let first = layers.first, let table = first.input.embedding else { return nil }
    let input = first.input
    (self.layers, self.input, self.column) = (layers, input, column)
    let parts = (0..<first.steps).map { t in
      layers.map { $0.u.columns(0, table.columns).transposedTimes($0.inputDeltas[t]) }
    }
    let gradients = parts.map { parts in
      parts.dropFirst().reduce(parts[0]) { $0.adding($1) }
    }
    (self.parts, self.gradients) = (parts, gradients)
    sum = ParameterSum(
      GraphTrace.Parameter(input.table),
      shares: (0..<first.steps).map { t in
        guard let symbol = input.symbol(step: t), let name = input.variable(step: t) else {
          return nil
        }
        return ParameterSum.Share(
          variable: name.gradient, rows: gradients[t], read: .oneHot(symbol),
          columns: [(symbol, 1)], isReadFirst: true)
      }, order: (0..<first.steps).reversed(), columns: table.rows)
  }

  /// ∇x(t) and ∇E(t), where a symbol is read.
  func backward(_ t: Int) -> [Node] {
    guard input.symbol(step: t) != nil, let read = input.variable(step: t),
      let table = input.embedding, let symbol = input.symbol(step: t)
    else { return [] }
    let name = read.gradient
    let asked = zip(layers, parts[t]).map { layer, values in
      TraceFormula.Addend(
        role: .state,
        expression: .transposedProduct(
          layer.parameter(.input),
          .variable(layer.deltaIntoInput(t))), values: values)
    }
    let sums = asked.map(\.expression)
    return [
      Node(
        .backward, column: column(t), place: .input,
        equations: [GraphTrace.Equation(name, sums.count == 1 ? sums[0] : .sum(sums))],
        terms: asked.map(LayerNodes.term)
          + [Term(.sum, .variable(name), value: gradients[t].norm)],
        values: [Values(read, table.copy(ofRow: symbol)), Values(name, gradients[t])]),
      sum.node(t, column: column(t), place: .input),
    ]
  }
}
