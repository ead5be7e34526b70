import LinearAlgebra
import RecurrentNetworks

/// A decoder with its context: what it reads of the source, and what it asks of it.
struct TraceMeeting {
  /// The decoder's layers.
  let layers: [[TraceLayer]]
  private let context: [Float]
  private var attention: TraceAttention?
  /// Columns of the first layer's U that belong to the context.
  private let first: Int

  init(
    layers: [[TraceLayer]], context: [Float], attention: TraceAttention?, symbolWidth: Int
  ) {
    self.layers = layers
    self.context = context
    first = symbolWidth
    self.attention = attention
    guard attention != nil, let bottom = layers.first?.first else { return }
    let columns = bottom.u.columns(first, context.count)
    self.attention?.goBack(from: bottom.deltas.map { columns.transposedTimes($0) })
  }

  func stops(
    source: TracePart?, contextColumn: Int, column: @escaping (Int) -> Int
  ) -> ContextStops {
    var fromStart = [Float](repeating: 0, count: context.count)
    for layer in layers.flatMap({ $0 }) { fromStart = fromStart.adding(layer.startGradient) }
    if let query = attention?.toQueries.first { fromStart = fromStart.adding(query) }
    var fromSteps: [Float]?
    if attention == nil, let bottom = layers.first?.first {
      let columns = bottom.u.columns(first, context.count)
      fromSteps = bottom.deltas.reduce([Float](repeating: 0, count: context.count)) {
        $0.adding(columns.transposedTimes($1))
      }
    }
    return ContextStops(
      context: context, source: source.map { $0.topName($0.steps - 1, isEnd: true) } ?? "",
      fromStart: fromStart, fromSteps: fromSteps, attention: attention,
      contextColumn: contextColumn, column: column)
  }
}

extension TraceReading {
  /// Copies a decoder, and works its attention out again where it has one.
  func meeting(_ source: TracePart?, _ decoder: StackView<Float>) -> TraceMeeting {
    var input = before(
      steps: probe.part.batch.targetSteps, embedding: "target_embedding.weight")
    let context = decoder.layers.first.map { $0.initial.copy(ofRow: 0) } ?? []
    var attention: TraceAttention?
    if let source, let top = decoder.layers.last, let query = matrix("attention.W"),
      let key = matrix("attention.U"), let energy = matrix("attention.v")
    {
      let states = top.states.rowCopies
      attention = TraceAttention(
        source: (0..<source.steps).map { t in
          (source.layers.last ?? []).flatMap { $0.states[t] }
        }, states: [context] + states.dropLast(), query: query, key: key,
        energy: energy.column(0))
    }
    input.name = attention == nil ? .writtenWithContext : .writtenWithStepContext
    input.vectors =
      attention?.contexts ?? input.symbols.map { _ in context }
    return TraceMeeting(
      layers: layers(of: decoder, letters: ("d", "d"), first: input), context: context,
      attention: attention, symbolWidth: input.symbolWidth)
  }
}

extension ContextStops {
  /// What attention's next look asks of a decoder's top state.
  func asks(decoder layer: TraceLayer, _ t: Int) -> [LayerStops.Asked] {
    guard let attention, attention.toQueries.indices.contains(t + 1) else { return [] }
    return [
      LayerStops.Asked(
        label: "from attention", symbol: "Wₐᵀ ∇q(\(t + 2))", values: attention.toQueries[t + 1])
    ]
  }

  /// What C asks of the encoder's last state, and attention of every one.
  func asks(encoder layer: TraceLayer, _ t: Int) -> [LayerStops.Asked] {
    let units = layer.isReversed ? layer.units..<(2 * layer.units) : 0..<layer.units
    func own(_ values: [Float]) -> [Float] {
      values.count >= units.upperBound ? Array(values[units]) : values
    }
    var asked: [LayerStops.Asked] = []
    if layer.after(t) == nil {
      asked.append(LayerStops.Asked(label: "from C", symbol: "∇C", values: own(gradient)))
    }
    if let attention {
      asked.append(
        LayerStops.Asked(
          label: "from attention", symbol: "Σ α ∇C(t) + Uₐᵀ ∇k", values: own(attention.toSource[t]))
      )
    }
    return asked
  }
}
