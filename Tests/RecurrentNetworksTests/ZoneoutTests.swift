import Foundation
import LinearAlgebra
import Testing

@testable import RecurrentNetworks

/// Units of which each is a network by itself: W is diagonal, and inputs have no part.
@Suite struct ZoneoutTests {
  private static let hidden = 8
  private static let (bias, weight) = (0.4, -0.9)
  private static let probability = 0.3

  private struct Run {
    /// s(t) and c(t) of each sequence, step and unit.
    var states: [[[Double]]] = []
    var cells: [[[Double]]] = []
  }

  private static func run(_ cell: CellKind, _ lengths: [Int], seed: UInt64?) -> Run {
    var configuration = NetworkConfiguration.checked(cell)
    (configuration.hidden, configuration.zoneout) = (hidden, probability)
    let model = EveryStepOutput<Double>(configuration, sizes: ModelSizes(width: 1, outputs: 2))
    let parameters = ParameterVector<Double>(model.layout)
    for parameter in model.layout.parameters {
      let matrix = parameters.matrix(parameter)
      if parameter.name == "rnn.bias_ih_l0" { matrix.fill(bias) }
      if parameter.name == "rnn.weight_hh_l0" {
        for row in 0..<matrix.rows { matrix.row(row)[row % hidden] = weight }
      }
    }
    var checked = CheckedBatch(lengths)
    checked.vectors(width: 1)
    checked.classes(2, rows: checked.batch.steps.rowCount)
    let arena = Arena<Double>()
    _ = model.outputs(
      checked.batch,
      Pass(
        parameters: parameters, arena: arena,
        dropout: seed.map { DropoutSource(probability: 0, seed: $0) }))
    let (steps, layer) = (checked.batch.steps, model.stacks[0].layers[0])
    func copies(_ matrix: Matrix<Double>) -> [[[Double]]] {
      (0..<steps.sequenceCount).map { k in
        (0..<steps.lengths[k]).map { t in
          (0..<hidden).map { matrix.row(steps.row(step: t, sequence: k))[$0] }
        }
      }
    }
    return Run(states: copies(layer.states), cells: layer.cells.map(copies) ?? [])
  }

  /// What a cell makes of s(t−1) and c(t−1), by hand.
  private static func proposed(_ cell: CellKind, _ s: Double, _ c: Double) -> (Double, Double) {
    let a = bias + weight * s
    let gate = 1 / (1 + exp(-a))
    guard cell == .lstm else { return (tanh(a), 0) }
    let new = gate * c + gate * tanh(a)
    return (gate * tanh(new), new)
  }

  /// Outside training each unit takes the mean of what it was and of what the cell makes of it.
  @Test(arguments: [CellKind.tanh, .lstm]) func theMeanIsKeptElsewhere(_ cell: CellKind) {
    let run = Self.run(cell, [6, 3], seed: nil)
    let p = Self.probability
    for (k, length) in [6, 3].enumerated() {
      var (s, c) = (0.0, 0.0)
      for t in 0..<length {
        let new = Self.proposed(cell, s, c)
        (s, c) = (p * s + (1 - p) * new.0, p * c + (1 - p) * new.1)
        #expect(run.states[k][t].allSatisfy { abs($0 - s) < 1e-12 })
        if cell == .lstm { #expect(run.cells[k][t].allSatisfy { abs($0 - c) < 1e-12 }) }
      }
    }
  }

  /// In training a unit either stays what it was, to the last bit, or becomes what the cell makes of it;
  /// s and c choose by themselves, and anew at each step.
  @Test(arguments: [CellKind.tanh, .lstm]) func unitsAreKeptOneByOne(_ cell: CellKind) {
    let lengths = [Int](repeating: 30, count: 10) + [7, 2]
    let run = Self.run(cell, lengths, seed: 5)
    var (kept, keptCells, both, all) = (0, 0, 0, 0)
    var first: Set<[Bool]> = []
    for (k, length) in lengths.enumerated() {
      var fates: [Bool] = []
      for unit in 0..<Self.hidden {
        var (s, c) = (0.0, 0.0)
        for t in 0..<length {
          let new = Self.proposed(cell, s, c)
          let state = run.states[k][t][unit]
          // The first s(t−1) is 0, and so tells what was kept exactly.
          let isKept = state == s
          #expect(isKept || abs(state - new.0) < 1e-12)
          if unit == 0 { fates.append(isKept) }
          s = state
          (kept, all) = (kept + (isKept ? 1 : 0), all + 1)
          guard cell == .lstm else { continue }
          let value = run.cells[k][t][unit]
          let isCellKept = value == c
          #expect(isCellKept || abs(value - new.1) < 1e-12)
          c = value
          keptCells += isCellKept ? 1 : 0
          both += isKept && isCellKept ? 1 : 0
        }
      }
      first.insert(fates)
    }
    let shares = [kept] + (cell == .lstm ? [keptCells] : [])
    for count in shares {
      #expect(abs(Double(count) / Double(all) - Self.probability) < 0.04)
    }
    if cell == .lstm { #expect(abs(Double(both) / Double(all) - 0.09) < 0.03) }
    #expect(first.count == lengths.count)
  }

  /// Masks follow from the seed alone, and other sequences' lengths are nothing to one.
  @Test func masksFollowFromTheSeed() {
    let run = Self.run(.lstm, [6, 4], seed: 5)
    #expect(run.states == Self.run(.lstm, [6, 4], seed: 5).states)
    #expect(run.states != Self.run(.lstm, [6, 4], seed: 6).states)
    #expect(run.states[0] == Self.run(.lstm, [6, 2, 1], seed: 5).states[0])
  }
}
