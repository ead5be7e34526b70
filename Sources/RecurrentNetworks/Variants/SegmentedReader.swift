import LinearAlgebra

/// Reads a long sequence segment by segment in bounded memory (`StateMemory`): forward from the first
/// to the last, and back from the last to the first, each of which is read again from the states at its
/// border.
final class SegmentedReader<Scalar: NetworkScalar> {
  private let parts: ReaderParts<Scalar>
  private let segment = StackSegment<Scalar>()
  /// Time steps of each segment, the last one first.
  private var ranges: [Range<Int>] = []
  /// States before the first step of each segment but the first, and after the last; sequences ×
  /// carried width, in packed order.
  private var borders: [Matrix<Scalar>] = []
  /// Where the first segment begins: a copy in packed order, since the batch's own carried state
  /// becomes that of the end before the first segment is read again.
  private var start = StackStart<Scalar>.own
  /// Steps of the segment whose states the layers have.
  private var steps = PackedSteps()
  private var states = Matrix<Scalar>.empty
  /// Where the memory of a segment begins.
  private var mark: Arena<Scalar>.Mark?

  init(_ parts: ReaderParts<Scalar>) {
    self.parts = parts
  }

  private var stack: RecurrentStack<Scalar> { parts.stack }

  /// Whether the pass under way goes segment by segment.
  var isAtWork: Bool { mark != nil }

  /// Cuts a batch into segments where its states would take more memory than the pass may.
  /// - Parameters:
  ///   - batch: what is read
  ///   - scalars: numbers that the network keeps beside the segments, such as outputs
  ///   - pass: weights and room
  /// - Returns: whether it was cut
  func begin(
    _ batch: SequenceBatch<Scalar>, kept scalars: Int, _ pass: Pass<Scalar>
  ) -> Bool {
    mark = nil
    stack.layers.first?.first?.projection.resetTableSum()
    guard let memory = pass.memory, stack.ways == 1 else { return false }
    let whole = batch.steps
    let scalar = MemoryLayout<Scalar>.stride
    let kept = StateMemory.kept(
      scalars + stack.roomOfShortPass(whole), rows: whole.rowCount, sequences: whole.sequenceCount,
      carried: stack.carriedWidth, blockRows: pass.blockRows)
    guard
      let rows = memory.rowsOfSegment(
        of: whole.rowCount, sequences: whole.sequenceCount, kept: kept * scalar)
    else {
      pass.arena.reserve(
        stack.roomOfShortPass(whole)
          + memory.bytes(rows: whole.rowCount, sequences: whole.sequenceCount) / scalar)
      return false
    }
    ranges.removeAll(keepingCapacity: true)
    var longest = 0
    whole.forEachBlock(ofRows: pass.blockRows) { block in
      if let last = ranges.last,
        whole.rows(of: block.lowerBound..<last.upperBound).count <= rows
      {
        ranges[ranges.count - 1] = block.lowerBound..<last.upperBound
      } else {
        ranges.append(block)
      }
      if let last = ranges.last { longest = max(longest, whole.rows(of: last).count) }
    }
    guard ranges.count > 1 else { return false }
    pass.arena.reserve(
      kept + memory.bytes(rows: longest, sequences: whole.sequenceCount) / scalar)
    return true
  }

  // MARK: Forward

  /// Reads all segments, the first one first. `body` gets the top layer's states of each and the rows
  /// of the whole pass that they stand for.
  func forward(
    _ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>,
    _ body: (_ states: Matrix<Scalar>, _ rows: Range<Int>) -> Void
  ) {
    let sequences = batch.sequenceCount
    borders.removeAll(keepingCapacity: true)
    for _ in ranges {
      borders.append(pass.arena.matrix(sequences, stack.carriedWidth))
    }
    start = .of(batch)
    if case .carried(let values) = start {
      let copy = pass.arena.matrix(values.rows, values.columns)
      for k in 0..<sequences {
        copy.row(k).update(from: values.row(batch.steps.order[k]), count: values.columns)
      }
      start = .carried(copy)
    }
    segment.begin(layers: stack.layers.count, dropout: pass.dropout)
    segment.prepareBackward(stack.layers, sequences: sequences, arena: pass.arena)
    if pass.gradient != nil {
      stack.layers.first?.first?.projection.openTableSum(
        symbols: parts.reader.symbols, isEmbedded: parts.reader.embedding != nil,
        rows: batch.steps.rowCount, pass: pass)
    }
    let mark = pass.arena.mark
    self.mark = mark
    for number in ranges.indices {
      if number > 0 { pass.arena.rewind(to: mark) }
      segment.noteStart()
      read(number, repeatedSteps: 0, batch, pass)
      body(states, batch.steps.rows(of: range(number)))
      if number > 0 { borders[number].copy(borders[number - 1]) }
      stack.store(in: borders[number], steps: steps)
    }
    if let carried = batch.carried, !carried.isKept, let ends = borders.last {
      carried.isFresh = false
      for k in 0..<sequences {
        carried.values.row(batch.steps.order[k]).update(from: ends.row(k), count: carried.width)
      }
    }
  }

  private func range(_ number: Int) -> Range<Int> { ranges[ranges.count - 1 - number] }

  private func read(
    _ number: Int, repeatedSteps: Int, _ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>
  ) {
    let own = range(number)
    steps.assign(own.lowerBound..<own.upperBound + repeatedSteps, of: batch.steps)
    segment.enter(number, repeatedSteps: repeatedSteps)
    let start: StackStart<Scalar> = number == 0 ? self.start : .carried(borders[number - 1])
    states = stack.forward(
      parts.reader.input(batch, steps, from: batch.steps.offsets[own.lowerBound], pass),
      steps: steps, start: start, segment: segment, pass: pass)
  }

  // MARK: Backward

  /// Goes back through all segments, the last one first. `body` gets a segment's steps, which may be one
  /// more than its own, the time steps of the whole pass that are its own, and the top layer's states;
  /// it fills ∂L/∂ of the states of its own steps.
  func backward(
    _ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>,
    _ body: (
      _ steps: PackedSteps, _ own: Range<Int>, _ states: Matrix<Scalar>, _ dStates: Matrix<Scalar>
    ) -> Void
  ) {
    guard let mark else { return }
    for number in ranges.indices.reversed() {
      // The last segment was read last.
      if number + 1 < ranges.count {
        pass.arena.rewind(to: mark)
        read(number, repeatedSteps: 1, batch, pass)
      }
      if number == 0 { stack.layers.first?.first?.projection.closeTableSum() }
      let dStates = pass.arena.matrix(steps.rowCount, stack.outputSize)
      body(steps, range(number), states, dStates)
      stack.backward(dStates, steps: steps, segment: segment, pass: pass)
    }
  }
}
