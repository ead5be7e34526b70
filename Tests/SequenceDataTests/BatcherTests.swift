import Foundation
import Testing

@testable import SequenceData

struct ExampleBatcherTests {
  private func lines(_ count: Int) -> DataSet {
    var table = ItemTable(vocabularySize: 300)
    for item in 0..<count {
      for step in 0..<(item * 7 % 11 + 1) { table.append(Int32(1 + (item + step) % 299)) }
      table.endItem()
    }
    return .lines(table)
  }

  private func epoch(_ batcher: inout ExampleBatcher) -> [SequenceBatch] {
    (0..<batcher.batchesPerEpoch).map { _ in
      var batch = SequenceBatch()
      batcher.next(into: &batch)
      return batch
    }
  }

  @Test func everyExampleComesOnceAnEpoch() {
    var batcher = ExampleBatcher(lines(1003), batchSize: 8, seed: 2)
    #expect(batcher.batchesPerEpoch == 126)
    let (first, second) = (epoch(&batcher), epoch(&batcher))
    #expect(first.flatMap(\.indices).sorted() == Array(0..<1003))
    #expect(second.flatMap(\.indices).sorted() == Array(0..<1003))
    #expect(first.flatMap(\.indices) != second.flatMap(\.indices))
    #expect(first.map(\.count).filter { $0 != 8 } == [3])
    #expect(batcher.epochs == 2)
  }

  @Test func aBatchMayBeOneExample() {
    var batcher = ExampleBatcher(lines(5), batchSize: 1, seed: 2)
    let batches = epoch(&batcher)
    #expect(batches.map(\.count) == [1, 1, 1, 1, 1])
    #expect(batches.flatMap(\.indices).sorted() == Array(0..<5))
  }

  @Test func batchesHoldSimilarLengths() {
    var batcher = ExampleBatcher(lines(4000), batchSize: 8, seed: 2)
    let spread = epoch(&batcher).map { ($0.inputLengths.max() ?? 0) - ($0.inputLengths.min() ?? 0) }
    #expect(spread.reduce(0, +) < spread.count)
  }

  @Test func linesRunFromLineEndToLineEnd() throws {
    var table = ItemTable(vocabularySize: 5)
    for token in [3, 1, 2] as [Int32] { table.append(token) }
    table.endItem()
    table.append(4)
    table.endItem()
    var batcher = ExampleBatcher(.lines(table), batchSize: 9)
    var batch = SequenceBatch()
    batcher.next(into: &batch)
    #expect(Array(batch.inputTokens(of: 0)) == [0, 3, 1, 2])
    #expect(Array(batch.targetTokens(of: 0)) == [3, 1, 2, 0])
    #expect(Array(batch.inputTokens(of: 1)) == [0, 4])
    #expect(Array(batch.targetTokens(of: 1)) == [4, 0])
    #expect(batch.scoredTargetCount == 6)
    #expect((batch.longestInput, batch.longestTarget) == (4, 4))
  }

  @Test func largeBatchesAreTheWholeSetInOrder() {
    for size in [20, 1000] {
      var batcher = ExampleBatcher(lines(20), batchSize: size, seed: 5)
      for _ in 0..<3 {
        var batch = SequenceBatch()
        batcher.next(into: &batch)
        #expect(batch.indices == Array(0..<20))
      }
      #expect(batcher.epochs == 3)
    }
    var ordered = ExampleBatcher(lines(20), batchSize: 6, seed: 5, order: .asGiven)
    #expect(epoch(&ordered).flatMap(\.indices) == Array(0..<20))
  }

  @Test func restoredCursorsContinue() throws {
    for stop in [0, 1, 7, 13, 30] {
      var straight = ExampleBatcher(lines(100), batchSize: 8, seed: 11)
      var batch = SequenceBatch()
      for _ in 0..<stop { straight.next(into: &batch) }
      let saved = try JSONDecoder().decode(
        BatchCursor.self, from: try JSONEncoder().encode(straight.cursor))
      var resumed = ExampleBatcher(lines(100), batchSize: 8, seed: 0)
      resumed.restore(saved)
      var other = SequenceBatch()
      for _ in 0..<40 {
        straight.next(into: &batch)
        resumed.next(into: &other)
        #expect(batch == other)
      }
      #expect(straight.cursor == resumed.cursor)
    }
  }

  @Test func nonsensicalCursorsAndEmptyDataDoNotTrap() {
    var batcher = ExampleBatcher(lines(10), batchSize: 3)
    var batch = SequenceBatch()
    batcher.restore(BatchCursor(seed: 1, epoch: -4, position: 900))
    batcher.next(into: &batch)
    #expect(batch.count == 3)
    var nothing = ExampleBatcher(.examples([]), batchSize: 3)
    nothing.next(into: &batch)
    #expect(batch.count == 0)
    #expect(nothing.batchesPerEpoch == 0)
  }

  @Test func examplesOfEveryKindArePacked() {
    let data = DataSet.examples([
      Example(
        input: .vectors([1, 2, 3, 4], width: 2), target: .values([5, 6], width: 1), scoredFrom: 1),
      Example(input: .vectors([7, 8], width: 2), target: .values([9], width: 1)),
    ])
    var batcher = ExampleBatcher(data, batchSize: 2)
    var batch = SequenceBatch()
    batcher.next(into: &batch)
    #expect(Array(batch.inputValues(of: 1)) == [7, 8])
    #expect(Array(batch.inputValues(of: 0)) == [1, 2, 3, 4])
    #expect(Array(batch.targetValues(of: 1)) == [9])
    #expect(batch.scoredTargetCount == 2)
    var images = ExampleBatcher(
      .examples([
        Example(
          input: .image([0, 255, 51, 0, 0, 0], width: 2, height: 3), target: .label(4))
      ]), batchSize: 2)
    images.next(into: &batch)
    #expect(batch.inputLengths == [3])
    #expect(Array(batch.inputValues(of: 0)) == [0, 1, 0.2, 0, 0, 0])
    #expect(Array(batch.targetTokens(of: 0)) == [4])
  }
}
