import Testing

@testable import TrainingEvents

@Suite struct AlertWatchTests {
  static func record(_ step: Int, loss: Double = 2, norm: Double? = 1) -> StepRecord {
    StepRecord(
      step: step, epoch: 0, loss: loss, gradientNorm: norm, clipped: false, learningRate: 0.01,
      tokens: 1, elapsed: Double(step), duration: 1)
  }

  static func steps(_ range: ClosedRange<Int>, loss: (Int) -> Double) -> TrainingEvent {
    .steps(StepBatch(range.map { record($0, loss: loss($0)) }))
  }

  static func validation(_ step: Int, _ loss: Double) -> TrainingEvent {
    .validation(ValidationRecord(step: step, loss: loss, isBest: false))
  }

  static func lag(_ factor: Double, step: Int) -> TrainingEvent {
    lag((0..<40).map { lag in (0..<lag).reduce(1) { value, _ in value * factor } }, step: step)
  }

  static func lag(_ norms: [Double], step: Int) -> TrainingEvent {
    .frame(
      .gradientByLag(
        GradientByLag(step: step, curves: [LagCurve(name: "l", norms: norms.map(Float.init))])))
  }

  static func statistics(
    _ step: Int, saturated: Double = 0.1, dead: Double = 0, ratio: Double = 1e-3
  ) -> TrainingEvent {
    let weights = NetworkStatistics.Parameter(
      name: "rnn.weight_hh_l0", symbol: "W", norm: 1, gradientNorm: 1, updateRatio: ratio)
    let biases = ["rnn.bias_ih_l0", "b", "c"].map {
      NetworkStatistics.Parameter(
        name: $0, symbol: "b", norm: 0, gradientNorm: 1, updateRatio: 9)
    }
    return .frame(
      .statistics(
        NetworkStatistics(
          step: step, parameters: [weights] + biases, spectralRadius: 1, largestSingularValue: 1,
          saturated: saturated, dead: dead, meanSlope: 0.5)))
  }

  static func run(
    cell: String = "tanh", shape: Architecture.Shape = .everyStep, task: TaskKind = .languageModel,
    attention: Bool = false, teacherForcing: Double? = nil, clipNorm: Double? = nil,
    targetName: String = "step"
  ) -> TrainingEvent {
    .started(
      RunDescription(
        name: "", title: "", lecture: "", task: task, network: "", parameterCount: 0,
        optimizer: "", totalSteps: nil, clipNorm: clipNorm, learningRate: 0.01,
        lossUnit: .natsPerTarget, targetName: targetName,
        architecture: Architecture(
          shape: shape, cell: cell, inputSize: 1, hiddenSize: 1, outputSize: 1,
          attention: attention, teacherForcing: teacherForcing)))
  }

  static func warnings(_ events: [TrainingEvent]) -> [WarningRecord] {
    var watch = AlertWatch()
    return events.flatMap { watch.observe($0) }.warnings
  }

  static func kinds(_ events: [TrainingEvent]) -> [String] { warnings(events).map(\.kind) }

  /// Frames of a run in which somebody looks every tenth step.
  static func frames(_ count: Int, _ frame: (Int) -> TrainingEvent) -> [TrainingEvent] {
    (1...count).map { frame($0 * 10) }
  }

  // MARK: Gradients

  @Test func vanishingSaysByHowMuchAndOnceAnEpisode() {
    var watch = AlertWatch()
    var events: [TrainingEvent] = []
    for step in 1...20 { events += watch.observe(Self.lag(0.46, step: step * 10)) }
    #expect(events.warnings.map(\.kind) == ["vanishing"])
    #expect(events.warnings.first?.step == 30)
    #expect(
      events.warnings.first?.text
        == "gradients vanish: ×0.46 per time step, 1 % is left after 6 time steps")
    #expect(watch.active == [.vanishing])
    // A reach of about half is neither here nor there; 0.99 ends the episode.
    _ = watch.observe(Self.lag(0.82, step: 300))
    #expect(watch.active == [.vanishing])
    let end = watch.observe(Self.lag(0.99, step: 310))
    #expect(end == [.recovered(RecoveryRecord(step: 310, kind: "vanishing"))])
    #expect(watch.active.isEmpty)
    events = []
    for step in 40...42 { events += watch.observe(Self.lag(0.5, step: step * 10)) }
    #expect(events.warnings.count == 1)
  }

  /// Chaos is a λ₁ above 0 that stays; a single one, or one near 0, is not.
  @Test func differencesThatGrowAreChaos() {
    func look(_ step: Int, _ first: Double) -> TrainingEvent {
      var frame = DynamicsFrame(step: step, system: "layer 1", size: 8)
      frame.lyapunov = [first, -1]
      return .frame(.dynamics(frame))
    }
    var watch = AlertWatch()
    _ = watch.observe(Self.run())
    var events = [10, 20].flatMap { watch.observe(look($0, 0.2)) }
    events += watch.observe(look(30, -0.1))
    events += [40, 50, 60].flatMap { watch.observe(look($0, 0.01)) }
    #expect(events.isEmpty && watch.active.isEmpty)
    events = [70, 80, 90].flatMap { watch.observe(look($0, 0.2)) }
    #expect(events.warnings.map(\.kind) == ["chaos"])
    #expect(
      events.warnings.first?.text.contains("small differences grow by ×1.22 a time step") == true)
    _ = watch.observe(look(100, 0.01))
    #expect(watch.active == [.chaos])
    #expect(watch.observe(look(110, -0.01)).count == 1 && watch.active.isEmpty)
    #expect(Self.kinds([10, 20, 30, 40].map { look($0, -.infinity) }) == [])
  }

  @Test func oneOddFrameRaisesNothing() {
    let factors = [0.4, 0.99, 0.4, 0.4]
    #expect(Self.kinds(factors.enumerated().map { Self.lag($1, step: 10 * $0) }) == [])
    #expect(Self.kinds(Self.frames(5) { Self.lag([.nan, .nan, .nan], step: $0) }) == [])
    // The same moment looked at again and again, as when paused, is one look.
    #expect(Self.kinds((1...9).map { _ in Self.lag(0.4, step: 500) }) == [])
  }

  /// Which networks the curve of the states says nothing of, and what the others are told.
  @Test func adviceFitsTheNetwork() {
    func told(_ run: TrainingEvent, loss: (Int) -> Double = { 3 / Double($0) }) -> WarningRecord? {
      var events = [run]
      for step in stride(from: 10, through: 9_000, by: 10) {
        events.append(Self.steps((step - 9)...step, loss: loss))
        events.append(Self.lag(0.5, step: step))
      }
      return Self.warnings(events).first { $0.kind == "vanishing" }
    }
    let flat: (Int) -> Double = { _ in 2 }
    let slow: (Int) -> Double = { 3 - Double($0) / 10_000 }
    #expect(told(Self.run(cell: "tanh"), loss: slow)?.advice?.contains("An LSTM or GRU") == true)
    #expect(told(Self.run(cell: "lstm"), loss: flat) == nil)
    #expect(told(Self.run(cell: "tanh", attention: true), loss: flat) == nil)
    for share in [nil, 1, 0.5] {
      #expect(
        told(Self.run(shape: .outputRecurrence, teacherForcing: share), loss: flat) == nil)
    }
    let own = told(Self.run(shape: .outputRecurrence, teacherForcing: 0), loss: flat)
    #expect(own?.advice?.contains("teacher forcing") == true)
    // Gates learn to stay open: only where nothing is learned is the curve to blame.
    #expect(told(Self.run(cell: "gru"), loss: slow) == nil)
    let gated = told(Self.run(cell: "gru"), loss: flat)
    #expect((gated?.step ?? 0) > LossTrend.leastSteps)
    #expect(gated?.advice?.contains("LSTM") == false && gated?.advice?.contains("GRU") == false)
    // Of a run that nobody described no cell is known.
    #expect(told(Self.run(cell: ""), loss: slow)?.advice?.contains("LSTM") == false)
  }

  @Test func teacherForcingThatEndsMakesTheCurveTheWay() {
    var watch = AlertWatch()
    _ = watch.observe(Self.run(shape: .outputRecurrence, teacherForcing: 1))
    var events = Self.frames(5) { Self.lag(0.5, step: $0) }.flatMap { watch.observe($0) }
    #expect(events.isEmpty)
    _ = watch.observe(
      .command(
        CommandRecord(
          step: 50, name: "network.teacher-forcing", text: "teacher forcing 1 → 0", value: 0)))
    events = (6...10).flatMap { watch.observe(Self.lag(0.5, step: $0 * 10)) }
    #expect(events.warnings.map(\.kind) == ["vanishing"])
  }

  @Test func explodingThroughTimeAndAtAStep() {
    #expect(Self.kinds(Self.frames(5) { Self.lag(1.3, step: $0) }) == ["exploding"])
    var records = (1...200).map { Self.record($0, norm: 1 + Double($0 % 3)) }
    records[150].gradientNorm = 400
    records[152].gradientNorm = 500
    var watch = AlertWatch()
    let events = watch.observe(.steps(StepBatch(records)))
    #expect(events.warnings.map(\.kind).first == "exploding")
    #expect(events.warnings.first?.step == 151)
    #expect(
      events.warnings.first?.text.contains("times the mean of the last hundred training steps")
        == true)
    #expect(watch.active.isEmpty)
    // A spike that is clipped does no harm.
    #expect(Self.kinds([Self.run(clipNorm: 5), .steps(StepBatch(records))]) == [])
  }

  // MARK: Losses

  @Test func noNumberIsToldAtItsStep() {
    var records = (1...100).map { Self.record($0) }
    records[59].loss = .nan
    records[60].loss = .infinity
    var watch = AlertWatch()
    let warnings = watch.observe(.steps(StepBatch(records))).warnings
    #expect(warnings.map(\.kind) == ["not-finite"] && warnings.first?.step == 60)
    #expect(warnings.first?.text == "the loss is not a finite number")
    records = (101...200).map { Self.record($0) } + [Self.record(201, norm: .nan)]
    let gradient = watch.observe(.steps(StepBatch(records))).warnings
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
    let warnings = watch.observe(.steps(StepBatch(records))).warnings
    #expect(warnings.filter { $0.kind == "not-finite" }.map(\.step) == [50])
    #expect(warnings.count == (norm == nil ? 1 : 2))
  }

  @Test func aLossOfAnotherOrderHasDiverged() {
    // At once.
    let sudden = Self.warnings([Self.steps(1...3) { [3.4, 3.3, 1e30][$0 - 1] }])
    #expect(sudden.map(\.kind) == ["diverged"] && sudden.first?.step == 3)
    // By a thousand times, for some steps in a row.
    #expect(Self.kinds([Self.steps(1...60) { $0 < 30 ? 3.4 : 3_400 }]) == ["diverged"])
    // A spike is none, nor a loss that was higher at the beginning.
    #expect(Self.kinds([Self.steps(1...60) { $0 == 30 ? 3_400 : 3.4 }]) == [])
    #expect(Self.kinds([Self.steps(1...60) { $0 < 30 ? 900 : 1_000 }]) == [])
    // A good network that gets worse is not beyond all bounds.
    #expect(Self.kinds([Self.steps(1...60) { $0 < 30 ? 0.001 : 0.2 }]) == [])
  }

  @Test func aPlateauIsLongAndEndsWithAFall() {
    var watch = AlertWatch()
    let falling = watch.observe(
      Self.steps(1...3_000) { 2 + 3 / (1 + Double($0) / 100) })
    #expect(falling.isEmpty)
    let flat = watch.observe(Self.steps(3_001...7_500) { 2.09 + Double($0 % 7) / 1_000 }).warnings
    #expect(flat.map(\.kind) == ["plateau"] && (flat.first?.step ?? 0) > 5_500)
    let fall = watch.observe(Self.steps(7_501...7_900) { _ in 1 })
    #expect(fall.contains { if case .recovered = $0 { true } else { false } })
    #expect(watch.active.isEmpty)
  }

  /// A task that is solved all at once after 2,400 steps in which nothing seemed to happen.
  @Test func aPlateauWaits() {
    #expect(Self.kinds([Self.steps(1...6_000) { $0 < 2_500 ? 0.167 : 0.001 }]) == [])
    let early = Self.warnings([Self.steps(1...6_000) { _ in 0.167 }])
    #expect(early.map(\.kind) == ["plateau"] && (early.first?.step ?? 0) > 2_500)
    // Thirty epochs logged as steps a thousand apart are no evidence.
    let sparse = (1...30).map { Self.record($0 * 1_000, loss: 0.5) }
    #expect(Self.kinds([.steps(StepBatch(sparse))]) == [])
  }

  /// A log tells the newest step again when more comes of it: the trend goes on.
  @Test func aStepThatIsToldAgainIsNoReturn() {
    let events = (1...30).flatMap { part -> [TrainingEvent] in
      let last = part * 200
      return [
        Self.steps((last - 199)...last) { _ in 2 },
        .steps(StepBatch([Self.record(last, norm: 3)])),
      ]
    }
    #expect(Self.kinds(events) == ["plateau"])
  }

  // MARK: Validation

  /// Two hundred steps before each validation.
  static func validated(_ losses: [Double], training: (Int) -> Double) -> [TrainingEvent] {
    losses.enumerated().flatMap { index, loss -> [TrainingEvent] in
      let last = (index + 1) * 200
      return [steps((last - 199)...last, loss: training), validation(last, loss)]
    }
  }

  @Test func overfittingNeedsBothCurves() {
    let losses = [2.0, 1.9, 1.97, 2.05, 2.14, 2.24]
    let warnings = Self.warnings(Self.validated(losses) { 2 - Double($0) / 2_000 })
    #expect(warnings.map(\.kind) == ["overfitting"])
    #expect(warnings.first?.text.contains("from 1.90 at step 400") == true)
    // Where the training loss rises too, it is something else.
    #expect(
      !Self.kinds(Self.validated(losses) { 1.5 + Double($0) / 2_000 }).contains("overfitting"))
  }

  /// Validation that scatters by 3 % around a level, or around a slow fall, rises never; one that
  /// then rises for good is told of once.
  @Test(arguments: 1...20) func scatterIsNoOverfitting(seed: UInt64) {
    var state = seed
    func noise() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40) / Double(1 << 24) - 0.5
    }
    let level = (0..<60).map { _ in 2 + 0.12 * noise() }
    let falling: (Int) -> Double = { 2 - Double($0) / 20_000 }
    #expect(Self.kinds(Self.validated(level, training: falling)) == [])
    let slow = (0..<60).map { 2 - 0.005 * Double($0) + 0.1 * noise() }
    #expect(Self.kinds(Self.validated(slow, training: falling)) == [])
    let rising = level + (0..<60).map { 2 + 0.03 * Double($0) + 0.12 * noise() }
    #expect(Self.kinds(Self.validated(rising, training: falling)) == ["overfitting"])
  }

  // MARK: Units and updates

  @Test func unitsAndUpdates() {
    func many(_ frame: (Int) -> TrainingEvent) -> [String] { Self.kinds(Self.frames(60, frame)) }
    #expect(many { Self.statistics($0, saturated: 0.7) } == ["saturated"])
    #expect(many { Self.statistics($0, dead: 0.3) } == ["dead"])
    #expect(many { Self.statistics($0, ratio: 1e-7) } == ["small-updates"])
    #expect(many { Self.statistics($0, ratio: 0.2) } == ["large-updates"])
    #expect(many { Self.statistics($0) } == [])
    #expect(many { Self.statistics($0, saturated: .nan, dead: .nan, ratio: .nan) } == [])
    // The first updates of a run are large.
    #expect(many { Self.statistics($0, ratio: $0 < 200 ? 0.2 : 1e-3) } == [])
  }

  /// At the end of a schedule updates are tiny because somebody wanted it so; where a task is solved,
  /// saturated units are the solution.
  @Test func whatIsMeantRaisesNothing() {
    var lowered: [TrainingEvent] = [Self.run()]
    var solved: [TrainingEvent] = [Self.run()]
    for step in stride(from: 10, through: 2_000, by: 10) {
      var record = Self.record(step)
      record.learningRate = 1e-6
      lowered += [.steps(StepBatch([record])), Self.statistics(step, ratio: 1e-7)]
      solved += [
        Self.steps((step - 9)...step) { $0 < 10 ? 2 : 0.001 },
        Self.statistics(step, saturated: step < 900 ? 0.1 : 0.9),
      ]
    }
    #expect(Self.kinds(lowered) == [] && Self.kinds(solved) == [])
  }

  // MARK: Runs

  @Test func whatSomebodyElseRaisedIsNotRaisedAgain() {
    let told = TrainingEvent.warning(WarningRecord(step: 1, kind: "saturated", text: ""))
    #expect(Self.kinds([told] + Self.frames(5) { Self.statistics($0, saturated: 0.9) }) == [])
  }

  /// Weights set by hand do not move, and that is no plateau.
  @Test(arguments: [TaskKind.forecasting, .handBuilt]) func onlyWhatLearnsCanStandStill(
    task: TaskKind
  ) {
    let kinds = Self.kinds([Self.run(task: task), Self.steps(1...20_000) { _ in 0.25 }])
    #expect(kinds == (task == .forecasting ? ["plateau"] : []))
  }

  @Test func aNewRunForgetsTheOld() {
    var watch = AlertWatch()
    for step in 1...5 { _ = watch.observe(Self.lag(0.4, step: step * 10)) }
    _ = watch.observe(Self.run(targetName: "frame"))
    #expect(watch.active.isEmpty)
    var events: [TrainingEvent] = []
    for step in 1...5 { events += watch.observe(Self.lag(0.4, step: step * 10)) }
    #expect(events.warnings.first?.text.contains("frames") == true)
  }

  @Test func thinnedStepsAreWatchedToo() {
    var batch = StepBatch()
    for step in 1...(StepBatch.capacity + 10) {
      batch.append(Self.record(step, loss: step == 900 ? .nan : 2))
    }
    #expect(Self.kinds([.steps(batch)]).contains("not-finite"))
  }

  @Test func everyAlertSaysWhatWasMeasuredAndWhatToDo() {
    for alert in Alert.allCases {
      for text in [alert.advice, alert.measure, alert.threshold] { #expect(text.hasSuffix(".")) }
      #expect(!alert.title.isEmpty)
    }
  }

  // MARK: Tasks that are solved since

  /// What was raised early is over once next to nothing of the loss is left.
  @Test func aSolvedTaskEndsWhatWasRaisedBefore() {
    var watch = AlertWatch()
    _ = watch.observe(Self.run())
    var (raised, over): (Set<String>, Set<String>) = ([], [])
    for step in stride(from: 10, through: 1_200, by: 10) {
      let loss = step < 600 ? 3 - Double(step) / 10_000 : 0.001
      for event in [
        Self.steps((step - 9)...step) { _ in loss }, Self.lag(0.4, step: step),
        Self.statistics(step, saturated: 0.9, dead: 0.5, ratio: 0.1),
      ] {
        for told in watch.observe(event) {
          if case .warning(let record) = told { raised.insert(record.kind) }
          if case .recovered(let record) = told {
            #expect(record.step >= 600)
            over.insert(record.kind)
          }
        }
      }
    }
    #expect(raised == ["vanishing", "saturated", "dead", "large-updates"])
    #expect(over == raised && watch.active.isEmpty)
  }
}

extension [TrainingEvent] {
  var warnings: [WarningRecord] {
    compactMap { if case .warning(let record) = $0 { record } else { nil } }
  }
}
