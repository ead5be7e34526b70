import LinearAlgebra
import RecurrentNetworks
import TrainingEvents

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
    self.attention?.goBack(from: bottom.inputDeltas.map { columns.transposedTimes($0) })
  }

  func nodes(
    source: GraphTrace.Expression?, contextColumn: Int, column: @escaping (Int) -> Int
  ) -> ContextNodes {
    let all = layers.flatMap { $0 }
    // The first step asks the same of C as any other of the state before.
    var starts = all.flatMap { layer in
      layer.startAddends.map {
        TraceFormula.Addend(role: .start, expression: $0.expression, values: $0.values)
      }
    }
    if let query = attention?.toQueries.first {
      starts.append(
        TraceFormula.Addend(
          role: .attention,
          expression: .transposedProduct(
            GraphTrace.Parameter(.attentionQuery),
            .variable(GraphTrace.Variable(.query, time: 1, isGradient: true))), values: query))
    }
    var fromSteps: TraceFormula.Addend?
    if attention == nil, let bottom = layers.first?.first {
      let columns = bottom.u.columns(first, context.count)
      fromSteps = TraceFormula.Addend(
        role: .allSteps,
        expression: .sumOverSteps(
          bottom.parameter(.input),
          GraphTrace.Variable(bottom.intoInput, layer: bottom.name, isGradient: true)),
        values: bottom.inputDeltas.reduce([Float](repeating: 0, count: context.count)) {
          $0.adding(columns.transposedTimes($1))
        })
    }
    let decoder = GraphTrace.Layer(part: .decoder)
    return ContextNodes(
      context: context, source: source,
      starts: starts, fromSteps: fromSteps, attention: attention,
      bottom: all.first?.name ?? decoder,
      intoInput: all.first?.intoInput ?? .preActivation(gate: nil), top: all.last?.name ?? decoder,
      contextColumn: contextColumn, column: column)
  }
}

extension TraceReading {
  /// Copies a decoder, and works its attention out again where it has one.
  /// - Parameter source: h of every step or block of the source
  func meeting(_ source: [[Float]]?, _ decoder: StackView<Float>) -> TraceMeeting {
    var input = before(steps: probe.part.batch.targetSteps)
    let context = decoder.layers.first.map { $0.initial.copy(ofRow: 0) } ?? []
    var attention: TraceAttention?
    if let source, let top = decoder.layers.last, let weights = roles.attention {
      let states = top.states.rowCopies
      attention = TraceAttention(
        source: source, states: [context] + states.dropLast(), query: parameters[weights.query],
        key: parameters[weights.key], energy: parameters.row(weights.energy).copy(ofRow: 0))
    }
    input.name = attention == nil ? .writtenWithContext : .writtenWithStepContext
    input.vectors =
      attention?.contexts ?? input.symbols.map { _ in context }
    return TraceMeeting(
      layers: layers(of: decoder, part: .decoder, first: input), context: context,
      attention: attention, symbolWidth: input.symbolWidth)
  }
}
