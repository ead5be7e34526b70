import Testing
import TrainingEvents

@Suite struct AlertWatchTests {
  static func record(_ step: Int, loss: Double = 2, norm: Double = 1) -> StepRecord {
    StepRecord(
      step: step, epoch: 0, loss: loss, gradientNorm: norm, clipped: false, learningRate: 0.01,
      tokens: 1, elapsed: Double(step), duration: 1)
  }

  static func validation(_ step: Int, _ loss: Double) -> TrainingEvent {
    .validation(ValidationRecord(step: step, epoch: 0, loss: loss, elapsed: 0, isBest: false))
  }

  static func lag(_ factor: Double, step: Int = 1) -> TrainingEvent {
    let norms = (0..<40).map { lag in
      (0..<lag).reduce(Float(1)) { value, _ in value * Float(factor) }
    }
    return .gradientByLag(
      GradientByLag(
        step: step, curves: [LagCurve(name: "l", norms: norms, factorPerStep: factor)]))
  }

  static func statistics(
    saturated: Double = 0.1, dead: Double = 0, ratio: Double = 1e-3
  ) -> TrainingEvent {
    let weights = NetworkStatistics.Parameter(
      name: "rnn.weight_hh_l0", symbol: "W", norm: 1, gradientNorm: 1, updateRatio: ratio)
    let bias = NetworkStatistics.Parameter(
      name: "rnn.bias_ih_l0", symbol: "b", norm: 0, gradientNorm: 1, updateRatio: 9)
    return .statistics(
      NetworkStatistics(
        step: 5, parameters: [weights, bias], spectralRadius: 1, largestSingularValue: 1,
        saturated: saturated, dead: dead, meanSlope: 0.5))
  }

  static func kinds(_ events: [TrainingEvent]) -> [String] {
    var watch = AlertWatch()
    return events.flatMap { watch.observe($0) }.map(\.kind)
  }

  @Test func vanishingSaysByHowMuchAndOnceAnEpisode() {
    var watch = AlertWatch()
    var warnings: [WarningRecord] = []
    for step in 1...20 { warnings += watch.observe(Self.lag(0.46, step: step)) }
    #expect(warnings.map(\.kind) == ["vanishing"])
    #expect(warnings.first?.step == 3)
    #expect(warnings.first?.text.contains("×0.46 per step") == true)
    #expect(warnings.first?.text.contains("after 6 steps") == true)
    #expect(warnings.first?.advice?.contains("LSTM") == true)
    #expect(watch.active == [.vanishing])
    // A moment of 0.93 is neither here nor there; 0.99 ends the episode.
    _ = watch.observe(Self.lag(0.93))
    #expect(watch.active == [.vanishing])
    _ = watch.observe(Self.lag(0.99))
    #expect(watch.active.isEmpty)
    for _ in 0..<3 { warnings += watch.observe(Self.lag(0.5)) }
    #expect(warnings.count == 2)
  }

  @Test func oneOddFrameRaisesNothing() {
    #expect(Self.kinds([Self.lag(0.4), Self.lag(0.99), Self.lag(0.4), Self.lag(0.4)]) == [])
    #expect(Self.kinds([Self.lag(.nan), Self.lag(.nan), Self.lag(.nan)]) == [])
  }

  @Test func explodingThroughTimeAndAtAStep() {
    #expect(Self.kinds(Array(repeating: Self.lag(1.3), count: 5)) == ["exploding"])
    var records = (1...200).map { Self.record($0, norm: 1 + Double($0 % 3)) }
    records[150].gradientNorm = 400
    records[152].gradientNorm = 500
    var watch = AlertWatch()
    let warnings = watch.observe(.steps(StepBatch(records)))
    #expect(warnings.map(\.kind).first == "exploding" && warnings.first?.step == 151)
    #expect(watch.active.isEmpty)
  }

  @Test func noNumberIsToldAtItsStep() {
    var records = (1...100).map { Self.record($0) }
    records[59].loss = .nan
    records[60].loss = .infinity
    var watch = AlertWatch()
    let warnings = watch.observe(.steps(StepBatch(records)))
    #expect(warnings.map(\.kind) == ["not-finite"] && warnings.first?.step == 60)
    #expect(warnings.first?.text == "the loss is not a finite number")
    records = (101...200).map { Self.record($0) } + [Self.record(201, norm: .nan)]
    let gradient = watch.observe(.steps(StepBatch(records)))
    #expect(gradient.map(\.kind) == ["not-finite-gradient"])
    #expect(gradient.first?.text == "the gradient is not a finite number")
  }

  /// A gradient that was not logged raises nothing and hides no loss; one that is not finite hides
  /// none either.
  @Test(arguments: [nil, Double.nan]) func aLossThatIsNoNumberIsNeverHidden(norm: Double?) {
    var watch = AlertWatch()
    let records = (1...100).map {
      StepRecord(step: $0, loss: $0 < 50 ? 2 : .nan, gradientNorm: norm)
    }
    let warnings = watch.observe(.steps(StepBatch(records)))
    #expect(warnings.filter { $0.kind == "not-finite" }.map(\.step) == [50])
    #expect(warnings.count == (norm == nil ? 1 : 2))
  }

  @Test func aPlateauIsLongAndEndsWithAFall() {
    let falling = (1...3_000).map { Self.record($0, loss: 2 + 3 / (1 + Double($0) / 100)) }
    var watch = AlertWatch()
    #expect(watch.observe(.steps(StepBatch(falling))).isEmpty)
    let flat = (3_001...6_500).map { Self.record($0, loss: 2.09 + Double($0 % 7) / 1_000) }
    let warnings = watch.observe(.steps(StepBatch(flat)))
    #expect(warnings.map(\.kind) == ["plateau"])
    #expect((warnings.first?.step ?? 0) > 4_000)
    _ = watch.observe(.steps(StepBatch((6_501...6_900).map { Self.record($0, loss: 1) })))
    #expect(watch.active.isEmpty)
  }

  @Test func overfittingNeedsBothCurves() {
    func events(training: (Int) -> Double) -> [TrainingEvent] {
      [2.0, 1.9, 1.95, 1.97, 2.0, 2.05].enumerated().flatMap { index, loss -> [TrainingEvent] in
        let steps = (1...200).map {
          Self.record(index * 200 + $0, loss: training(index * 200 + $0))
        }
        return [.steps(StepBatch(steps)), Self.validation((index + 1) * 200, loss)]
      }
    }
    #expect(Self.kinds(events { 2 - Double($0) / 2_000 }) == ["overfitting"])
    // Where the training loss rises too, it is something else.
    #expect(!Self.kinds(events { 1.5 + Double($0) / 2_000 }).contains("overfitting"))
  }

  @Test func unitsAndUpdates() {
    func three(_ event: TrainingEvent) -> [String] {
      Self.kinds(Array(repeating: event, count: 4))
    }
    #expect(three(Self.statistics(saturated: 0.7)) == ["saturated"])
    #expect(three(Self.statistics(dead: 0.3)) == ["dead"])
    #expect(three(Self.statistics(ratio: 1e-7)) == ["small-updates"])
    #expect(three(Self.statistics(ratio: 0.2)) == ["large-updates"])
    #expect(three(Self.statistics()) == [])
    #expect(three(Self.statistics(saturated: .nan, dead: .nan, ratio: .nan)) == [])
  }

  @Test func whatSomebodyElseRaisedIsNotRaisedAgain() {
    let told = TrainingEvent.warning(WarningRecord(step: 1, kind: "saturated", text: ""))
    #expect(Self.kinds([told] + Array(repeating: Self.statistics(saturated: 0.9), count: 5)) == [])
  }

  /// Weights set by hand do not move, and that is no plateau.
  @Test(arguments: [TaskKind.forecasting, .handBuilt]) func onlyWhatLearnsCanStandStill(
    task: TaskKind
  ) {
    var watch = AlertWatch()
    _ = watch.observe(
      .started(
        RunDescription(
          name: "", title: "", lecture: "", task: task, network: "", parameterCount: 0,
          optimizer: "", totalSteps: nil, clipNorm: nil, learningRate: 1, lossUnit: .squaredError,
          targetName: "step",
          architecture: Architecture(
            shape: .everyStep, cell: "tanh", inputSize: 1, hiddenSize: 1, outputSize: 1))))
    var kinds: [String] = []
    for step in 1...20_000 {
      kinds += watch.observe(.steps(StepBatch([Self.record(step, loss: 0.25)]))).map(\.kind)
    }
    #expect(kinds.contains("plateau") == (task == .forecasting))
  }

  @Test func aNewRunForgetsTheOld() {
    var watch = AlertWatch()
    for _ in 0..<5 { _ = watch.observe(Self.lag(0.4)) }
    _ = watch.observe(
      .started(
        RunDescription(
          name: "", title: "", lecture: "", task: .languageModel, network: "", parameterCount: 0,
          optimizer: "", totalSteps: nil, clipNorm: nil, learningRate: 1, lossUnit: .natsPerTarget,
          targetName: "frame",
          architecture: Architecture(
            shape: .everyStep, cell: "tanh", inputSize: 1, hiddenSize: 1, outputSize: 1))))
    #expect(watch.active.isEmpty)
    var warnings: [WarningRecord] = []
    for _ in 0..<5 { warnings += watch.observe(Self.lag(0.4)) }
    #expect(warnings.first?.text.contains("frames") == true)
  }

  @Test func thinnedStepsAreWatchedToo() {
    var batch = StepBatch()
    for step in 1...(StepBatch.capacity + 10) {
      batch.append(Self.record(step, loss: step == 900 ? .nan : 2))
    }
    var watch = AlertWatch()
    let warnings = watch.observe(.steps(batch))
    #expect(warnings.contains { $0.kind == "not-finite" })
  }

  @Test func everyAlertHasWordsAndAdvice() {
    for alert in Alert.allCases {
      #expect(!alert.title.isEmpty && alert.advice.hasSuffix("."))
    }
  }
}
