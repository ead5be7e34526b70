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
    ("final-bidirectional", finalBothWays), ("attention-bidirectional", attentionBothWays),
    ("aligned", aligned),
  ]

  static let finalBothWays: Architecture = {
    var result = architecture(.final)
    result.bidirectional = true
    return result
  }()

  static let attentionBothWays: Architecture = {
    var result = attention
    (result.bidirectional, result.layers) = (true, 2)
    return result
  }()

  static let aligned: Architecture = {
    var result = architecture(.everyStep)
    (result.isAligned, result.bidirectional) = (true, true)
    return result
  }()

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

  private typealias Node = GraphTrace.Node
  private typealias Variable = GraphTrace.Variable
  private typealias Term = GraphTrace.Term
  private typealias Expression = GraphTrace.Expression
  private typealias Equation = GraphTrace.Equation
  private typealias Values = GraphTrace.Values

  /// The walk of a network with these parts; its numbers are made up, its nodes are not.
  static func trace(_ architecture: Architecture, isForced: Bool = false) -> GraphTrace {
    var columns = columns(architecture)
    if isForced { for index in columns.indices.dropFirst() { columns[index].isForced = true } }
    var nodes: [GraphTrace.Node] = []
    for (index, column) in columns.enumerated() {
      guard column.part != "context" else {
        nodes.append(context(.forward, index))
        continue
      }
      if architecture.attention, column.part == "decoder" { nodes.append(look(index, column)) }
      nodes += forward(architecture, index, column)
    }
    for (index, column) in columns.enumerated().reversed() {
      guard column.part != "context" else {
        nodes.append(context(.backward, index))
        continue
      }
      nodes += backward(architecture, index, column)
    }
    return GraphTrace(
      step: 12_480, sequence: 2, sequenceCount: 64, columns: columns, nodes: nodes,
      outputNames: outputNames)
  }

  private static let outputNames = "abcdefghijklmnopqrstuvwxyz'-. ".map(String.init)

  private static func layer(
    _ architecture: Architecture, _ column: GraphTrace.Column, isReversed: Bool = false
  ) -> GraphTrace.Layer {
    GraphTrace.Layer(
      part: GraphTrace.Layer.Part(rawValue: column.part) ?? .whole, number: architecture.layers,
      isOneOfSeveral: architecture.layers > 1, isReversed: isReversed)
  }

  private static func context(_ direction: Node.Direction, _ index: Int) -> Node {
    let name = Variable(.context, isGradient: direction == .backward)
    let state = Variable(.state, layer: GraphTrace.Layer(part: .encoder), time: 3)
    let decoder = GraphTrace.Layer(part: .decoder)
    let sum = Expression.sumOverSteps(
      GraphTrace.Parameter(.input, layer: decoder),
      Variable(.preActivation(gate: nil), layer: decoder, isGradient: true))
    return Node(
      direction, column: index, place: .context,
      equations: [Equation(name, direction == .forward ? .variable(state) : sum)],
      terms: [Term(.now, .variable(name), value: 5.2)], values: [Values(name, units(0.7))],
      finding: direction == .forward ? .contextIsRead : nil)
  }

  private static func look(_ index: Int, _ column: GraphTrace.Column) -> Node {
    let alpha = Variable(.attention, time: column.time)
    let before = Variable(
      .state, layer: GraphTrace.Layer(part: .decoder), time: column.time - 1)
    return Node(
      .forward, column: index, place: .context,
      equations: [Equation(alpha, .attention(of: .variable(before)))],
      terms: [Term(.now, .variable(alpha), .element(1), value: 0.8)],
      values: [Values(alpha, [0.1, 0.8, 0.1])])
  }

  private static func forward(
    _ architecture: Architecture, _ index: Int, _ column: GraphTrace.Column
  ) -> [Node] {
    let (t, layer) = (column.time, layer(architecture, column))
    let place = GraphTrace.Place.state(layer: architecture.layers)
    let (a, s) = (
      Variable(.preActivation(gate: nil), layer: layer, time: t),
      Variable(.state, layer: layer, time: t)
    )
    let recurrent = Expression.product(
      GraphTrace.Parameter(.recurrent, layer: layer),
      .variable(Variable(.state, layer: layer, time: t - 1)))
    let input = Expression.product(
      GraphTrace.Parameter(.input, layer: layer), .variable(Variable(.input, time: t)))
    let bias = Expression.parameter(GraphTrace.Parameter(.bias, layer: layer))
    var nodes = [
      Node(
        .forward, column: index, place: place,
        equations: [Equation(a, .sum([bias, recurrent, input]))],
        terms: [
          Term(.recurrent, recurrent, value: 1.9), Term(.input, input, value: 1.2),
          Term(.sum, .variable(a), value: 2.4),
        ], values: [Values(a, units(1.4))]),
      Node(
        .forward, column: index, place: place,
        equations: [Equation(s, .function(.tanh, .variable(a)))],
        terms: [Term(.now, .variable(s), value: 6.1)], values: [Values(s, units(1))]),
    ]
    if architecture.bidirectional {
      let reversed = self.layer(architecture, column, isReversed: true)
      let g = Variable(.state, layer: reversed, time: t)
      nodes.append(
        Node(
          .forward, column: index, place: .reversedState(layer: architecture.layers),
          equations: [
            Equation(
              g,
              .function(
                .tanh, .variable(Variable(.preActivation(gate: nil), layer: reversed, time: t))))
          ], terms: [Term(.now, .variable(g), value: 3)]))
    }
    if architecture.cell == "lstm" { nodes[0] = gates(architecture, index, layer, t) }
    guard let loss = column.loss else { return nodes }
    let (o, y, name) = (
      Variable(.output, time: t), Variable(.prediction, time: t), Variable(.loss, time: t)
    )
    var guess = Node(
      .forward, column: index, place: .prediction,
      equations: [Equation(y, .function(.softmax, .variable(o)))],
      terms: [Term(.now, .variable(y), .element(4), value: 0.3)],
      values: [Values(y, (0..<30).map { $0 == 4 ? 0.3 : 0.7 / 29 })])
    (guess.target, guess.guess) = (7, 4)
    var cost = Node(
      .forward, column: index, place: .loss,
      equations: [Equation(name, .loss(.crossEntropy, .variable(y)))],
      terms: [Term(.now, .variable(name), .number, value: loss)])
    cost.target = 7
    return nodes + [guess, cost]
  }

  /// The node with the most to tell.
  private static func gates(
    _ architecture: Architecture, _ index: Int, _ layer: GraphTrace.Layer, _ t: Int
  ) -> Node {
    let gates = ["i", "f", "g", "o"]
    return Node(
      .forward, column: index, place: .state(layer: architecture.layers),
      equations: gates.map { gate in
        Equation(
          Variable(.gate(gate), layer: layer, time: t),
          .function(
            gate == "g" ? .tanh : .sigmoid,
            .variable(Variable(.preActivation(gate: gate), layer: layer, time: t))))
      },
      terms: [("input gate", "i", 0.4), ("forget gate", "f", 0.8), ("output gate", "o", 0.5)].map {
        Term(
          .gate($0.0), .variable(Variable(.gate($0.1), layer: layer, time: t)), .mean, value: $0.2)
      }, values: gates.map { Values(Variable(.gate($0), layer: layer, time: t), units(1)) })
  }

  private static func backward(
    _ architecture: Architecture, _ index: Int, _ column: GraphTrace.Column
  ) -> [Node] {
    let (t, layer) = (column.time, layer(architecture, column))
    let place = GraphTrace.Place.state(layer: architecture.layers)
    let s = Variable(.state, layer: layer, time: t)
    func delta(_ time: Int) -> Variable {
      Variable(.preActivation(gate: nil), layer: layer, time: time, isGradient: true)
    }
    let w = GraphTrace.Parameter(.recurrent, layer: layer)
    let future = Expression.transposedProduct(w, .variable(delta(t + 1)))
    let own = Expression.transposedProduct(
      GraphTrace.Parameter(.output),
      .variable(Variable(.output, time: t, isGradient: true)))
    let share = Variable(.parameter(w), time: t, isGradient: true)
    return [
      Node(
        .backward, column: index, place: place,
        equations: [Equation(s.gradient, .sum([future, own]))],
        terms: [
          Term(.future, future, value: 0.412), Term(.output, own, value: 0.377),
          Term(.sum, .variable(s.gradient), value: 0.561),
        ], values: [Values(s, units(1)), Values(s.gradient, units(0.2))]),
      Node(
        .backward, column: index, place: place,
        equations: [
          Equation(
            delta(t), .hadamard([.slope(.tanh, of: .variable(s)), .variable(s.gradient)]))
        ],
        terms: [
          Term(.sum, .variable(s.gradient), value: 0.561),
          Term(.through(.tanh), .variable(delta(t)), value: 0.202),
        ],
        values: [
          Values(s, units(1)), Values(s.gradient, units(0.2)), Values(delta(t), units(0.05)),
        ], finding: .slope(.tanh, mean: 0.36, passed: 0.36)),
      Node(
        .backward, column: index, place: place,
        equations: [
          Equation(
            share,
            .outer(.variable(delta(t)), .variable(Variable(.state, layer: layer, time: t - 1))))
        ],
        terms: [
          Term(.share, .variable(share), value: 0.12),
          Term(
            .total, .variable(Variable(.parameter(w), isGradient: true)), value: 1.98,
            previous: 1.93),
        ]),
    ]
  }

  static func state(
    _ architecture: Architecture, walking node: Int? = nil, isForced: Bool = false
  ) -> DashboardState {
    var description = SyntheticRun.description
    description.architecture = architecture
    var state = DashboardState()
    state.apply(.started(description))
    var run = SyntheticRun()
    state.apply(.steps(StepBatch((1...50).map { run.record($0) })))
    state.apply(.frame(.statistics(SyntheticRun.statistics)))
    state.show(view: .graph)
    if let node {
      _ = state.toggleWalk()
      state.apply(.state(.paused))
      state.apply(.frame(.trace(trace(architecture, isForced: isForced))))
      state.graph.node = node
    }
    state.advance(to: 60)
    return state
  }
}
