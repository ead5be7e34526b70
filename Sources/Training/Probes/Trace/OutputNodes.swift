import LinearAlgebra
import RecurrentNetworks
import TrainingEvents

/// The nodes of a part that has outputs: o, ŷ and L, and on the way back ∂L/∂L, ∇o, ∇V and ∇c.
struct OutputNodes {
  typealias Node = GraphTrace.Node
  typealias Term = GraphTrace.Term
  typealias Values = GraphTrace.Values
  typealias Variable = GraphTrace.Variable
  typealias Equation = GraphTrace.Equation

  let objective: Objective
  /// Whether there is one output, at the end.
  let isFinal: Bool
  /// What an output is read off at a step, and its values.
  let read: (Int) -> (expression: GraphTrace.Expression, values: [Float])
  let steps: Int
  /// o of every row, and ∂L/∂o of the row's own loss.
  let outputs: [[Float]]
  let lossGradients: [[Float]]
  /// The right class of every row, −1 for none; the right numbers where outputs are numbers.
  let targets: [Int32]
  let targetValues: [[Float]]
  /// V and c; V is valid as long as the parameters are.
  let v: Matrix<Float>
  let bias: [Float]
  let columns: [GraphTrace.Column]
  /// The column that a step stands in.
  let column: (Int) -> Int
  /// What the next step asks of an output that was handed on to it; nil where none was.
  let future: (Int) -> TraceFormula.Addend?
  /// Whether outputs stand at a time, as all do but the one of an image.
  var isTimed = true
  /// The loss of a whole sequence where steps have none of their own.
  let sequenceLoss: Double?
  /// How many targets there are, over which training takes the mean.
  let targetCount: Int

  private static let weight = GraphTrace.Parameter(.output)
  private static let outputBias = GraphTrace.Parameter(.outputBias)

  /// The time of a step, counted from 1.
  private func time(_ t: Int) -> Int? { isTimed ? t + 1 : nil }

  /// The output row that stands over a step.
  func row(_ t: Int) -> Int? {
    guard isFinal else { return outputs.indices.contains(t) ? t : nil }
    return t == steps - 1 && !outputs.isEmpty ? 0 : nil
  }

  /// ∇o(t) with what later steps ask of it; nil where nobody asks anything of an output.
  func gradient(_ t: Int) -> [Float]? {
    guard let row = row(t) else { return nil }
    guard let future = future(t) else { return hasLoss(t) ? lossGradients[row] : nil }
    return lossGradients[row].adding(future.values)
  }

  /// Whether the loss says anything of an output.
  private func hasLoss(_ t: Int) -> Bool {
    guard let row = row(t) else { return false }
    return sequenceLoss != nil || lossGradients[row].contains { $0 != 0 }
  }

  /// What an output asks of a state that it was read off: Vᵀ ∇o.
  func asks(_ layer: TraceLayer, _ t: Int) -> [LayerNodes.Asked] {
    // At the end of a sequence, the other direction has come to its start.
    let at = isFinal && layer.isReversed ? steps - 1 - t : t
    let first = layer.isReversed ? layer.units : 0
    return asks(layer.name, units: first..<first + layer.units, at)
  }

  /// The same of some of the states that stand one behind the other: V's columns that belong to them.
  func asks(_ layer: GraphTrace.Layer, units: Range<Int>, _ t: Int) -> [LayerNodes.Asked] {
    guard let gradient = gradient(t) else { return [] }
    return [
      LayerNodes.Asked(
        role: .output,
        expression: .transposedProduct(
          GraphTrace.Parameter(.output, layer: layer),
          .variable(Variable(.output, time: time(t), isGradient: true))),
        values: v.columns(units.lowerBound, units.count).transposedTimes(gradient))
    ]
  }

  // MARK: Forward

  func forward(_ t: Int) -> [Node] {
    guard let row = row(t), columns.indices.contains(column(t)) else { return [] }
    let here = columns[column(t)]
    let (o, y) = (Variable(.output, time: time(t)), Variable(.prediction, time: time(t)))
    let (output, state) = (outputs[row], read(t))
    let product = v.times(state.values)
    var nodes = [
      Node(
        .forward, column: column(t), place: .output,
        equations: [
          Equation(
            o, .sum([.parameter(Self.outputBias), .product(Self.weight, state.expression)]))
        ],
        terms: [
          Term(.bias, .parameter(Self.outputBias), value: bias.norm),
          Term(.state, .product(Self.weight, state.expression), value: product.norm),
          Term(.sum, .variable(o), value: output.norm),
        ], values: [Values(o, output)])
    ]
    let target = targets.indices.contains(row) && targets[row] >= 0 ? Int(targets[row]) : nil
    if let prediction = prediction(row) {
      let guess = prediction.indices.max { prediction[$0] < prediction[$1] } ?? 0
      let function: GraphTrace.Function =
        objective == .binaryCrossEntropy ? .sigmoid : .softmax
      var node = Node(
        .forward, column: column(t), place: .prediction,
        equations: [Equation(y, .function(function, .variable(o)))],
        terms: [
          Term(
            .now, .variable(y), .element(guess), value: Double(prediction[guess]))
        ], values: [Values(y, prediction)])
      (node.target, node.guess) = (target, function == .softmax ? guess : nil)
      nodes.append(node)
    }
    if let loss = here.loss, sequenceLoss == nil {
      nodes.append(lossNode(t, row, loss, target))
    }
    if t == steps - 1, let sequenceLoss {
      let all = Variable(.loss)
      nodes.append(
        Node(
          .forward, column: column(t), place: .loss,
          equations: [Equation(all, .loss(.alignments, .variable(Variable(.prediction))))],
          terms: [Term(.sum, .variable(all), .number, value: sequenceLoss)]))
    }
    return nodes
  }

  /// ŷ of a row; nil where outputs are numbers.
  func prediction(_ row: Int) -> [Float]? {
    switch objective {
    case .squaredError: nil
    case .binaryCrossEntropy: outputs[row].map(CellFormula.Function.sigmoid.apply)
    case .crossEntropy, .connectionistTemporalClassification: outputs[row].softmax
    }
  }

  private func lossNode(_ t: Int, _ row: Int, _ loss: Double, _ target: Int?) -> Node {
    let name = Variable(.loss, time: time(t))
    var node = Node(
      .forward, column: column(t), place: .loss,
      equations: [Equation(name, .loss(objective.traced, .variable(guessed(t))))],
      terms: [Term(.now, .variable(name), .number, value: loss)])
    node.target = target
    if targetValues.indices.contains(row) {
      node.values = [
        Values(guessed(t), prediction(row) ?? outputs[row]),
        Values(Variable(.target, time: time(t)), targetValues[row]),
      ]
    }
    return node
  }

  /// What the loss judges: ŷ, or o where outputs are numbers.
  private func guessed(_ t: Int) -> Variable {
    Variable(objective == .squaredError ? .output : .prediction, time: time(t))
  }

  // MARK: Backward

  func backward(_ t: Int) -> [Node] {
    guard let row = row(t), let gradient = gradient(t) else { return [] }
    var nodes: [Node] = []
    if sequenceLoss == nil ? hasLoss(t) : t == steps - 1 {
      let name = Variable(
        .loss, time: sequenceLoss == nil ? time(t) : nil, isGradient: true)
      nodes.append(
        Node(
          .backward, column: column(t), place: .loss,
          equations: [Equation(name, .number(1))],
          terms: [Term(.now, .variable(name), .number, value: 1)],
          finding: .sumOverTargets(targetCount)))
    }
    let name = Variable(.output, time: time(t), isGradient: true)
    let own = lossGradient(t, row)
    var (terms, equation) = ([Term(.loss, own, value: lossGradients[row].norm)], own)
    if let future = future(t) {
      equation = .sum([own, future.expression])
      terms.append(LayerNodes.term(future))
    }
    terms.append(Term(.sum, .variable(name), value: gradient.norm))
    var values = [Values(name, gradient)]
    if let prediction = prediction(row) {
      values.insert(Values(Variable(.prediction, time: time(t)), prediction), at: 0)
      if objective == .connectionistTemporalClassification {
        values.insert(
          Values(
            Variable(.expectedTarget, time: time(t)),
            prediction.subtracting(lossGradients[row])), at: 1)
      }
    }
    var node = Node(
      .backward, column: column(t), place: .output, equations: [Equation(name, equation)],
      terms: terms, values: values)
    node.target = targets.indices.contains(row) && targets[row] >= 0 ? Int(targets[row]) : nil
    nodes.append(node)
    return nodes
  }

  /// ∂L(t)/∂o(t) where L is the sum of all losses.
  private func lossGradient(_ t: Int, _ row: Int) -> GraphTrace.Expression {
    let guess = GraphTrace.Expression.variable(guessed(t))
    let target = GraphTrace.Expression.variable(Variable(.target, time: time(t)))
    switch objective {
    case .crossEntropy, .binaryCrossEntropy: return .difference(guess, target)
    case .squaredError:
      return .scaled(2 / Double(max(1, outputs[row].count)), .difference(guess, target))
    case .connectionistTemporalClassification:
      return .difference(guess, .variable(Variable(.expectedTarget, time: time(t))))
    }
  }

  /// ∇V = Σ ∇o(t) s(t)ᵀ and ∇c = Σ ∇o(t).
  var sums: [ParameterSum] {
    let all = (0..<steps).map { t in
      gradient(t).map { gradient in
        ParameterSum.Share(
          variable: Variable(.output, time: time(t), isGradient: true), rows: gradient,
          columns: [(0, 1)])
      }
    }
    let order = Array((0..<steps).reversed())
    return [
      ParameterSum(
        Self.weight,
        shares: all.enumerated().map { t, share in
          var share = share
          let state = read(t)
          share?.read = state.expression
          share?.columns = state.values.enumerated().map { ($0.offset, $0.element) }
          return share
        }, order: order, columns: v.columns),
      ParameterSum(Self.outputBias, shares: all, order: order, columns: 1),
    ]
  }
}

extension Objective {
  /// Whether outputs stand for symbols or classes.
  var isOfClasses: Bool { self != .squaredError && self != .binaryCrossEntropy }

  var traced: GraphTrace.LossKind {
    switch self {
    case .crossEntropy: .crossEntropy
    case .binaryCrossEntropy: .binaryCrossEntropy
    case .squaredError: .squaredError
    case .connectionistTemporalClassification: .alignments
    }
  }
}
