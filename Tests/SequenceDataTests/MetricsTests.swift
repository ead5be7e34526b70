import Testing
import TrainingEvents

@testable import SequenceData

struct MetricsTests {
  @Test func unitsOfInformation() {
    #expect(abs(InformationMeasures.bits(nats: 2.0794415416798357) - 3) < 1e-12)
    #expect(abs(InformationMeasures.perplexity(nats: 2.0794415416798357) - 8) < 1e-12)
    #expect(abs(InformationMeasures.entropy([1, 1, 2, 0]) - 1.0397207708399179) < 1e-12)
    #expect(InformationMeasures.entropy([]) == 0)
  }

  /// Truths 0 0 0 1 1 2, predictions 0 0 1 1 0 1: scikit-learn's f1_score gives 2/3, 2/5 and 0.
  @Test func classesAreCounted() {
    var matrix = ConfusionMatrix(classes: 4)
    for (truth, prediction) in [(0, 0), (0, 0), (0, 1), (1, 1), (1, 0), (2, 1), (9, 0), (0, -1)] {
      matrix.add(truth: truth, prediction: prediction)
    }
    #expect(matrix.total == 6)
    #expect(matrix.accuracy == 0.5)
    #expect(matrix.counts[1] == 1 && matrix.counts[4] == 1 && matrix.counts[9] == 1)
    #expect(abs((matrix.f1(of: 0) ?? 0) - 2.0 / 3) < 1e-12)
    #expect(abs((matrix.f1(of: 1) ?? 0) - 0.4) < 1e-12)
    #expect(matrix.f1(of: 2) == 0)
    #expect(matrix.f1(of: 3) == nil)
    #expect(abs(matrix.macroF1 - (2.0 / 3 + 0.4) / 3) < 1e-12)
    #expect(ConfusionMatrix(classes: 2).accuracy == 0)
    #expect(ConfusionMatrix(classes: 0).macroF1 == 0)
  }

  @Test func editsAreCounted() {
    #expect(EditDistance.between(Array("kitten"), Array("sitting")) == 3)
    #expect(EditDistance.between([], [1, 2, 3]) == 3)
    #expect(EditDistance.between([1, 2, 3], [3, 2, 1]) == 2)
    #expect(EditDistance.between([Int](), [Int]()) == 0)
  }

  @Test func errorRates() {
    #expect(SequenceScores.characterErrorRate("sitting", reference: "kitten") == 0.5)
    #expect(
      SequenceScores.wordErrorRate("the cat sat", reference: "the  fat cat sat down") == 0.4)
    #expect(SequenceScores.characterErrorRate("aaaa", reference: "b") == 4)
    var scores = SequenceScores()
    scores.add([1, 2, 3], accepted: [[1, 2], [1, 2, 3]])
    scores.add([5], accepted: [[1, 2, 3], [5, 6]])
    scores.add([5], accepted: [] as [[Int]])
    #expect(scores.sequences == 2 && scores.exact == 1)
    #expect(scores.exactMatch == 0.5 && scores.sequenceErrorRate == 0.5)
    #expect(scores.symbolErrorRate == 0.2)
    #expect(SequenceScores().sequenceErrorRate == 0)
  }

  @Test func squaredErrors() {
    #expect(SquaredErrors.mean([1, 2, 3], truths: [1, 4, 0]) == 13.0 / 3)
    #expect(SquaredErrors().mean == 0)
  }

  @Test func linearRecurrencesAreFound() throws {
    // x(t) = 1 + 1.2 x(t−1) − 0.5 x(t−2), exactly.
    var series = [3.0, -1]
    for t in 2..<40 { series.append(1 + 1.2 * series[t - 1] - 0.5 * series[t - 2]) }
    let found = try #require(LinearPrediction.coefficients(order: 2, series[...]))
    #expect(zip(found, [1, 1.2, -0.5]).allSatisfy { abs($0 - $1) < 1e-8 })
    let floats = series.map { Float($0) }
    let error = try #require(
      LinearPrediction.autoregression(order: 2, floats, width: 1, fitted: 30, over: 30..<40))
    #expect(error < 1e-10)
    #expect(LinearPrediction.persistence([1, 10, 3, 10, 6, 12], width: 2, over: 0..<3) == 4.25)
    #expect(
      LinearPrediction.autoregression(order: 2, floats, width: 1, fitted: 4, over: 30..<40) == nil)
  }

  @Test func aSeriesThatDoesNotVaryIsPredicted() throws {
    let flat = [Float](repeating: 5, count: 40)
    let error = try #require(
      LinearPrediction.autoregression(order: 9, flat, width: 1, fitted: 30, over: 30..<40))
    #expect(error < 1e-10)
  }
}
