import Testing
import TrainingEvents

@testable import Training

@Suite struct SnapshotScheduleTests {
  private func schedule(steps: Int? = nil, minutes: Double? = nil) -> SnapshotSchedule {
    var training = TrainingConfiguration()
    training.snapshotEvery = steps
    training.snapshotMinutes = minutes
    return SnapshotSchedule(training, elapsed: 30)
  }

  @Test func withoutKeysNothingIsDue() {
    var schedule = schedule()
    let isDue = schedule.isDue(step: 1, elapsed: 1e9)
    #expect(!isDue)
  }

  @Test func stepsCountFromTheRunsFirst() {
    var schedule = schedule(steps: 4)
    let due = (1...9).filter { schedule.isDue(step: $0, elapsed: 0) }
    #expect(due == [4, 8])
  }

  @Test func minutesCountTrainingFromWhereTheSessionBegan() {
    var schedule = schedule(minutes: 0.5)
    // A second a step: thirty seconds after the thirty that were trained before.
    let due = (31...130).filter { schedule.isDue(step: $0, elapsed: Double($0)) }
    #expect(due == [60, 90, 120])
  }

  @Test func aSnapshotByStepsPutsOffTheOneByMinutes() {
    var schedule = schedule(steps: 50, minutes: 0.5)
    let due = (31...130).filter { schedule.isDue(step: $0, elapsed: Double($0)) }
    #expect(due == [50, 80, 100, 130])
  }

  @Test func goingBackTurnsTheClockBack() {
    var schedule = schedule(minutes: 1)
    let due = [(1, 10.0), (2, 69), (3, 70)].map { schedule.isDue(step: $0.0, elapsed: $0.1) }
    #expect(due == [false, false, true])
  }

  @Test func theKeyTakesFractionsAndNone() throws {
    var preset = Preset()
    try preset.set("training.snapshot-minutes", to: "2.5")
    #expect(preset.training.snapshotMinutes == 2.5)
    #expect(preset.resolvedText.contains("snapshot-minutes: 2.5"))
    try preset.set("training.snapshot-minutes", to: "none")
    #expect(preset.training.snapshotMinutes == nil)
    #expect(throws: PresetError.self) { try preset.set("training.snapshot-minutes", to: "0") }
  }
}

@Suite struct ScheduledSnapshotTests {
  /// Trains to the end with a snapshot every few steps.
  private func train(
    every: String, store: @escaping @Sendable (Checkpoint) async -> TrainingEvent?
  ) async throws -> [TrainingEvent] {
    let (preset, task) = try TinyRun.preset([
      "training.steps": "24", "training.snapshot-every": every,
    ])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1, store: store)
    await engine.start()
    return await TinyRun.events(of: engine)
  }

  @Test func snapshotsComeInOrderWithTheirValidationAndFrames() async throws {
    let kept = Checkpoints()
    _ = try await train(every: "6") {
      // Later ones are quicker, and still wait for their turn.
      try? await Task.sleep(for: .milliseconds(30 - $0.state.step))
      await kept.add($0)
      return nil
    }
    let all = await kept.all
    #expect(all.map(\.state.step) == [6, 12, 18, 24])
    #expect(all.map(\.validation?.step) == [nil, 10, 10, 24])
    for checkpoint in all {
      let kinds = checkpoint.frames.map { "\($0)".prefix { $0 != "(" } }
      #expect(kinds == ["hiddenStates", "gradientByLag", "samples"])
    }
  }

  @Test func lookingForASnapshotChangesNothing() async throws {
    let (kept, plain) = (Checkpoints(), Checkpoints())
    _ = try await train(every: "1") {
      await kept.add($0)
      return nil
    }
    _ = try await train(every: "none") {
      await plain.add($0)
      return nil
    }
    #expect(await kept.all.last?.parameters == plain.all.last?.parameters)
    #expect(await plain.all.count == 1)
  }

  @Test func aFailureIsToldAndTheNextScheduleTriesAgain() async throws {
    let kept = Checkpoints()
    let events = try await train(every: "6") { checkpoint in
      await kept.add(checkpoint)
      return .warning(
        WarningRecord(step: checkpoint.state.step, kind: "snapshot", text: "the disk is full"))
    }
    let warned = events.compactMap {
      if case .warning(let warning) = $0 { warning.step } else { nil }
    }
    #expect(warned == [6, 12, 18, 24])
    #expect(events.last?.isFinish == true)
  }

  @Test func aDiskThatIsTooSlowHoldsNoMoreThanAFewSnapshots() async throws {
    let kept = Checkpoints()
    let events = try await train(every: "1") {
      try? await Task.sleep(for: .milliseconds(40))
      await kept.add($0)
      return nil
    }
    let warnings = events.filter { if case .warning = $0 { true } else { false } }
    #expect(await kept.all.count < 24)
    #expect(await kept.all.last?.state.step == 24)
    #expect(!warnings.isEmpty && warnings.count < 12)
  }
}
