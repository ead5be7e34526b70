import SequenceData
import Testing
import TrainingEvents

@testable import Training

@Suite struct BestCheckpointTests {
  /// A text that a network with a high rate learns by heart, so that its validation turns.
  private func setUp(_ settings: [String: String] = [:]) throws -> (Preset, TaskData) {
    try TinyRun.preset(
      [
        "network.hidden": "16", "training.steps": "120", "training.validate-every": "4",
        "training.optimizer.learning-rate": "0.1",
      ].merging(settings) { $1 })
  }

  private func best(_ events: [TrainingEvent]) -> [Checkpoint] {
    events.compactMap(\.checkpoint).filter { $0.reason == .best }
  }

  private func bestValidation(_ events: [TrainingEvent]) -> ValidationRecord? {
    events.compactMap {
      if case .validation(let record) = $0, record.isBest { record } else { nil }
    }
    .last
  }

  @Test(arguments: [true, false])
  func theBestValidationsWeightsComeBeforeTheEnd(canGoBack: Bool) async throws {
    let (preset, task) = try setUp()
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1, canGoBack: canGoBack)
    await engine.start()
    let events = await TinyRun.events(of: engine)
    let record = try #require(bestValidation(events))
    let checkpoint = try #require(best(events).last)
    #expect(checkpoint.state.step == record.step && checkpoint.validation?.loss == record.loss)
    #expect(checkpoint.state.bestStep == record.step)
    #expect(record.step < 120, "the text was learned too slowly for this test")
    // Judged again, they give the very loss that they were chosen for.
    var options = EvaluationOptions()
    options.part = .validation
    let evaluation = try SnapshotEvaluation(checkpoint, file: "best").run(task, options: options)
    let loss = try #require(evaluation.figures.first { $0.measure == .nats })
    #expect(abs(loss.value - record.loss) < 1e-6)
    // Nearly every validation is the best so far early on: few are handed out.
    #expect((1...3).contains(best(events).count))
    let reasons = events.compactMap(\.checkpoint).map(\.reason)
    #expect(reasons.last == .final && reasons.dropLast().allSatisfy { $0 == .best })
  }

  @Test func whatWaitsIsHandedOutBeforeAPauseAndBeforeASnapshot() async throws {
    let (preset, task) = try setUp(["training.validate-every": "1"])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.start(paused: true)
    await engine.perform(.step(count: 3))
    _ = await TinyRun.events(of: engine) { $0 == .state(.paused) }
    let events = await TinyRun.events(of: engine) { $0 == .state(.paused) }
    await engine.perform(.snapshot)
    let all = events + (await TinyRun.rest(of: engine))
    #expect(best(all).last?.state.step == bestValidation(all)?.step)
    #expect(all.compactMap(\.checkpoint).last?.reason == .requested)
  }

  /// What a run was judged last stays known after it went on from a snapshot.
  @Test func theNewestValidationOutlivesAResume() async throws {
    let (preset, task) = try setUp()
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.start(paused: true)
    await engine.perform(.step(count: 6))
    _ = await TinyRun.events(of: engine) { $0 == .state(.paused) }
    _ = await TinyRun.events(of: engine) { $0 == .state(.paused) }
    await engine.perform(.snapshot)
    let made = await TinyRun.rest(of: engine).compactMap(\.checkpoint).last
    let checkpoint = try #require(made)
    #expect(checkpoint.state.step == 6 && checkpoint.validation?.step == 4)
    let resumed = try TrainingEngine(
      preset: preset, task: task, threads: 1, checkpoint: checkpoint)
    await resumed.start(paused: true)
    await resumed.perform(.snapshot)
    let again = await TinyRun.rest(of: resumed).compactMap(\.checkpoint).last
    #expect(again?.validation?.step == 4)
    #expect(again?.validation?.loss == checkpoint.validation?.loss)
  }

  @Test func aPersonGoesBackToTheBest() async throws {
    let (preset, task) = try setUp()
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.perform(.goBackToBest)
    await engine.start()
    let events = await TinyRun.events(of: engine)
    let checkpoint = try #require(best(events).last)
    await engine.perform(.goBackToBest)
    await engine.perform(.snapshot)
    let rest = await TinyRun.rest(of: engine)
    let refused = events.compactMap { if case .refused(let text) = $0 { text } else { nil } }
    #expect(refused.count == 1 && refused.first?.contains("nothing was validated") == true)
    let there = try #require(rest.compactMap(\.checkpoint).last)
    #expect(there.parameters == checkpoint.parameters && there.moments == checkpoint.moments)
    #expect(there.state.step == checkpoint.state.step)
    #expect(there.state.bestValidation == checkpoint.state.bestValidation)
    let command = rest.compactMap { if case .command(let it) = $0 { it } else { nil } }.first
    #expect(command?.name == "best" && command?.text.hasSuffix("from step 120") == true)
  }

  /// The run's own first step is made anew from its seed.
  @Test func aRunThatIsBegunAgainEndsTheSameAndIsHandedOutAgain() async throws {
    let (preset, task) = try setUp(["training.steps": "12", "network.dropout": "0.1"])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 2)
    await engine.start()
    var finals: [Checkpoint] = []
    for factor in [1.0, 4.0] {
      let events = await TinyRun.events(of: engine)
      finals += events.compactMap(\.checkpoint).filter { $0.reason == .final }
      await engine.perform(.restart)
      if factor > 1 { await engine.perform(.scaleLearningRate(by: factor)) }
      await engine.perform(.resume)
    }
    finals += await TinyRun.events(of: engine).compactMap(\.checkpoint).filter {
      $0.reason == .final
    }
    #expect(finals.map(\.state.step) == [12, 12, 12])
    try #require(finals.count == 3)
    #expect(finals[0].parameters == finals[1].parameters)
    #expect(finals[2].parameters != finals[1].parameters)
  }

  @Test func withoutGoingBackNothingIsKeptForIt() async throws {
    let (preset, task) = try setUp(["training.steps": "8"])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1, canGoBack: false)
    await engine.start()
    _ = await TinyRun.events(of: engine)
    await engine.perform(.restart)
    let rest = await TinyRun.rest(of: engine)
    #expect(rest.contains { if case .refused = $0 { true } else { false } })
  }

  /// Weights and two moments of 32 bits each.
  @Test func aCheckpointCostsWhatTheLiveStateDoes() async throws {
    let (preset, task) = try setUp(["training.steps": "1", "training.optimizer": "adam"])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.start()
    let checkpoint = try #require(
      await TinyRun.events(of: engine).compactMap(\.checkpoint).last)
    let count = checkpoint.parameters.filter { !$0.name.contains("bias_hh") }
      .reduce(0) { $0 + $1.count }
    let zeros = checkpoint.parameters.reduce(0) { $0 + $1.count } - count
    #expect(checkpoint.bytes == 12 * count + 4 * zeros)
  }
}
