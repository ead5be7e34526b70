import LinearAlgebra

/// The corner of an image that a two-dimensional recurrence starts from.
enum Corner: Int, CaseIterable {
  case topLeft
  case bottomRight
  case topRight
  case bottomLeft

  var startsAtBottom: Bool { self == .bottomLeft || self == .bottomRight }
  var startsAtRight: Bool { self == .topRight || self == .bottomRight }

  /// As it stands in the names of tensors.
  var name: String {
    switch self {
    case .topLeft: "top_left"
    case .bottomRight: "bottom_right"
    case .topRight: "top_right"
    case .bottomLeft: "bottom_left"
    }
  }

  /// Which way the state goes.
  var arrow: String {
    switch self {
    case .topLeft: "↘"
    case .bottomRight: "↖"
    case .topRight: "↙"
    case .bottomLeft: "↗"
    }
  }
}

extension NetworkConfiguration {
  /// Which way each recurrence over an image goes, such as `↘`.
  public var cornerArrows: [String] {
    Corner.allCases.prefix(max(1, imageCorners)).map(\.arrow)
  }
}

/// The recurrence of one corner over a grid (Graves, Fernández and Schmidhuber 2007), with i and j
/// counted from that corner:
///
///     a(i, j) = b + Wᵥ s(i−1, j) + Wₕ s(i, j−1) + U x(i, j)      s = 0 outside the grid
///     s(i, j) = tanh a(i, j)
///     δ(i, j) = (1 − s(i, j)²) ⊙ ∇s(i, j)
///     ∇s(i, j) += Wᵥᵀ δ(i+1, j) + Wₕᵀ δ(i, j+1)
///
/// Rows of all matrices stand as `GridSteps` says.
final class GridSweep<Scalar: NetworkScalar> {
  let corner: Corner
  let inputWeight: ParameterHandle
  /// Wᵥ, from the row before.
  let verticalWeight: ParameterHandle
  /// Wₕ, from the column before.
  let horizontalWeight: ParameterHandle
  let bias: ParameterHandle
  /// x(i, j), rows × input size.
  private(set) var inputs = Matrix<Scalar>.empty
  /// s(i, j), rows × hidden.
  private(set) var states = Matrix<Scalar>.empty
  /// ∇s(i, j) and δ(i, j) of the last backward pass, rows × hidden.
  private(set) var stateGradients = Matrix<Scalar>.empty
  private(set) var deltas = Matrix<Scalar>.empty

  init(
    _ corner: Corner, inputSize: Int, hidden: Int, prefix: String,
    configuration: NetworkConfiguration, layout: inout ParameterLayout
  ) {
    self.corner = corner
    let bound = 1 / Double(max(1, hidden)).squareRoot()
    let recurrent = Parameter.Start.recurrent(configuration.initialization)
    inputWeight = layout.matrix(
      "\(prefix)weight_ih_\(corner.name)", symbol: "U" + corner.arrow, hidden, inputSize,
      start: configuration.initialization == .uniform
        ? .uniform(bound: bound) : .glorot(blocks: 1))
    verticalWeight = layout.matrix(
      "\(prefix)weight_vertical_\(corner.name)", symbol: "Wᵥ" + corner.arrow, hidden, hidden,
      start: recurrent)
    horizontalWeight = layout.matrix(
      "\(prefix)weight_horizontal_\(corner.name)", symbol: "Wₕ" + corner.arrow, hidden, hidden,
      start: recurrent)
    bias = layout.vector(
      "\(prefix)bias_\(corner.name)", symbol: "b" + corner.arrow, hidden,
      start: .uniform(bound: bound))
  }

  /// `inputs` holds x(i, j), rows × input size.
  func forward(_ inputs: Matrix<Scalar>, _ grid: GridSteps, _ pass: Pass<Scalar>) {
    self.inputs = inputs
    states = pass.arena.matrix(grid.rowCount, bias.rows)
    let b = pass.parameters.row(bias)
    for r in 0..<states.rows { states.row(r).update(from: b.base, count: states.columns) }
    states.product(
      inputs, pass.packed(transposed: pass.parameters[inputWeight]),
      accumulate: true)
    let vertical = pass.packed(transposed: pass.parameters[verticalWeight])
    let horizontal = pass.packed(transposed: pass.parameters[horizontalWeight])
    for d in 0..<grid.diagonalCount {
      grid.forEachRun(ofDiagonal: d, .above) { row, above, count in
        states.rows(row, count).product(states.rows(above, count), vertical, accumulate: true)
      }
      grid.forEachRun(ofDiagonal: d, .left) { row, left, count in
        states.rows(row, count).product(states.rows(left, count), horizontal, accumulate: true)
      }
      let (first, count) = grid.diagonal(d)
      Scalar.tanh(count * states.columns, states.row(first), states.row(first))
    }
  }

  /// `dStates` (rows × hidden) comes in with what later layers ask of s(i, j), and leaves with the
  /// whole ∇s(i, j). Adds weight gradients.
  func backward(_ dStates: Matrix<Scalar>, _ grid: GridSteps, _ pass: Pass<Scalar>) {
    let delta = pass.arena.matrix(states.rows, states.columns)
    (stateGradients, deltas) = (dStates, delta)
    let vertical = pass.packed(pass.parameters[verticalWeight])
    let horizontal = pass.packed(pass.parameters[horizontalWeight])
    for d in (0..<grid.diagonalCount).reversed() {
      let (first, count) = grid.diagonal(d)
      Scalar.tanhBackward(
        count * states.columns, s: states.row(first), ds: dStates.row(first), d: delta.row(first))
      grid.forEachRun(ofDiagonal: d, .above) { row, above, count in
        dStates.rows(above, count).product(delta.rows(row, count), vertical, accumulate: true)
      }
      grid.forEachRun(ofDiagonal: d, .left) { row, left, count in
        dStates.rows(left, count).product(delta.rows(row, count), horizontal, accumulate: true)
      }
    }
    guard let gradient = pass.gradient else { return }
    gradient[inputWeight].product(transposed: delta, inputs, beta: 1)
    gradient.row(bias).addColumnSums(delta)
    let before = pass.arena.matrix(states.rows, states.columns)
    gather(.above, into: before, grid)
    gradient[verticalWeight].product(transposed: delta, before, beta: 1)
    gather(.left, into: before, grid)
    gradient[horizontalWeight].product(transposed: delta, before, beta: 1)
  }

  /// The state of every cell's neighbour, zero where there is none.
  private func gather(
    _ neighbour: GridSteps.Neighbour, into target: Matrix<Scalar>, _ grid: GridSteps
  ) {
    target.fill(0)
    for d in 0..<grid.diagonalCount {
      grid.forEachRun(ofDiagonal: d, neighbour) { row, other, count in
        target.rows(row, count).copy(states.rows(other, count))
      }
    }
  }
}
