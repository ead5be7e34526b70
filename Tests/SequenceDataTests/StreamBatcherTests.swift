import Foundation
import Testing

@testable import SequenceData

struct StreamBatcherTests {
  private func stream(_ count: Int) -> DataSet {
    .stream(CompactTokens((0..<Int32(count)), vocabularySize: 1000))
  }

  @Test(arguments: [(100, 4, 7), (101, 4, 8), (3, 9, 5), (2, 1, 1), (58, 7, 8), (1000, 8, 64)])
  func everyTokenIsATargetOnce(count: Int, batchSize: Int, length: Int) {
    var batcher = StreamBatcher(stream(count), batchSize: batchSize, sequenceLength: length)
    for _ in 0..<2 {
      var targets: [Int32] = []
      var rows: [[Int32]] = []
      for step in 0..<batcher.batchesPerEpoch {
        var batch = SequenceBatch()
        batcher.next(into: &batch)
        #expect(batch.startsFresh == (step == 0))
        #expect(batch.inputLengths.allSatisfy { (1...length).contains($0) })
        for n in 0..<batch.count {
          #expect(batch.inputTokens(of: n).map { $0 + 1 } == Array(batch.targetTokens(of: n)))
          if step == 0 { rows.append([]) }
          // A row goes on exactly where it stopped.
          #expect(
            rows[n].last.map { $0 + 1 } ?? batch.inputTokens(of: n).first
              == batch.inputTokens(of: n).first)
          rows[n] += batch.inputTokens(of: n)
        }
        targets += batch.targetTokens
      }
      #expect(targets.sorted() == Array(1..<Int32(count)))
    }
    #expect(batcher.epochs == 2)
  }

  private var lines: DataSet {
    var table = ItemTable(vocabularySize: 30)
    for item in 0..<40 {
      for step in 0...(item % 5) { table.append(Int32(1 + (item + step) % 29)) }
      table.endItem()
    }
    return .lines(table)
  }

  @Test func linesAreJoinedAndShuffledAnew() throws {
    let table = try #require(lines.table)
    let expected = (0..<table.count).map { table.item($0) }.sorted {
      $0.lexicographicallyPrecedes($1)
    }
    var batcher = StreamBatcher(lines, batchSize: 1, sequenceLength: 1000, seed: 3)
    var epochs: [[Int32]] = []
    for _ in 0..<2 {
      var batch = SequenceBatch()
      batcher.next(into: &batch)
      #expect(batch.inputTokens.first == 0)
      #expect(batch.startsFresh)
      let items = batch.targetTokens.split(separator: 0).map { Array($0) }
      #expect(items.sorted { $0.lexicographicallyPrecedes($1) } == expected)
      #expect(batch.targetTokens.count == lines.targetCount)
      epochs.append(batch.targetTokens)
    }
    #expect(epochs[0] != epochs[1])
    var ordered = StreamBatcher(lines, batchSize: 1, sequenceLength: 1000, order: .asGiven)
    var batch = SequenceBatch()
    ordered.next(into: &batch)
    #expect(
      batch.targetTokens.split(separator: 0).map { Array($0) } == (0..<40).map { table.item($0) })
  }

  @Test func chunksOfAnotherLengthLeaveNothingOut() {
    var batcher = StreamBatcher(stream(500), batchSize: 4, sequenceLength: 6)
    for epoch in 0..<2 {
      var rows = [[Int32]](repeating: [], count: 4)
      var longest: [Int] = []
      for step in 0... {
        if step == 5 { batcher.change(sequenceLength: 11) }
        if step == 8 { batcher.change(sequenceLength: 2) }
        var batch = SequenceBatch()
        var next = batcher
        next.next(into: &batch)
        // The first batch of the first epoch stands at its start as well.
        if step > 0, next.cursor.position == 1 { break }
        batcher = next
        longest.append(batch.longestInput)
        for n in 0..<batch.count { rows[n] += batch.inputTokens(of: n) }
      }
      #expect(rows.flatMap { $0 } == Array(0..<499))
      #expect(longest[4...].prefix(5) == (epoch == 0 ? [6, 11, 11, 11, 2] : [2, 11, 11, 11, 2]))
      #expect(batcher.epochs == Double(epoch + 1) && batcher.cursor.epoch == epoch)
    }
  }

  @Test func aCursorWithAShiftContinuesAndCannotOverflow() {
    var straight = StreamBatcher(stream(500), batchSize: 4, sequenceLength: 6)
    var batch = SequenceBatch()
    for _ in 0..<3 { straight.next(into: &batch) }
    straight.change(sequenceLength: 4)
    var resumed = StreamBatcher(stream(500), batchSize: 4, sequenceLength: 4)
    resumed.restore(straight.cursor)
    var other = SequenceBatch()
    for _ in 0..<60 {
      straight.next(into: &batch)
      resumed.next(into: &other)
      #expect(batch == other)
    }
    for (position, shift) in [(Int.max, Int.max), (Int.max, Int.min), (3, Int.max), (0, -9)] {
      var cursor = BatchCursor(seed: 1, epoch: 1, position: position)
      cursor.shift = shift
      resumed.restore(cursor)
      resumed.next(into: &batch)
      #expect(batch.count > 0)
    }
  }

  @Test func restoredCursorsContinue() {
    for data in [lines, stream(500)] {
      for stop in [0, 1, 5, 9, 23] {
        var straight = StreamBatcher(data, batchSize: 4, sequenceLength: 6, seed: 8)
        var batch = SequenceBatch()
        for _ in 0..<stop { straight.next(into: &batch) }
        var resumed = StreamBatcher(data, batchSize: 4, sequenceLength: 6)
        resumed.restore(straight.cursor)
        var other = SequenceBatch()
        for _ in 0..<60 {
          straight.next(into: &batch)
          resumed.next(into: &other)
          #expect(batch == other)
        }
      }
    }
  }

  @Test func emptyDataGivesEmptyBatches() {
    for data in [stream(0), stream(1), .examples([])] {
      var batcher = StreamBatcher(data, batchSize: 4, sequenceLength: 6)
      var batch = SequenceBatch()
      batcher.next(into: &batch)
      #expect(batch.count == 0)
    }
  }
}
