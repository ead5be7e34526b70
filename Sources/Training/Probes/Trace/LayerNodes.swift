import RecurrentNetworks
import TrainingEvents

/// The nodes of one layer: what its cell's equations say, with their numbers.
struct LayerNodes {
  typealias Node = GraphTrace.Node
  typealias Term = GraphTrace.Term
  typealias Values = GraphTrace.Values
  typealias Equation = GraphTrace.Equation

  /// A part of ∇s(t) that does not come from the layer's own future.
  typealias Asked = TraceFormula.Addend

  let layer: TraceLayer
  /// The column that a step stands in.
  let column: (Int) -> Int
  /// What others ask of s(t).
  let asked: (Int) -> [Asked]
  let formula: TraceFormula
  private let sums: [ParameterSum]

  init(
    _ layer: TraceLayer, column: @escaping (Int) -> Int, asked: @escaping (Int) -> [Asked]
  ) {
    self.layer = layer
    self.column = column
    self.asked = asked
    formula = TraceFormula(layer: layer, cellGradients: layer.cellGradients)
    sums = ParameterSum.sums(of: layer)
  }

  private var description: CellDescription { layer.description }

  var place: GraphTrace.Place {
    layer.isReversed ? .reversedState(layer: layer.number) : .state(layer: layer.number)
  }

  // MARK: Forward

  /// From the input to s(t).
  func forward(_ t: Int) -> [Node] {
    let read = layer.input.node(step: t, column: column(t)).map { [$0] } ?? []
    return read
      + description.equations.forward.map { group in
        var node = node(.forward, group, t)
        node.finding = finding(group, t)
        return node
      }
  }

  private func finding(_ group: [CellEquations.Equation], _ t: Int) -> GraphTrace.Finding? {
    let made: CellFormula.Quantity = description.zoneout > 0 ? .proposedCell : .cell
    switch group.first?.result {
    case .state? where description.isBounded:
      let state = layer.states[t]
      let saturated = state.count { abs($0) > 0.97 }
      return saturated > 0 ? .saturated(saturated, of: state.count) : nil
    case made? where description.cellParts == 1:
      return description.forgetGate.map { .keeps(mean: layer.gates[$0][t].mean) }
    default: return nil
    }
  }

  // MARK: Backward

  /// ∇s(t), and how it goes on to δ(t).
  func backward(_ t: Int) -> [Node] {
    [stateGradient(t)]
      + description.equations.backward.map { group in
        var node = node(.backward, group, t)
        node.finding = passed(t, group)
        return node
      }
  }

  /// ∇s(t) = what the future asks + what others ask.
  private func stateGradient(_ t: Int) -> Node {
    var parts: [Asked] = []
    if layer.fed == nil {
      parts = description.equations.fromFuture.flatMap { formula.addends($0, t) }
    }
    parts += asked(t)
    let gradient = layer.variable(.state, t).gradient
    let sum = parts.map(\.expression)
    return Node(
      .backward, column: column(t), place: place,
      equations: [
        Equation(
          gradient, sum.isEmpty ? .number(0) : sum.count == 1 ? sum[0] : .sum(sum))
      ],
      terms: parts.map(Self.term)
        + [Term(.sum, .variable(gradient), value: layer.gradients[t].norm)],
      values: [
        Values(layer.variable(.state, t), layer.states[t]), Values(gradient, layer.gradients[t]),
      ])
  }

  /// The mean slope, and what of the gradient's norm comes through, which need not be the same.
  private func passed(_ t: Int, _ group: [CellEquations.Equation]) -> GraphTrace.Finding? {
    guard let activation = description.activation, !layer.states[t].isEmpty,
      case .preActivation? = group.first?.result
    else { return nil }
    let made = description.zoneout > 0 ? CellFormula.Quantity.proposedState : .state
    let (state, norm) = (formula.value(made, t), layer.gradients[t].norm)
    return .slope(
      activation.function.traced,
      mean: state.reduce(0.0) { $0 + activation.slope(Double($1)) } / Double(state.count),
      passed: norm > 0 ? layer.deltas[t].norm / norm : nil)
  }

  /// ∇W, ∇b and ∇U with what step t adds to them.
  func parameters(_ t: Int) -> [Node] {
    sums.map { $0.node(t, column: column(t), place: place) }
  }

  /// ‖∇W‖ after every step on the way back.
  var weightNorms: [Double] { sums.first?.norms ?? [] }

  // MARK: Both ways

  /// A node of what a cell computes at once.
  private func node(
    _ direction: Node.Direction, _ group: [CellEquations.Equation], _ t: Int
  ) -> Node {
    let isBackward = direction == .backward
    func variable(_ equation: CellEquations.Equation) -> GraphTrace.Variable {
      let plain = formula.variable(equation.result, t)
      return isBackward ? plain.gradient : plain
    }
    func value(_ equation: CellEquations.Equation) -> [Float] {
      isBackward ? formula.gradient(equation.result, t) : formula.value(equation.result, t)
    }
    var values: [Values] = []
    var terms: [Term] = []
    if group.count == 1, let only = group.first {
      values = read(only.formula, t)
      let parts = formula.addends(only.formula, t)
      if parts.count > 1 {
        terms = parts.map(Self.term)
        terms.append(Term(.sum, .variable(variable(only)), value: value(only).norm))
      } else {
        terms = result(only, variable(only), value(only), t)
      }
    } else {
      for equation in group {
        if case .gate(let gate) = equation.result, !isBackward {
          guard description.gates[gate].lowest == 0 else { continue }
          terms.append(
            Term(
              .gate(description.gates[gate].name), .variable(variable(equation)), .mean,
              value: value(equation).mean))
        } else if !isBackward {
          terms.append(Term(.now, .variable(variable(equation)), value: value(equation).norm))
        }
      }
      if isBackward {
        let delta = layer.variable(.preActivation(gate: nil), t).gradient
        terms = [
          Term(
            description.readsState ? .through(nil) : .passedOn, .variable(delta),
            value: layer.deltas[t].norm)
        ]
      }
    }
    return Node(
      direction, column: column(t), place: place,
      equations: group.map {
        Equation(variable($0), formula.expression($0.formula, t) ?? .number(0))
      }, terms: terms,
      values: values
        + group.map { Values(variable($0), value($0), blocks: blocks($0.result)) })
  }

  /// The gates that a quantity has the numbers of; nil where it is of one thing.
  private func blocks(_ quantity: CellFormula.Quantity) -> [String]? {
    switch quantity {
    case .preActivation(nil), .recurrentSum(nil), .inputProduct(nil), .recurrentProduct(nil):
      layer.gateBlocks
    default: nil
    }
  }

  /// One value that comes of one other: what it was before, and what it is.
  private func result(
    _ equation: CellEquations.Equation, _ variable: GraphTrace.Variable, _ values: [Float], _ t: Int
  ) -> [Term] {
    if variable.isGradient {
      let own = Term(.sum, .variable(variable), value: values.norm)
      // ∇c(t) has one addend or none; it is not made of ∇s(t).
      if equation.result == .cell, description.zoneout > 0 { return [own] }
      let role: Term.Role =
        switch equation.result {
        case .proposedState: .written
        case .memory: .projected
        case _ where !description.readsState: .projected
        default: .through(description.activation?.function.traced)
        }
      return [
        Term(
          .sum, .variable(layer.variable(.state, t).gradient), value: layer.gradients[t].norm),
        Term(role, .variable(variable), value: values.norm),
      ]
    }
    return [Term(.now, .variable(variable), value: values.norm)]
  }

  /// What a formula is computed from, where it can be shown unit by unit.
  private func read(_ formula: CellFormula, _ t: Int) -> [Values] {
    var result: [Values] = []
    for (quantity, isGradient, isBefore) in self.formula.read(formula) {
      let step = isBefore ? (layer.isReversed ? t + 1 : t - 1) : t
      let variable = self.formula.variable(quantity, step)
      let named = isGradient ? variable.gradient : variable
      guard !result.contains(where: { $0.variable == named }) else { continue }
      let values =
        isGradient ? self.formula.gradient(quantity, step) : self.formula.value(quantity, step)
      if [layer.units, layer.cellUnits].contains(values.count) {
        result.append(Values(named, values))
      }
    }
    return result
  }

  static func term(_ part: Asked) -> Term {
    Term(part.role, part.expression, value: part.values.norm)
  }
}
