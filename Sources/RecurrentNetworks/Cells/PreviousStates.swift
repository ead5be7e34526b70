import LinearAlgebra

extension RecurrentLayer {
  /// Calls `body` for the rows of step t that continue a sequence, then for those that start one.
  func forEachSegment(
    _ steps: PackedSteps, at t: Int, dPrevious: Matrix<Scalar>?, dInitial: Matrix<Scalar>?,
    _ body: (CellSegment<Scalar>) -> Void
  ) {
    let here = steps.active[t]
    let before = isReversed ? t + 1 : t - 1
    let isFirst = before < 0 || before >= steps.stepCount
    let continuing = isFirst ? 0 : min(here, steps.active[before])
    if continuing > 0 {
      let row = steps.offsets[before]
      body(
        CellSegment(
          row: steps.offsets[t], count: continuing, sequence: 0, previousRow: row,
          previous: states.rows(row, continuing), dPrevious: dPrevious?.rows(row, continuing)))
    }
    if continuing < here {
      let count = here - continuing
      body(
        CellSegment(
          row: steps.offsets[t] + continuing, count: count, sequence: continuing, previousRow: nil,
          previous: initial.rows(continuing, count),
          dPrevious: dInitial?.rows(continuing, count)))
    }
  }

  /// s(t−1) of every row, rows × hidden.
  func previousStates(_ steps: PackedSteps, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    let room = steps.isUniform ? nil : pass.arena.matrix(steps.rowCount, hidden)
    return previousStates(of: 0..<steps.stepCount, steps, room: room)
  }

  /// s(t−1) of the rows of some steps. Where all sequences are equally long that is a shift; else
  /// the rows are copied to `room`, which must be large enough.
  func previousStates(
    of range: Range<Int>, _ steps: PackedSteps, room: Matrix<Scalar>?
  ) -> Matrix<Scalar> {
    let rows = steps.rows(of: range)
    guard let room else {
      let shift = isReversed ? steps.sequenceCount : -steps.sequenceCount
      return Matrix(
        base: states.base + (rows.lowerBound + shift) * states.stride, rows: rows.count,
        columns: hidden, stride: states.stride)
    }
    for t in range {
      forEachSegment(steps, at: t, dPrevious: nil, dInitial: nil) { segment in
        room.rows(segment.row - rows.lowerBound, segment.count).copy(segment.previous)
      }
    }
    return room.rows(0, rows.count)
  }

  /// Adds ∇W = Σ δ(t) s(t−1)ᵀ (of what dropout left of s(t−1)) of the rows of some steps, the
  /// recurrent bias's gradient, and
  /// ∇P = Σ ∇s(t) m(t)ᵀ where s(t) = P m(t).
  func addRecurrentGradients(
    of range: Range<Int>, _ steps: PackedSteps, room: Matrix<Scalar>?, _ pass: Pass<Scalar>
  ) {
    guard let gradient = pass.gradient else { return }
    let rows = steps.rows(of: range)
    if let projection = weights.projection, let memory = cell.unprojected {
      gradient[projection].product(
        transposed: dStates.rows(rows.lowerBound, rows.count),
        memory.rows(rows.lowerBound, rows.count), beta: 1)
    }
    guard weights.hiddenToHidden.rows > 0 else { return }
    let sums = cell.recurrentGradient.rows(rows.lowerBound, rows.count)
    let delta = norm?.dRecurrent.rows(rows.lowerBound, rows.count) ?? sums
    let read = recurrentDropout?.states(rows) ?? previousStates(of: range, steps, room: room)
    gradient[weights.hiddenToHidden].product(transposed: delta, read, beta: 1)
    if let bias = weights.recurrentBias { gradient.row(bias).addColumnSums(sums) }
  }

  /// The row in which the k-th longest sequence ends in this direction.
  func finalRow(_ steps: PackedSteps, sequence k: Int) -> Int {
    isReversed ? k : steps.lastRow(sequence: k)
  }
}

/// Into which slices of rows the gradients of a layer's weights are cut.
struct GradientSlices<Scalar: NetworkScalar> {
  /// At least so many rows a slice.
  let rows: Int
  /// Whether ∇W is cut, too, rather than one product over all rows.
  let cutsRecurrent: Bool
  /// Where s(t−1) of a slice's rows is copied to; nil when that is not needed.
  let room: Matrix<Scalar>?

  init(steps: PackedSteps, delta: Matrix<Scalar>, hidden: Int, pass: Pass<Scalar>) {
    rows = steps.rowsOfSlice(columns: delta.columns)
    cutsRecurrent = delta.columns * hidden <= PackedSteps.largestSlicedProduct
    let most =
      cutsRecurrent
      ? min(steps.rowCount, rows + (steps.active.first ?? 0))
      : steps.mostRowsOfBlock(ofRows: pass.blockRows)
    room = steps.isUniform ? nil : pass.arena.matrix(most, hidden)
  }
}
