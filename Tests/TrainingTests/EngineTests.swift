import Testing
import Training
import TrainingEvents

@Suite struct EngineTests {
  /// Trains to the end and gives back the last checkpoint and every loss.
  private func train(
    _ settings: [String: String] = [:], threads: Int = 2, from checkpoint: Checkpoint? = nil
  ) async throws -> (checkpoint: Checkpoint, losses: [Int: Double]) {
    let (preset, task) = try TinyRun.preset(settings)
    let engine = try TrainingEngine(
      preset: preset, task: task, threads: threads, checkpoint: checkpoint)
    await engine.start()
    var losses: [Int: Double] = [:]
    let events = await TinyRun.events(of: engine)
    for record in events.flatMap(\.records) { losses[record.step] = record.loss }
    let last = try #require(events.compactMap(\.checkpoint).last)
    return (last, losses)
  }

  @Test(arguments: ["tanh", "lstm", "gru"])
  func theSameSeedGivesTheSameBytesAtAnyThreadCount(cell: String) async throws {
    let settings = ["network.cell": cell, "training.steps": "25"]
    let one = try await train(settings, threads: 1)
    let two = try await train(settings, threads: 2)
    #expect(one.checkpoint.parameters == two.checkpoint.parameters)
    #expect(one.losses == two.losses)
    let other = try await train(settings.merging(["training.seed": "2"]) { $1 })
    #expect(other.checkpoint.parameters != one.checkpoint.parameters)
  }

  /// A run until a loss ends with the step whose smoothed loss is that loss, not with the one behind it.
  @Test func aLossThatIsReachedExactlyIsReached() async throws {
    let (preset, task) = try TinyRun.preset(["training.steps": "30"])
    let straight = try TrainingEngine(preset: preset, task: task, threads: 1)
    await straight.start()
    var smoothed: Double?
    var lowest = (loss: Double.infinity, step: 0)
    for record in await TinyRun.events(of: straight).flatMap(\.records) {
      let loss = (smoothed ?? record.loss) * 0.98 + record.loss * 0.02
      if loss < lowest.loss, record.step < 30 { lowest = (loss, record.step) }
      smoothed = loss
    }
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.perform(.run(until: .loss(lowest.loss)))
    let events = await TinyRun.events(of: engine) { $0 == .state(.paused) || $0.isFinish }
    #expect(events.last == .state(.paused) && lowest.step > 1)
    #expect(events.flatMap(\.records).last?.step == lowest.step)
    await engine.shutDown()
  }

  /// So many weights that their sums and updates are cut into slices.
  @Test(arguments: ["adam", "momentum", "rmsprop"])
  func slicesOfWeightsAreTheSameOnAnyNumberOfThreads(optimizer: String) async throws {
    let settings = [
      "network.hidden": "200", "training.steps": "6", "training.optimizer": optimizer,
      "training.parts": "3", "training.clip-norm": "0.1", "training.average-weights": "0.8",
    ]
    let one = try await train(settings, threads: 1)
    #expect(one.checkpoint.parameters.reduce(0) { $0 + $1.values.count } > 2 << 14)
    for threads in 2...3 {
      let several = try await train(settings, threads: threads)
      #expect(several.checkpoint.parameters == one.checkpoint.parameters)
      #expect(several.losses == one.losses)
    }
  }

  @Test func gradientNoiseMovesEveryUpdateButTheSameWayAgain() async throws {
    let settings = ["training.steps": "5"]
    let noisy = settings.merging(["training.gradient-noise": "0.3"]) { $1 }
    let (plain, first) = (try await train(settings), try await train(noisy, threads: 1))
    // The first loss is taken before the first update.
    #expect(plain.losses[1] == first.losses[1] && plain.losses.count == 5)
    for step in 2...5 { #expect(plain.losses[step] != first.losses[step]) }
    let again = try await train(noisy, threads: 2)
    #expect(first.checkpoint.parameters == again.checkpoint.parameters)
  }

  @Test(arguments: [
    [:], ["network.cell": "lstm", "network.layers": "2", "network.dropout": "0.3"],
    ["training.optimizer": "momentum", "training.schedule": "plateau"],
    ["training.schedule": "cosine", "training.schedule.warm-up": "5"],
    ["training.gradient-noise": "0.1"],
    ["training.average-weights": "0.9", "training.label-smoothing": "0.1"],
    ["training.average-weights": "0.99", "training.optimizer": "sgd"],
    ["network.recurrent-dropout": "0.3", "network.embedding-dropout": "0.2"],
    ["network.zoneout": "0.2", "network.cell": "lstm"],
    ["network.layer-norm": "true", "network.cell": "gru"],
    ["network.embedding": "5", "network.tie-weights": "true", "training.average-weights": "0.5"],
  ])
  func aResumedRunContinuesBitForBit(settings: [String: String]) async throws {
    let straight = try await train(settings.merging(["training.steps": "40"]) { $1 })
    // The cosine spans the steps of the whole run, so the first part must know them too.
    let (preset, task) = try TinyRun.preset(settings.merging(["training.steps": "40"]) { $1 })
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.perform(.run(until: .step(17)))
    _ = await TinyRun.events(of: engine) { $0 == .state(.paused) }
    await engine.perform(.snapshot)
    let half = try #require(await TinyRun.rest(of: engine).compactMap(\.checkpoint).last)
    #expect(half.state.step == 17)
    let resumed = try await train(
      settings.merging(["training.steps": "40"]) { $1 }, threads: 2, from: half)
    #expect(resumed.checkpoint.parameters == straight.checkpoint.parameters)
    #expect(resumed.checkpoint.moments == straight.checkpoint.moments)
    #expect(resumed.losses[18] == straight.losses[18])
    #expect(resumed.losses[40] == straight.losses[40])
    #expect(resumed.losses[17] == nil)
  }

  @Test func oneStepIsOneStepAndAPauseStandsStill() async throws {
    let (preset, task) = try TinyRun.preset()
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.start(paused: true)
    await engine.perform(.step(count: 1))
    await engine.perform(.step(count: 3))
    var steps: [Int] = []
    var pauses = 0
    for await event in engine.events {
      steps += event.records.map(\.step)
      if event == .state(.paused) { pauses += 1 }
      if steps.count >= 3, event == .state(.paused) { break }
    }
    // The second command came before the first had run: it counts from where the engine stood.
    #expect(steps == [1, 2, 3])
    #expect(pauses == 2)
    await engine.shutDown()
  }

  @Test func hyperparametersActBetweenStepsAndAreRecorded() async throws {
    let (preset, task) = try TinyRun.preset()
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.start(paused: true)
    await engine.perform(.scaleLearningRate(by: 0.5))
    await engine.perform(.set(key: "training.clip-norm", value: "none"))
    await engine.perform(.set(key: "training.batch", value: "9"))
    await engine.perform(.step(count: 1))
    var commands: [CommandRecord] = []
    var refusals: [String] = []
    var record: StepRecord?
    for await event in engine.events {
      if case .command(let command) = event { commands.append(command) }
      if case .refused(let reason) = event { refusals.append(reason) }
      if let step = event.records.last { record = step }
      if record != nil, event == .state(.paused) { break }
    }
    #expect(commands.map(\.name) == ["learning-rate", "clip-norm"])
    #expect(commands.first?.value == 0.005 && commands.first?.marker == "lr ÷2")
    #expect(refusals.count == 1 && refusals.first?.contains("training.batch") == true)
    #expect(record?.learningRate == 0.005 && record?.clipped == false)
    await engine.shutDown()
  }

  @Test func aLossThatIsNoNumberKeepsTheLastGoodWeights() async throws {
    let (preset, task) = try TinyRun.preset([
      "training.optimizer": "sgd", "training.optimizer.learning-rate": "1e38",
      "training.clip-norm": "none", "training.steps": "200",
    ])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.start()
    let events = await TinyRun.events(of: engine) { $0 == .state(.diverged) || $0.isFinish }
    let warned = events.contains {
      if case .warning(let warning) = $0 {
        Alert(rawValue: warning.kind)?.endsTraining == true
      } else {
        false
      }
    }
    #expect(warned)
    await engine.perform(.stop)
    let rest = await TinyRun.events(of: engine)
    guard case .finished(let finish) = rest.last else {
      Issue.record("the run did not finish")
      return
    }
    #expect(finish.reason == .diverged)
    let kept = (events + rest).compactMap(\.checkpoint)
    #expect(kept.map(\.reason) == [.diverged])
    let last = try #require(kept.last)
    #expect(last.parameters.allSatisfy { $0.values.allSatisfy(\.isFinite) })
    await engine.shutDown()
  }

  @Test func framesAreMadeOnlyOnDemand() async throws {
    let (preset, task) = try TinyRun.preset([
      "training.steps": "20", "training.frame-megabytes": "0",
    ])
    for interests: ProbeRequest.Interests in [[], [.hiddenStates, .gradientByLag]] {
      let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
      await engine.perform(.watch(ProbeRequest(interests: interests)))
      await engine.start()
      let events = await TinyRun.events(of: engine)
      // Gradients by lag and statistics are in every record, at a few steps.
      let frames = events.count {
        switch $0 {
        case .frame(.hiddenStates), .frame(.samples): true
        case .frame(.gradientByLag), .frame(.statistics): !interests.isEmpty
        default: false
        }
      }
      #expect(interests.isEmpty ? frames == 0 : frames >= 2)
      await engine.shutDown()
    }
  }
}
