import Foundation
import RecurrentNetworks
import SequenceData
import Testing
import TrainingEvents

@testable import Training

/// Several ranks judge a snapshot with the figures of one process.
@Suite struct RankedEvaluationTests {
  private static func checkpoint(_ preset: Preset, _ task: TaskData) async throws -> Checkpoint {
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1, looks: .unlimited)
    await engine.start()
    let events = await TinyRun.events(of: engine)
    await engine.shutDown()
    return try #require(events.compactMap(\.checkpoint).last { $0.reason == .final })
  }

  /// On every rank, each on a thread of its own.
  private static func evaluate(
    ranks: Int, _ body: @escaping @Sendable (LoopbackCommunicator) throws -> Evaluation
  ) async -> [Result<Evaluation, any Error>] {
    await withTaskGroup(of: (Int, Result<Evaluation, any Error>).self) { group in
      for communicator in LoopbackCommunicator.job(of: ranks) {
        group.addTask {
          await withCheckedContinuation { continuation in
            Thread.detachNewThread {
              continuation.resume(
                returning: (communicator.rank, Result { try body(communicator) }))
            }
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private static func runs() throws -> [(Preset, TaskData)] {
    [
      try TinyRun.preset(["training.steps": "5", "task.split.test": "0.2"]),
      try TinyRun.synthetic([
        "task.kind": "sequence-classification", "task.data.synthetic": "context",
        "training.steps": "5",
      ]),
      try TinyRun.synthetic([
        "task.kind": "sequence-labelling", "task.data.synthetic": "parity",
        "network.recurrence": "output", "training.steps": "5",
      ]),
      try TinyRun.synthetic([
        "task.kind": "sequence-to-sequence", "task.data.synthetic": "reverse",
        "training.steps": "5",
      ]),
      try TinyRun.synthetic([
        "task.kind": "forecasting", "task.data.synthetic": "sine", "training.steps": "5",
      ]),
    ]
  }

  @Test(arguments: [2, 3, 7])
  func ranksFindTheFiguresOfOneProcess(ranks: Int) async throws {
    for (preset, task) in try Self.runs() {
      let checkpoint = try await Self.checkpoint(preset, task)
      let judge = try SnapshotEvaluation(checkpoint, file: "snapshot")
      var options = EvaluationOptions()
      options.beamWidth = 2
      let alone = try judge.run(task, options: options)
      #expect(alone.figures.allSatisfy { $0.value.isFinite } && !alone.figures.isEmpty)
      // What is sent to other threads must be Sendable, which a snapshot's evaluation need not be.
      let together = await Self.evaluate(ranks: ranks) { [options] communicator in
        try SnapshotEvaluation(checkpoint, file: "snapshot")
          .run(task, options: options, communicator: communicator)
      }
      #expect(try together.first?.get() == alone)
      // Each of the others knew a share alone, or what all know.
      #expect(try together.dropFirst().allSatisfy { try $0.get().task == alone.task })
    }
  }

  @Test func ranksWithOtherWeightsAreRefused() async throws {
    let (preset, task) = try Self.runs()[1]
    let checkpoint = try await Self.checkpoint(preset, task)
    var other = preset
    try other.set("training.seed", to: "2")
    var weights = try await Self.checkpoint(other, task)
    weights.preset = checkpoint.preset
    let results = await Self.evaluate(ranks: 2) { [weights] communicator in
      try SnapshotEvaluation(communicator.rank == 0 ? checkpoint : weights, file: "snapshot")
        .run(task, options: EvaluationOptions(), communicator: communicator)
    }
    for result in results {
      let refusal = #expect(throws: RankDisagreement.self) { try result.get() }
      #expect(refusal?.description.contains("another preset, snapshot or settings") == true)
    }
  }

  @Test func aRankThatIsLostWhileJudgingEndsItForAll() async throws {
    let (preset, task) = try Self.runs()[1]
    let checkpoint = try await Self.checkpoint(preset, task)
    let results = await Self.evaluate(ranks: 3) { communicator in
      let group = try RankGroup.agree(
        communicator, on: RankIdentity(judging: checkpoint.parameters, of: preset, task))
      if communicator.rank == 2 { communicator.die() }
      return try communicator.thread.sync {
        Result {
          try TrainedNetwork(checkpoint, file: "snapshot").evaluate(task, group: group)
        }
      }.get()
    }
    let failure = #expect(throws: RankFailure.self) { try results[0].get() }
    #expect(failure?.rank == 2)
  }
}
