import TrainingEvents

@testable import Dashboard

/// A run that never happened but looks like one: the same numbers on every machine.
struct SyntheticRun {
  private var random: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// A number from 0 to 1.
  mutating func uniform() -> Double {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(random >> 33) / Double(1 << 31)
  }

  static let description = RunDescription(
    name: "words", title: "Inventing English words", lecture: "Slides 13–20",
    task: .languageModel, network: "tanh 128", parameterCount: 24_158, optimizer: "Adam",
    totalSteps: 50_000, clipNorm: 5, learningRate: 0.004, lossUnit: .natsPerTarget,
    targetName: "character",
    architecture: Architecture(
      shape: .everyStep, cell: "tanh", inputSize: 30, hiddenSize: 128, outputSize: 30),
    directory: "runs/words-3",
    hyperparameters: [.learningRate, .clipNorm, .clipValue, truncation], readsText: true)

  private static let truncation: Hyperparameter = {
    var hyperparameter = Hyperparameter.truncation
    hyperparameter.value = 64
    return hyperparameter
  }()

  static let text = "acclaimed tortuously had wigger prenomic brancelley mcclure dispartion horn"

  mutating func record(_ step: Int, learningRate: Double = 0.004) -> StepRecord {
    let noise = uniform() - 0.5
    let loss = 2.15 + 1.2 / (1 + Double(step) / 700) + noise * 0.16
    let spike = step % 2_311 == 0 ? 6.5 : 1.0
    let norm = (0.7 + 0.5 * uniform()) * spike * (1 + 3 / (1 + Double(step) / 300))
    return StepRecord(
      step: step, epoch: Double(step) / 1_890, loss: loss, gradientNorm: norm, clipped: norm > 5,
      learningRate: learningRate, tokens: 436, elapsed: Double(step) / 1_410,
      duration: 1.0 / 1_410)
  }

  mutating func hiddenStates(step: Int, units: Int = 128, columns: Int = 75) -> HiddenStateFrame {
    let symbols = Self.text.prefix(columns).map(String.init)
    var values: [Float] = []
    for column in 0..<symbols.count {
      for unit in 0..<units {
        // Triangle waves of different pace for different units, with some noise.
        let pace = Double(unit % 9 + 2)
        let phase = Double(column) / pace + Double(unit) * 0.37
        let wave = abs(phase - phase.rounded()) * 4 - 1
        let size = 0.25 + 0.75 * Double((unit * 37) % 128) / 128
        values.append(Float(min(1, max(-1, wave * size + (uniform() - 0.5) * 0.3))))
      }
    }
    return HiddenStateFrame(
      step: step, symbols: symbols,
      maps: [StateMap(name: "layer 1", units: units, values: values)],
      targetProbability: symbols.map { _ in Float(uniform()) },
      loss: symbols.map { _ in Float(uniform() * 3) },
      prediction: symbols.indices.map { index in
        index + 1 < symbols.count && uniform() < 0.5 ? symbols[index + 1] : "e"
      })
  }

  /// States of a cell with gates, in two layers.
  static func gatedStates(step: Int) -> HiddenStateFrame {
    var run = SyntheticRun()
    var frame = run.hiddenStates(step: step, units: 24)
    guard let states = frame.maps.first else { return frame }
    let open = StateMap(
      name: "layer 1 forget gate", units: states.units,
      values: states.values.map { ($0 + 1) / 2 }, lowest: 0)
    let second = StateMap(
      name: "layer 2", units: states.units, values: states.values.map { -$0 })
    frame.maps += [open, second]
    return frame
  }

  static let gradientByLag = GradientByLag(
    step: 12_480,
    curves: [
      LagCurve(
        name: "layer 1",
        norms: (0..<24).map { lag in (0..<lag).reduce(Float(0.8)) { norm, _ in norm * 0.46 } },
        factorPerStep: 0.46)
    ])

  /// Reach of the gradient early in a run: it grows and then falls off again.
  static func gradientByLag(step: Int) -> GradientByLag {
    let progress = min(1, Double(step) / 12_000)
    let factor = 0.3 + 0.5 * progress * (1.4 - progress)
    let norms = (0..<24).map { lag in
      (0..<lag).reduce(Float(0.8)) { norm, _ in norm * Float(factor) }
    }
    return GradientByLag(
      step: step, curves: [LagCurve(name: "layer 1", norms: norms, factorPerStep: factor)])
  }

  /// Ratios that settle while the run goes on.
  static func statistics(step: Int) -> NetworkStatistics {
    var result = statistics
    result.step = step
    for index in result.parameters.indices {
      result.parameters[index].updateRatio *= 1 + 20 / (1 + Double(step) / 400)
    }
    return result
  }

  private static func parameter(
    _ name: String, _ symbol: String, _ norm: Double, _ gradient: Double, _ ratio: Double
  ) -> NetworkStatistics.Parameter {
    NetworkStatistics.Parameter(
      name: name, symbol: symbol, norm: norm, gradientNorm: gradient, updateRatio: ratio)
  }

  static let statistics = NetworkStatistics(
    step: 12_480,
    parameters: [
      parameter("rnn.weight_ih_l0", "U", 11.2, 0.41, 1e-3),
      parameter("rnn.weight_hh_l0", "W", 9.7, 0.62, 8e-4),
      parameter("head.weight", "V", 7.1, 0.33, 2e-3),
      parameter("rnn.bias_ih_l0", "b", 0.9, 0.05, 3e-3),
      parameter("head.bias", "c", 1.4, 0.02, 4e-4),
    ],
    spectralRadius: 1.08, largestSingularValue: 1.9, saturated: 0.11, dead: 0, meanSlope: 0.36)

  static let samples = SampleFrame(
    step: 12_400, temperature: 0.8,
    lines: [
      "brancelley", "mcclure", "dispartion", "hornsby", "unrelating", "kaczmark", "steffenson",
      "prewoldt", "intermission", "calverdale", "grothers", "laminize",
    ])

  private static func landscape(step: Int) -> LandscapeFrame {
    let place = Double(step) / 1_000
    var frame = LandscapeFrame(step: step)
    (frame.sharpness, frame.sharpnessResidual) = (8 + 30 / (1 + place), 0.004)
    (frame.relativeStep, frame.slope) = (-0.8 + 0.05 * place, -0.01)
    (frame.noiseScale, frame.sharpnessSequences) = (20 + 12 * place, 8)
    (frame.parts, frame.batch) = (8, 32)
    return frame
  }

  /// Every event of a run that stands at `lastStep`.
  mutating func events(lastStep: Int = 12_480) -> [TrainingEvent] {
    var events: [TrainingEvent] = [.started(Self.description), .state(.training)]
    var batch = StepBatch()
    for step in stride(from: 1, through: lastStep, by: 1) {
      batch.append(record(step, learningRate: step <= 6_001 ? 0.004 : 0.002))
      if step % 2_000 == 0 {
        events.append(.steps(batch))
        batch.removeAll()
        let loss = 2.19 + 1.1 / (1 + Double(step) / 700)
        events.append(
          .validation(
            ValidationRecord(
              step: step, epoch: Double(step) / 1_890, loss: loss, elapsed: Double(step) / 1_410,
              isBest: true)))
      }
      if step % 400 == 0 {
        events.append(.steps(batch))
        batch.removeAll()
        events.append(.frame(.gradientByLag(Self.gradientByLag(step: step))))
        events.append(.frame(.statistics(Self.statistics(step: step))))
        events.append(.frame(.landscape(Self.landscape(step: step))))
        let norm = 5.5 - 4.5 / (1 + Double(step) / 900)
        events.append(
          .frame(.stateNorms(StateNorms(step: step, layers: [.init(name: "layer 1", norm: norm)]))))
      }
      if step == 6_001 {
        events.append(
          .command(
            CommandRecord(
              step: 6_001, elapsed: 4.3, name: "learning-rate",
              text: "learning rate 0.0040 → 0.0020", marker: "lr ÷2", value: 0.002)))
      }
      if step == 10_000 {
        events.append(
          .snapshot(
            SnapshotRecord(
              step: 10_000, path: "runs/words-3/snapshots/010000", bytes: 217_000)))
      }
    }
    events.append(.steps(batch))
    events.append(.frame(.hiddenStates(hiddenStates(step: lastStep))))
    events.append(.frame(.gradientByLag(Self.gradientByLag)))
    events.append(.frame(.statistics(Self.statistics)))
    events.append(.frame(.samples(Self.samples)))
    events.append(.frame(.dynamics(Self.dynamics)))
    events.append(
      .warning(
        WarningRecord(
          step: lastStep, kind: "vanishing",
          text: "gradients vanish: 1 % is left after 6 characters",
          advice: "An LSTM or GRU keeps them, or start W near the identity.")))
    return events
  }

  /// The dashboard after all of it, with messages gone.
  static func state(lastStep: Int = 12_480) -> DashboardState {
    var run = SyntheticRun()
    var state = DashboardState()
    for event in run.events(lastStep: lastStep) { state.apply(event) }
    state.note(memoryBytes: 38 << 20)
    state.advance(to: 60)
    return state
  }
}
