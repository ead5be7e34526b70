import Foundation
import SequenceData
import Testing
import Training

/// A pronouncer whose decoder is set by hand: it says B after every word, and then ends.
@Suite struct WritingEvaluationTests {
  /// Phones are numbered ⏎ 0, A 1, B 2. The decoder reads the context (2 numbers) and the phone
  /// before; its first unit wakes when that was B.
  private func network(_ dictionary: String) async throws -> SetNetwork {
    // Columns of weight_ih: phones before, then context, whichever way around: the context is 0.
    let phone = 2
    var input = [Double](repeating: 0, count: 2 * 5)
    input[phone] = 20
    return try await SetNetwork(
      [
        ("task.kind", "sequence-to-sequence"), ("task.data.dictionary", "FILE"),
        ("task.split.test", "0.5"), ("network.hidden", "2"), ("network.cell", "tanh"),
      ], data: dictionary,
      weights: [
        "decoder.weight_ih_l0": input, "head.weight": [30, 0, 0, 0, 0, 0],
        "head.bias": [0, -5, 10],
      ])
  }

  private func lines(_ pronunciations: [String]) -> String {
    (0..<20).map { number in
      let word = "w" + (number % 10 == 0 ? "x" : "") + String(repeating: "y", count: number + 1)
      return pronunciations.enumerated().map { index, phones in
        index == 0 ? "\(word) \(phones)" : "\(word)(\(index + 1)) \(phones)"
      }.joined(separator: "\n")
    }.joined(separator: "\n")
  }

  @Test(arguments: ["greedy", "beam of 5"])
  func anyListedPronunciationIsRight(way: String) async throws {
    // B is the second one listed.
    let right = try await network(lines(["A A1", "B0"])).evaluate()
    #expect(right.sequences == 10)
    #expect(right.value(.wordErrorRate, way) == 0 && right.value(.phoneErrorRate, way) == 0)
    // One phone of three is there: two insertions a word.
    let wrong = try await network(lines(["A B A"])).evaluate()
    #expect(wrong.value(.wordErrorRate, way) == 1)
    #expect(wrong.value(.phoneErrorRate, way) == 2.0 / 3)
  }

  @Test func theAnswerComesWithItsRivals() async throws {
    let prediction = try await network(lines(["A A1", "B0"])).predict("wyy")
    #expect(prediction.answer == "B" && prediction.labels == ["B"])
    #expect(prediction.alternatives.first?.label == "B")
    #expect((prediction.alternatives.first?.probability ?? 0) > 0.99)
    #expect(prediction.states.symbols == ["w", "y", "y"])
    #expect(prediction.states.maps.allSatisfy { $0.columns == 3 })
  }
}
