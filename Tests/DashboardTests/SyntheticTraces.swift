import TrainingEvents

@testable import Dashboard

/// Walks through graphs of every shape, with numbers that never were.
enum SyntheticTraces {
  static func architecture(_ shape: Architecture.Shape) -> Architecture {
    Architecture(
      shape: shape, cell: "tanh", inputSize: 30, hiddenSize: 128,
      outputSize: shape == .final ? 6 : 30)
  }

  static let bidirectional: Architecture = {
    var result = architecture(.everyStep)
    result.bidirectional = true
    return result
  }()

  static let stacked: Architecture = {
    var result = architecture(.everyStep)
    (result.layers, result.cell) = (2, "lstm")
    return result
  }()

  static let all: [(name: String, architecture: Architecture)] = [
    ("every-step", architecture(.everyStep)), ("final", architecture(.final)),
    ("output-recurrence", architecture(.outputRecurrence)),
    ("encoder-decoder", architecture(.encoderDecoder)), ("bidirectional", bidirectional),
    ("stacked", stacked), ("autonomous", architecture(.autonomous)),
    ("vector-to-sequence", architecture(.vectorToSequence)),
    ("hand-built", architecture(.handBuilt)),
  ]

  static func columns(_ architecture: Architecture) -> [GraphTrace.Column] {
    if architecture.shape == .encoderDecoder {
      return ["c", "a", "t"].enumerated().map {
        GraphTrace.Column(part: "encoder", time: $0.offset + 1, input: $0.element)
      }
        + zip(["⊢", "K", "AE1"], ["K", "AE1", "T"]).enumerated().map { index, pair in
          GraphTrace.Column(
            part: "decoder", time: index + 1, input: pair.0, target: pair.1, loss: 0.4, output: "K",
            probability: 0.5)
        }
    }
    let word = Array("claim␣")
    return (0..<5).map { index in
      let isLast = index == 4
      let hasLoss = architecture.shape != .final || isLast
      return GraphTrace.Column(
        time: index + 1, input: architecture.shape == .autonomous ? "" : String(word[index]),
        target: String(word[index + 1]), loss: hasLoss ? 2.31 - Double(index) * 0.4 : nil,
        output: hasLoss ? "e" : "", probability: hasLoss ? 0.3 : nil)
    }
  }

  private static func units(_ scale: Float) -> [Float] {
    (0..<128).map { unit in
      let phase = Float(unit) * 0.37
      return ((phase - phase.rounded()) * 2) * scale
    }
  }

  static func trace(_ architecture: Architecture) -> GraphTrace {
    let columns = columns(architecture)
    var stops: [GraphTrace.Stop] = []
    for (index, column) in columns.enumerated() {
      let t = column.time
      let state = column.part == "decoder" ? "d" : "s"
      stops.append(
        GraphTrace.Stop(
          direction: .forward, column: index, symbol: "a(\(t))",
          equation: "a(\(t)) = b + W \(state)(\(t - 1)) + U x(\(t))",
          reference: "slide 14 · GBC eq. 10.8",
          terms: [
            GraphTrace.Term(label: "from the past", symbol: "‖W \(state)(\(t - 1))‖", value: 1.9),
            GraphTrace.Term(label: "from the input", symbol: "‖U x(\(t))‖", value: 1.2),
            GraphTrace.Term(label: "together", symbol: "‖a(\(t))‖", value: 2.4),
          ], units: [GraphTrace.UnitValues(symbol: "a", values: units(1.4))]))
      stops.append(
        GraphTrace.Stop(
          direction: .forward, column: index, symbol: "\(state)(\(t))",
          equation: "\(state)(\(t)) = tanh a(\(t))", reference: "slide 14 · GBC eq. 10.9",
          terms: [GraphTrace.Term(label: "state", symbol: "‖\(state)(\(t))‖", value: 6.1)],
          units: [GraphTrace.UnitValues(symbol: "s", values: units(1))]))
      if architecture.bidirectional {
        stops.append(
          GraphTrace.Stop(
            direction: .forward, column: index, symbol: "g(\(t))",
            equation: "g(\(t)) = tanh(b' + W' g(\(t + 1)) + U' x(\(t)))",
            reference: "slide 38 · GBC fig. 10.11", terms: []))
      }
      guard column.loss != nil else { continue }
      stops.append(
        GraphTrace.Stop(
          direction: .forward, column: index, symbol: "L(\(t))",
          equation: "L(\(t)) = −log ŷ(\(t))[\(column.target)]",
          reference: "slide 16 · GBC eq. 10.14",
          terms: [GraphTrace.Term(label: "loss", symbol: "L(\(t))", value: column.loss ?? 0)]))
    }
    for index in columns.indices.reversed() {
      let t = columns[index].time
      stops.append(
        GraphTrace.Stop(
          direction: .backward, column: index, symbol: "∇s(\(t))",
          equation: "∇s(\(t)) = Wᵀ δ(\(t + 1)) + Vᵀ ∇o(\(t))",
          reference: "slide 25 · GBC eq. 10.21",
          terms: [
            GraphTrace.Term(
              label: "from the future", symbol: "‖Wᵀ δ(\(t + 1))‖", value: 0.412),
            GraphTrace.Term(label: "from here", symbol: "‖Vᵀ ∇o(\(t))‖", value: 0.377),
            GraphTrace.Term(label: "together", symbol: "‖∇s(\(t))‖", value: 0.561),
            GraphTrace.Term(
              label: "into W", symbol: "‖∇W‖", value: 1.98, previous: 1.93),
          ], remark: "1 − s² is 0.36 on average here: 64 % is lost in tanh",
          units: [
            GraphTrace.UnitValues(symbol: "s", values: units(1)),
            GraphTrace.UnitValues(symbol: "∇s", values: units(0.2)),
            GraphTrace.UnitValues(symbol: "δ", values: units(0.05)),
          ]))
    }
    return GraphTrace(
      step: 12_480, sequence: 2, sequenceCount: 64, columns: columns, stops: stops)
  }

  static func state(_ architecture: Architecture, walking stop: Int? = nil) -> DashboardState {
    var description = SyntheticRun.description
    description.architecture = architecture
    var state = DashboardState()
    state.apply(.started(description))
    var run = SyntheticRun()
    state.apply(.steps(StepBatch((1...50).map { run.record($0) })))
    state.apply(.statistics(SyntheticRun.statistics))
    state.show(view: .graph)
    if let stop {
      _ = state.toggleWalk()
      state.apply(.state(.paused))
      state.apply(.trace(trace(architecture)))
      state.graph.stop = stop
    }
    state.advance(to: 60)
    return state
  }
}
