import Foundation
import SequenceData
import Testing
import TrainingEvents

@testable import Training

/// Several ranks train what one process trains, to the last bit.
@Suite struct RankedTrainingTests {
  /// A rank's weights and whatever else a run goes on from, without times.
  private struct Outcome: Equatable {
    var checkpoint: Checkpoint
    var losses: [Double]
    var norms: [Double?]
    var validations: [ValidationRecord] = []
    /// What a classifier answered in validations.
    var answers: [ConfusionFrame] = []

    static func == (a: Outcome, b: Outcome) -> Bool {
      var (x, y) = (a.checkpoint, b.checkpoint)
      for path in [\Checkpoint.state.elapsed] {
        (x[keyPath: path], y[keyPath: path]) = (0, 0)
      }
      (x.frames, y.frames) = ([], [])
      return x == y && a.losses == b.losses && a.norms == b.norms
        && a.validations.map(\.loss) == b.validations.map(\.loss)
        && a.validations.map(\.metric) == b.validations.map(\.metric) && a.answers == b.answers
    }
  }

  /// Trains to the end, alone or with others.
  private func train(
    _ preset: Preset, _ task: TaskData, ranks: Int, threads: Int = 1,
    from checkpoint: Checkpoint? = nil, watch: Bool = false,
    commands: [TrainingCommand] = []
  ) async throws -> Outcome {
    let job = LoopbackCommunicator.job(of: ranks)
    let followers = try await follow(job, preset, task, threads)
    let group = ranks == 1 ? nil : try RankGroup.agree(job[0], on: preset, task)
    let engine = try TrainingEngine(
      preset: preset, task: task, threads: threads, checkpoint: checkpoint, looks: .unlimited,
      group: group)
    await engine.start(paused: true)
    if watch {
      await engine.perform(
        .watch(ProbeRequest(interests: [.statistics, .hiddenStates, .stateNorms, .task])))
    }
    for command in commands { await engine.perform(command) }
    await engine.perform(.resume)
    var events: [TrainingEvent] = []
    for await event in engine.events {
      events.append(event)
      if event.isFinish { break }
    }
    await engine.shutDown()
    for follower in followers { #expect(try await follower.value == .told) }
    let steps = events.flatMap(\.records)
    let validations = events.compactMap {
      if case .validation(let record) = $0 { record } else { nil }
    }
    let answers = events.compactMap { event -> ConfusionFrame? in
      guard case .frame(.task(.classification(let frame))) = event else { return nil }
      return frame
    }
    return Outcome(
      checkpoint: try #require(events.compactMap(\.checkpoint).last { $0.reason == .final }),
      losses: steps.map(\.loss), norms: steps.map(\.gradientNorm), validations: validations,
      answers: answers.suffix(1))
  }

  private func follow(
    _ job: [LoopbackCommunicator], _ preset: Preset, _ task: TaskData, _ threads: Int
  ) async throws -> [Task<RankFollower.End, any Error>] {
    job.dropFirst().map { communicator in
      let done = Task.detached {
        try await withCheckedThrowingContinuation { continuation in
          Thread.detachNewThread {
            continuation.resume(
              with: Result {
                let group = try RankGroup.agree(communicator, on: preset, task)
                return try RankFollower(
                  preset: preset, task: task, threads: threads, group: group
                ).run()
              })
          }
        }
      }
      return done
    }
  }

  private static let settings: [[String: String]] = [
    [
      "training.steps": "25", "training.parts": "5", "training.batch": "7",
      "network.dropout": "0.2", "training.gradient-noise": "0.01", "network.layers": "2",
    ],
    [
      "training.steps": "25", "training.parts": "3", "network.cell": "lstm",
      "training.clip-value": "0.05", "training.optimizer.name": "momentum",
      "network.recurrent-dropout": "0.3", "network.embedding-dropout": "0.2",
      "network.zoneout": "0.1",
    ],
    [
      "training.steps": "25", "network.hidden": "150", "training.optimizer.name": "rmsprop",
      "training.average-weights": "0.9", "training.label-smoothing": "0.1",
    ],
  ]

  @Test(arguments: settings, [2, 3, 4, 7])
  func anyNumberOfRanksTrainsTheSameBits(_ settings: [String: String], ranks: Int) async throws {
    let (preset, task) = try TinyRun.preset(settings)
    let alone = try await train(preset, task, ranks: 1)
    #expect(alone.losses.count == 25)
    let together = try await train(preset, task, ranks: ranks, threads: ranks % 2 + 1)
    #expect(together == alone)
  }

  /// Which the bits above need: what a rank has not kept it reads as another symbol.
  @Test(arguments: [2, 3, 7]) func aRankKeepsOfATextWhatItsPartsRead(ranks: Int) throws {
    let (preset, task) = try TinyRun.preset(["training.parts": "5", "training.batch": "7"])
    guard case .stream(let text) = task.train else {
      Issue.record("no stream")
      return
    }
    let training = preset.training
    #expect(task.kept(by: 0, of: ranks, training: training).train == task.train)
    let batcher = StreamBatcher(task.train, batchSize: training.batch, sequenceLength: 6)
    for rank in 1..<ranks {
      let kept = task.kept(by: rank, of: ranks, training: training)
      #expect(kept.validation == task.validation && kept.test == task.test)
      guard case .stream(let own) = kept.train else {
        Issue.record("no stream")
        return
      }
      #expect(own.count == text.count)
      let parts = RankShares(ranks: ranks, partCount: 5, sliceCount: 1).parts(of: rank)
      let sequences = parts.flatMap { training.sequences(ofPart: $0, of: training.batch) }
      let wanted = Set(
        sequences.flatMap { batcher.range(of: $0).lowerBound...batcher.range(of: $0).upperBound })
      #expect(own.keptCount == wanted.count)
      for index in 0..<text.count {
        #expect(own[index] == (wanted.contains(index) ? text[index] : 0))
      }
    }
    // A row that is cut twice, and one that is appended to another.
    let part = text.keeping(100..<200)
    #expect(part.keeping(150..<300) == text.keeping(150..<200))
    #expect(part.slice(150..<160) == text.slice(150..<160))
    let edge = part.slice(198..<202)
    #expect((0..<4).map { edge[$0] } == [text[198], text[199], 0, 0])
  }

  @Test func wholeSequencesAreSharedOutAsWell() async throws {
    let (preset, task) = try TinyRun.synthetic([
      "task.kind": "sequence-labelling", "task.data.synthetic": "parity",
      "training.steps": "20", "training.parts": "4", "training.validate-every": "10",
    ])
    let alone = try await train(preset, task, ranks: 1)
    #expect(try await train(preset, task, ranks: 3) == alone)
  }

  @Test(arguments: [2, 3, 7])
  func validationIsSharedOutAndGivesTheSameNumbers(ranks: Int) async throws {
    let runs = [
      try TinyRun.preset(["training.parts": "3", "training.steps": "12"]),
      try TinyRun.synthetic([
        "task.kind": "sequence-classification", "task.data.synthetic": "context",
        "training.parts": "3", "training.steps": "12", "training.validate-every": "5",
      ]),
    ]
    for (preset, task) in runs {
      let alone = try await train(preset, task, ranks: 1, watch: true)
      #expect(alone.validations.count >= 2)
      #expect(alone.answers.isEmpty == (preset.task.kind == .languageModel))
      #expect(try await train(preset, task, ranks: ranks, watch: true) == alone)
      // And it is shared out: each part is judged on one rank alone.
      let judges = try LoopbackCommunicator.job(of: ranks).map { communicator in
        let trainer = try Trainer(
          preset: preset, task: task, threads: 1, communicator: communicator)
        return try Evaluator(
          network: trainer.network, pool: trainer.pool, training: preset.training,
          channel: trainer.exchange?.channel)
      }
      #expect(judges.flatMap { Array($0.ownParts) } == Array(0..<3))
      #expect(judges.allSatisfy { $0.ownParts.count < 3 })
    }
  }

  @Test func aRunGoesOnWithAnotherNumberOfRanks() async throws {
    let settings = [
      "training.parts": "4", "training.optimizer.name": "adam", "network.cell": "gru",
      "training.average-weights": "0.9",
    ]
    let (whole, task) = try TinyRun.preset(settings.merging(["training.steps": "20"]) { $1 })
    var half = whole
    half.training.steps = 9
    let straight = try await train(whole, task, ranks: 1)
    var first = try await train(half, task, ranks: 3).checkpoint
    first.preset = whole.resolvedText
    let resumed = try await train(whole, task, ranks: 4, from: first)
    #expect(resumed.checkpoint.parameters == straight.checkpoint.parameters)
    #expect(resumed.checkpoint.moments == straight.checkpoint.moments)
    #expect(resumed.checkpoint.state.carried == straight.checkpoint.state.carried)
    #expect(resumed.losses == Array(straight.losses.suffix(11)))
  }

  @Test func commandsReachAllRanksBetweenTheSameSteps() async throws {
    let (preset, task) = try TinyRun.preset(["training.steps": "20", "training.parts": "3"])
    let commands: [TrainingCommand] = [
      .step(count: 1), .set(key: "training.optimizer.learning-rate", value: "0.05"), .snapshot,
      .undo, .scaleLearningRate(by: 0.5),
      .set(key: "training.clip-norm", value: "0.1"),
    ]
    let alone = try await train(preset, task, ranks: 1, commands: commands)
    let together = try await train(preset, task, ranks: 3, watch: true, commands: commands)
    #expect(together == alone)
    let unchanged = try await train(preset, task, ranks: 1)
    #expect(unchanged != alone)
  }

  @Test func theSumOfAllGradientsIsWholeForWhoeverLooks() async throws {
    let (preset, task) = try TinyRun.preset([
      "training.steps": "60", "training.parts": "4", "network.hidden": "150",
    ])
    func norms(_ ranks: Int) async throws -> [[Double]] {
      let job = LoopbackCommunicator.job(of: ranks)
      let followers = try await follow(job, preset, task, 1)
      let group = ranks == 1 ? nil : try RankGroup.agree(job[0], on: preset, task)
      let engine = try TrainingEngine(
        preset: preset, task: task, threads: 1, looks: .unlimited, group: group)
      await engine.start()
      let events = await TinyRun.events(of: engine)
      await engine.shutDown()
      for follower in followers { _ = try await follower.value }
      return events.compactMap { event in
        guard case .frame(.statistics(let statistics)) = event else { return nil }
        return statistics.parameters.map(\.gradientNorm)
      }
    }
    let alone = try await norms(1)
    #expect(!alone.isEmpty)
    #expect(try await norms(3) == alone)
  }

  @Test func ranksThatDifferAreRefused() async throws {
    let (preset, task) = try TinyRun.preset()
    var other = preset
    try other.set("network.hidden", to: "6")
    let (_, otherTask) = try TinyRun.preset(text: TinyRun.text + "one more line\n")
    for (theirs, data, words) in [
      (other, task, "another preset"), (preset, otherTask, "other data"),
    ] {
      let job = LoopbackCommunicator.job(of: 2)
      let follower = try await follow(job, theirs, data, 1)[0]
      let refusal = #expect(throws: RankDisagreement.self) {
        try RankGroup.agree(job[0], on: preset, task)
      }
      #expect(refusal?.description.contains("rank 1 on") == true)
      #expect(refusal?.description.contains(words) == true)
      await #expect(throws: RankDisagreement.self) { try await follower.value }
    }
  }

  /// Data differ by whatever a network would learn from.
  @Test func dataThatDifferAnywhereAreToldApart() throws {
    let (preset, task) = try TinyRun.synthetic([
      "task.kind": "sequence-classification", "task.data.synthetic": "context",
    ])
    let own = RankIdentity(preset: preset, task: task)
    #expect(RankIdentity(preset: preset, task: task).data == own.data)
    let changes: [(inout Example) -> Void] = [
      { $0.target = $0.target == .label(0) ? .label(1) : .label(0) },
      { $0.input = .tokens([1, 1, 1]) }, { $0.scoredFrom += 1 },
    ]
    for change in changes {
      for part in [\TaskData.train, \TaskData.validation] {
        var other = task
        guard case .examples(var examples) = task[keyPath: part] else {
          Issue.record("not examples")
          return
        }
        change(&examples[1])
        other[keyPath: part] = .examples(examples)
        #expect(RankIdentity(preset: preset, task: other).data != own.data)
      }
    }
    // The same numbers, cut into examples at another place.
    let cuts: [[[Int32]]] = [[[1], [0, 0, 2]], [[1, 0, 0], [2]]]
    let identities = cuts.map { inputs in
      var other = task
      other.train = .examples(
        inputs.map { Example(input: .tokens($0), target: .label(0), text: "") })
      return RankIdentity(preset: preset, task: other).data
    }
    #expect(identities[0] != identities[1])
  }

  @Test func aRankThatCannotReadItsDataIsNamed() async throws {
    let (preset, task) = try TinyRun.preset()
    let job = LoopbackCommunicator.job(of: 3)
    let followers = try await follow(Array(job.prefix(2)), preset, task, 1)
    let failing = Task.detached { [job] in
      try RankGroup.agree(job[2], on: RankIdentity(failed: "no such file: words.txt"))
    }
    let refusal = #expect(throws: RankDisagreement.self) {
      try RankGroup.agree(job[0], on: preset, task)
    }
    #expect(refusal?.description.contains("rank 2 on") == true)
    #expect(refusal?.description.contains("no such file: words.txt") == true)
    await #expect(throws: RankDisagreement.self) { try await failing.value }
    await #expect(throws: RankDisagreement.self) { try await followers[0].value }
  }

  @Test func aRankThatIsGoneEndsTheRunWithItsName() async throws {
    let (preset, task) = try TinyRun.preset(["training.steps": "100000", "training.parts": "3"])
    let job = LoopbackCommunicator.job(of: 3)
    let followers = try await follow(job, preset, task, 1)
    let group = try RankGroup.agree(job[0], on: preset, task)
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1, group: group)
    await engine.start()
    var events: [TrainingEvent] = []
    for await event in engine.events {
      events.append(event)
      if case .steps = event { job[1].die() }
      if event.isFinish { break }
    }
    await engine.shutDown()
    let warnings = events.compactMap {
      if case .warning(let warning) = $0, warning.kind == "rank" { warning.text } else { nil }
    }
    #expect(warnings.count == 1)
    #expect(warnings.first?.contains("rank 1") == true)
    // Moments are with the rank that is gone: no snapshot pretends to have them.
    #expect(events.compactMap(\.checkpoint).allSatisfy { $0.reason != .final })
    for follower in followers {
      guard case .lost = try await follower.value else {
        Issue.record("a follower thought that all was well")
        continue
      }
    }
  }

  @Test func aRankThatIsAskedToStopStopsAll() async throws {
    let (preset, task) = try TinyRun.preset(["training.steps": "1000000", "training.parts": "2"])
    let job = LoopbackCommunicator.job(of: 2)
    let leading = Task.detached { [job] in try RankGroup.agree(job[0], on: preset, task) }
    let agreed = try await Task.detached { [job] in
      try RankGroup.agree(job[1], on: preset, task)
    }.value
    let follower = RankFollower(preset: preset, task: task, threads: 1, group: agreed)
    let end = Task.detached { try follower.run() }
    let engine = try TrainingEngine(
      preset: preset, task: task, threads: 1, group: try await leading.value)
    await engine.start()
    var saved: Checkpoint?
    for await event in engine.events {
      if case .steps = event { follower.stop() }
      if let checkpoint = event.checkpoint, checkpoint.reason == .final { saved = checkpoint }
      if event.isFinish { break }
    }
    await engine.shutDown()
    #expect(saved != nil)
    #expect(try await end.value == .told)
  }

  @Test func partsAndSlicesAreDealtOutOnce() {
    for (ranks, parts, slices) in [(1, 2, 1), (2, 2, 3), (7, 2, 2), (3, 8, 10), (4, 64, 1)] {
      let shares = RankShares(ranks: ranks, partCount: parts, sliceCount: slices)
      #expect((0..<ranks).flatMap { Array(shares.parts(of: $0)) } == Array(0..<parts))
      #expect((0..<ranks).flatMap { Array(shares.slices(of: $0)) } == Array(0..<slices))
    }
  }
}
