import SequenceData
import Testing

@testable import Training

/// What is looked at while a network trains.
@Suite struct ProbeSequenceTests {
  private func task(_ lengths: [Int], validation: [Int] = []) -> TaskData {
    func examples(_ lengths: [Int]) -> DataSet {
      .examples(
        lengths.map { Example(input: .tokens([Int32](repeating: 0, count: $0)), target: .label(0)) }
      )
    }
    return TaskData(
      kind: .sequenceClassification, train: examples(lengths), validation: examples(validation),
      test: examples([]), inputWidth: 1, outputWidth: 1, targetName: "example")
  }

  private func lengths(_ task: TaskData) -> [Int] {
    ProbeSequences(task: task, lineEnd: 0, readsStream: false, seed: 1).batch.inputLengths
  }

  @Test func theFirstIsTheLongestThatFitsOfTheHeldOutOnes() {
    #expect(lengths(task([90], validation: [1, 40, 64, 65, 3, 40])) == [64, 40, 40, 3, 1])
    #expect(lengths(task([2, 7, 5])) == [7, 5, 2])
    // Where all are longer than a screen, the shortest.
    #expect(lengths(task([1], validation: [300, 100, 200])) == [100, 200, 300])
  }

  @Test func theyAreTheSameForAWholeRun() throws {
    for test in TraceCase.all.prefix(13) {
      let (trainer, probe) = try test.trainer()
      let again = ProbeSequences(
        task: trainer.task, lineEnd: trainer.network.lineEnd,
        readsStream: trainer.network.readsStream, seed: 1)
      #expect(again.batch == probe.sequences.batch, "\(test.name)")
      let lengths = again.batch.inputLengths
      #expect(!lengths.isEmpty && lengths.first == lengths.max(), "\(test.name)")
    }
  }
}
