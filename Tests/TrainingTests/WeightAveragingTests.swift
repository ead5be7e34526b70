import RecurrentNetworks
import SequenceData
import Testing
import TrainingEvents

@testable import Training

@Suite struct WeightAveragingTests {
  private static func trainer(_ decay: String, steps: Int) throws -> Trainer {
    let (preset, task) = try TinyRun.preset(["training.average-weights": decay])
    let trainer = try Trainer(preset: preset, task: task, threads: 1)
    for _ in 0..<steps { _ = trainer.advance() }
    return trainer
  }

  private static func values(_ vector: ParameterVector<Float>) -> [Float] {
    (0..<vector.count).map { vector.base[$0] }
  }

  /// The average follows the weights and leaves them alone; with decay 0 it is the newest.
  @Test func averagingChangesNothingThatIsTrained() throws {
    let (plain, averaged) = (
      try Self.trainer("none", steps: 12), try Self.trainer("0.9", steps: 12)
    )
    #expect(Self.values(plain.parameters) == Self.values(averaged.parameters))
    #expect(Self.values(plain.judgedWeights) == Self.values(plain.parameters))
    #expect(Self.values(averaged.judgedWeights) != Self.values(averaged.parameters))
    let newest = try Self.trainer("0", steps: 12)
    #expect(Self.values(newest.judgedWeights) == Self.values(plain.parameters))
    #expect(try Self.values(Self.trainer("0.9", steps: 0).judgedWeights).contains { $0 != 0 })
  }

  /// A validation, the snapshot's own evaluation and its file have the averaged weights; training goes
  /// on with the others, which stand beside the moments.
  @Test func whatIsJudgedIsWhatIsSaved() async throws {
    let settings = ["training.average-weights": "0.9", "training.steps": "20"]
    let (preset, task) = try TinyRun.preset(settings)
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.start()
    let events = await TinyRun.events(of: engine)
    let checkpoint = try #require(events.compactMap(\.checkpoint).last { $0.state.step == 20 })
    let told = try #require(
      events.compactMap { if case .validation(let record) = $0 { record } else { nil } }.last)
    #expect(told.step == 20)
    let copy = try Trainer(preset: preset, task: task, threads: 1)
    try copy.restore(checkpoint)
    let judge = try Evaluator(
      network: copy.network, pool: copy.pool, training: preset.training)
    #expect(judge.judge(task.validation, copy.judgedWeights).mean == told.loss)
    #expect(judge.judge(task.validation, copy.parameters).mean != told.loss)
    #expect(copy.average?.updates == 20 && checkpoint.state.averaged == 20)
    let trained = try TrainedNetwork(checkpoint, file: "snapshot")
    #expect(judge.judge(task.validation, trained.parameters).mean == told.loss)
    var options = EvaluationOptions()
    options.part = .validation
    let evaluation = try trained.evaluate(task, options: options)
    #expect(evaluation.notes.contains { $0.contains("training.average-weights: 0.9") })
    let run = try #require(
      events.compactMap { if case .started(let run) = $0 { run } else { nil } }.first)
    #expect(run.averagesWeights)
  }

  /// A run that is gone on with may begin to average, and may leave off.
  @Test func anAverageBeginsAndEndsWhereARunIsResumed() throws {
    let (with, without) = (try Self.trainer("0.9", steps: 9), try Self.trainer("none", steps: 9))
    let begun = try Self.trainer("0.9", steps: 0)
    try begun.restore(without.checkpoint(elapsed: 0, best: nil))
    #expect(begun.average?.updates == 0)
    #expect(Self.values(begun.judgedWeights) == Self.values(without.parameters))
    let ended = try Self.trainer("none", steps: 0)
    try ended.restore(with.checkpoint(elapsed: 0, best: nil))
    #expect(Self.values(ended.parameters) == Self.values(with.parameters))
    _ = (ended.advance(), without.advance())
    #expect(Self.values(ended.parameters) == Self.values(without.parameters))
  }
}
