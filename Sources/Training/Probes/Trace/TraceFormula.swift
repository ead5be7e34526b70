import Foundation
import RecurrentNetworks
import TrainingEvents

/// A cell's formulas over one layer: what they stand for at a step, and their values.
struct TraceFormula {
  typealias Expression = GraphTrace.Expression
  typealias Role = GraphTrace.Term.Role

  struct Addend {
    var role: Role
    var expression: Expression
    var values: [Float]
  }

  let layer: TraceLayer
  /// ∇c(t) as far as it is known, and behind it ∇ℓ(t) where the cell has that.
  let cellGradients: [[Float]]

  /// The addends of a formula at a step, those alone that there are.
  func addends(_ formula: CellFormula, _ t: Int) -> [Addend] {
    switch formula {
    case .sum(let parts): parts.flatMap { addends($0, t) }
    case .inputSum(let gate): inputs(gate, t)
    case .recurrentSum(let gate): recurrent(gate, t)
    case .function(_, .sum(let parts)): addends(.sum(parts), t)
    default:
      if let values = value(formula, t), let expression = expression(formula, t) {
        [Addend(role: role(formula), expression: expression, values: values)]
      } else {
        []
      }
    }
  }

  private func inputs(_ gate: Int?, _ t: Int) -> [Addend] {
    let rows = layer.block(gate)
    var result: [Addend] = []
    if let read = layer.input.expression(step: t) {
      result.append(
        Addend(
          role: .input, expression: .product(layer.parameter(.input, gate: gate), read),
          values: Array(layer.fromInput(t)[rows])))
    }
    if let addend = layer.input.addend {
      result.append(
        Addend(
          role: .vector,
          expression: .transposedProduct(
            layer.parameter(.vector, gate: gate), .variable(GraphTrace.Variable(.input))),
          values: Array(addend[rows])))
    }
    return result
  }

  private func recurrent(_ gate: Int?, _ t: Int) -> [Addend] {
    let rows = layer.block(gate)
    if layer.description.isNormalised { return [product(gate, t)] }
    let product = product(gate, t)
    guard let bias = layer.recurrentBias else { return [product] }
    return [
      product,
      Addend(
        role: .bias, expression: .parameter(layer.parameter(.recurrentBias, gate: gate)),
        values: Array(bias[rows])),
    ]
  }

  /// W s(t−1).
  private func product(_ gate: Int?, _ t: Int) -> Addend {
    let rows = layer.block(gate)
    return Addend(
      role: .recurrent,
      expression: .product(
        layer.parameter(.recurrent, gate: gate), .variable(layer.variableBefore(t))),
      values: Array(layer.fromPast(t)[rows]))
  }

  private func role(_ formula: CellFormula) -> Role {
    switch formula {
    case .bias, .recurrentBias: .bias
    case .throughNormalisation: .throughState
    case .hadamard(let factors) where factors.contains { $0.isInputGain }: .input
    case .hadamard(let factors) where factors.contains { $0.isRecurrentGain }: .recurrent
    case .backThroughWeights: .future
    case .projected: .cell
    case .scaled(_, .gradient(.cell, .now)): .future
    case .backThroughProjection: .throughState
    case .value(.preActivation, .now): .input
    case .hadamard(let factors) where isPeephole(factors): .cell
    case _ where holds(formula, .after): .kept
    case _ where isBackward(formula): .throughState
    case .hadamard(let factors) where factors.contains(where: isRecurrent): .recurrent
    case _ where holds(formula, .before): .kept
    default: .written
    }
  }

  private func isRecurrent(_ formula: CellFormula) -> Bool {
    if case .recurrentSum = formula { true } else { false }
  }

  /// Whether a cell is read, or asked, through a vector of its own.
  private func isPeephole(_ factors: [CellFormula]) -> Bool {
    guard case .diagonal? = factors.first, layer.hasRecurrentWeights else { return false }
    return true
  }

  private func isBackward(_ formula: CellFormula) -> Bool {
    switch formula {
    case .gradient: true
    case .hadamard(let parts), .sum(let parts): parts.contains(where: isBackward)
    case .scaled(_, let a): isBackward(a)
    default: false
    }
  }

  private func holds(_ formula: CellFormula, _ moment: CellFormula.Moment) -> Bool {
    switch formula {
    case .value(_, let at), .gradient(_, let at): at == moment
    case .sum(let parts), .hadamard(let parts): parts.contains { holds($0, moment) }
    case .difference(let a, let b), .quotient(let a, let b), .throughNormalisation(let a, let b):
      holds(a, moment) || holds(b, moment)
    case .scaled(_, let a), .complement(let a), .function(_, let a), .slope(_, let a),
      .projected(let a, _), .backThroughProjection(let a, _):
      holds(a, moment)
    case .bias, .recurrentBias, .inputGain, .recurrentGain, .inputSum, .recurrentSum,
      .backThroughWeights, .diagonal:
      false
    }
  }

  // MARK: What a formula stands for

  func variable(_ quantity: CellFormula.Quantity, _ t: Int) -> GraphTrace.Variable {
    switch quantity {
    case .preActivation(let gate): layer.variable(.preActivation(gate: gate.map(layer.symbol)), t)
    case .recurrentSum(let gate): layer.variable(.recurrentSum(gate: gate.map(layer.symbol)), t)
    case .inputProduct(let gate): layer.variable(.inputProduct(gate: gate.map(layer.symbol)), t)
    case .recurrentProduct(let gate):
      layer.variable(.recurrentProduct(gate: gate.map(layer.symbol)), t)
    case .gate(let gate): layer.variable(.gate(layer.symbol(gate)), t)
    case .cell: layer.variable(.cell, t)
    case .normaliser: layer.variable(.normaliser, t)
    case .imaginary: layer.variable(.imaginary, t)
    case .state: layer.variable(.state, t)
    case .memory: layer.variable(.memory, t)
    case .proposedState: layer.variable(.proposedState, t)
    case .proposedCell: layer.variable(.proposedCell, t)
    }
  }

  /// The step that a formula means; nil where there is none after the last. Before the first lies
  /// the start.
  func step(_ moment: CellFormula.Moment, _ t: Int) -> Int? {
    switch moment {
    case .before: layer.isReversed ? t + 1 : t - 1
    case .now: t
    case .after: layer.after(t)
    }
  }

  /// nil where the formula asks for a step after the last.
  func expression(_ formula: CellFormula, _ t: Int) -> Expression? {
    func all(_ parts: [CellFormula]) -> [Expression] { parts.compactMap { expression($0, t) } }
    switch formula {
    case .value(let quantity, let moment):
      return step(moment, t).map { .variable(variable(quantity, $0)) }
    case .gradient(let quantity, let moment):
      return step(moment, t).map { .variable(variable(quantity, $0).gradient) }
    case .bias(let gate): return .parameter(layer.parameter(.bias, gate: gate))
    case .recurrentBias(let gate):
      return .parameter(layer.parameter(.recurrentBias, gate: gate))
    case .inputGain(let gate): return .parameter(layer.parameter(.inputGain, gate: gate))
    case .recurrentGain(let gate): return .parameter(layer.parameter(.recurrentGain, gate: gate))
    case .throughNormalisation(let a, let b):
      guard let a = expression(a, t), let b = expression(b, t) else { return nil }
      return .throughNormalisation(of: a, b)
    case .inputSum, .recurrentSum: return .total(addends(formula, t).map(\.expression))
    case .backThroughWeights:
      return layer.after(t).map {
        .transposedProduct(layer.parameter(.recurrent), .variable(layer.deltaIntoPast($0)))
      }
    case .sum(let parts): return .total(parts.flatMap { addends($0, t).map(\.expression) })
    case .hadamard(let parts):
      let factors = all(parts)
      return factors.count == parts.count ? .hadamard(factors) : nil
    case .difference(let a, let b):
      guard let a = expression(a, t), let b = expression(b, t) else { return nil }
      return .difference(a, b)
    case .quotient(let a, let b):
      guard let a = expression(a, t), let b = expression(b, t) else { return nil }
      return .quotient(a, b)
    case .scaled(let factor, let a): return expression(a, t).map { .scaled(factor, $0) }
    case .complement(let a): return expression(a, t).map { .complement($0) }
    case .function(let function, let a):
      return expression(a, t).map { .function(function.traced, $0) }
    case .slope(let function, let a):
      return expression(a, t).map { .slope(function.traced, of: $0) }
    case .diagonal(let index): return .parameter(layer.diagonal(index))
    case .projected(let a, let block):
      return expression(a, t).map { .product(layer.parameter(.projection, gate: block), $0) }
    case .backThroughProjection(let a, let block):
      return expression(a, t).map {
        .transposedProduct(layer.parameter(.projection, gate: block), $0)
      }
    }
  }

  /// The values that a formula is computed from at its own step, each once.
  func read(_ formula: CellFormula) -> [(CellFormula.Quantity, isGradient: Bool, Bool)] {
    switch formula {
    case .value(let quantity, let moment): return [(quantity, false, moment == .before)]
    case .gradient(let quantity, .now): return [(quantity, true, false)]
    case .sum(let parts), .hadamard(let parts): return parts.flatMap(read)
    case .difference(let a, let b), .quotient(let a, let b), .throughNormalisation(let a, let b):
      return read(a) + read(b)
    case .scaled(_, let a), .complement(let a), .function(_, let a), .slope(_, let a),
      .projected(let a, _), .backThroughProjection(let a, _):
      return read(a)
    case .bias, .recurrentBias, .inputGain, .recurrentGain, .inputSum, .recurrentSum,
      .backThroughWeights, .gradient, .diagonal:
      return []
    }
  }
}

extension TraceLayer {
  /// What W is multiplied by on the way back, and learns from: δ(t), or where a gate or a normalisation
  /// acts between, the gradient behind that.
  func deltaIntoPast(_ t: Int) -> GraphTrace.Variable {
    description.isNormalised
      ? variable(.recurrentProduct(gate: nil), t).gradient : deltaBehindGate(t)
  }

  /// The gradient of what is added for W s(t−1).
  func deltaBehindGate(_ t: Int) -> GraphTrace.Variable {
    variable(
      description.keepsRecurrentBias ? .recurrentSum(gate: nil) : .preActivation(gate: nil), t
    ).gradient
  }
}

extension CellFormula {
  fileprivate var isInputGain: Bool { if case .inputGain = self { true } else { false } }
  fileprivate var isRecurrentGain: Bool { if case .recurrentGain = self { true } else { false } }
}
