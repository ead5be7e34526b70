import LinearAlgebra
import RecurrentNetworks
import TrainingEvents

/// One corner's sweep over an image with the numbers that a pass forward and back left behind. Cells are
/// counted in reading order, from 0.
struct TraceGrid {
  /// Which recurrence it is.
  let name: GraphTrace.Layer
  /// From 1.
  let number: Int
  let rows: Int
  let columns: Int
  let isSum: Bool
  let inputs: [[Float]]
  let states: [[Float]]
  let gradients: [[Float]]
  let deltas: [[Float]]
  /// Weights; valid as long as the parameters are.
  let u: Matrix<Float>
  let vertical: Matrix<Float>
  let horizontal: Matrix<Float>
  let bias: [Float]
  private let startsAtBottom: Bool
  private let startsAtRight: Bool

  init(
    _ view: GridView<Float>, number: Int, isOneOfSeveral: Bool, part: GraphTrace.Layer.Part,
    parameters: ParameterVector<Float>
  ) {
    self.number = number
    name = GraphTrace.Layer(part: part, isOneOfSeveral: isOneOfSeveral, corner: view.corner)
    (rows, columns, isSum) = (view.rows, view.columns, view.isSum)
    (startsAtBottom, startsAtRight) = (view.startsAtBottom, view.startsAtRight)
    inputs = view.places.map { view.inputs.copy(ofRow: $0) }
    states = view.places.map { view.states.copy(ofRow: $0) }
    gradients = view.places.map { view.stateGradients.copy(ofRow: $0) }
    deltas = view.places.map { view.deltas.copy(ofRow: $0) }
    u = parameters[view.inputWeight]
    vertical = parameters[view.verticalWeight]
    horizontal = parameters[view.horizontalWeight]
    bias = parameters.row(view.bias).copy(ofRow: 0)
  }

  var units: Int { bias.count }
  var count: Int { rows * columns }

  func cell(_ place: Int) -> GraphTrace.Cell {
    GraphTrace.Cell(row: place / columns + 1, column: place % columns + 1)
  }

  /// Of states that stand one behind the other, those of this corner.
  var own: Range<Int> { isSum ? 0..<units : (number - 1) * units..<number * units }

  // MARK: Ways

  /// Cells as they are swept: each behind the two that it reads.
  var order: [Int] {
    (0..<count).map { step in
      let (i, j) = (step / columns, step % columns)
      return (startsAtBottom ? rows - 1 - i : i) * columns + (startsAtRight ? columns - 1 - j : j)
    }
  }

  /// Where it ends, having seen all of the image.
  var end: Int { order.last ?? 0 }

  /// The cell that is read vertically or horizontally; nil at the edge. Back, the one that reads it.
  func neighbour(_ place: Int, _ way: Way, back: Bool = false) -> Int? {
    let isAhead = (way == .vertical ? startsAtBottom : startsAtRight) != back
    let (i, j) = (place / columns, place % columns)
    switch way {
    case .vertical:
      let row = isAhead ? i + 1 : i - 1
      return (0..<rows).contains(row) ? row * columns + j : nil
    case .horizontal:
      let column = isAhead ? j + 1 : j - 1
      return (0..<columns).contains(column) ? i * columns + column : nil
    }
  }

  enum Way: CaseIterable {
    case vertical, horizontal

    var kind: GraphTrace.Parameter.Kind { self == .vertical ? .vertical : .horizontal }
    var role: GraphTrace.Term.Role { self == .vertical ? .vertical : .horizontal }
  }

  func weight(_ way: Way) -> Matrix<Float> { way == .vertical ? vertical : horizontal }

  // MARK: Names

  func variable(_ quantity: GraphTrace.Quantity, _ place: Int) -> GraphTrace.Variable {
    GraphTrace.Variable(quantity, layer: name, cell: cell(place))
  }

  func input(_ place: Int) -> GraphTrace.Variable {
    GraphTrace.Variable(.input, cell: cell(place))
  }

  func parameter(_ kind: GraphTrace.Parameter.Kind) -> GraphTrace.Parameter {
    GraphTrace.Parameter(kind, layer: name)
  }
}
