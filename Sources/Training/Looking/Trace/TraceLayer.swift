import Foundation
import LinearAlgebra
import RecurrentNetworks

/// One direction of one layer with the numbers that a pass forward and back over one sequence left
/// behind. Rows are steps, from the first in time to the last.
struct TraceLayer {
  let kind: CellKind
  let number: Int
  let isReversed: Bool
  /// `s`, `g` or `d`, with the layer's number where there are several.
  let letter: String
  /// Such as `²` or `←`, which follows W, U and b.
  let mark: String
  let initial: [Float]
  let states: [[Float]]
  let gradients: [[Float]]
  /// Activations of each gate, step after step.
  let gates: [[[Float]]]
  /// c(t) of LSTM cells.
  let cells: [[Float]]
  /// ∂L/∂(U x(t) + b) and ∂L/∂(W s(t−1)).
  let deltas: [[Float]]
  let recurrentDeltas: [[Float]]
  /// Weights; valid as long as the parameters are.
  let u: Matrix<Float>
  let w: Matrix<Float>
  let bias: [Float]
  let recurrentBias: [Float]?
  /// f(t−1), and whether a step hands its own output on, where the recurrence is the output's.
  let fed: [[Float]]?
  let ownIsHandedOn: [Bool]
  let input: TraceInput

  private static let superscripts = ["¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]

  init(
    _ view: LayerView<Float>, letter: String, isOneOfSeveral: Bool, input: TraceInput,
    parameters: ParameterVector<Float>
  ) {
    kind = view.kind
    number = view.number
    isReversed = view.isReversed
    let layer =
      !isOneOfSeveral ? "" : number <= 9 ? Self.superscripts[number - 1] : "ⁿ"
    self.letter = letter + layer
    mark = layer + (view.isReversed ? "←" : "")
    initial = view.initial.rows > 0 ? view.initial.copy(ofRow: 0) : []
    states = view.states.rowCopies
    gradients = view.stateGradients.rowCopies
    gates = view.gates.map(\.rowCopies)
    cells = view.cells?.rowCopies ?? []
    deltas = view.inputGradients.rowCopies
    recurrentDeltas = view.recurrentGradients.rowCopies
    u = parameters[view.inputWeight]
    w = parameters[view.recurrentWeight]
    bias = parameters.row(view.bias).copy(ofRow: 0)
    recurrentBias = view.recurrentBias.map { parameters.row($0).copy(ofRow: 0) }
    fed = view.fedBack?.values.rowCopies
    ownIsHandedOn = view.fedBack?.ownIsHandedOn ?? []
    self.input = input
  }

  var steps: Int { states.count }
  var units: Int { states.first?.count ?? 0 }

  // MARK: Time

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

  /// Such as `s(3)`.
  func name(_ t: Int) -> String { "\(letter)(\(t + 1))" }

  /// What W is multiplied by at a step, such as `s(2)`, `g(4)`, or the output before.
  func nameBefore(_ t: Int) -> String {
    guard fed != nil else { return "\(letter)(\(isReversed ? t + 2 : t))" }
    return ownIsHandedOn.indices.contains(t - 1) && ownIsHandedOn[t - 1] ? "o(\(t))" : "y(\(t))"
  }

  /// The vector that W is multiplied by at a step.
  func previous(_ t: Int) -> [Float] {
    if let fed { return fed[t] }
    return before(t).map { states[$0] } ?? initial
  }

  // MARK: Forward

  func fromPast(_ t: Int) -> [Float] { w.times(previous(t)) }
  func fromInput(_ t: Int) -> [Float] { input.projected(by: u, step: t) }

  /// U x(t) + W s(t−1) + b of every gate, which the network turned into activations.
  func preActivation(_ t: Int) -> [Float] {
    var sum = fromInput(t).adding(fromPast(t)).adding(bias)
    if let addend = input.addend { sum = sum.adding(addend) }
    return sum
  }

  // MARK: Backward

  /// Wᵀ δ of a step: what the step asks of what it read before.
  func toPast(_ t: Int) -> [Float] { w.transposedTimes(recurrentDeltas[t]) }

  /// z ⊙ ∇s of a step: what a gate such as the GRU's hands back without any weight.
  func keptToPast(_ t: Int) -> [Float]? {
    kind.description.carryGate.map { gates[$0][t].times(gradients[t]) }
  }

  /// ∇s(0): what the first step in this direction asks of where it began.
  var startGradient: [Float] {
    guard let first = backwardOrder.last else { return [] }
    let back = toPast(first)
    return keptToPast(first).map { back.adding($0) } ?? back
  }

  /// ∇c(t) of an LSTM: what comes through s(t), and what the step after kept of the cell.
  var cellGradients: [(throughState: [Float], fromFuture: [Float]?, sum: [Float])] {
    var result = [(throughState: [Float], fromFuture: [Float]?, sum: [Float])](
      repeating: ([], nil, []), count: steps)
    for t in backwardOrder {
      let slope = cells[t].map { 1 - tanh($0) * tanh($0) }
      let through = gradients[t].times(gates[3][t]).times(slope)
      let future = after(t).map { gates[1][$0].times(result[$0].sum) }
      result[t] = (through, future, future.map { through.adding($0) } ?? through)
    }
    return result
  }

  /// ‖∇W‖ summed from the end down to each step: ∇W = Σ δ(t) s(t−1)ᵀ (GBC eq. 10.26).
  var accumulatedWeightNorms: [Double] {
    var sum = [Float](repeating: 0, count: w.rows * w.columns)
    var norms = [Double](repeating: 0, count: steps)
    for t in backwardOrder {
      let (delta, past) = (recurrentDeltas[t], previous(t))
      sum.withUnsafeMutableBufferPointer { sum in
        for row in delta.indices where delta[row] != 0 {
          let first = row * past.count
          for unit in past.indices { sum[first + unit] += delta[row] * past[unit] }
        }
      }
      norms[t] = sum.norm
    }
    return norms
  }
}
