import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// The walk through one sequence: columns, and every node forward in time and then backward, out
/// of what a pass forward and back has left in a network.
struct GraphWalk {
  /// Columns that a part is walked through at most: more cost more than anyone walks.
  private static let mostColumns = 48

  private(set) var columns: [GraphTrace.Column] = []
  private(set) var stops: [GraphTrace.Stop] = []
  private(set) var note = ""
  /// Every layer with what flows through it.
  private(set) var layers: [LayerStops] = []

  private let probe: Probe
  private let pass: Probe.TracedPass
  private let parameters: ParameterVector<Float>
  private let reads: TraceReading

  /// A network without layers that run along a line of time has a note and no stops.
  init(
    _ probe: Probe, _ pass: Probe.TracedPass, parameters: ParameterVector<Float>,
    batch: DataBatch, _ sequence: Int
  ) {
    self.probe = probe
    self.pass = pass
    self.parameters = parameters
    reads = TraceReading(probe: probe, parameters: parameters)
    let texts = TraceColumns(probe: probe, pass: pass, batch: batch, sequence: sequence)
    let stacks = probe.part.model.stacks.filter { !$0.stack.layers.isEmpty }
    switch probe.network.variant {
    case .encoderDecoder, .attentionDecoder:
      let encoder = stacks.first { $0.name == "encoder" }?.stack
      let decoder = stacks.first { $0.name == "decoder" }?.stack
      if let decoder, encoder != nil || probe.network.variant == .encoderDecoder {
        join(encoder, decoder, texts)
      }
    case .everyStep, .final, .imageFinal, .autonomous, .outputRecurrence, .vectorToSequence:
      if let stack = stacks.first?.stack { walk(stack, texts) }
    }
    if stops.isEmpty {
      note =
        "There is no walk here: this network's states stand over an image in two dimensions, not "
        + "along a line of time."
    }
  }

  // MARK: One part

  private mutating func walk(_ stack: StackView<Float>, _ texts: TraceColumns) {
    let isFinal = probe.network.variant == .final
    let isWriting = probe.network.variant == .vectorToSequence
    let layers = reads.layers(
      of: stack, letters: ("s", "g"), first: isWriting ? reads.written() : reads.data())
    let part = TracePart(
      name: "", layers: layers,
      shown: shown(layers, last: isFinal || !texts.isScored(early: Self.mostColumns)),
      firstColumn: 0)
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
    let outputs = outputStops(part, isFinal: isFinal)
    let stops = part.stops { outputs.asks($0, $1) }
    self.layers = stops.flatMap { $0 }
    self.stops =
      part.forward(stops, after: outputs.forward)
      + part.backward(stops, before: outputs.backward)
    if let layer = layers.first?.first { self.stops += ends(layer) }
  }

  /// What lies before the first step: a learned state, or the vector that entered every step.
  private func ends(_ layer: TraceLayer) -> [GraphTrace.Stop] {
    if let addend = reads.vectorGradient(layer.deltas) { return [addend] }
    guard probe.network.variant == .autonomous else { return [] }
    return [
      GraphTrace.Stop(
        direction: .backward, column: 0, symbol: "∇s(0)", equation: "∇s(0) = Wᵀ δ(1)",
        reference: "GBC eq. 10.21",
        terms: [
          GraphTrace.Term(
            label: "learned start", symbol: "‖∇s(0)‖", value: layer.startGradient.norm)
        ], remark: "s(0) is learned, so the gradient arrives at a parameter here",
        units: [GraphTrace.UnitValues(symbol: "∇s", values: layer.startGradient)],
        place: .state(layer: 1))
    ]
  }

  // MARK: Encoder and decoder

  private mutating func join(
    _ encoder: StackView<Float>?, _ decoder: StackView<Float>, _ texts: TraceColumns
  ) {
    let source = encoder.map { stack -> TracePart in
      let layers = reads.layers(of: stack, letters: ("s", "g"), first: reads.data())
      return TracePart(
        name: "encoder", layers: layers, shown: shown(layers, last: true), firstColumn: 0)
    }
    let contextColumn = source?.shown.count ?? 0
    let meeting = reads.meeting(source, decoder)
    let layers = meeting.layers
    let target = TracePart(
      name: "decoder", layers: layers, shown: shown(layers, last: false),
      firstColumn: contextColumn + 1)
    if let source {
      columns = source.shown.map { texts.reading($0, part: "encoder", outputRow: nil) }
      tellOfTheRest(source)
    } else {
      note = "The encoder reads an image in two dimensions; the walk begins at C."
    }
    columns.append(GraphTrace.Column(part: "context", time: 0, input: ""))
    columns += target.shown.map { texts.writing($0, part: "decoder") }
    tellOfTheRest(target)
    let context = meeting.stops(source: source, contextColumn: contextColumn, column: target.column)
    let outputs = outputStops(target, isFinal: false)
    let decoding = target.stops { outputs.asks($0, $1) + context.asks(decoder: $0, $1) }
    let encoding = source.map { $0.stops { context.asks(encoder: $0, $1) } }
    self.layers = (decoding + (encoding ?? [])).flatMap { $0 }
    if let source, let encoding { stops += source.forward(encoding) { _ in [] } }
    stops.append(context.forward)
    stops += target.forward(decoding, before: context.looking, after: outputs.forward)
    stops += target.backward(decoding, before: outputs.backward, after: context.lookingBack)
    stops.append(context.backward)
    if let source, let encoding { stops += source.backward(encoding) { _ in [] } }
  }

  // MARK: Shared

  private func shown(_ layers: [[TraceLayer]], last: Bool) -> Range<Int> {
    let steps = layers.first?.first?.steps ?? 0
    let count = min(steps, Self.mostColumns)
    return last ? (steps - count)..<steps : 0..<count
  }

  private mutating func tellOfTheRest(_ part: TracePart) {
    guard part.shown.count < part.steps else { return }
    let which = part.shown.lowerBound > 0 ? "last" : "first"
    note =
      "The walk goes through the \(which) \(part.shown.count) of \(part.steps) steps; the gradient "
      + "comes from all of them."
  }

  private func outputStops(_ part: TracePart, isFinal: Bool) -> OutputStops {
    let isSequence = probe.network.objective == .connectionistTemporalClassification
    let layer = part.layers.first?.first
    return OutputStops(
      objective: probe.network.objective, isFinal: isFinal,
      stateName: { part.topName($0, isEnd: isFinal) }, steps: part.steps, outputs: pass.outputs,
      lossGradients: pass.outputGradients,
      v: reads.matrix("head.weight") ?? reads.matrix("V") ?? .empty, columns: columns,
      column: part.column,
      future: { t in
        guard let layer, layer.fed != nil, layer.ownIsHandedOn.indices.contains(t),
          layer.ownIsHandedOn[t], let next = layer.after(t)
        else { return nil }
        return ("Wᵀ δ(\(next + 1))", layer.toPast(next))
      }, sequenceLoss: isSequence ? pass.losses.first : nil)
  }
}
