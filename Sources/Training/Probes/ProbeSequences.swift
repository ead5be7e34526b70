import LinearAlgebra
import SequenceData

/// Which sequences are looked at while a network trains: held-out ones, the same for a whole run,
/// so that a person sees what the weights do to the states and not what another text does.
struct ProbeSequences {
  /// Steps of the longest sequence that is looked at: about what fits on a screen.
  static let length = 64
  private static let count = 32

  /// The examples that are looked at, in their order; empty for a language model.
  let examples: [Example]
  /// The same, or pieces of a text, as one batch. The first sequence is the longest.
  let batch: DataBatch

  init(task: TaskData, lineEnd: Int32, readsStream: Bool, seed: UInt64) {
    let data = [task.validation, task.test, task.train].first { !$0.isEmpty } ?? task.train
    var examples: [Example] = []
    var batch = DataBatch()
    var random = SeededRandom(seed: seed, stream: SeedStream.taskSample)
    switch data {
    case .examples(let all):
      examples = Self.some(all.count, &random) { max(all[$0].input.steps, all[$0].target.steps) }
        .map { all[$0] }
      Self.fill(&batch, .examples(examples), count: examples.count, lineEnd)
    case .lines(let table) where !readsStream:
      // A line is read with its end.
      let chosen = Self.some(table.count, &random) { table.range(of: $0).count + 1 }
      Self.fill(&batch, .lines(table.selecting(chosen)), count: chosen.count, lineEnd)
    case .lines, .stream:
      var source = BatchSource(
        data, batch: Self.count, sequenceLength: Self.length, seed: seed, order: .shuffled,
        lineEnd: lineEnd)
      source.next(into: &batch)
    }
    self.examples = examples
    self.batch = batch
  }

  /// Random ones of those that are no longer than what is looked at, the longest first; the
  /// shortest where all are longer.
  private static func some(
    _ count: Int, _ random: inout SeededRandom, steps: (Int) -> Int
  ) -> [Int] {
    let all = (0..<count).map { (steps: steps($0), index: $0) }
    let fitting = all.filter { $0.steps <= length }
    guard fitting.isEmpty else {
      return TaskSample.shuffled(fitting.count, atMost: Self.count, &random).map { fitting[$0] }
        .sorted { ($1.steps, $0.index) < ($0.steps, $1.index) }.map(\.index)
    }
    return all.sorted { ($0.steps, $0.index) < ($1.steps, $1.index) }.prefix(Self.count)
      .map(\.index)
  }

  /// One batch with all of the data, in its order.
  private static func fill(
    _ batch: inout DataBatch, _ data: DataSet, count: Int, _ lineEnd: Int32
  ) {
    var source = BatchSource(
      data, batch: max(1, count), sequenceLength: nil, seed: 0, order: .asGiven, lineEnd: lineEnd)
    source.next(into: &batch)
  }
}
