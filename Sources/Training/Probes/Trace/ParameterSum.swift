import LinearAlgebra
import RecurrentNetworks
import TrainingEvents

/// The gradient of one parameter as a sum over steps, ∇W = Σ δ(t) s(t−1)ᵀ (GBC eq. 10.26): what
/// each step adds, and the norm of the sum so far.
struct ParameterSum {
  /// What one step adds: rows, and elements of the columns; a vector where there are none.
  struct Share {
    var variable: GraphTrace.Variable
    var rows: [Float]
    var read: GraphTrace.Expression?
    var columns: [(column: Int, value: Float)]
    /// Whether what is read chooses a row, as in a table of vectors, and no column.
    var isReadFirst = false
    /// What the rows are, where they are no quantity by themselves.
    var formula: GraphTrace.Expression?

    var expression: GraphTrace.Expression {
      if let formula { return formula }
      guard let read else { return .variable(variable) }
      return isReadFirst ? .outer(read, .variable(variable)) : .outer(.variable(variable), read)
    }
    var norm: Double {
      rows.norm * columns.reduce(0.0) { $0 + Double($1.value) * Double($1.value) }.squareRoot()
    }
  }

  let parameter: GraphTrace.Parameter
  /// By step; nil where a step adds nothing because it has no part in it.
  let shares: [Share?]
  /// ‖Σ‖ after each step's share, and before it.
  private(set) var norms: [Double]
  private(set) var before: [Double]
  /// Σ δ(t) after each step, for biases.
  private var sums: [[Float]] = []
  /// What the parts of a bias are of; nil where it is one.
  private let blocks: [String]?

  /// - Parameter order: steps in the order in which the walk goes back
  init(
    _ parameter: GraphTrace.Parameter, shares: [Share?], order: [Int], columns: Int,
    blocks: [String]? = nil
  ) {
    self.parameter = parameter
    self.blocks = blocks
    self.shares = shares
    norms = [Double](repeating: 0, count: shares.count)
    before = norms
    let rows = shares.lazy.compactMap { $0?.rows.count }.max() ?? 0
    var sum = [Float](repeating: 0, count: rows * columns)
    // A bias is one number a unit, and can be shown whole.
    let isBias = shares.allSatisfy { $0?.read == nil }
    if isBias { sums = [[Float]](repeating: [], count: shares.count) }
    // Only what a step touches is squared again: a symbol touches one column.
    var square = 0.0
    for t in order {
      before[t] = max(0, square).squareRoot()
      if let share = shares[t] {
        for (column, value) in share.columns where value != 0 && column < columns {
          for row in share.rows.indices where share.rows[row] != 0 {
            let old = Double(sum[row * columns + column])
            sum[row * columns + column] += share.rows[row] * value
            let new = Double(sum[row * columns + column])
            square += new * new - old * old
          }
        }
      }
      norms[t] = max(0, square).squareRoot()
      if isBias { sums[t] = sum }
    }
  }

  /// ∇W, ∇b and ∇U of a layer where it has them, with the bias that stands beside W where there is
  /// one, ∇P of a projection, ∇p of peepholes and ∇Λ of what an LRU's eigenvalues are kept as.
  static func sums(of layer: TraceLayer) -> [ParameterSum] {
    let order = layer.backwardOrder
    func sum(
      _ kind: GraphTrace.Parameter.Kind, columns: Int, blocks: [String]? = layer.gateBlocks,
      _ share: (Int) -> Share?
    ) -> ParameterSum {
      ParameterSum(
        layer.parameter(kind), shares: (0..<layer.steps).map(share), order: order,
        columns: columns, blocks: blocks)
    }
    func delta(_ t: Int) -> GraphTrace.Variable {
      layer.variable(.preActivation(gate: nil), t).gradient
    }
    let one: [(column: Int, value: Float)] = [(0, 1)]
    var result: [ParameterSum] = []
    if layer.hasRecurrentWeights {
      result.append(
        sum(.recurrent, columns: layer.w.columns) { t in
          Share(
            variable: layer.deltaIntoPast(t), rows: layer.productDeltas[t],
            read: .variable(layer.variableBefore(t)),
            columns: layer.previous(t).enumerated().map { ($0.offset, $0.element) })
        })
    }
    result.append(
      sum(.bias, columns: 1) { t in
        Share(variable: delta(t), rows: layer.deltas[t], columns: one)
      })
    if layer.recurrentBias != nil {
      result.append(
        sum(.recurrentBias, columns: 1) { t in
          Share(variable: layer.deltaBehindGate(t), rows: layer.recurrentDeltas[t], columns: one)
        })
    }
    if layer.description.isNormalised {
      func gain(
        _ asked: GraphTrace.Variable, _ deltas: [Float],
        _ product: GraphTrace.Variable, _ values: [Float]
      ) -> Share {
        Share(
          variable: asked, rows: deltas.times(layer.normalised(values)), columns: one,
          formula: .hadamard([.variable(asked), .function(.normalise, .variable(product))]))
      }
      result.append(
        sum(.inputGain, columns: 1) { t in
          gain(
            delta(t), layer.deltas[t], layer.variable(.inputProduct(gate: nil), t),
            layer.inputProduct(t))
        })
      result.append(
        sum(.recurrentGain, columns: 1) { t in
          gain(
            layer.deltaBehindGate(t), layer.recurrentDeltas[t],
            layer.variable(.recurrentProduct(gate: nil), t), layer.fromPast(t))
        })
    }
    if let projection = layer.projection {
      result.append(
        sum(.projection, columns: projection.columns) { t in
          Share(
            variable: layer.variable(.state, t).gradient, rows: layer.gradients[t],
            read: layer.projected(t),
            columns: layer.memory[t].enumerated().map { ($0.offset, $0.element) })
        })
    }
    if !layer.peepholes.isEmpty {
      result.append(
        sum(.peephole, columns: 1, blocks: layer.description.diagonals?.rows) { t in
          let parts = layer.peepholes.map { gate in
            (gate: gate, cell: layer.stepOfCell(seenBy: gate, t))
          }
          return Share(
            variable: delta(t),
            rows: parts.flatMap {
              Array(layer.deltas[t][layer.block($0.gate)]).times(layer.cell($0.cell))
            }, columns: one,
            formula: .stacked(
              parts.map {
                .hadamard([
                  .variable(
                    layer.variable(.preActivation(gate: layer.symbol($0.gate)), t).gradient),
                  .variable(layer.variable(.cell, $0.cell)),
                ])
              }))
        })
    }
    let diagonals = layer.description.equations.diagonalGradients
    if !diagonals.isEmpty {
      let formula = TraceFormula(layer: layer, cellGradients: layer.cellGradients)
      result.append(
        sum(
          .eigenvalues, columns: 1, blocks: layer.description.diagonals?.rows.map { "log \($0)" }
        ) { t in
          Share(
            variable: delta(t), rows: diagonals.flatMap { formula.value($0, t) ?? [] },
            columns: one, formula: .stacked(diagonals.compactMap { formula.expression($0, t) }))
        })
    }
    if layer.input.expression(step: 0) != nil {
      result.append(
        sum(.input, columns: layer.u.columns) { t in
          Share(
            variable: layer.deltaIntoInput(t), rows: layer.inputDeltas[t],
            read: layer.input.expression(step: t),
            columns: layer.input.elements(step: t))
        })
    }
    return result
  }

  /// - Parameters:
  ///   - isTimed: whether the step is one of time
  ///   - cell: where it stands in an image
  func node(
    _ t: Int, column: Int, place: GraphTrace.Place, isTimed: Bool = true,
    cell: GraphTrace.Cell? = nil
  ) -> GraphTrace.Node {
    let name = GraphTrace.Variable(
      .parameter(parameter), time: isTimed ? t + 1 : nil, cell: cell, isGradient: true)
    let whole = GraphTrace.Variable(.parameter(parameter), isGradient: true)
    var values: [GraphTrace.Values] = []
    if let share = shares[t], sums.indices.contains(t) {
      values = [
        GraphTrace.Values(name, share.rows, blocks: blocks),
        GraphTrace.Values(whole, sums[t], blocks: blocks),
      ]
    }
    return GraphTrace.Node(
      .backward, column: column, place: place,
      equations: [GraphTrace.Equation(name, shares[t]?.expression ?? .number(0))],
      terms: [
        GraphTrace.Term(.share, .variable(name), value: shares[t]?.norm ?? 0),
        GraphTrace.Term(.total, .variable(whole), value: norms[t], previous: before[t]),
      ], values: values)
  }
}
