import Foundation
import LinearAlgebra
import RecurrentNetworks
import SequenceData

/// What a classifier answered, example by example: counts of truth and prediction, and the mistakes
/// that it was surest of.
struct ClassAnswers {
  struct Answer {
    /// The example's number.
    var example: Int
    var truth: Int
    var prediction: Int
    /// Probability given to the predicted class.
    var confidence: Float
  }

  private static let mostMistakes = 12

  private(set) var matrix: ConfusionMatrix
  /// The most confident mistakes, worst first.
  private(set) var mistakes: [Answer] = []

  init(classes: Int) {
    matrix = ConfusionMatrix(classes: classes)
  }

  /// - Parameter first: what is added to the answers' numbers
  mutating func add(_ answers: [Answer], from first: Int) {
    for var answer in answers {
      answer.example += first
      matrix.add(truth: answer.truth, prediction: answer.prediction)
      if answer.truth != answer.prediction { mistakes.append(answer) }
    }
    mistakes.sort { ($1.confidence, $0.example) < ($0.confidence, $1.example) }
    if mistakes.count > Self.mostMistakes {
      mistakes.removeLast(mistakes.count - Self.mostMistakes)
    }
  }

  /// The answers in outputs that were not yet turned into probabilities, one row a sequence.
  static func read(_ outputs: Matrix<Float>, _ batch: PackedBatch) -> [Answer] {
    batch.steps.order.enumerated().compactMap { row, n in
      let truth = Int(batch.targets[row])
      guard truth >= 0, row < outputs.rows else { return nil }
      let values = outputs.row(row)
      let best = values.indexOfLargest(count: outputs.columns)
      // The largest is taken off, so that no exponential overflows.
      let sum = (0..<outputs.columns).reduce(Float(0)) { $0 + exp(values[$1] - values[best]) }
      return Answer(example: n, truth: truth, prediction: best, confidence: 1 / sum)
    }
  }
}
