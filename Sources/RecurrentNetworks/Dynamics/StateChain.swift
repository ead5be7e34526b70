import LinearAlgebra

/// The layers of a network that together are one dynamic system s(t+1) = g(s(t), x(t+1)), after a
/// pass.
///
/// Of a network in both directions that is the forward direction of the first layer: the other
/// direction runs against time, and the layers above read both. Of an encoder and a decoder it is
/// the encoder, whose input is known.
public struct StateChain<Scalar: NetworkScalar> {
  /// The first layer first.
  let layers: [RecurrentLayer<Scalar>]
  /// Such as `2 layers`, `forward direction of layer 1`, `encoder, layer 1`.
  public let title: String
  /// Numbers of one state: s of every layer, each followed by c where the cell has one.
  public let size: Int
  /// Whether every layer but the first hands on its states plus what it read.
  let isResidual: Bool
  /// The cell of all layers.
  public let cell: CellDescription

  /// Nil where a network has no such layers: where states run in two dimensions, where each step
  /// has weights of its own, or where the recurrence goes through the output.
  public init?(_ stacks: [StackView<Scalar>]) {
    guard let stack = stacks.first, let first = stack.layers.first else { return nil }
    let all = stack.layers.compactMap(\.layer)
    guard all.count == stack.layers.count, !all.isEmpty else { return nil }
    let isBidirectional = all.contains(where: \.isReversed)
    layers = isBidirectional ? Array(all.prefix(1)) : all
    guard layers.allSatisfy({ !$0.isReversed }) else { return nil }
    var words =
      isBidirectional
      ? "forward direction of layer 1"
      : all.count == 1 ? "layer 1" : "\(all.count) layers"
    if stack.part == .encoder { words = "encoder, " + words }
    title = words
    cell = first.description
    isResidual = stack.isResidual && layers.count > 1
    size = layers.reduce(0) { $0 + $1.stateSize }
  }

  /// Whether c is part of a state.
  public var carriesCell: Bool { cell.carriesCell }

  /// Numbers of s of every layer.
  public var hidden: Int { layers.first?.hidden ?? 0 }

  /// The state after a packed row of the last pass, or any row where rows are sequences.
  public func state(row: Int) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(size)
    for layer in layers {
      let s = layer.states.row(row)
      for unit in 0..<layer.hidden { result.append(Double(s[unit])) }
      if let cells = layer.cell.cellStates {
        let c = cells.row(row)
        for unit in 0..<layer.cellWidth { result.append(Double(c[unit])) }
      }
    }
    return result
  }

  /// ∂ of the state after a packed row by the state before it. Exact: each cell's own derivative,
  /// and from a layer to the one above through U, in a residual stack to all those above.
  public func jacobian(
    step t: Int, row: Int, steps: PackedSteps, parameters: ParameterVector<Scalar>
  ) -> SquareMatrix? {
    var result = SquareMatrix(size: size)
    var start = 0
    // Where the states begin that the next layer reads.
    var read: [Int] = []
    for (index, layer) in layers.enumerated() {
      var sum = JacobianSum(layer.description, hidden: layer.units)
      let projection = layer.weights.projection.map { parameters[$0] }
      layer.forEachSegment(steps, at: t, dPrevious: nil, dInitial: nil) { segment in
        guard (segment.row..<segment.row + segment.count).contains(row) else { return }
        layer.cell.addJacobian(row, of: segment, to: &sum)
        sum.count += 1
      }
      let whole = layer.withSlopes(layer.weights.hiddenToHidden, row: row, parameters) {
        sum.average(with: $0, projection: projection)
      }
      guard let own = whole else { return nil }
      if index > 0 {
        var through = layer.withSlopes(layer.weights.inputToHidden, row: row, parameters) {
          sum.inputAverage(with: $0, projection: projection)
        }
        let (rows, inner, columns) = (own.size, layers[index - 1].hidden, start)
        result.elements.withMatrix(columns: size) { all in
          through.withMatrix(columns: inner) { u in
            for (place, below) in read.enumerated() {
              all.rows(start, rows).columns(0, columns)
                .product(u, all.rows(below, inner).columns(0, columns), beta: place == 0 ? 0 : 1)
            }
          }
        }
      }
      for row in 0..<own.size {
        for column in 0..<own.size { result[start + row, start + column] = own[row, column] }
      }
      if !isResidual { read.removeAll() }
      read.append(start)
      start += own.size
    }
    return result
  }
}

/// An input that stays the same.
public enum ConstantInput: Sendable, Equatable {
  /// The system has none.
  case none
  /// A symbol, by its index.
  case symbol(Int)
  /// Numbers on the network's scale.
  case vector([Double])
}

extension StateChain {
  /// U x + b of the first layer, without b where U x is normalised, gates·hidden, for an input that stands before any context.
  /// - Parameters:
  ///   - input: what is read at each time step
  ///   - embedding: E, where symbols are embedded
  ///   - parameters: the weights
  public func drive(
    _ input: ConstantInput, embedding: ParameterHandle?, parameters: ParameterVector<Scalar>
  ) -> [Double] {
    guard let weights = layers.first?.weights else { return [] }
    return parameters.drive(
      input, weight: weights.inputToHidden, bias: weights.addedBias, embedding: embedding)
  }
}

extension ParameterVector {
  /// U x + b by their handles, U x alone without one of b.
  public func drive(
    _ input: ConstantInput, weight: ParameterHandle, bias: ParameterHandle?,
    embedding: ParameterHandle?
  ) -> [Double] {
    let u = self[weight]
    let b = bias.map { row($0) }
    var x: [(column: Int, value: Double)] = []
    switch input {
    case .none: break
    case .vector(let values): x = values.enumerated().map { ($0.offset, $0.element) }
    case .symbol(let symbol):
      if let embedding {
        let e = self[embedding].row(symbol)
        x = (0..<embedding.columns).map { ($0, Double(e[$0])) }
      } else {
        x = [(symbol, 1)]
      }
    }
    return (0..<u.rows).map { unit in
      x.reduce(b.map { Double($0[0, unit]) } ?? 0) { $0 + Double(u[unit, $1.column]) * $1.value }
    }
  }
}

extension RecurrentLayer {
  /// Numbers that the layer carries from step to step.
  var stateSize: Int { hidden + cellWidth }
}
