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
  private func train(every: String) async throws -> [TrainingEvent] {
    let (preset, task) = try TinyRun.preset([
      "training.steps": "24", "training.snapshot-every": every,
    ])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.start()
    return await TinyRun.events(of: engine)
  }

  @Test func snapshotsComeInOrderWithTheirValidationAndFrames() async throws {
    let all = try await train(every: "6").compactMap(\.checkpoint).filter { $0.reason != .best }
    #expect(all.map(\.state.step) == [6, 12, 18, 24])
    #expect(all.map(\.reason) == [.scheduled, .scheduled, .scheduled, .final])
    #expect(all.map(\.validation?.step) == [nil, 10, 10, 24])
    for checkpoint in all {
      let kinds = checkpoint.frames.map { "\($0)".prefix { $0 != "(" } }
      #expect(kinds == ["hiddenStates", "gradientByLag", "samples"])
    }
  }

  /// Whoever writes a checkpoint knows all that led to it, and nothing that came after.
  @Test func aCheckpointComesBehindItsOwnStepAndBeforeTheNext() async throws {
    var (last, validated, kept) = (0, 0, 0)
    for event in try await train(every: "2") {
      last = event.records.last?.step ?? last
      if case .validation(let record) = event { validated = record.step }
      guard let checkpoint = event.checkpoint else { continue }
      kept += 1
      #expect(checkpoint.state.step == last)
      #expect(checkpoint.validation.map { $0.step == validated } ?? (validated == 0))
    }
    #expect(kept > 3)
  }

  @Test func lookingForASnapshotChangesNothing() async throws {
    let kept = try await train(every: "1").compactMap(\.checkpoint)
    let plain = try await train(every: "none").compactMap(\.checkpoint)
    #expect(kept.last?.parameters == plain.last?.parameters)
    #expect(!plain.contains { $0.reason == .scheduled })
  }

  /// What is read here is held until the end, as by a disk that takes nothing.
  @Test func aDiskThatIsTooSlowHoldsNoMoreThanAFewSnapshots() async throws {
    let events = try await train(every: "1")
    let kept = events.compactMap(\.checkpoint).filter { $0.reason != .best }
    #expect(kept.map(\.state.step) == [1, 2, 3, 4, 5, 6, 7, 8, 24])
    let warnings = events.count {
      if case .warning(let warning) = $0 { warning.kind == "snapshot" } else { false }
    }
    #expect(warnings == 1)
  }

  @Test func checkpointsThatNobodyHoldsAnyMoreMakeRoom() {
    var handedOut = CheckpointsHandedOut()
    var held: [CheckpointLease] = []
    for _ in 0..<8 {
      #expect(!handedOut.isFull(bytes: 1000))
      held.append(handedOut.lease())
    }
    #expect(handedOut.isFull(bytes: 1000))
    held.removeLast()
    #expect(!handedOut.isFull(bytes: 1000))
    // A large network has room for two.
    #expect(handedOut.isFull(bytes: 1 << 30))
    held.removeLast(6)
    #expect(!handedOut.isFull(bytes: 1 << 30))
  }
}
