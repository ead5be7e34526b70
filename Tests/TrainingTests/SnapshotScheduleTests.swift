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

  /// The steps at which a snapshot is due, given the seconds trained at each.
  private func due(
    _ schedule: SnapshotSchedule, _ steps: ClosedRange<Int>, elapsed: (Int) -> Double
  ) -> [Int] {
    var schedule = schedule
    var found: [Int] = []
    for step in steps where schedule.isDue(step: step, elapsed: elapsed(step)) {
      found.append(step)
    }
    return found
  }

  @Test func withoutKeysNothingIsDue() {
    #expect(due(schedule(), 1...1) { _ in 1e9 } == [])
  }

  @Test func stepsCountFromTheRunsFirst() {
    #expect(due(schedule(steps: 4), 1...9) { _ in 0 } == [4, 8])
  }

  @Test func minutesCountTrainingFromWhereTheSessionBegan() {
    // A second a step: thirty seconds after the thirty that were trained before.
    #expect(due(schedule(minutes: 0.5), 31...130) { Double($0) } == [60, 90, 120])
  }

  @Test func aSnapshotByStepsPutsOffTheOneByMinutes() {
    let steps = due(schedule(steps: 50, minutes: 0.5), 31...130) { Double($0) }
    #expect(steps == [50, 80, 100, 130])
  }

  @Test func goingBackTurnsTheClockBack() {
    let elapsed = [1: 10.0, 2: 69, 3: 70]
    #expect(due(schedule(minutes: 1), 1...3) { elapsed[$0] ?? 0 } == [3])
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
    let (kept, disk) = (Checkpoints(), Gate())
    let (preset, task) = try TinyRun.preset([
      "training.steps": "24", "training.snapshot-every": "1",
    ])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1) {
      await disk.pass()
      await kept.add($0)
      return nil
    }
    await engine.start()
    var warnings = 0
    // The disk takes nothing before somebody is told that it does not.
    for await event in engine.events {
      if case .warning = event {
        warnings += 1
        await disk.open()
      }
      if event.isFinish { break }
    }
    await engine.shutDown()
    #expect(await kept.all.count < 24)
    #expect(await kept.all.last?.state.step == 24)
    #expect((1...12).contains(warnings))
  }
}

/// Holds back whoever comes before it is opened.
private actor Gate {
  private var isOpen = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func pass() async {
    guard !isOpen else { return }
    await withCheckedContinuation { waiting.append($0) }
  }

  func open() {
    isOpen = true
    for continuation in waiting { continuation.resume() }
    waiting = []
  }
}
