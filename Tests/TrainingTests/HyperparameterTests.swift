import Testing
import TrainingEvents

@testable import Training

/// What a person can turn while a network trains.
@Suite struct HyperparameterTests {
  private static let parity = [
    "task.kind": "sequence-labelling", "task.data.synthetic": "parity", "task.data.length": "6",
  ]

  private func engine(_ settings: [String: String] = [:]) throws -> TrainingEngine {
    let (preset, task) =
      settings["task.kind"] == nil ? try TinyRun.preset(settings) : try TinyRun.synthetic(settings)
    return try TrainingEngine(preset: preset, task: task, threads: 1)
  }

  /// Everything that an engine has still to tell.
  private func events(of engine: TrainingEngine) async -> [TrainingEvent] {
    await TinyRun.rest(of: engine)
  }

  private func waitForPause(_ engine: TrainingEngine) async -> [TrainingEvent] {
    await TinyRun.events(of: engine) { $0 == .state(.paused) }
  }

  private func refusals(_ events: [TrainingEvent]) -> [String] {
    events.compactMap { if case .refused(let reason) = $0 { reason } else { nil } }
  }

  private func commands(_ events: [TrainingEvent]) -> [CommandRecord] {
    events.compactMap { if case .command(let record) = $0 { record } else { nil } }
  }

  @Test func aRunListsTheHyperparametersThatItHas() async throws {
    let weightDecay = Hyperparameter(
      key: "training.optimizer.weight-decay", label: "weight decay", kind: .factor)
    let cases: [([String: String], [Hyperparameter])] = [
      ([:], [.learningRate, weightDecay, .truncation, .clipNorm, .clipValue]),
      (
        ["network.layers": "2", "network.dropout": "0.25"],
        [.learningRate, weightDecay, .dropout, .truncation, .clipNorm, .clipValue]
      ),
      (Self.parity, [.learningRate, weightDecay, .clipNorm, .clipValue]),
      (
        Self.parity.merging(["network.recurrence": "output"]) { $1 },
        [.learningRate, weightDecay, .teacherForcing, .clipNorm, .clipValue]
      ),
      (["task.kind": "hand-built", "task.data.grammar": "brackets", "task.data.length": "8"], []),
    ]
    for (settings, expected) in cases {
      let engine = try engine(settings)
      await engine.start(paused: true)
      let started = await events(of: engine).compactMap {
        if case .started(let run) = $0 { run } else { nil }
      }
      let hyperparameters = try #require(started.first?.hyperparameters)
      #expect(hyperparameters.map(\.key) == expected.map(\.key), "\(settings)")
      if let dropout = hyperparameters.first(where: { $0.key == Hyperparameter.dropout.key }) {
        #expect(dropout.value == 0.25)
      }
      if let truncation = hyperparameters.first(where: { $0.key == Hyperparameter.truncation.key })
      {
        #expect(truncation.value == 6)
      }
    }
  }

  @Test func everyListedHyperparameterActsFromTheNextStepOn() async throws {
    let engine = try engine(["network.layers": "2", "training.optimizer": "sgd"])
    await engine.start(paused: true)
    await engine.perform(.set(key: "training.sequence-length", value: "3"))
    await engine.perform(.set(key: "network.dropout", value: "0.5"))
    await engine.perform(.set(key: "training.clip-value", value: "1e-9"))
    await engine.perform(.set(key: "training.optimizer.learning-rate", value: "0.125"))
    _ = await waitForPause(engine)
    await engine.perform(.step(count: 1))
    let told = await waitForPause(engine)
    let record = try #require(told.flatMap(\.records).last)
    // Four sequences of three steps, and every component clipped.
    #expect(record.tokens == 12 && record.clipped == true && record.learningRate == 0.125)
    #expect(
      commands(told).map(\.name) == ["sequence-length", "dropout", "clip-value", "learning-rate"])
    #expect(commands(told).map(\.value) == [3, 0.5, 1e-9, 0.125])
    #expect(commands(told).first?.text == "truncation length 6 → 3")
    await engine.shutDown()
  }

  /// Set before the first step, it is as if it had stood in the preset, to the last bit.
  @Test(arguments: ["sgd", "adamw"])
  func weightDecayActsAsFromThePreset(optimizer: String) async throws {
    var losses: [[Double]] = []
    for (preset, set) in [("0", nil), ("0.5", nil), ("0", "0.5")] as [(String, String?)] {
      let engine = try engine([
        "training.optimizer.name": optimizer, "training.optimizer.weight-decay": preset,
      ])
      await engine.start(paused: true)
      if let set {
        await engine.perform(.set(key: "training.optimizer.weight-decay", value: set))
      }
      _ = await waitForPause(engine)
      await engine.perform(.step(count: 4))
      losses.append(await waitForPause(engine).flatMap(\.records).map(\.loss))
      await engine.shutDown()
    }
    #expect(losses[0].count == 4 && losses[0] != losses[1] && losses[1] == losses[2])
  }

  @Test func freeRunningChangesWhatIsLearned() async throws {
    var losses: [[Double]] = []
    for share in ["1", "0"] {
      let engine = try engine(Self.parity.merging(["network.recurrence": "output"]) { $1 })
      await engine.start(paused: true)
      await engine.perform(.set(key: "network.teacher-forcing", value: share))
      _ = await waitForPause(engine)
      await engine.perform(.step(count: 2))
      losses.append(await waitForPause(engine).flatMap(\.records).map(\.loss))
      await engine.shutDown()
    }
    #expect(losses[0].count == 2 && losses[0] != losses[1])
  }

  @Test func whatCannotChangeIsRefusedWithTheReason() async throws {
    let engine = try engine()
    await engine.start(paused: true)
    let cases = [
      ("network.dropout", "0.5", "this network has one"),
      ("network.teacher-forcing", "0", "recurrence through the output"),
      ("network.hidden", "9", "fixed when a run begins"),
      ("training.sequence-length", "2.5", "a whole number"),
      ("training.sequence-length", "none", "a whole number"),
      ("training.clip-norm", "-1", "a number above 0, or none"),
      ("training.optimizer.learning-rate", "inf", "a number above 0"),
      ("training.clip-nrom", "1", "did you mean training.clip-norm?"),
    ]
    for (key, value, _) in cases { await engine.perform(.set(key: key, value: value)) }
    let reasons = refusals(await events(of: engine))
    #expect(reasons.count == cases.count)
    for ((key, _, reason), text) in zip(cases, reasons) {
      #expect(text.contains(reason) && text.contains(key), "\(text)")
    }
    let whole = try self.engine(Self.parity)
    await whole.perform(.set(key: "training.sequence-length", value: "4"))
    #expect(refusals(await events(of: whole)).first?.contains("whole sequences") == true)
  }

  private func trainer(_ settings: [String: String] = [:]) throws -> Trainer {
    let (preset, task) = try TinyRun.preset(settings)
    return try Trainer(preset: preset, task: task, threads: 1)
  }

  /// Only what differs from the preset is kept, for every setting, and comes back exactly.
  @Test func aCheckpointKeepsWhatWasChanged() throws {
    let changed = try trainer()
    let fresh = changed.checkpoint(elapsed: 0, best: nil)
    #expect(fresh.state.turned == nil && fresh.state.learningRate == nil)
    let values = [
      "training.optimizer.learning-rate": "0.007", "training.clip-norm": "none",
      "training.clip-value": "0.1", "training.sequence-length": "3",
    ]
    for (key, value) in values {
      _ = try LiveHyperparameters.change(key: key, value: value, in: changed)
    }
    let kept = changed.checkpoint(elapsed: 0, best: nil)
    #expect(Set((kept.state.turned ?? [:]).keys) == Set(values.keys))
    #expect(kept.state.problem == nil)
    let resumed = try trainer()
    try resumed.restore(kept)
    #expect(LiveHyperparameters.all(of: resumed) == LiveHyperparameters.all(of: changed))
    // Under a preset with another value, that one holds.
    let another = try trainer(["training.clip-norm": "9"])
    try another.restore(kept)
    #expect(another.settings.training.clipNorm == 9)
    #expect(another.settings.training.optimizer.learningRate == 0.007)
  }

  /// Snapshots of before have four settings in fields of their own.
  @Test func olderCheckpointsKeepTheirSettings() throws {
    let trainer = try trainer(["training.clip-norm": "5"])
    var old = trainer.checkpoint(elapsed: 0, best: nil)
    (old.state.learningRate, old.state.dropout) = (0.25, 0)
    old.state.turned = ["training.sequence-length": TurnedSetting(preset: 6, value: 2)]
    try trainer.restore(old)
    #expect(trainer.settings.training.optimizer.learningRate == 0.25)
    #expect(trainer.settings.training.clipNorm == nil && trainer.source.sequenceLength == 2)
    old.state.turned = ["training.clip-value": TurnedSetting(preset: nil, value: -1)]
    #expect(old.state.problem?.contains("`turned.training.clip-value.value` is -1.0") == true)
  }

  @Test func undoTakesTheSettingsBackAndSaysSo() async throws {
    let engine = try engine()
    await engine.start(paused: true)
    await engine.perform(.undo)
    await engine.perform(.set(key: "training.sequence-length", value: "4"))
    await engine.perform(.snapshot)
    await engine.perform(.set(key: "training.clip-norm", value: "none"))
    await engine.perform(.set(key: "training.sequence-length", value: "2"))
    _ = await waitForPause(engine)
    await engine.perform(.step(count: 3))
    _ = await waitForPause(engine)
    await engine.perform(.undo)
    let back = await waitForPause(engine)
    #expect(
      commands(back).map(\.text) == [
        "went back to step 0 from step 3", "truncation length 2 → 4", "clip norm none → 1",
      ])
    await engine.perform(.step(count: 1))
    #expect(await waitForPause(engine).flatMap(\.records).map(\.tokens) == [16])
    await engine.shutDown()
  }

  @Test func aTurnedRunResumesBitForBit() async throws {
    let straight = try engine(["training.steps": "20"])
    await straight.start(paused: true)
    await straight.perform(.step(count: 5))
    _ = await waitForPause(straight)
    _ = await waitForPause(straight)
    await straight.perform(.set(key: "training.sequence-length", value: "4"))
    await straight.perform(.step(count: 4))
    _ = await waitForPause(straight)
    await straight.perform(.snapshot)
    await straight.perform(.resume)
    let kept = await TinyRun.events(of: straight).compactMap(\.checkpoint)
    await straight.shutDown()
    let half = try #require(kept.first { $0.state.step == 9 })
    let end = try #require(kept.last)
    let (preset, task) = try TinyRun.preset(["training.steps": "20"])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 2, checkpoint: half)
    await engine.start()
    let resumed = await TinyRun.events(of: engine)
    await engine.shutDown()
    let other = try #require(resumed.compactMap(\.checkpoint).last)
    #expect(other.state.step == 20 && other.parameters == end.parameters)
    #expect(other.state.cursor == end.state.cursor)
  }

  @Test func aRunStopsAtAStepAnEpochOrALoss() async throws {
    let engine = try engine()
    await engine.start(paused: true)
    _ = await waitForPause(engine)
    await engine.perform(.run(until: .step(4)))
    #expect(await waitForPause(engine).flatMap(\.records).last?.step == 4)
    await engine.perform(.run(until: .epoch(0.5)))
    let record = try #require(await waitForPause(engine).flatMap(\.records).last)
    let epoch = try #require(record.epoch)
    #expect(epoch < 0.5 && epoch > 0.4)
    await engine.perform(.run(until: .loss(100)))
    #expect(await waitForPause(engine).flatMap(\.records).count == 1)
    await engine.perform(.run(until: .step(2)))
    await engine.perform(.run(until: .epoch(0.1)))
    let reasons = refusals(await events(of: engine))
    #expect(reasons.count == 2)
    #expect(reasons.first?.hasPrefix("step 2 is past") == true)
    #expect(reasons.last?.hasPrefix("epoch 0.1 is past") == true)
  }

  /// The step that completes an epoch is the last of it.
  @Test func anEpochEndsWithItsLastStep() async throws {
    let engine = try engine()
    await engine.start(paused: true)
    _ = await waitForPause(engine)
    await engine.perform(.run(until: .epoch(1)))
    let records = await waitForPause(engine).flatMap(\.records)
    await engine.shutDown()
    let last = try #require(records.last?.epoch)
    #expect(last < 1 && last > 0.9)
  }

  @Test func temperatureAndSequenceReachTheProbe() async throws {
    let engine = try engine()
    await engine.start(paused: true)
    var frames: [HiddenStateFrame] = []
    var temperatures: [Double] = []
    for (sequence, temperature) in [(0, 0.5), (1, 0.5), (1, 2.0), (0, 0.5)] {
      await engine.perform(
        .watch(
          ProbeRequest(
            interests: [.hiddenStates, .samples], columns: 12, sequence: sequence,
            temperature: temperature)))
      // Read one after the other: of frames that wait, the newest alone is kept.
      let seen = await TinyRun.events(of: engine) {
        if case .frame(.samples) = $0 { true } else { false }
      }
      for event in seen {
        if case .frame(.hiddenStates(let frame)) = event { frames.append(frame) }
        if case .frame(.samples(let frame)) = event { temperatures.append(frame.temperature) }
      }
    }
    await engine.shutDown()
    #expect(temperatures.contains(2))
    #expect(Set(frames.map(\.symbols)).count == 2)
    // The same sequence again after another one, from its first step on.
    #expect(frames.first?.symbols == frames.last?.symbols)
  }
}
