import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// The walk through one sequence: columns, and every node forward in time and then backward, out
/// of what a pass forward and back has left in a network.
struct GraphWalk {
  /// Numbers that a part's nodes may hold together; a long part is walked through from its end.
  private static let mostNumbers = 2_000_000

  private(set) var columns: [GraphTrace.Column] = []
  private(set) var nodes: [GraphTrace.Node] = []
  private(set) var note = ""
  /// Every layer with what flows through it.
  private(set) var layers: [LayerNodes] = []

  private let probe: Probe
  private let pass: Probe.TracedPass
  private let parameters: ParameterVector<Float>
  private let reads: TraceReading

  /// A network without layers that run along a line of time has a note and no nodes.
  init(
    _ probe: Probe, _ pass: Probe.TracedPass, parameters: ParameterVector<Float>,
    batch: DataBatch, _ sequence: Int
  ) {
    self.probe = probe
    self.pass = pass
    self.parameters = parameters
    reads = TraceReading(probe: probe, parameters: parameters)
    let texts = TraceColumns(probe: probe, pass: pass, batch: batch, sequence: sequence)
    let stacks = probe.part.model.stacks.filter { !$0.layers.isEmpty }
    switch probe.network.variant {
    case .encoderDecoder, .attentionDecoder:
      let encoder = stacks.first { $0.part == .encoder }
      let decoder = stacks.first { $0.part == .decoder }
      if let decoder { join(encoder, grid(of: .encoder), decoder, texts) }
    case .imageFinal:
      if let grid = grid(of: .whole) { walk(grid, texts) }
    case .everyStep, .final, .autonomous, .outputRecurrence, .vectorToSequence:
      if let stack = stacks.first { walk(stack, texts) }
    }
    if nodes.isEmpty {
      note =
        "There is no walk here: it goes through layers whose parameters all time steps share."
    }
  }

  // MARK: One part

  private mutating func walk(_ stack: StackView<Float>, _ texts: TraceColumns) {
    let isFinal = probe.network.variant == .final
    let isWriting = probe.network.variant == .vectorToSequence
    let layers = reads.layers(of: stack, first: isWriting ? reads.written() : reads.data())
    let part = TracePart(
      layers: layers, shown: shown(layers), firstColumn: 0, isResidual: stack.isResidual)
    columns = part.shown.map { t in
      isWriting
        ? texts.writing(t, part: "")
        : texts.reading(
          t, part: "", outputRow: !isFinal ? t : t == part.steps - 1 ? 0 : nil)
    }
    if let layer = layers.first?.first, layer.fed != nil {
      for t in part.shown.dropFirst() {
        columns[part.column(t)].isForced = !layer.ownIsHandedOn[t - 1]
      }
    }
    tellOfTheRest(part)
    let outputs = outputNodes(part, isFinal: isFinal)
    let nodes = part.nodes { outputs.asks($0, $1) }
    self.layers = nodes.flatMap { $0 }
    self.nodes =
      part.forward(nodes, after: outputs.forward)
      + part.backward(nodes, before: outputs.backward, outputs: growing(outputs, part))
    if let layer = layers.first?.first { self.nodes += ends(layer) }
  }

  /// ∇V and ∇c at a step that has an output.
  private func growing(_ outputs: OutputNodes, _ part: TracePart) -> (Int) -> [GraphTrace.Node] {
    let sums = outputs.sums
    return { t in
      guard outputs.gradient(t) != nil else { return [] }
      return sums.map { $0.node(t, column: part.column(t), place: .output) }
    }
  }

  /// What lies before the first step: a learned state, or the vector that entered every step.
  private func ends(_ layer: TraceLayer) -> [GraphTrace.Node] {
    if let addend = reads.vectorGradient(layer) { return [addend] }
    let parts = layer.startAddends
    // Nothing is asked of an s(0) that no step reads.
    guard probe.network.variant == .autonomous, !parts.isEmpty else { return [] }
    let start = layer.variable(.state, -1).gradient
    let sum = parts.map(\.expression)
    let values = parts.dropFirst().reduce(parts.first?.values ?? []) { $0.adding($1.values) }
    return [
      GraphTrace.Node(
        .backward, column: 0, place: .state(layer: layer.number),
        equations: [GraphTrace.Equation(start, sum.count == 1 ? sum[0] : .sum(sum))],
        terms: parts.map(LayerNodes.term)
          + [GraphTrace.Term(.sum, .variable(start), value: values.norm)],
        values: [GraphTrace.Values(start, values)], finding: .learnedStart)
    ]
  }

  // MARK: Images

  private func grid(of part: GraphTrace.Layer.Part) -> GridPart? {
    GridPart(
      probe.part.model.stacks.first { !$0.grids.isEmpty }, part: part, parameters: parameters)
  }

  /// Every corner's sweep, one after the other, and the output behind them.
  private mutating func walk(_ grid: GridPart, _ texts: TraceColumns) {
    columns = grid.columns(part: "") + [texts.output()]
    let end = grid.end
    let outputs = outputNodes(
      isFinal: true, steps: 1, fed: nil, read: { _ in end }, column: { _ in grid.count },
      isTimed: false)
    let sweeps = grid.nodes { sweep, k in
      k == sweep.end ? outputs.asks(sweep.name, units: sweep.own, 0) : []
    }
    nodes = sweeps.flatMap(\.forward) + outputs.forward(0) + outputs.backward(0)
    nodes += outputs.sums.map {
      $0.node(0, column: grid.count, place: .output, isTimed: false)
    }
    nodes += sweeps.reversed().flatMap(\.backward)
  }

  // MARK: Encoder and decoder

  private mutating func join(
    _ encoder: StackView<Float>?, _ grid: GridPart?, _ decoder: StackView<Float>,
    _ texts: TraceColumns
  ) {
    let source = encoder.map { stack -> TracePart in
      let layers = reads.layers(of: stack, part: .encoder, first: reads.data())
      return TracePart(
        layers: layers, shown: shown(layers), firstColumn: 0, isResidual: stack.isResidual)
    }
    let contextColumn = source?.shown.count ?? grid?.count ?? 0
    let meeting = reads.meeting(source?.states ?? grid?.states, decoder)
    let layers = meeting.layers
    let target = TracePart(
      layers: layers, shown: shown(layers), firstColumn: contextColumn + 1,
      isResidual: decoder.isResidual)
    if let source {
      columns = source.shown.map { texts.reading($0, part: "encoder", outputRow: nil) }
      tellOfTheRest(source)
    } else if let grid {
      columns = grid.columns(part: "encoder")
    }
    columns.append(GraphTrace.Column(part: "context", time: 0, input: ""))
    columns += target.shown.map { texts.writing($0, part: "decoder") }
    tellOfTheRest(target)
    let end = source.map { $0.top($0.steps - 1, isEnd: true).expression } ?? grid?.end.expression
    let context = meeting.nodes(source: end, contextColumn: contextColumn, column: target.column)
    let outputs = outputNodes(target, isFinal: false)
    let decoding = target.nodes { outputs.asks($0, $1) + context.asks(decoder: $0, $1) }
    let encoding = source.map { $0.nodes { context.asks(encoder: $0, $1) } }
    let sweeps = grid?.nodes { context.asks(encoder: $0, $1) } ?? []
    self.layers = (decoding + (encoding ?? [])).flatMap { $0 }
    if let source, let encoding { nodes += source.forward(encoding) { _ in [] } }
    nodes += sweeps.flatMap(\.forward)
    nodes.append(context.forward)
    nodes += target.forward(decoding, before: context.looking, after: outputs.forward)
    nodes += target.backward(
      decoding, before: outputs.backward, outputs: growing(outputs, target),
      after: context.lookingBack)
    nodes.append(context.backward)
    if let source, let encoding {
      nodes += source.backward(encoding, before: { _ in [] }, outputs: { _ in [] })
    }
    nodes += sweeps.reversed().flatMap(\.backward)
  }

  // MARK: Shared

  /// The steps that are walked through: all, or where that were too many numbers the last ones, so
  /// that the way back begins at τ.
  private func shown(_ layers: [[TraceLayer]]) -> Range<Int> {
    let steps = layers.first?.first?.steps ?? 0
    let states = layers.joined().reduce(0) { $0 + 8 * $1.units + 3 * $1.bias.count }
    let numbers = states + 6 * (pass.outputs.first?.count ?? 0)
    return max(0, steps - max(48, Self.mostNumbers / max(1, numbers)))..<steps
  }

  private mutating func tellOfTheRest(_ part: TracePart) {
    guard part.shown.count < part.steps else { return }
    note =
      "The walk goes through the last \(part.shown.count) of \(part.steps) time steps; the "
      + "gradient comes from all of them."
  }

  private func outputNodes(_ part: TracePart, isFinal: Bool) -> OutputNodes {
    outputNodes(
      isFinal: isFinal, steps: part.steps, fed: part.layers.first?.first,
      read: { part.top($0, isEnd: isFinal) }, column: part.column)
  }

  /// - Parameter layer: the layer that reads outputs of the step before, where one does
  private func outputNodes(
    isFinal: Bool, steps: Int, fed layer: TraceLayer?,
    read: @escaping (Int) -> (expression: GraphTrace.Expression, values: [Float]),
    column: @escaping (Int) -> Int, isTimed: Bool = true
  ) -> OutputNodes {
    let objective = probe.network.objective
    let isSequence = objective == .connectionistTemporalClassification
    let batch = probe.part.batch
    let width = pass.outputs.first?.count ?? 0
    let numbers = Array(
      UnsafeBufferPointer(start: batch.targetValues.base, count: batch.targetValues.count))
    let hasClasses = objective == .crossEntropy
    return OutputNodes(
      objective: objective, isFinal: isFinal,
      read: read, steps: steps, outputs: pass.outputs,
      lossGradients: pass.outputGradients,
      targets: hasClasses
        ? Array(UnsafeBufferPointer(start: batch.targets.base, count: batch.targets.count)) : [],
      targetValues: hasClasses || isSequence || width == 0
        ? []
        : (0..<numbers.count / width).map { Array(numbers[$0 * width..<($0 + 1) * width]) },
      v: parameters[reads.roles.outputWeight],
      bias: parameters.row(reads.roles.outputBias).copy(ofRow: 0),
      columns: columns, column: column,
      future: { t in
        guard let layer, layer.fed != nil, layer.ownIsHandedOn.indices.contains(t),
          layer.ownIsHandedOn[t], let next = layer.after(t)
        else { return nil }
        return TraceFormula.Addend(
          role: .future,
          expression: .transposedProduct(
            layer.parameter(.recurrent), .variable(layer.deltaIntoPast(next))),
          values: layer.toPast(next))
      }, isTimed: isTimed, sequenceLoss: isSequence ? pass.losses.first : nil,
      targetCount: pass.targets)
  }
}
