import Testing

@testable import TrainingEvents

/// When a rise of the validation loss begins, and when it is over.
@Suite struct ValidationTrendTests {
  private func add(_ losses: [Double], from step: Int, to trend: inout ValidationTrend) {
    for (index, loss) in losses.enumerated() {
      trend.add(
        ValidationRecord(step: step + index, loss: loss, isBest: false),
        trainingLoss: 3 / Double(step + index))
    }
  }

  @Test func aRiseThatWasToldIsOverOnceTheLossIsLowerThanBefore() {
    var trend = ValidationTrend()
    add([3, 2.5, 2.1, 1.8, 1.6, 1.5], from: 1, to: &trend)
    #expect(!trend.isRising)
    add([1.7, 1.9, 2.1, 2.3, 2.5], from: 7, to: &trend)
    #expect(trend.isRising && trend.best?.loss == 1.5)
    trend.noteRaised()
    #expect(!trend.isOver)
    // As low as before is no better than before.
    add([1.6, 1.6, 1.6], from: 12, to: &trend)
    #expect(!trend.isOver)
    add([0.8, 0.7, 0.6, 0.5], from: 15, to: &trend)
    #expect(trend.isOver && !trend.isRising)
  }
}
