import LinearAlgebra

/// Reads an image in two dimensions: a state at every block of pixels, which follows from the ones
/// to its left and above it, swept from up to four corners.
///
/// A batch's sequences are images: `steps` counts their rows of pixels, `vectors` holds `width`
/// pixels a row. Blocks are `imageBlock` pixels wide and high; what lies beyond the edge is zero.
/// Each corner's states go side by side, or are added up. The context C is each corner's state at
/// the opposite corner, where it has seen the whole image. Cells are always the lecture's (tanh).
final class GridEncoder<Scalar: NetworkScalar>: SourceEncoder {
  private let sweeps: [GridSweep<Scalar>]
  private let hidden: Int
  private let block: Int
  private let isSum: Bool
  private var grid = GridSteps()
  /// Where the states of cells stand, row of blocks after row of blocks.
  private var cells = PackedSteps()
  private var cellCounts: [Int] = []
  private var states = Matrix<Scalar>.empty

  init(_ configuration: NetworkConfiguration, layout: inout ParameterLayout) {
    hidden = configuration.hidden
    block = max(1, configuration.imageBlock)
    isSum = configuration.cornerCombination == .sum
    var sweeps: [GridSweep<Scalar>] = []
    for corner in Corner.allCases.prefix(max(1, configuration.imageCorners)) {
      sweeps.append(
        GridSweep(
          corner, inputSize: block * block, hidden: hidden, prefix: "encoder.",
          configuration: configuration, layout: &layout))
    }
    self.sweeps = sweeps
  }

  var outputSize: Int { isSum ? hidden : sweeps.count * hidden }

  var embedding: ParameterHandle? { nil }

  var stacks: [StackView<Scalar>] {
    let views =
      isSum
      ? [StateView(title: "cells", values: states, lowest: -Double(sweeps.count))]
      : sweeps.indices.map { index in
        StateView(
          title: "cells \(sweeps[index].corner.arrow)",
          // Before the first batch there are none.
          values: states.rows > 0 ? states.columns(index * hidden, hidden) : states, lowest: -1)
      }
    return [
      StackView(
        part: .encoder, states: views, stateGradients: [],
        directionsAreReversed: views.map { _ in false },
        firstRecurrentMatrix: sweeps.first?.verticalWeight, grids: sweeps.map(view))
    ]
  }

  /// One corner's sweep over the first image of the last batch.
  private func view(_ sweep: GridSweep<Scalar>) -> GridView<Scalar> {
    let (rows, columns) = (grid.heights.first ?? 0, grid.columns)
    var view = GridView(
      corner: sweep.corner.arrow, startsAtBottom: sweep.corner.startsAtBottom,
      startsAtRight: sweep.corner.startsAtRight, rows: rows, columns: columns, inputs: sweep.inputs,
      states: sweep.states, stateGradients: sweep.stateGradients, deltas: sweep.deltas,
      inputWeight: sweep.inputWeight, verticalWeight: sweep.verticalWeight,
      horizontalWeight: sweep.horizontalWeight, bias: sweep.bias, isSum: isSum)
    for i in 0..<rows {
      for j in 0..<columns {
        view.places.append(
          grid.row(
            view.startsAtBottom ? rows - 1 - i : i, view.startsAtRight ? columns - 1 - j : j))
      }
    }
    return view
  }

  func forward(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> EncodedSource<Scalar> {
    arrange(batch)
    states = pass.arena.zeros(cells.rowCount, outputSize)
    let context = pass.arena.zeros(cells.sequenceCount, outputSize)
    for (index, sweep) in sweeps.enumerated() {
      let inputs = pass.arena.matrix(grid.rowCount, block * block)
      readBlocks(of: batch, from: sweep.corner, into: inputs)
      sweep.forward(inputs, grid, pass)
      let column = isSum ? 0 : index * hidden
      forEachCell(from: sweep.corner) { row, cell in
        Scalar.addScaled(hidden, 1, sweep.states.row(row), to: states.row(cell) + column)
      }
      for k in 0..<cells.sequenceCount {
        Scalar.addScaled(hidden, 1, sweep.states.row(end(k)), to: context.row(k) + column)
      }
    }
    return EncodedSource(steps: cells, states: states, context: context)
  }

  func backward(
    dContext: Matrix<Scalar>, dStates: Matrix<Scalar>?, _ batch: SequenceBatch<Scalar>,
    _ pass: Pass<Scalar>
  ) {
    for (index, sweep) in sweeps.enumerated() {
      let column = isSum ? 0 : index * hidden
      let ds = pass.arena.zeros(grid.rowCount, hidden)
      if let dStates {
        forEachCell(from: sweep.corner) { row, cell in
          ds.row(row).update(from: dStates.row(cell) + column, count: hidden)
        }
      }
      for k in 0..<cells.sequenceCount {
        Scalar.addScaled(hidden, 1, dContext.row(k) + column, to: ds.row(end(k)))
      }
      sweep.backward(ds, grid, pass)
    }
  }

  // MARK: Blocks

  /// Cuts the batch's images into blocks.
  private func arrange(_ batch: SequenceBatch<Scalar>) {
    let columns = (batch.width + block - 1) / block
    cellCounts.removeAll(keepingCapacity: true)
    for place in batch.steps.places {
      let height = (batch.steps.lengths[place] + block - 1) / block
      cellCounts.append(height * max(1, columns))
    }
    cells.assign(lengths: cellCounts)
    grid.assign(
      heights: cells.lengths.lazy.map { $0 / max(1, columns) }, columns: max(1, columns))
  }

  /// The row of the k-th image's last cell, opposite to the corner.
  private func end(_ k: Int) -> Int { grid.row(grid.heights[k] - 1, grid.columns - 1) + k }

  /// Calls `body` with every cell's row in a corner's sweep and its row among `states`.
  private func forEachCell(from corner: Corner, _ body: (_ row: Int, _ cell: Int) -> Void) {
    for k in 0..<cells.sequenceCount {
      let height = grid.heights[k]
      for i in 0..<height {
        for j in 0..<grid.columns {
          let row = corner.startsAtBottom ? height - 1 - i : i
          let column = corner.startsAtRight ? grid.columns - 1 - j : j
          body(grid.row(row, column) + k, cells.row(step: i * grid.columns + j, sequence: k))
        }
      }
    }
  }

  /// target ← the pixels of every block, row after row.
  private func readBlocks(
    of batch: SequenceBatch<Scalar>, from corner: Corner, into target: Matrix<Scalar>
  ) {
    target.fill(0)
    for k in 0..<cells.sequenceCount {
      let place = batch.steps.places[cells.order[k]]
      let height = grid.heights[k]
      for y in 0..<batch.steps.lengths[place] {
        let pixels = batch.vectors.base + batch.steps.row(step: y, sequence: place) * batch.width
        let i = corner.startsAtBottom ? height - 1 - y / block : y / block
        for column in 0..<grid.columns {
          let j = corner.startsAtRight ? grid.columns - 1 - column : column
          let first = column * block
          let count = min(block, batch.width - first)
          guard count > 0 else { continue }
          (target.row(grid.row(i, j) + k) + y % block * block)
            .update(from: pixels + first, count: count)
        }
      }
    }
  }
}
