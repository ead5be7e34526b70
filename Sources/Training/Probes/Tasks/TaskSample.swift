import LinearAlgebra
import SequenceData

/// Random examples that a task's figures are computed on: held-out ones, the same for a whole run.
/// The first ones of a file, or the longest, would be of one kind.
struct TaskSample {
  private static let mostExamples = 200
  private static let mostSteps = 10_000

  let examples: [Example]
  /// Whether training has not seen them.
  let isHeldOut: Bool

  init(_ task: TaskData, seed: UInt64) {
    var (all, isHeldOut): ([Example], Bool) = ([], false)
    if case .examples(let examples) = task.validation, !examples.isEmpty {
      (all, isHeldOut) = (examples, true)
    } else if case .examples(let examples) = task.train {
      all = examples
    }
    var random = SeededRandom(seed: seed, stream: SeedStream.taskSample)
    var (chosen, steps): ([Example], Int) = ([], 0)
    for index in Self.shuffled(all.count, atMost: Self.mostExamples, &random) {
      steps += max(all[index].input.steps, all[index].target.steps)
      if !chosen.isEmpty, steps > Self.mostSteps { break }
      chosen.append(all[index])
    }
    examples = chosen
    self.isHeldOut = isHeldOut
  }

  /// Distinct numbers below `count` in random order.
  static func shuffled(_ count: Int, atMost most: Int, _ random: inout SeededRandom) -> [Int] {
    var all = Array(0..<count)
    for index in 0..<min(most, count) {
      all.swapAt(index, index + random.index(below: count - index))
    }
    return Array(all.prefix(most))
  }
}
