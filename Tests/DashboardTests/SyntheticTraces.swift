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

  static let attention: Architecture = {
    var result = architecture(.encoderDecoder)
    result.attention = true
    return result
  }()

  static let stackedBothWays: Architecture = {
    var result = stacked
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
    ("encoder-decoder", architecture(.encoderDecoder)), ("attention", attention),
    ("bidirectional", bidirectional), ("stacked", stacked),
    ("stacked-bidirectional", stackedBothWays), ("forced", architecture(.outputRecurrence)),
    ("autonomous", architecture(.autonomous)),
    ("vector-to-sequence", architecture(.vectorToSequence)),
    ("hand-built", architecture(.handBuilt)),
  ]

  static func columns(_ architecture: Architecture) -> [GraphTrace.Column] {
    if architecture.shape == .encoderDecoder {
      let meeting = GraphTrace.Column(part: "context", time: 0, input: "")
      return ["c", "a", "t"].enumerated().map {
        GraphTrace.Column(part: "encoder", time: $0.offset + 1, input: $0.element)
      } + [meeting]
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

  /// The walk of a network with these parts; what it says is made up, its nodes are not.
  static func trace(_ architecture: Architecture, isForced: Bool = false) -> GraphTrace {
    var columns = columns(architecture)
    if isForced { for index in columns.indices.dropFirst() { columns[index].isForced = true } }
    var stops: [GraphTrace.Stop] = []
    for (index, column) in columns.enumerated() {
      guard column.part != "context" else {
        stops.append(context(.forward, index))
        continue
      }
      if architecture.attention, column.part == "decoder" { stops.append(look(index, column)) }
      stops += forward(architecture, index, column)
    }
    for (index, column) in columns.enumerated().reversed() {
      guard column.part != "context" else {
        stops.append(context(.backward, index))
        continue
      }
      stops.append(backward(architecture, index, column))
    }
    return GraphTrace(
      step: 12_480, sequence: 2, sequenceCount: 64, columns: columns, stops: stops)
  }

  private static func context(
    _ direction: GraphTrace.Stop.Direction, _ index: Int
  ) -> GraphTrace.Stop {
    let mark = direction == .forward ? "" : "∇"
    return GraphTrace.Stop(
      direction: direction, column: index, symbol: mark + "C",
      equation: direction == .forward ? "C = s(3)" : "∇C = ∇d(0) + Σ Uᵀ δ(t), over the rows of C",
      reference: "GBC fig. 10.12",
      terms: [GraphTrace.Term(label: "context", symbol: "‖\(mark)C‖", value: 5.2)],
      units: [GraphTrace.UnitValues(symbol: mark + "C", values: units(0.7))], place: .context)
  }

  private static func look(_ index: Int, _ column: GraphTrace.Column) -> GraphTrace.Stop {
    let t = column.time
    return GraphTrace.Stop(
      direction: .forward, column: index, symbol: "α(\(t))",
      equation: "α(\(t)) = softmax over i of vᵀ tanh(Wₐ d(\(t - 1)) + Uₐ h(i))",
      reference: "Bahdanau et al. 2015",
      terms: [GraphTrace.Term(label: "most from", symbol: "α(\(t),2)", value: 0.8)],
      units: [GraphTrace.UnitValues(symbol: "α", values: [0.1, 0.8, 0.1])], place: .context)
  }

  private static func forward(
    _ architecture: Architecture, _ index: Int, _ column: GraphTrace.Column
  ) -> [GraphTrace.Stop] {
    let t = column.time
    let state = column.part == "decoder" ? "d" : "s"
    var stops = [
      GraphTrace.Stop(
        direction: .forward, column: index, symbol: "a(\(t))",
        equation: "a(\(t)) = b + W \(state)(\(t - 1)) + U x(\(t))",
        reference: "slide 14 · GBC eq. 10.8",
        terms: [
          GraphTrace.Term(label: "recurrent", symbol: "‖W \(state)(\(t - 1))‖", value: 1.9),
          GraphTrace.Term(label: "from the input", symbol: "‖U x(\(t))‖", value: 1.2),
          GraphTrace.Term(label: "together", symbol: "‖a(\(t))‖", value: 2.4),
        ], units: [GraphTrace.UnitValues(symbol: "a", values: units(1.4))]),
      GraphTrace.Stop(
        direction: .forward, column: index, symbol: "\(state)(\(t))",
        equation: "\(state)(\(t)) = tanh a(\(t))", reference: "slide 14 · GBC eq. 10.9",
        terms: [GraphTrace.Term(label: "state", symbol: "‖\(state)(\(t))‖", value: 6.1)],
        units: [GraphTrace.UnitValues(symbol: "s", values: units(1))]),
    ]
    if architecture.bidirectional {
      stops.append(
        GraphTrace.Stop(
          direction: .forward, column: index, symbol: "g(\(t))",
          equation: "g(\(t)) = tanh(b' + W' g(\(t + 1)) + U' x(\(t)))",
          reference: "slide 38 · GBC fig. 10.11", terms: [], place: .reversedState(layer: 1)))
    }
    if architecture.cell == "lstm" { stops[0] = gates(index, t) }
    guard column.loss != nil else { return stops }
    return stops + [
      GraphTrace.Stop(
        direction: .forward, column: index, symbol: "L(\(t))",
        equation: "L(\(t)) = −log ŷ(\(t))[\(column.target)]",
        reference: "slide 16 · GBC eq. 10.14",
        terms: [GraphTrace.Term(label: "loss", symbol: "L(\(t))", value: column.loss ?? 0)])
    ]
  }

  /// The stop with the most to tell.
  private static func gates(_ index: Int, _ t: Int) -> GraphTrace.Stop {
    GraphTrace.Stop(
      direction: .forward, column: index, symbol: "i f g o",
      equation: "i, f, o = σ and g = tanh of (b² + W² s²(\(t - 1)) + U² [s¹(\(t)); g¹(\(t))])",
      reference: "GBC section 10.10.1",
      terms: [
        GraphTrace.Term(label: "recurrent", symbol: "‖W² s²(\(t - 1))‖", value: 1.9),
        GraphTrace.Term(label: "from the input", symbol: "‖U² [s¹(\(t)); g¹(\(t))]‖", value: 1.2),
        GraphTrace.Term(label: "input gate i", symbol: "mean i", value: 0.4),
        GraphTrace.Term(label: "forget gate f", symbol: "mean f", value: 0.8),
        GraphTrace.Term(label: "output gate o", symbol: "mean o", value: 0.5),
      ],
      units: ["i", "f", "g", "o"].map { GraphTrace.UnitValues(symbol: $0, values: units(1)) },
      place: .state(layer: 2))
  }

  private static func backward(
    _ architecture: Architecture, _ index: Int, _ column: GraphTrace.Column
  ) -> GraphTrace.Stop {
    let t = column.time
    let state = column.part == "decoder" ? "d" : "s"
    return GraphTrace.Stop(
      direction: .backward, column: index, symbol: "∇\(state)(\(t))",
      equation: "∇\(state)(\(t)) = Wᵀ δ(\(t + 1)) + Vᵀ ∇o(\(t))",
      reference: "slide 25 · GBC eq. 10.21",
      terms: [
        GraphTrace.Term(label: "from t+1", symbol: "‖Wᵀ δ(\(t + 1))‖", value: 0.412),
        GraphTrace.Term(label: "from o(t)", symbol: "‖Vᵀ ∇o(\(t))‖", value: 0.377),
        GraphTrace.Term(label: "together", symbol: "‖∇\(state)(\(t))‖", value: 0.561),
        GraphTrace.Term(label: "into W", symbol: "‖∇W‖", value: 1.98, previous: 1.93),
      ], remark: "1 − s² is 0.36 on average here: 64 % is lost in tanh",
      units: [
        GraphTrace.UnitValues(symbol: "s", values: units(1)),
        GraphTrace.UnitValues(symbol: "∇s", values: units(0.2)),
        GraphTrace.UnitValues(symbol: "δ", values: units(0.05)),
      ])
  }

  static func state(
    _ architecture: Architecture, walking stop: Int? = nil, isForced: Bool = false
  ) -> DashboardState {
    var description = SyntheticRun.description
    description.architecture = architecture
    var state = DashboardState()
    state.apply(.started(description))
    var run = SyntheticRun()
    state.apply(.steps(StepBatch((1...50).map { run.record($0) })))
    state.apply(.frame(.statistics(SyntheticRun.statistics)))
    state.show(view: .graph)
    if let stop {
      _ = state.toggleWalk()
      state.apply(.state(.paused))
      state.apply(.frame(.trace(trace(architecture, isForced: isForced))))
      state.graph.stop = stop
    }
    state.advance(to: 60)
    return state
  }
}
