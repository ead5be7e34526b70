import LinearAlgebra

/// Where a layer's states begin, in the order of the packed steps.
struct InitialState<Scalar: NetworkScalar> {
  /// s(0), sequences × hidden.
  var state: Matrix<Scalar>
  /// c(0) of LSTM cells, sequences × hidden; zero when nil.
  var cell: Matrix<Scalar>?
}

extension RecurrentStack {
  /// The start of one layer and direction, read from a state carried over from the chunk before.
  func start(
    from carried: Matrix<Scalar>, layer: Int, way: Int, steps: PackedSteps, arena: Arena<Scalar>
  ) -> InitialState<Scalar> {
    let states = arena.matrix(steps.sequenceCount, hidden)
    let cells = cellWidth > 0 ? arena.matrix(steps.sequenceCount, cellWidth) : nil
    let column = carriedColumn(layer: layer, way: way)
    for k in 0..<steps.sequenceCount {
      let row = carried.row(steps.order[k]) + column
      states.row(k).update(from: row, count: hidden)
      cells?.row(k).update(from: row + hidden, count: cellWidth)
    }
    return InitialState(state: states, cell: cells)
  }

  /// Keeps every layer's last states for the next chunk.
  func store(in carried: CarriedState<Scalar>, steps: PackedSteps) {
    guard !carried.isKept else { return }
    carried.isFresh = false
    store(in: carried.values, steps: steps)
  }

  /// Writes every layer's last states to sequences × carried width, in the steps' original order.
  func store(in values: Matrix<Scalar>, steps: PackedSteps) {
    for index in 0..<layers.count {
      for way in 0..<ways {
        let layer = layers[index][way]
        let column = carriedColumn(layer: index, way: way)
        for k in 0..<steps.sequenceCount {
          let row = values.row(steps.order[k]) + column
          let last = layer.finalRow(steps, sequence: k)
          row.update(from: layer.states.row(last), count: hidden)
          if let cells = layer.cell.cellStates {
            (row + hidden).update(from: cells.row(last), count: cellWidth)
          }
        }
      }
    }
  }

  /// Writes one sequence's carried state before its first step: the same given state for every
  /// layer, or each layer's own beginning.
  func writeStart(
    to row: UnsafeMutablePointer<Scalar>, given: UnsafePointer<Scalar>?,
    _ parameters: ParameterVector<Scalar>
  ) {
    row.update(repeating: 0, count: carriedWidth)
    for index in 0..<layers.count {
      for way in 0..<ways {
        let layer = layers[index][way]
        let target = row + carriedColumn(layer: index, way: way)
        if let given {
          target.update(from: given, count: hidden)
        } else {
          if let state = layer.learnedState {
            target.update(from: parameters.row(state).base, count: hidden)
          }
          if let cell = layer.learnedCell {
            (target + hidden).update(from: parameters.row(cell).base, count: cellWidth)
          }
        }
      }
    }
  }

  /// s of the top layer of every hypothesis, as it was carried.
  func topStates(of hypotheses: Hypotheses<Scalar>) -> Matrix<Scalar> {
    hypotheses.states.values.rows(0, hypotheses.count)
      .columns(carriedColumn(layer: layers.count - 1, way: 0), hidden)
  }

  private func carriedColumn(layer: Int, way: Int) -> Int {
    (layer * ways + way) * (hidden + cellWidth)
  }
}
