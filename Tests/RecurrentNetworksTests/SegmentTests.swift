import CAllocationCounter
import LinearAlgebra
import Testing

@testable import RecurrentNetworks

/// Passes in bounded memory, segment by segment, give what passes over all time steps at once give, to
/// the last bit.
@Suite struct SegmentTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var cell: CheckedCell
    var layers = 1
    var output = NetworkConfiguration.Output.everyStep
    var reads = Inputs.symbols
    var lengths = [97, 61, 60, 4]
    var truncation: Int?
    var start = Start.zero
    var isResidual = false
    /// Whether states on their way to W and symbols are dropped too.
    var dropsMore = false
    /// Whether outputs are written with the table that is read with.
    var isTied = false

    enum Start: String, Sendable {
      case zero, learned, carried
    }

    enum Inputs: String, Sendable {
      case symbols, embeddings, manyEmbeddings, vectors
    }

    var testDescription: String {
      "\(cell), \(layers) layers, \(output.rawValue), \(reads.rawValue), \(lengths)"
        + (truncation.map { ", cut after \($0)" } ?? "") + ", \(start.rawValue) start"
        + (isResidual ? ", residual" : "") + (dropsMore ? ", more dropout" : "")
        + (isTied ? ", tied" : "")
    }
  }

  static let cases: [Case] =
    CheckedCell.all.flatMap { cell in
      [
        Case(cell: cell, start: .carried),
        Case(cell: cell, reads: .embeddings, isTied: !cell.isProjected),
        Case(cell: cell, layers: 2, reads: .vectors, lengths: [83, 83, 83], start: .learned),
        Case(cell: cell, layers: 2, output: .final, reads: .embeddings, start: .carried),
        Case(cell: cell, layers: 3, reads: .manyEmbeddings, start: .learned, isResidual: true),
        Case(cell: cell, layers: 2, lengths: [150], truncation: 7, start: .carried),
        Case(cell: cell, output: .final, reads: .vectors, lengths: [31, 90, 90, 12, 1]),
        Case(
          cell: cell, layers: 2, output: .final, lengths: [31, 90, 90, 12], start: .learned,
          isResidual: true, dropsMore: true),
        Case(
          cell: cell, layers: 2, reads: .embeddings, start: .carried, isResidual: true,
          dropsMore: true),
      ]
    }

  /// Rows of states in a segment, beside the least, which is one block.
  static let rows = [0, 20, 40, 60]

  @Test(arguments: cases) func segmentsChangeNoBit(_ given: Case) {
    let subject = Subject<Float>(given, hidden: 12, blockRows: 16)
    let whole = subject.run(nil)
    for rows in Self.rows {
      let bounded = subject.run(subject.memory(rows: rows))
      #expect(bounded.segments > 1, "nothing was cut")
      #expect(bounded.outputs == whole.outputs)
      #expect(bounded.gradient == whole.gradient)
      #expect(bounded.carried == whole.carried)
    }
    #expect(whole.gradient.contains { $0 != 0 } && whole.gradient.allSatisfy { $0.isFinite })
  }

  /// With blocks as long as they are, and weights so large that their gradients are one product a block.
  @Test(arguments: [
    (CellKind.lstm, 130, [9_000, 8_990]), (.tanh, 40, [26_000]), (.gru, 24, [9_000, 8_000, 30]),
  ])
  func longPassesAreSummedInTheSameBlocks(_ cell: CellKind, _ hidden: Int, _ lengths: [Int]) {
    let given = Case(cell: CheckedCell(kind: cell), lengths: lengths)
    let subject = Subject<Float>(given, hidden: hidden, blockRows: PackedSteps.blockRows)
    let whole = subject.run(nil)
    let bounded = subject.run(subject.memory(rows: 9_000))
    #expect(bounded.segments > 1)
    #expect(bounded.gradient == whole.gradient && bounded.outputs == whole.outputs)
  }

  /// What a pass takes stays under the bound, in the arena that it really has, and a bound under which
  /// nothing need be cut cuts nothing.
  @Test(arguments: cases.filter { $0.dropsMore || $0.lengths.count == 3 })
  func theBoundHolds(_ given: Case) {
    let subject = Subject<Float>(given, hidden: 21, blockRows: 16)
    let whole = subject.run(nil)
    var previous = 0
    for rows in [40, 75, 110] {
      let memory = subject.memory(rows: rows)
      let bounded = subject.run(memory)
      #expect(bounded.held <= memory.bytes, "\(rows) rows")
      #expect(bounded.taken > previous, "a larger bound is made use of")
      previous = bounded.taken
    }
    var ample = subject.memory(rows: 1)
    let steps = subject.batch.steps
    ample.bytes =
      ample.bytes(rows: steps.rowCount, sequences: steps.sequenceCount)
      + steps.rowCount * subject.shortRoom
    let uncut = subject.run(ample)
    // Memory comes in whole cache lines.
    #expect(uncut.segments == 1 && uncut.held < ample.bytes + 64)
    #expect(uncut.gradient == whole.gradient)
  }

  @Test func whatIsMeasuredIsWhatIsTaken() {
    let given = Case(cell: CheckedCell(kind: .lstm), layers: 2, lengths: [700, 500])
    let subject = Subject<Double>(given, hidden: 19, blockRows: PackedSteps.blockRows)
    var memory = subject.memory(rows: 0)
    memory.bytes = .max
    let rows = subject.batch.steps.rowCount
    let predicted = memory.bytes(rows: rows, sequences: 2) + rows * subject.shortRoom
    let taken = subject.run(memory).taken
    #expect(taken <= predicted && Double(predicted) < 1.1 * Double(taken))
  }

  @Test func blocksDependOnWhatIsBehindThemAlone() {
    let whole = PackedSteps(lengths: [900, 700, 700, 30])
    for rows in [10, 100, 300, 1000] {
      var blocks: [Range<Int>] = []
      whole.forEachBlock(ofRows: rows) { blocks.append($0) }
      #expect(blocks.first?.upperBound == 900 && blocks.last?.lowerBound == 0)
      for (later, earlier) in zip(blocks, blocks.dropFirst()) {
        #expect(later.lowerBound == earlier.upperBound)
        #expect((rows...whole.mostRowsOfBlock(ofRows: rows)).contains(whole.rows(of: later).count))
      }
      for (index, block) in blocks.enumerated() {
        var part = PackedSteps()
        part.assign(0..<block.upperBound, of: whole)
        var own: [Range<Int>] = []
        part.forEachBlock(ofRows: rows) { own.append($0) }
        #expect(own == Array(blocks[index...]))
      }
    }
    var count = 0
    whole.forEachBlock(ofRows: PackedSteps.blockRows) {
      count += 1
      #expect($0 == 0..<900)
    }
    #expect(count == 1)
  }

  @Test func partsOfStepsStandAsInTheWhole() {
    let whole = PackedSteps(lengths: [3, 9, 7, 7, 2])
    var part = PackedSteps()
    part.assign(2..<8, of: whole)
    #expect(part.lengths == [6, 5, 5, 1] && part.order == [0, 1, 2, 3])
    #expect(part.active == Array(whole.active[2..<8]) && part.firstStep == 2)
    #expect(part.rowCount == whole.rows(of: 2..<8).count && part.wholeRowCount == whole.rowCount)
    for t in 2..<8 { #expect(part.offsets[t - 2] == whole.offsets[t] - whole.offsets[2]) }
  }

  @Test(.enabled(if: allocation_counter_is_available() != 0), arguments: [1, 2])
  func aSteadyPassAllocatesNothing(_ layers: Int) {
    for output in NetworkConfiguration.Output.allCases {
      let given = Case(
        cell: CheckedCell(kind: .lstm), layers: layers, output: output, isResidual: layers > 1,
        dropsMore: true)
      let subject = Subject<Float>(given, hidden: 12, blockRows: 16)
      let memory = subject.memory(rows: 40)
      let training = subject.training(memory)
      for _ in 0..<3 { training() }
      #if DEBUG
        let frame: UInt = 40
      #else
        let frame: UInt = 0
      #endif
      let counts = (0..<3).map { _ in
        allocation_counter_start(frame)
        training()
        return allocation_counter_stop()
      }
      #expect(counts.min() == 0)
    }
  }
}
