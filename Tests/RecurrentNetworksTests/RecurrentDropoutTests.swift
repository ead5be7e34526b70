import Foundation
import LinearAlgebra
import Testing

@testable import RecurrentNetworks

@Suite struct RecurrentDropoutTests {
  private static let hidden = 6
  private static let start = 0.3
  private static let weight = 0.7

  /// s(t) of each sequence, step and unit of tanh(c + w d s(t−1)): W is w on its diagonal, and inputs
  /// have no part.
  private static func states(
    _ lengths: [Int], recurrent: Double, seed: UInt64 = 9
  ) -> [[[Double]]] {
    var configuration = NetworkConfiguration.checked(.tanh)
    configuration.hidden = hidden
    let model = EveryStepOutput<Double>(configuration, sizes: ModelSizes(width: 1, outputs: 2))
    let parameters = ParameterVector<Double>(model.layout)
    for parameter in model.layout.parameters {
      let matrix = parameters.matrix(parameter)
      if parameter.name == "rnn.bias_ih_l0" { matrix.fill(start) }
      if parameter.name == "rnn.weight_hh_l0" {
        for unit in 0..<hidden { matrix.row(unit)[unit] = weight }
      }
    }
    var checked = CheckedBatch(lengths)
    checked.vectors(width: 1)
    checked.classes(2, rows: checked.batch.steps.rowCount)
    let dropout =
      recurrent > 0 ? DropoutSource(probability: 0, recurrent: recurrent, seed: seed) : nil
    let arena = Arena<Double>()
    _ = model.outputs(
      checked.batch, Pass(parameters: parameters, arena: arena, dropout: dropout))
    let steps = checked.batch.steps
    let states = model.stacks[0].states[0].values
    return (0..<steps.sequenceCount).map { k in
      (0..<steps.lengths[k]).map { t in
        (0..<hidden).map { states.row(steps.row(step: t, sequence: k))[$0] }
      }
    }
  }

  private static func chain(_ factor: Double, steps: Int) -> [Double] {
    var (state, result) = (0.0, [Double]())
    for _ in 0..<steps {
      state = tanh(start + factor * state)
      result.append(state)
    }
    return result
  }

  /// A unit that is dropped in a sequence is dropped at all of its steps, and one that is kept enlarged
  /// at all of them.
  @Test func aSequenceHasOneMask() {
    let probability = 0.4
    var counts = [0, 0]
    for sequence in Self.states([7, 7, 5, 3, 2], recurrent: probability) {
      for unit in 0..<Self.hidden {
        let seen = sequence.map { $0[unit] }
        let dropped = Self.chain(0, steps: seen.count)
        let kept = Self.chain(Self.weight / (1 - probability), steps: seen.count)
        let isDropped = abs(seen[1] - dropped[1]) < 1e-12
        counts[isDropped ? 0 : 1] += 1
        for (value, expected) in zip(seen, isDropped ? dropped : kept) {
          #expect(abs(value - expected) < 1e-12)
        }
      }
    }
    #expect(counts[0] >= 4 && counts[1] >= 4)
  }

  /// Off without a source; the lengths of other sequences, which padding would follow, are nothing to one.
  @Test func otherLengthsChangeNothing() {
    let plain = Self.states([4, 2], recurrent: 0)
    for (value, expected) in zip(plain[0].map { $0[3] }, Self.chain(Self.weight, steps: 4)) {
      #expect(abs(value - expected) < 1e-12)
    }
    let mixed = Self.states([6, 2, 1], recurrent: 0.5)
    let equal = Self.states([6, 6], recurrent: 0.5)
    #expect(mixed[0] == equal[0])
    #expect(mixed[1] == Array(equal[1].prefix(2)))
    #expect(mixed[0] != Self.states([6, 2, 1], recurrent: 0.5, seed: 10)[0])
  }

  /// A symbol is dropped wherever it stands in a sequence or nowhere in it, as often as asked for.
  @Test func aDroppedSymbolIsDroppedThroughoutItsSequence() {
    let steps = PackedSteps(lengths: [9, 40] + [Int](repeating: 30, count: 60))
    let symbols: [Int32] = (0..<steps.rowCount).map { Int32($0 * $0 % 11) }
    let source = DropoutSource(probability: 0, symbols: 0.3, seed: 4)
    let arena = Arena<Double>()
    let read = symbols.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { source.drop($0, steps, arena: arena) }
    }
    guard let read else {
      Issue.record("there are no symbols")
      return
    }
    var (dropped, all) = (0, 0)
    for k in 0..<steps.sequenceCount {
      var fates: [Int32: Set<Bool>] = [:]
      for t in 0..<steps.lengths[k] {
        let row = steps.row(step: t, sequence: k)
        #expect(read[row] == -1 || read[row] == symbols[row])
        fates[symbols[row], default: []].insert(read[row] == -1)
      }
      #expect(fates.values.allSatisfy { $0.count == 1 })
      (dropped, all) = (dropped + fates.values.count { $0.contains(true) }, all + fates.count)
    }
    #expect((0.22...0.38).contains(Double(dropped) / Double(all)))
  }
}
