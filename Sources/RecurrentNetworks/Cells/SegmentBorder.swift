import LinearAlgebra

/// What one layer hands from a segment of time steps back to the one before it.
///
/// ∇s(t) of a segment's last step is a sum, of what the loss and later layers ask of it first and of
/// what s(t+1) asks last, as it is in a pass over all steps at once. What s(t+1) asks can only be added
/// when the rest is there. So the segment has one step more than its own, the first of the next one:
/// it is read again, and on the way back its whole ∇s(t+1), which is known, is brought on to ∇s(t) once
/// more. What it adds to the gradients of weights has been added before.
struct SegmentBorder<Scalar: NetworkScalar> {
  /// Steps at the end that are the next segment's: 1, or 0 where there is none.
  var repeatedSteps: Int
  /// ∇s of the next segment's first step, then of this one's; sequences × hidden.
  let state: Matrix<Scalar>
  /// ∇c, and what is carried beside it, likewise: as it was before that step was gone back through;
  /// sequences × cell.
  let cell: Matrix<Scalar>

  /// Lets ∇c begin where the next segment left it.
  func resume(_ layer: any RecurrentCell<Scalar>, steps: PackedSteps) {
    guard repeatedSteps > 0, let gradient = layer.initialCellGradient else { return }
    let count = steps.active[steps.stepCount - 1]
    gradient.rows(0, count).copy(cell.rows(0, count))
  }

  /// Keeps ∇c before the first step is gone back through.
  func keepCell(_ layer: any RecurrentCell<Scalar>, steps: PackedSteps) {
    guard let gradient = layer.initialCellGradient else { return }
    cell.rows(0, steps.active[0]).copy(gradient.rows(0, steps.active[0]))
  }

  /// Keeps ∇s of the first step, when all of it is there.
  func keepState(_ dStates: Matrix<Scalar>, steps: PackedSteps) {
    state.rows(0, steps.active[0]).copy(dStates.rows(0, steps.active[0]))
  }
}

extension RecurrentLayer {
  /// Goes back through the next segment's first step once more, for what it asks of the last own one.
  func repeatFirstOfNext(
    _ border: SegmentBorder<Scalar>, steps: PackedSteps, dStates: Matrix<Scalar>,
    pass: Pass<Scalar>
  ) {
    guard border.repeatedSteps > 0 else { return }
    let last = steps.stepCount - 1
    let count = steps.active[last]
    dStates.rows(steps.offsets[last], count).copy(border.state.rows(0, count))
    var mute = pass
    mute.gradient = nil
    let mark = pass.arena.mark
    prepareBackward(steps: steps, dStates: dStates, wantsStart: false, pass: mute)
    border.resume(cell, steps: steps)
    retreat(last, steps)
    if let gradient = cell.initialCellGradient {
      border.cell.rows(0, count).copy(gradient.rows(0, count))
    }
    pass.arena.rewind(to: mark)
  }
}
