import Testing

@testable import TrainingEvents

@Suite struct RunHistoryTests {
  static func record(_ step: Int, loss: Double = 1, norm: Double = 1, clipped: Bool = false)
    -> StepRecord
  {
    StepRecord(
      step: step, epoch: Double(step) / 10, loss: loss, gradientNorm: norm, clipped: clipped,
      learningRate: 0.1, tokens: 3, elapsed: Double(step) * 0.5, duration: 0.5)
  }

  /// A norm at every tenth step: curves and ranges know of those ten and of nothing between.
  @Test func whatWasNotLoggedIsNothing() {
    var history = RunHistory()
    for step in 1...1_000 {
      history.append(
        StepRecord(
          step: step, epoch: step > 500 ? Double(step) / 100 : nil, loss: 1,
          gradientNorm: step % 10 == 0 ? Double(step) : step == 501 ? .nan : nil))
    }
    let norms = history.gradientNorm
    #expect(norms.count == 1_000 && norms.value(at: 9) == 10 && norms.value(at: 10) == nil)
    #expect(norms.value(at: 500)?.isNaN == true && norms.last == 1_000)
    let whole = norms.summary(of: 0..<1_000)
    #expect(whole.samples == 101 && whole.count == 100 && whole.maximum == 1_000)
    #expect(norms.summary(of: 10..<19).samples == 0 && !norms.summary(of: 10..<19).isGap)
    #expect(norms.summary(of: 500..<501).isGap)
    #expect(!history.learningRate.hasValues && history.learningRate.last == nil)
    #expect(history.tokens == nil && history.clippedShare == nil)
    #expect(!history.has(.time) && history.has(.epoch) && history.has(.step))
    #expect(history.epoch[499] == nil && history.epoch[500] == 5.01)
    #expect(history.index(of: 6, on: .epoch) == 599)
    let past = history.through(step: 505)
    #expect(past.gradientNorm.summary(of: 0..<505).samples == 51)
    #expect(past.has(.epoch) && !history.through(step: 400).has(.epoch))
  }

  @Test func bucketsKeepWhatIsAbsentAbsent() throws {
    let none = try #require(StepBucket([StepRecord(step: 1, loss: 1)][...]))
    #expect(none.gradientNorm == nil && none.tokens == nil && none.clippedSteps == nil)
    let some = try #require(
      StepBucket([Self.record(2, norm: 4, clipped: true), Self.record(3, norm: 2)][...]))
    let both = none.merged(with: some)
    #expect(both.gradientNorm == .init(minimum: 2, maximum: 4, mean: 3) && both.tokens == 6)
    #expect(both.clippedSteps == 1 && both.count == 3)
  }

  @Test func constantsStayConstantUnderSmoothing() {
    var history = RunHistory(smoothing: 0.99)
    for step in 1...50 { history.append(Self.record(step, loss: 3)) }
    for index in 0..<50 { #expect(abs(history.smoothedLoss[index] - 3) < 1e-5) }
  }

  @Test func aGapDoesNotMoveTheAverage() {
    var average = DebiasedAverage(weight: 0.5)
    #expect(average.value.isNaN)
    let results = [4, .nan, 1].map { average.add($0) }
    #expect(results[0] == 4)
    #expect(results[1].isNaN)
    // Weights 1/4 and 1/2, divided by their sum.
    #expect(abs(results[2] - (4 * 0.25 + 1 * 0.5) / 0.75) < 1e-12)
  }

  @Test func boundariesKeepBothEndsAndEverySpike() throws {
    var history = RunHistory()
    for step in 1...10_000 {
      history.append(Self.record(step, loss: step == 1 ? 9 : step == 4_321 ? 8 : 1))
    }
    history.append(Self.record(10_001, loss: 7))
    let extent = try #require(history.extent(of: .step))
    #expect(extent == 1...10_001)
    for columns in [1, 7, 100] {
      let boundaries = history.boundaries(columns: columns, over: extent, on: .step)
      let summaries = history.loss.summaries(between: boundaries)
      #expect(summaries.count == columns)
      #expect(summaries.first?.maximum == 9)
      #expect(columns == 1 || summaries.last?.maximum == 7)
      #expect(columns == 1 || summaries.contains { $0.maximum == 8 })
      #expect(summaries.reduce(0) { $0 + $1.samples } == 10_001)
    }
  }

  @Test func goingBackReplacesWhatFollowed() {
    var history = RunHistory()
    for step in 1...100 { history.append(Self.record(step, loss: 1)) }
    history.append(
      ValidationRecord(step: 90, epoch: 9, loss: 1, elapsed: 45, isBest: true))
    history.append(Self.record(51, loss: 5))
    #expect(history.count == 51)
    #expect(history.steps.last == 51)
    #expect(history.loss[50] == 5)
    #expect(history.validations.isEmpty)
  }

  @Test func thinnedBucketsKeepCountExtremesAndMean() {
    var batch = StepBatch()
    let count = StepBatch.capacity + 10
    for step in 1...count {
      batch.append(Self.record(step, loss: step == 1_000 ? 50 : step == 2_000 ? -50 : 2))
    }
    #expect(!batch.thinned.isEmpty)
    var history = RunHistory()
    history.append(batch)
    #expect(history.count == count)
    #expect(history.steps.last == count)
    let all = history.loss.summary(of: 0..<count)
    #expect(all.minimum == -50 && all.maximum == 50)
    #expect(abs(all.mean - 2) < 0.01)
    #expect(history.tokens == 3 * count)
  }

  @Test func stepsOfAnyPaceAreFound() {
    var axis = StepAxis()
    let steps = [5, 6, 7, 17, 27, 37, 38, 100]
    for step in steps { axis.append(step) }
    axis.append(100)
    #expect(axis.count == steps.count)
    for (index, step) in steps.enumerated() {
      #expect(axis.step(at: index) == step)
      #expect(axis.firstIndex(notBelow: Double(step)) == index)
      #expect(axis.firstIndex(notBelow: Double(step) - 0.5) == index)
    }
    #expect(axis.firstIndex(notBelow: 101) == steps.count)
    axis.truncate(to: 4)
    #expect(axis.last == 17)
    axis.append(18)
    #expect(axis.step(at: 4) == 18)
  }

  /// An end on a step, on every axis: that step is inside, and no later one.
  @Test(arguments: [(HistoryAxis.step, 0.0...50), (.epoch, 0...5), (.time, 0...25)])
  func theLastPartOfAStretchTakesInItsEnd(axis: HistoryAxis, range: ClosedRange<Double>) {
    var history = RunHistory()
    for step in 1...100 { history.append(Self.record(step)) }
    let boundaries = history.boundaries(columns: 2, over: range, on: axis)
    #expect(boundaries == [0, 24, 50])
    let whole = history.boundaries(columns: 1, over: range.lowerBound...1e9, on: axis)
    #expect(whole == [0, 100])
  }

  /// Rows that follow each other come one by one or as a range, whatever came before.
  @Test(arguments: 0...6, [[], [3], [3, 7], [1, 2, 3]])
  func aRangeOfStepsEqualsItsSteps(count: Int, before: [Int]) {
    var (together, single) = (StepAxis(), StepAxis())
    for step in before {
      together.append(step)
      single.append(step)
    }
    together.append(10..<10 + count)
    for step in 10..<10 + count { single.append(step) }
    #expect(together.count == before.count + count)
    for index in 0..<together.count {
      #expect(together.step(at: index) == single.step(at: index))
    }
    #expect(together.last == single.last)
  }

  @Test func theAxisCountsEpochsAndSecondsToo() throws {
    var history = RunHistory()
    for step in 1...100 { history.append(Self.record(step)) }
    #expect(history.extent(of: .time) == 0.5...50)
    #expect(history.index(of: 25, on: .time) == 49)
    #expect(history.index(of: 5, on: .epoch) == 49)
    #expect(history.position(ofStep: 50, on: .time) == 25)
  }

  @Test func namedSeriesHaveStepsOfTheirOwn() {
    var history = RunHistory()
    for step in stride(from: 10, through: 100, by: 10) {
      history.append(Double(step) / 2, to: "accuracy", unit: "%", step: step)
    }
    #expect(history.extra.count == 1)
    #expect(history.extra[0].values.count == 10)
    #expect(history.extra[0].steps.firstIndex(notBelow: 50) == 4)
    #expect(history.extra[0].values[4] == 25)
  }
}

@Suite struct NamedSeriesTests {
  @Test func goingBackReplacesWhatFollowed() {
    var history = RunHistory()
    for step in 1...5 { history.append(Double(step), to: "a", step: step) }
    history.append([NamedValues(name: "a", steps: [3], numbers: [9])])
    #expect(history.extra[0].steps.count == 3 && history.extra[0].values.last == 9)
  }

  @Test func valuesThatComeTogetherEqualThoseThatComeOneByOne() {
    // Evenly paced, with a change of pace, going back, and with a number that 32 bits cannot hold.
    let pieces: [[Int]] = [
      Array(0..<40), [40, 41, 43, 45, 47], Array(stride(from: 50, to: 90, by: 2)), [60, 61],
      Array(62..<100), [100],
    ]
    var (together, single) = (RunHistory(), RunHistory())
    for (index, steps) in pieces.enumerated() {
      let numbers = steps.map { index == 5 ? 0x1p53 - 1 : Double($0 * $0) / 7 }
      together.append([NamedValues(name: "a", steps: steps, numbers: numbers)])
      for (step, number) in zip(steps, numbers) { single.append(number, to: "a", step: step) }
    }
    let (a, b) = (together.extra[0], single.extra[0])
    #expect(a.values.count == b.values.count && a.steps == b.steps)
    #expect((0..<b.values.count).allSatisfy { a.number(at: $0) == b.number(at: $0) })
    #expect(a.values.summary(of: 0..<b.values.count) == b.values.summary(of: 0..<b.values.count))
    #expect(a.last == 0x1p53 - 1)
  }

  /// A step without a number, or a number without a step, is none.
  @Test(arguments: [([1, 2, 3], [5, 6]), ([1, 2], [5, 6, 7])] as [([Int], [Double])])
  func stepsAndNumbersGoTogether(steps: [Int], numbers: [Double]) {
    var history = RunHistory()
    history.append([NamedValues(name: "a", steps: steps, numbers: numbers)])
    #expect(history.extra[0].steps.count == 2 && history.extra[0].values.count == 2)
    #expect(history.extra[0].steps.last == 2 && history.extra[0].last == 6)
  }

  @Test func moreNamesThanAPersonCouldReadAreLeftOut() {
    var history = RunHistory()
    for name in 0..<RunHistory.mostExtraSeries + 10 { history.append(1, to: "\(name)", step: 1) }
    #expect(history.extra.count == RunHistory.mostExtraSeries)
  }
}

@Suite struct StepAxisTests {
  @Test func unevenStepsAreFoundAtTheirPositions() {
    var axis = StepAxis()
    let steps = [3, 4, 5, 9, 10, 20, 30, 40, 41, 100]
    for step in steps { axis.append(step) }
    #expect(steps.indices.map { axis.step(at: $0) } == steps)
    #expect(axis.step(at: -1) == 3 && axis.step(at: 99) == 100)
    #expect(StepAxis().step(at: 0) == nil)
  }

  /// A step behind thinned ones counts as one of its own.
  @Test func theTrendGoesOnBehindThinnedSteps() throws {
    let bucket = try #require(StepBucket((1...10).map { StepRecord(step: $0, loss: 4) }[...]))
    var watch = GradientWatch()
    watch.observe(.steps(StepBatch(thinned: [bucket], records: [StepRecord(step: 11, loss: 2)])))
    #expect(watch.loss.initial == 3 && watch.loss.stepsSinceBest == 0)
    // Told again, with more numbers, it is the same step.
    watch.observe(.steps(StepBatch([StepRecord(step: 11, loss: 2)])))
    #expect(watch.loss.initial == 3)
  }

  /// No step is lost where a batch in full meets one that was thinned.
  @Test func stepsInFullBeforeThinnedOnesAreThinnedToo() throws {
    let bucket = try #require(StepBucket((101...164).map { StepRecord(step: $0, loss: 1) }[...]))
    var batch = StepBatch((1...100).map { StepRecord(step: $0, loss: 2) })
    batch.append(StepBatch(thinned: [bucket], records: [StepRecord(step: 165, loss: 3)]))
    #expect(batch.stepCount == 165 && batch.records.map(\.step) == [165])
    #expect(batch.thinned.map(\.firstStep) == [1, 65, 101])
    #expect(batch.thinned.map(\.loss.mean) == [2, 2, 1])
  }
}
