import Foundation
import LinearAlgebra
import RecurrentNetworks
import Testing

/// Decoding of CTC outputs against all paths of short inputs.
@Suite struct AlignmentDecodingTests {
  @Test func bestPathMergesRepeatsAndDropsBlanks() {
    let path = [1, 1, 3, 1, 0, 0, 3, 3, 2]
    let (held, batch) = outputs(path.map { best in (0..<4).map { $0 == best ? 2 : 0.1 } })
    #expect(
      AlignmentDecoding.bestPath(held.matrix, steps: batch.steps, sequence: 0) == [1, 1, 0, 2])
  }

  @Test(arguments: [1, 2, 3, 4]) func wideBeamIsExact(_ seed: UInt64) throws {
    let logits = ConnectionistTemporalClassificationTests.logits(rows: 5, columns: 3, seed: seed)
    var probabilities: [[Int32]: Double] = [:]
    forEachPath(steps: 5, symbols: 3) { path in
      let probability = path.enumerated().reduce(1) {
        $0 * softmax(logits[$1.offset])[$1.element]
      }
      probabilities[spelling(path, blank: 2).map { Int32($0) }, default: 0] += probability
    }
    let (held, batch) = outputs(logits)
    let found = AlignmentDecoding.prefixBeam(
      held.matrix, steps: batch.steps, sequence: 0, width: 1000)
    #expect(found.count == probabilities.count)
    for spelling in found {
      let expected = try #require(probabilities[spelling.symbols])
      #expect(relativeError([exp(spelling.logProbability)], [expected]) < 1e-12)
    }
    #expect(found.first?.symbols == probabilities.max { $0.value < $1.value }?.key)
    let order = found.map(\.logProbability)
    #expect(order == order.sorted(by: >))
  }

  /// Every step's likeliest symbol is the blank, and yet "0" is the likeliest spelling.
  @Test func beamFindsWhatBestPathMisses() {
    let (held, batch) = outputs([
      [log(0.4), log(1e-9), log(0.6)], [log(0.4), log(1e-9), log(0.6)],
    ])
    #expect(AlignmentDecoding.bestPath(held.matrix, steps: batch.steps, sequence: 0) == [])
    let beam = AlignmentDecoding.prefixBeam(
      held.matrix, steps: batch.steps, sequence: 0, width: 2)
    #expect(beam.count == 2)
    #expect(beam.first?.symbols == [0])
    #expect(abs(exp(beam[0].logProbability) - 0.64) < 1e-6)
  }

  /// Sequences of a packed batch are told apart.
  @Test func readsItsOwnRows() {
    let batch = ConnectionistTemporalClassificationTests.batch(
      lengths: [1, 3], targets: [[], []], Double.self)
    let symbols = [[1], [0, 2, 0]]
    let held = Arena<Double>().packedMatrix(batch, columns: 3) { n, t in
      (0..<3).map { $0 == symbols[n][t] ? 4.0 : 0 }
    }
    #expect(
      AlignmentDecoding.bestPath(held.matrix, steps: batch.steps, sequence: 0) == [0, 0])
    #expect(AlignmentDecoding.bestPath(held.matrix, steps: batch.steps, sequence: 1) == [1])
  }

  private func outputs(
    _ logits: [[Double]]
  ) -> (HeldMatrix<Double>, SequenceBatch<Double>) {
    let batch = ConnectionistTemporalClassificationTests.batch(
      lengths: [logits.count], targets: [[]], Double.self)
    let held = Arena<Double>().packedMatrix(batch, columns: logits[0].count) { logits[$1] }
    return (held, batch)
  }
}
