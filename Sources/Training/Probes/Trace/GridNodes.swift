import RecurrentNetworks
import TrainingEvents

/// The nodes of one corner's sweep (Graves, Fernández and Schmidhuber 2007), cell by cell: with i and j
/// counted from the corner,
///
///     a(i, j) = b + Wᵥ s(i−1, j) + Wₕ s(i, j−1) + U x(i, j)      s(i, j) = tanh a(i, j)
///     ∇s(i, j) = Wᵥᵀ δ(i+1, j) + Wₕᵀ δ(i, j+1)                  δ(i, j) = (1 − s(i, j)²) ⊙ ∇s(i, j)
struct GridNodes {
  typealias Node = GraphTrace.Node
  typealias Term = GraphTrace.Term
  typealias Values = GraphTrace.Values
  typealias Equation = GraphTrace.Equation

  let grid: TraceGrid
  /// What others ask of s(i, j).
  let asked: (Int) -> [TraceFormula.Addend]
  private let sums: [ParameterSum]

  init(_ grid: TraceGrid, asked: @escaping (Int) -> [TraceFormula.Addend]) {
    self.grid = grid
    self.asked = asked
    sums = Self.sums(of: grid)
  }

  private var place: GraphTrace.Place { .cell(corner: grid.number) }

  // MARK: Forward

  /// x, a and s of every cell. What is read stands at the first corner's nodes alone.
  var forward: [Node] {
    grid.order.flatMap { k in
      (grid.number == 1 ? [input(k)] : []) + [preActivation(k), state(k)]
    }
  }

  private func input(_ k: Int) -> Node {
    let x = grid.input(k)
    return Node(
      .forward, column: k, place: .input, equations: [Equation(x, .variable(x))],
      terms: [Term(.now, .variable(x), value: grid.inputs[k].norm)],
      values: [Values(x, grid.inputs[k])])
  }

  private func preActivation(_ k: Int) -> Node {
    let a = grid.variable(.preActivation(gate: nil), k)
    var parts = [
      TraceFormula.Addend(
        role: .bias, expression: .parameter(grid.parameter(.bias)), values: grid.bias)
    ]
    for way in TraceGrid.Way.allCases {
      guard let before = grid.neighbour(k, way) else { continue }
      parts.append(
        TraceFormula.Addend(
          role: way.role,
          expression: .product(
            grid.parameter(way.kind), .variable(grid.variable(.state, before))),
          values: grid.weight(way).times(grid.states[before])))
    }
    parts.append(
      TraceFormula.Addend(
        role: .input,
        expression: .product(grid.parameter(.input), .variable(grid.input(k))),
        values: grid.u.times(grid.inputs[k])))
    let sum = parts.dropFirst().reduce(parts[0].values) { $0.adding($1.values) }
    return Node(
      .forward, column: k, place: place, equations: [Equation(a, .sum(parts.map(\.expression)))],
      terms: parts.map(LayerNodes.term) + [Term(.sum, .variable(a), value: sum.norm)],
      values: [Values(a, sum)])
  }

  private func state(_ k: Int) -> Node {
    let s = grid.variable(.state, k)
    let a = grid.variable(.preActivation(gate: nil), k)
    let saturated = grid.states[k].count { abs($0) > 0.97 }
    return Node(
      .forward, column: k, place: place,
      equations: [Equation(s, .function(.tanh, .variable(a)))],
      terms: [Term(.now, .variable(s), value: grid.states[k].norm)],
      values: [Values(s, grid.states[k])],
      finding: saturated > 0 ? .saturated(saturated, of: grid.units) : nil)
  }

  // MARK: Backward

  /// ∇s, δ and the parameters' shares of every cell, from where the sweep ended.
  var backward: [Node] {
    grid.order.reversed().flatMap { k in
      [stateGradient(k), delta(k)]
        + sums.filter { $0.shares[k] != nil }.map {
          $0.node(k, column: k, place: place, isTimed: false, cell: grid.cell(k))
        }
    }
  }

  private func stateGradient(_ k: Int) -> Node {
    var parts: [TraceFormula.Addend] = []
    for way in TraceGrid.Way.allCases {
      guard let after = grid.neighbour(k, way, back: true) else { continue }
      parts.append(
        TraceFormula.Addend(
          role: way.role,
          expression: .transposedProduct(
            grid.parameter(way.kind),
            .variable(grid.variable(.preActivation(gate: nil), after).gradient)),
          values: grid.weight(way).transposedTimes(grid.deltas[after])))
    }
    parts += asked(k)
    let gradient = grid.variable(.state, k).gradient
    let sum = parts.map(\.expression)
    return Node(
      .backward, column: k, place: place,
      equations: [
        Equation(gradient, sum.isEmpty ? .number(0) : sum.count == 1 ? sum[0] : .sum(sum))
      ],
      terms: parts.map(LayerNodes.term)
        + [Term(.sum, .variable(gradient), value: grid.gradients[k].norm)],
      values: [
        Values(grid.variable(.state, k), grid.states[k]), Values(gradient, grid.gradients[k]),
      ])
  }

  private func delta(_ k: Int) -> Node {
    let (s, gradient) = (grid.variable(.state, k), grid.variable(.state, k).gradient)
    let delta = grid.variable(.preActivation(gate: nil), k).gradient
    let (state, norm) = (grid.states[k], grid.gradients[k].norm)
    let slope =
      state.reduce(0.0) { $0 + 1 - Double($1) * Double($1) } / Double(max(1, state.count))
    return Node(
      .backward, column: k, place: place,
      equations: [
        Equation(delta, .hadamard([.slope(.tanh, of: .variable(s)), .variable(gradient)]))
      ],
      terms: [
        Term(.sum, .variable(gradient), value: norm),
        Term(.through(.tanh), .variable(delta), value: grid.deltas[k].norm),
      ],
      values: [
        Values(s, state), Values(gradient, grid.gradients[k]), Values(delta, grid.deltas[k]),
      ],
      finding: .slope(
        .tanh, mean: slope, passed: norm > 0 ? grid.deltas[k].norm / norm : nil))
  }

  /// ∇Wᵥ = Σ δ(i, j) s(i−1, j)ᵀ, ∇Wₕ = Σ δ(i, j) s(i, j−1)ᵀ, ∇b and ∇U.
  private static func sums(of grid: TraceGrid) -> [ParameterSum] {
    let order = Array(grid.order.reversed())
    func share(_ k: Int, _ read: GraphTrace.Variable?, _ values: [Float]) -> ParameterSum.Share {
      ParameterSum.Share(
        variable: grid.variable(.preActivation(gate: nil), k).gradient, rows: grid.deltas[k],
        read: read.map { .variable($0) },
        columns: values.enumerated().map { ($0.offset, $0.element) })
    }
    let ways = TraceGrid.Way.allCases.map { way in
      ParameterSum(
        grid.parameter(way.kind),
        shares: (0..<grid.count).map { k in
          grid.neighbour(k, way).map { share(k, grid.variable(.state, $0), grid.states[$0]) }
        }, order: order, columns: grid.units)
    }
    return ways + [
      ParameterSum(
        grid.parameter(.bias), shares: (0..<grid.count).map { share($0, nil, [1]) },
        order: order, columns: 1),
      ParameterSum(
        grid.parameter(.input),
        shares: (0..<grid.count).map { share($0, grid.input($0), grid.inputs[$0]) },
        order: order, columns: grid.u.columns),
    ]
  }
}
