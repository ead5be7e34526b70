import LinearAlgebra

/// The layers of a network as one dynamic system under an input that stays the same. Computed by
/// the cells themselves, many states at a time.
public final class LayerTransition: StateTransition {
  private let chain: StateChain<Double>
  private let layers: [RecurrentLayer<Double>]
  private let parameters: ParameterVector<Double>
  /// U x* + b of the first layer, gates·hidden.
  private let drive: [Double]
  private let arena = Arena<Double>()
  private let weightCache = PackedWeightCache<Double>(smallestShared: 1)
  private var steps = PackedSteps()

  public var size: Int { chain.size }

  /// Takes the layers for itself: what their last pass left in them is overwritten.
  /// - Parameters:
  ///   - chain: the layers
  ///   - parameters: their weights, which must not change any more
  ///   - drive: U x* + b of the first layer; see ``StateChain/drive(_:embedding:parameters:)``
  public init(
    _ chain: StateChain<Double>, parameters: ParameterVector<Double>, drive: [Double]
  ) {
    self.chain = chain
    layers = chain.layers
    self.parameters = parameters
    self.drive = drive
  }

  public func next(_ states: [Double]) -> [Double] {
    let count = size > 0 ? states.count / size : 0
    guard count > 0 else { return [] }
    run(states, count: count)
    var result: [Double] = []
    result.reserveCapacity(states.count)
    for row in 0..<count { result += chain.state(row: row) }
    return result
  }

  public func linearised(at state: [Double]) -> (next: [Double], jacobian: SquareMatrix) {
    run(state, count: 1)
    let jacobian = chain.jacobian(step: 0, row: 0, steps: steps, parameters: parameters)
    return (chain.state(row: 0), jacobian ?? SquareMatrix(size: size))
  }

  /// One step of `count` sequences that begin from these states.
  private func run(_ states: [Double], count: Int) {
    arena.reset()
    if steps.sequenceCount != count {
      steps.assign(lengths: [Int](repeating: 1, count: count))
    }
    let pass = Pass(parameters: parameters, arena: arena, weightCache: weightCache)
    var (below, column) = (Matrix<Double>.empty, 0)
    for (index, layer) in layers.enumerated() {
      let hidden = layer.hidden
      let state = arena.matrix(count, hidden)
      let cell = layer.cellWidth > 0 ? arena.matrix(count, layer.cellWidth) : nil
      states.withUnsafeBufferPointer { given in
        guard let base = given.baseAddress else { return }
        for row in 0..<count {
          let from = base + row * size + column
          state.row(row).update(from: from, count: hidden)
          cell?.row(row).update(from: from + hidden, count: layer.cellWidth)
        }
      }
      let window = arena.matrix(2 * count, hidden)
      let pre = layer.prepare(
        steps: steps, states: window.rows(count, count), initial: window.rows(0, count),
        start: InitialState(state: state, cell: cell), pass: pass)
      if index == 0 {
        for row in 0..<count {
          for (unit, value) in drive.enumerated() { pre[row, unit] = value }
        }
      } else {
        pre.fill(layer.weights.addedBias, parameters)
        pre.product(
          below, pass.packed(transposed: parameters[layer.weights.inputToHidden]),
          accumulate: true)
      }
      layer.advance(0, steps)
      below =
        chain.isResidual && index > 0 ? pass.sum(layer.states, below) : layer.states
      column += layer.stateSize
    }
  }
}
