import Foundation
import LinearAlgebra
import RecurrentNetworks
import TrainingEvents

/// One direction of one layer with the numbers that a pass forward and back over one sequence left
/// behind. Rows are steps, from the first in time to the last.
struct TraceLayer {
  let description: CellDescription
  /// Which layer and direction it is.
  let name: GraphTrace.Layer
  let initial: [Float]
  /// c(0) of LSTM cells.
  let initialCell: [Float]
  let states: [[Float]]
  let gradients: [[Float]]
  /// Activations of each gate, step after step.
  let gates: [[[Float]]]
  /// c(t) of LSTM cells.
  let cells: [[Float]]
  /// m(t) of which P makes s(t); empty where nothing does.
  let memory: [[Float]]
  /// ∂L/∂a(t), and ∂L/∂ of what W s(t−1) adds to it.
  let deltas: [[Float]]
  let recurrentDeltas: [[Float]]
  /// ∂L/∂(U x(t)) and ∂L/∂(W s(t−1)): the same, but where they are normalised before they are added.
  let inputDeltas: [[Float]]
  let productDeltas: [[Float]]
  /// g_U and g_W; empty where nothing is normalised.
  let inputGain: [Float]
  let recurrentGain: [Float]
  /// Weights; valid as long as the parameters are.
  let u: Matrix<Float>
  let w: Matrix<Float>
  let bias: [Float]
  let recurrentBias: [Float]?
  let projection: Matrix<Float>?
  /// What acts unit by unit, such as peepholes, as the cell's equations name it.
  let diagonals: [[Float]]
  /// f(t−1), and whether a step hands its own output on, where the recurrence is the output's.
  let fed: [[Float]]?
  let ownIsHandedOn: [Bool]
  let input: TraceInput

  init(
    _ view: LayerView<Float>, part: GraphTrace.Layer.Part, isOneOfSeveral: Bool,
    input: TraceInput, parameters: ParameterVector<Float>
  ) {
    description = view.description
    name = GraphTrace.Layer(
      part: part, number: view.number, isOneOfSeveral: isOneOfSeveral,
      isReversed: view.isReversed)
    initialCell = view.initialCell.rows > 0 ? view.initialCell.copy(ofRow: 0) : []
    initial = view.initial.rows > 0 ? view.initial.copy(ofRow: 0) : []
    states = view.states.rowCopies
    gradients = view.stateGradients.rowCopies
    gates = view.gates.map(\.rowCopies)
    cells = view.cells?.rowCopies ?? []
    memory = view.unprojected?.rowCopies ?? []
    let norm = view.normalisation
    inputDeltas = view.inputGradients.rowCopies
    productDeltas = view.recurrentGradients.rowCopies
    deltas = norm?.sumGradients.rowCopies ?? inputDeltas
    recurrentDeltas = norm?.recurrentSumGradients.rowCopies ?? productDeltas
    inputGain = norm.map { parameters.row($0.inputGain).copy(ofRow: 0) } ?? []
    recurrentGain = norm.map { parameters.row($0.recurrentGain).copy(ofRow: 0) } ?? []
    u = parameters[view.inputWeight]
    w = parameters[view.recurrentWeight]
    bias = parameters.row(view.bias).copy(ofRow: 0)
    recurrentBias = view.recurrentBias.map { parameters.row($0).copy(ofRow: 0) }
    projection = view.projection.map { parameters[$0] }
    diagonals = view.factors(parameters)
    fed = view.fedBack?.values.rowCopies
    ownIsHandedOn = view.fedBack?.ownIsHandedOn ?? []
    self.input = input
  }

  var isReversed: Bool { name.isReversed }
  var number: Int { name.number }
  var steps: Int { states.count }
  /// Numbers of s(t).
  var units: Int { states.first?.count ?? 0 }
  /// Hidden units of the cell, as many unless they are projected.
  var cellUnits: Int { bias.count / max(1, description.gates.count) }

  /// Whether s(t−1) reaches s(t) through W.
  var hasRecurrentWeights: Bool { w.rows > 0 }

  // MARK: Time

  /// Rows of one gate in U, W, b and δ; all of them where there is none.
  func block(_ gate: Int?) -> Range<Int> {
    guard let gate else { return 0..<bias.count }
    return gate * cellUnits..<(gate + 1) * cellUnits
  }

  /// Steps in the order in which gradients come by.
  var backwardOrder: [Int] { isReversed ? Array(0..<steps) : (0..<steps).reversed() }

  /// The step whose state a step reads; nil at the start.
  func before(_ t: Int) -> Int? {
    let step = isReversed ? t + 1 : t - 1
    return states.indices.contains(step) ? step : nil
  }

  /// The step that reads a step's state; nil at the end.
  func after(_ t: Int) -> Int? {
    let step = isReversed ? t - 1 : t + 1
    return states.indices.contains(step) ? step : nil
  }

  /// A quantity of this layer at a step, counted from 0.
  func variable(_ quantity: GraphTrace.Quantity, _ t: Int) -> GraphTrace.Variable {
    GraphTrace.Variable(quantity, layer: name, time: t + 1)
  }

  func parameter(_ kind: GraphTrace.Parameter.Kind, gate: Int? = nil) -> GraphTrace.Parameter {
    GraphTrace.Parameter(kind, layer: name, gate: gate.map(symbol))
  }

  func symbol(_ gate: Int) -> String { description.gates[gate].symbol }

  /// What the parts of a, b and δ are of; nil where there is one gate or none.
  var gateBlocks: [String]? {
    description.gates.count > 1 ? description.gates.map(\.symbol) : nil
  }

  /// What W is multiplied by at a step: the state before, or the output before.
  func variableBefore(_ t: Int) -> GraphTrace.Variable {
    guard fed != nil else { return variable(.state, isReversed ? t + 1 : t - 1) }
    let isOwn = ownIsHandedOn.indices.contains(t - 1) && ownIsHandedOn[t - 1]
    return GraphTrace.Variable(isOwn ? .output : .target, time: t)
  }

  /// The vector that W is multiplied by at a step.
  func previous(_ t: Int) -> [Float] {
    if let fed { return fed[t] }
    return before(t).map { states[$0] } ?? initial
  }

  // MARK: Forward

  func fromPast(_ t: Int) -> [Float] { w.times(previous(t)) }
  func fromInput(_ t: Int) -> [Float] { input.projected(by: u, step: t) }

  /// U x(t), and whatever else enters a step.
  func inputProduct(_ t: Int) -> [Float] {
    input.addend.map { fromInput(t).adding($0) } ?? fromInput(t)
  }

  /// W s(t−1) with the bias that stands beside it; zeros in cells without W.
  func recurrentSum(_ t: Int) -> [Float] {
    guard hasRecurrentWeights else { return [Float](repeating: 0, count: bias.count) }
    let product =
      description.isNormalised ? recurrentGain.times(normalised(fromPast(t))) : fromPast(t)
    return recurrentBias.map { product.adding($0) } ?? product
  }

  /// c(t); before the first step, and behind the last in the other direction, c(0).
  func cell(_ t: Int) -> [Float] { states.indices.contains(t) ? cells[t] : initialCell }

  /// The gates that have peepholes, in the order of those.
  var peepholes: [Int] {
    (description.diagonals?.rows ?? []).compactMap { symbol in
      description.gates.firstIndex { $0.symbol == symbol }
    }
  }

  /// When the cell was what a gate with a peephole sees at a step: the last gate sees what it has
  /// become, the others what it was before.
  func stepOfCell(seenBy gate: Int, _ t: Int) -> Int {
    gate == description.gates.count - 1 ? t : isReversed ? t + 1 : t - 1
  }

  /// U x(t) + W s(t−1) + b of every gate, and what peepholes see, which the network turned into activations.
  func preActivation(_ t: Int) -> [Float] {
    var sum = inputProduct(t)
    if description.isNormalised { sum = inputGain.times(normalised(sum)) }
    sum = sum.adding(recurrentSum(t)).adding(bias)
    for (weights, gate) in zip(diagonals, peepholes) {
      let seen = weights.times(cell(stepOfCell(seenBy: gate, t)))
      for (row, value) in zip(block(gate), seen) { sum[row] += value }
    }
    return sum
  }

  // MARK: Backward

  /// Wᵀ δ of a step: what the step asks of what it read before.
  func toPast(_ t: Int) -> [Float] { w.transposedTimes(productDeltas[t]) }

  /// What the first step in this direction asks of where it began: the addends of ∇s(0).
  var startAddends: [TraceFormula.Addend] {
    let formula = TraceFormula(layer: self, cellGradients: [])
    return description.equations.fromFuture.flatMap {
      formula.addends($0, isReversed ? steps : -1)
    }
  }

  /// ∇c(t) where a cell is carried, and behind it ∇ℓ(t) or ∇c′(t): what comes through s(t), and what the step
  /// after kept of it. The network keeps none of it.
  var cellGradients: [[Float]] {
    let equations = description.equations.backward.joined().filter {
      [.cell, .proposedCell, .normaliser, .imaginary].contains($0.result)
    }
    guard !equations.isEmpty else { return [] }
    var result = [[Float]](repeating: [], count: steps)
    for t in backwardOrder {
      for equation in equations {
        let formula = TraceFormula(layer: self, cellGradients: result)
        // Nothing comes back to the last step.
        result[t] +=
          formula.value(equation.formula, t) ?? [Float](repeating: 0, count: cellUnits)
      }
    }
    return result
  }
}
