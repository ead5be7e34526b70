import LinearAlgebra
import Testing
import TrainingEvents

@testable import Training

@Suite struct EventOutboxTests {
  private func step(_ number: Int) -> StepRecord {
    StepRecord(
      step: number, epoch: 0, loss: 1, gradientNorm: 1, clipped: false, learningRate: 1, tokens: 1,
      elapsed: 0, duration: 0)
  }

  private func samples(_ step: Int) -> TrainingEvent {
    .frame(.samples(SampleFrame(step: step, temperature: 1, lines: [])))
  }

  private func warning(_ step: Int) -> TrainingEvent {
    .warning(WarningRecord(step: step, kind: "data", text: ""))
  }

  private func rest(_ outbox: inout EventOutbox) -> [TrainingEvent] {
    outbox.release()
    var events: [TrainingEvent] = []
    while let event = outbox.take() { events.append(event) }
    return events
  }

  @Test func nothingIsTakenBeforeItWasReleased() {
    var outbox = EventOutbox()
    outbox.add(step(1))
    #expect(outbox.take() == nil && !outbox.isEmpty)
    outbox.release()
    outbox.add(warning(1))
    outbox.add(step(2))
    #expect(outbox.take()?.records.map(\.step) == [1])
    #expect(outbox.take() == nil)
    #expect(rest(&outbox) == [warning(1), .steps(StepBatch([step(2)]))])
    #expect(outbox.isEmpty)
  }

  @Test func aNewerFrameTakesTheOlderOnesPlaceAndItsNeighboursJoin() {
    var outbox = EventOutbox()
    outbox.add(step(1))
    outbox.add(samples(1))
    outbox.add(step(2))
    outbox.add(samples(2))
    let events = rest(&outbox)
    #expect(events.map { $0.records.map(\.step) } == [[1, 2], []] && events.last == samples(2))
  }

  /// What alerts go by is the same for a reader that comes late.
  @Test func aFrameForTheRecordIsNotReplaced() {
    var outbox = EventOutbox()
    let frames = (1...4).map { step in
      ProbeFrame.samples(SampleFrame(step: step, temperature: 1, lines: []))
    }
    for (index, frame) in frames.enumerated() {
      outbox.add(step(index + 1))
      if index % 2 == 0 { outbox.add(recorded: frame) } else { outbox.add(.frame(frame)) }
    }
    let events = rest(&outbox)
    #expect(events.flatMap(\.records).map(\.step) == [1, 2, 3, 4])
    #expect(events.filter { $0.records.isEmpty } == [0, 2, 3].map { .frame(frames[$0]) })
  }

  /// Nobody reads for very long: steps, checkpoints, beginning, snapshots and end all stay.
  @Test func overflowDropsOnlyWhatMayBeMissed() {
    var outbox = EventOutbox()
    let snapshot = TrainingEvent.snapshot(SnapshotRecord(step: 1, path: "p", bytes: 1))
    let finish = TrainingEvent.finished(FinishRecord(reason: .stopped, step: 1, elapsed: 0))
    let checkpoint = TrainingEvent.checkpoint(
      CheckpointRecord(
        step: 1, reason: .final,
        state: Checkpoint(preset: "", parameters: [], moments: [], state: ResumeState())))
    let run = TrainingEvent.started(
      RunDescription(
        name: "run", title: "", lecture: "", task: .languageModel, network: "", parameterCount: 1,
        optimizer: "", totalSteps: nil, clipNorm: nil, learningRate: 1, lossUnit: .natsPerTarget,
        targetName: "step",
        architecture: Architecture(
          shape: .everyStep, cell: "", inputSize: 1, hiddenSize: 1, outputSize: 1)))
    for event in [run, checkpoint, snapshot, finish] { outbox.add(event) }
    for number in 1...3 * EventOutbox.limit {
      outbox.add(step(number))
      outbox.add(warning(number))
    }
    let events = rest(&outbox)
    #expect(Array(events.prefix(4)) == [run, checkpoint, snapshot, finish])
    #expect(events.flatMap(\.records).map(\.step) == Array(1...3 * EventOutbox.limit))
    #expect(events.count <= 2 * EventOutbox.limit && events.last == warning(3 * EventOutbox.limit))
  }

  /// Events come at random, and a reader takes some at random.
  @Test func everyStepIsTakenOnceAndInOrder() {
    var random = SeededRandom(seed: 3, stream: 0)
    var outbox = EventOutbox()
    var (added, taken) = (0, 0)
    var isInOrder = true
    func note(_ event: TrainingEvent?) {
      for record in event?.records ?? [] {
        isInOrder = isInOrder && record.step == taken + 1
        taken = record.step
      }
    }
    for _ in 0..<20_000 {
      switch random.uniform() {
      case ..<0.5:
        added += 1
        outbox.add(step(added))
      case ..<0.6: outbox.add(samples(added))
      case ..<0.65: outbox.add(warning(added))
      case ..<0.8: outbox.release()
      default: note(outbox.take())
      }
    }
    rest(&outbox).forEach(note)
    #expect(isInOrder && taken == added && added > 5000)
  }
}

@Suite struct EventMailboxTests {
  @Test func aReaderThatWaitsGetsWhatIsReleasedAndThenTheEnd() async {
    let mailbox = EventMailbox()
    let events = mailbox.events
    let reader = Task {
      var found: [TrainingEvent] = []
      for await event in events { found.append(event) }
      return found
    }
    for number in 1...3 {
      mailbox.add(.refused("\(number)"))
      mailbox.release()
      await Task.yield()
    }
    mailbox.add(.refused("last"))
    mailbox.close()
    #expect(await reader.value == ["1", "2", "3", "last"].map(TrainingEvent.refused))
  }

  @Test func aReaderThatIsCancelledWaitsNoLonger() async {
    let mailbox = EventMailbox()
    let events = mailbox.events
    let reader = Task { for await _ in events {} }
    await Task.yield()
    reader.cancel()
    await reader.value
  }

  /// Who looks back later has the course of a kind, and who never reads takes no memory for it.
  @Test func ofFramesOfThePastTheOldestLeave() {
    var outbox = EventOutbox()
    let frames = (1...40).map {
      ProbeFrame.samples(SampleFrame(step: $0, temperature: 1, lines: []))
    }
    for frame in frames { outbox.add(past: frame) }
    // A frame for the screen takes the place of none of them.
    outbox.add(.frame(frames[39]))
    outbox.release()
    var steps: [Int] = []
    while case .frame(let frame)? = outbox.take() { steps.append(frame.step) }
    #expect(steps == Array(25...40) + [40])
  }
}
