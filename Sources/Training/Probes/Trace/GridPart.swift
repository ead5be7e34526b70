import LinearAlgebra
import RecurrentNetworks
import TrainingEvents

/// All sweeps over one image: what they end with, and their nodes.
struct GridPart {
  let grids: [TraceGrid]

  /// Nil where no image is read in two dimensions.
  init?(_ stack: StackView<Float>?, part: GraphTrace.Layer.Part, parameters: ParameterVector<Float>)
  {
    guard let views = stack?.grids, let first = views.first, !first.places.isEmpty else {
      return nil
    }
    grids = views.enumerated().map { index, view in
      TraceGrid(
        view, number: index + 1, isOneOfSeveral: views.count > 1, part: part,
        parameters: parameters)
    }
  }

  private var first: TraceGrid { grids[0] }
  /// Cells of the image.
  var count: Int { first.count }

  func columns(part: String) -> [GraphTrace.Column] {
    (0..<count).map { TraceColumns.block(first.cell($0), part: part) }
  }

  /// What all sweeps end with, one behind the other or added up.
  var end: (expression: GraphTrace.Expression, values: [Float]) {
    let names = grids.map { GraphTrace.Expression.variable($0.variable(.state, $0.end)) }
    return (
      names.count == 1 ? names[0] : first.isSum ? .sum(names) : .stacked(names),
      joined { $0.end }
    )
  }

  /// h of every cell, as attention reads it.
  var states: [[Float]] { (0..<count).map { k in joined { _ in k } } }

  private func joined(_ place: (TraceGrid) -> Int) -> [Float] {
    let states = grids.map { $0.states[place($0)] }
    return first.isSum
      ? states.dropFirst().reduce(states[0]) { $0.adding($1) } : states.flatMap { $0 }
  }

  /// - Parameter asked: what others ask of a sweep's state at a cell
  func nodes(asked: @escaping (TraceGrid, Int) -> [TraceFormula.Addend]) -> [GridNodes] {
    grids.map { grid in GridNodes(grid) { asked(grid, $0) } }
  }
}
