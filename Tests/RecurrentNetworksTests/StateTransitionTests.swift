import LinearAlgebra
import Testing

@testable import RecurrentNetworks

/// s(t+1) = g(s(t), x) of whole stacks, and its Jacobian against differences.
@Suite struct StateTransitionTests {
  /// A driven network with random weights.
  struct Network {
    let model: EveryStepOutput<Double>
    let parameters: ParameterVector<Double>
    let batch = SequenceBatch<Double>()
    let arena = Arena<Double>()

    init(_ cell: CellKind, layers: Int, bidirectional: Bool = false, hidden: Int = 4) {
      self.init(
        CheckedCell(kind: cell), layers: layers, bidirectional: bidirectional, hidden: hidden)
    }

    init(
      _ cell: CheckedCell, layers: Int, bidirectional: Bool = false, hidden: Int = 4,
      residual: Bool = false
    ) {
      var configuration = NetworkConfiguration.checked(cell, layers: layers)
      configuration.hidden = hidden
      configuration.residual = residual
      configuration.direction = bidirectional ? .bidirectional : .forward
      model = EveryStepOutput(configuration, sizes: ModelSizes(width: 2, outputs: 3))
      parameters = ParameterVector(model.layout)
      var random = SeededRandom(seed: 11)
      for i in 0..<parameters.count { parameters.base[i] = random.uniform(-0.9, 0.9) }
      batch.steps.assign(lengths: [5, 3])
      batch.width = 2
      batch.vectors.assign((0..<16).map { _ in random.normal() })
      batch.targets.assign([Int32](repeating: 0, count: 8))
    }

    func run() -> StateChain<Double>? {
      arena.reset()
      _ = model.outputs(batch, Pass(parameters: parameters, arena: arena))
      return StateChain(model.stacks)
    }
  }

  @Test(arguments: CheckedCell.all + CheckedCell.zonedOut + CheckedCell.normalised, [1, 3])
  func jacobiansAgreeWithDifferences(_ cell: CheckedCell, _ layers: Int) throws {
    try compareJacobian(cell, Network(cell, layers: layers), layers: layers)
  }

  /// Where layers hand on what they read as well, one moves all those above it.
  @Test(arguments: CheckedCell.all)
  func jacobiansOfResidualStacksAgreeWithDifferences(_ cell: CheckedCell) throws {
    let network = Network(cell, layers: 3, residual: true)
    try compareJacobian(cell, network, layers: 3)
    let plain = try #require(Network(cell, layers: 3).run())
    let chain = try #require(network.run())
    #expect(chain.isResidual && !plain.isResidual)
    #expect(chain.state(row: 0) != plain.state(row: 0))
  }

  private func compareJacobian(_ cell: CheckedCell, _ network: Network, layers: Int) throws {
    let chain = try #require(network.run())
    let size = layers * ((cell.isProjected ? 2 : 4) + 4 * cell.kind.description.cellParts)
    #expect(chain.size == size)
    let drive = chain.drive(
      .vector([0.3, -0.8]), embedding: nil, parameters: network.parameters)
    let system = LayerTransition(chain, parameters: network.parameters, drive: drive)
    var random = SeededRandom(seed: 5)
    let state = (0..<size).map { _ in random.uniform(-0.8, 0.8) }
    let (next, jacobian) = system.linearised(at: state)
    #expect(next == system.next(state))
    let h = 1e-5
    for from in 0..<size {
      var (up, down) = (state, state)
      up[from] += h
      down[from] -= h
      let both = system.next(up + down)
      for to in 0..<size {
        let difference = (both[to] - both[size + to]) / (2 * h)
        #expect(abs(jacobian[to, from] - difference) < 1e-6, "\(cell): \(to), \(from)")
      }
    }
  }

  /// One step under the input that was read goes where the network itself went, from its own state.
  @Test(arguments: CheckedCell.all, [1, 2])
  func followsTheNetwork(_ cell: CheckedCell, _ layers: Int) throws {
    let network = Network(cell, layers: layers, residual: layers > 1)
    var chain = try #require(network.run())
    let steps = network.batch.steps
    let (before, row) = (steps.row(step: 1, sequence: 0), steps.row(step: 2, sequence: 0))
    let (from, to) = (chain.state(row: before), chain.state(row: row))
    let jacobian = try #require(
      chain.jacobian(step: 2, row: row, steps: steps, parameters: network.parameters))
    let input = (0..<2).map { network.batch.vectors[row * 2 + $0] }
    let drive = chain.drive(.vector(input), embedding: nil, parameters: network.parameters)
    chain = try #require(Network(cell, layers: layers, residual: layers > 1).run())
    let found = LayerTransition(chain, parameters: network.parameters, drive: drive)
      .linearised(at: from)
    for (a, b) in zip(found.next, to) { #expect(abs(a - b) < 1e-14) }
    for (a, b) in zip(found.jacobian.elements, jacobian.elements) { #expect(abs(a - b) < 1e-14) }
  }

  @Test func ofBothDirectionsTheForwardOneOfTheFirstLayerIsTaken() throws {
    let one = try #require(Network(.gru, layers: 2).run())
    #expect(one.title == "2 layers")
    let both = try #require(Network(.gru, layers: 2, bidirectional: true).run())
    #expect(both.title == "forward direction of layer 1")
    #expect(both.size == 4)
  }

  @Test func whereTheRecurrenceGoesThroughTheOutputThereIsNoChain() {
    var configuration = NetworkConfiguration()
    configuration.hidden = 3
    let model = OutputRecurrence<Double>(
      configuration, sizes: ModelSizes(width: 2, outputs: 3))
    #expect(StateChain(model.stacks) == nil)
  }

  @Test func plainSystemsAndTheirSlopes() {
    let weights = SquareMatrix([[0.5, -1], [2, 0.25]])
    for function in [PlainTransition.Function.identity, .tanh, .clamp] {
      let system = PlainTransition(weights, drive: [0.1, -0.2], function)
      let state = [0.6, 0.3]
      let (next, jacobian) = system.linearised(at: state)
      #expect(next == system.next(state))
      for from in 0..<2 {
        var (up, down) = (state, state)
        up[from] += 1e-6
        down[from] -= 1e-6
        let both = system.next(up + down)
        for to in 0..<2 {
          #expect(abs(jacobian[to, from] - (both[to] - both[2 + to]) / 2e-6) < 1e-8)
        }
      }
    }
  }

  @Test func decisionsAreHandedOn() {
    // Two symbols; each decides for the other.
    let system = DecisionTransition(
      feedback: [[-2, 2]], drive: [0], outputs: [[1], [-1]], bias: [0, 0])
    let (low, high) = (hyperbolicTangent(-2), hyperbolicTangent(2))
    #expect(system.next([0.5, -0.5]) == [low, high])
    #expect(system.linearised(at: [0.5]).jacobian.elements == [0])
  }
}

extension SquareMatrix {
  init(_ rows: [[Double]]) {
    self.init(size: rows.count)
    elements = rows.flatMap { $0 }
  }
}
