import Foundation
import LinearAlgebra
import Testing

@testable import RecurrentNetworks

/// Fixed points, exponents, components and attribution against what is known to be true.
@Suite struct DynamicsTests {
  /// Written by Fixtures/make_dynamics_reference.py.
  struct Reference: Decodable {
    var weights: [[Double]]
    var start: [Double]
    var early: [Double]
    var lyapunov: [Double]
    var cloud: [[Double]]
    var mean: [Double]
    var shares: [Double]
    var directions: [[Double]]
    var participationRatio: Double
    var wide: [[Double]]
    var wideShares: [Double]
    var wideParticipationRatio: Double

    static func load() throws -> Reference {
      let url = try #require(
        Bundle.module.resourceURL?.appendingPathComponent("Fixtures/dynamics.json"))
      return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
    }
  }

  // MARK: Fixed points

  private func search(
    _ system: some StateTransition, _ trajectory: [Double], seed: UInt64 = 1
  ) -> [FixedPoint] {
    FixedPointSearch(seed: seed).points(system, trajectory: trajectory)
  }

  /// s = tanh(2 s): 0, where λ = 2, and ±0.9575, where λ = 2 (1 − s²).
  @Test func oneUnitHasThreeFixedPoints() throws {
    let system = PlainTransition(SquareMatrix([[2]]), drive: [0], .tanh)
    let points = search(system, (-20...20).map { Double($0) / 20 + 0.013 })
    try #require(points.map(\.kind) == [.stable, .stable, .repeller])
    let end = 0.957504024079
    for (point, expected) in zip(points, [(-end, 0.166_372_1), (end, 0.166_372_1), (0, 2)]) {
      #expect(abs(point.state[0] - expected.0) < 1e-9)
      #expect(point.residual < 1e-12)
      let slope = try #require(point.eigenvalues?.first)
      #expect(abs(slope.real - 2 * (1 - point.state[0] * point.state[0])) < 1e-9)
      #expect(abs(slope.real - expected.1) < 1e-6 && slope.imaginary == 0)
    }
    #expect(points.map(\.unstable) == [0, 0, 1])
  }

  /// The same through the cell itself.
  @Test func theCellAgrees() throws {
    var configuration = NetworkConfiguration()
    configuration.hidden = 1
    let model = AutonomousSystem<Double>(configuration, outputs: 1)
    let parameters = ParameterVector<Double>(model.layout)
    let batch = SequenceBatch<Double>()
    batch.steps.assign(lengths: [3])
    let arena = Arena<Double>()
    _ = model.outputs(batch, Pass(parameters: parameters, arena: arena))
    let chain = try #require(StateChain(model.stacks))
    let w = try #require(
      model.layout.parameters.first { $0.name == "rnn.weight_hh_l0" })
    parameters.matrix(w)[0, 0] = 2
    let system = LayerTransition(
      chain, parameters: parameters,
      drive: chain.drive(.none, embedding: nil, parameters: parameters))
    let points = search(system, [-0.6, 0.1, 0.7])
    #expect(points.map(\.kind) == [.stable, .stable, .repeller])
    #expect(points.map { abs($0.state[0] * 1e6).rounded() } == [957504, 957504, 0])
  }

  /// A linear system with λ = 0.5, 1.5 and 0.8 e^±iπ/6 around a point that is not 0.
  @Test func aLinearSystemHasItsEigenvaluesAndOnePoint() throws {
    let (c, s) = (0.8 * 0.75.squareRoot(), 0.8 * 0.5)
    let weights = SquareMatrix([[0.5, 1, 0, 0], [0, 1.5, 0, 0], [0, 0, c, -s], [0, 0, s, c]])
    let centre = [1.0, -2, 0.5, 3]
    let drive = zip(centre, weights.product(centre)).map { $0 - $1 }
    let system = PlainTransition(weights, drive: drive, .identity)
    let points = search(system, [0, 0, 0, 0, 1, 1, 1, 1, 0.5, 0, 2, 2])
    let point = try #require(points.first)
    #expect(points.count == 1)
    #expect(point.kind == .saddle && point.unstable == 1 && point.period == nil)
    for (a, b) in zip(point.state, centre) { #expect(abs(a - b) < 1e-9) }
    let found = try #require(point.eigenvalues)
    #expect(zip(found.map(\.modulus), [1.5, 0.8, 0.8, 0.5]).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  @Test func aRotationIsNeutralAndHasItsPeriod() throws {
    let (c, s) = (cos(2 * Double.pi / 9), sin(2 * Double.pi / 9))
    let weights = SquareMatrix([[c, -s], [s, c]])
    let system = PlainTransition(weights, drive: [0, 0], .identity)
    let point = try #require(search(system, [1, 0, 0.3, 0.2]).first)
    #expect(point.kind == .neutral && point.unstable == 0)
    #expect(abs(try #require(point.period) - 9) < 1e-9)
    var exponents = LyapunovExponents(size: 2, count: 2, seed: 3)
    for _ in 0..<100 { exponents.add(weights) }
    #expect(exponents.exponents.allSatisfy { abs($0) < 1e-12 })
  }

  /// Of a turn that takes so long that nothing is left by then, there is nothing to be seen.
  @Test(arguments: [
    (0.9, 9.0, true), (0.5, 9, false), (1.5, 9, true), (1.8, 9, false), (0.99, 400, true),
  ])
  func aPeriodIsToldWhereATurnCanBeSeen(_ modulus: Double, _ steps: Double, _ isSeen: Bool) {
    let angle = 2 * Double.pi / steps
    let pair = [1.0, -1.0].map {
      Eigenvalue(real: modulus * cos(angle), imaginary: $0 * modulus * sin(angle))
    }
    let point = FixedPoint(state: [0, 0], residual: 0, eigenvalues: pair)
    #expect((point.period != nil) == isSeen)
    if let period = point.period { #expect(abs(period - steps) < 1e-9) }
  }

  @Test func pointsAreTheSameForTheSameSeedAndNoneIsNamedTwice() {
    let weights = SquareMatrix([[2, 0, 0], [0, 2, 0], [0, 0, 2]])
    let system = PlainTransition(weights, drive: [0, 0, 0], .tanh)
    var random = SeededRandom(seed: 9)
    let states = (0..<600).map { _ in random.uniform(-1, 1) }
    let points = search(system, states)
    #expect(points.count == 27)
    #expect(points.map(\.unstable) == points.map(\.unstable).sorted { ($0 ?? 9) < ($1 ?? 9) })
    #expect(points.count { $0.kind == .stable } == 8)
    #expect(points.count { $0.kind == .saddle } == 18)
    #expect(points == search(system, states))
  }

  @Test func nothingIsFoundWhereNothingIsFixedOrKnown() {
    // s + 1 has none.
    let system = PlainTransition(SquareMatrix([[1]]), drive: [1], .identity)
    #expect(search(system, [0, 1, 2]).isEmpty)
    #expect(search(system, []).isEmpty)
    #expect(search(system, [.nan, 1]).isEmpty)
  }

  // MARK: Exponents

  @Test func aLinearSystemHasTheLogarithmsOfItsEigenvalues() {
    var exponents = LyapunovExponents(size: 3, count: 3, seed: 1)
    #expect(exponents.exponents.isEmpty)
    let weights = SquareMatrix([[0.5, 1, 2], [0, -1.5, 0.3], [0, 0, 0.9]])
    for step in 0..<400 { exponents.add(weights, counts: step >= 100) }
    let expected = [1.5, 0.9, 0.5].map { log($0) }
    #expect(zip(exponents.exponents, expected).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(exponents.steps == 300)
  }

  @Test func whatIsTakenToZeroIsMinusInfinity() {
    var exponents = LyapunovExponents(size: 2, count: 2, seed: 1)
    exponents.add(SquareMatrix([[2, 0], [0, 0]]))
    exponents.add(SquareMatrix([[2, 0], [0, 0]]))
    #expect(exponents.exponents[1] == -.infinity)
    #expect(exponents.exponents[0].isFinite)
  }

  /// A random tanh network with gain 3, which is chaotic.
  @Test func aChaoticNetworkAgreesWithNumPy() throws {
    let reference = try Reference.load()
    let size = reference.start.count
    let system = PlainTransition(
      SquareMatrix(reference.weights), drive: [Double](repeating: 0, count: size), .tanh)
    var directions = [Double](repeating: 0, count: reference.early.count * size)
    for index in reference.early.indices { directions[index * size + index] = 1 }
    var exponents = LyapunovExponents(size: size, directions: directions)
    var state = reference.start
    for _ in 0..<80 {
      let (next, jacobian) = system.linearised(at: state)
      exponents.add(jacobian)
      state = next
    }
    for (found, expected) in zip(exponents.exponents, reference.early.sorted(by: >)) {
      #expect(abs(found - expected) < 1e-6)
    }
    // Rounding parts two programs on their way, so that later only means agree: over 60,000 steps
    // λ₁ to 1 %, the smaller ones, whose means settle later, to twice as many nats.
    for _ in 0..<60_000 {
      let (next, jacobian) = system.linearised(at: state)
      exponents.add(jacobian)
      state = next
    }
    for (index, expected) in reference.lyapunov.enumerated() {
      let share = index == 0 ? 0.01 : 0.02
      #expect(abs(exponents.exponents[index] - expected) < share * reference.lyapunov[0])
    }
  }

  // MARK: Components

  @Test func componentsAgreeWithNumPy() throws {
    let reference = try Reference.load()
    let states = reference.cloud.flatMap { $0 }
    let found = try #require(PrincipalComponents(states, size: 6, count: 6))
    func expectEqual(_ a: [Double], _ b: [Double]) {
      #expect(a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 })
    }
    expectEqual(found.mean, reference.mean)
    expectEqual(found.shares, reference.shares)
    for (a, b) in zip(found.directions, reference.directions) { expectEqual(a, b) }
    #expect(abs(try #require(found.participationRatio) - reference.participationRatio) < 1e-5)
    // Fewer states than numbers.
    let wide = try #require(
      PrincipalComponents(reference.wide.flatMap { $0 }, size: 12, count: 12))
    expectEqual(wide.shares, Array(reference.wideShares.prefix(wide.shares.count)))
    #expect(wide.directions.count == 6)
    #expect(
      abs(try #require(wide.participationRatio) - reference.wideParticipationRatio) < 1e-5)
    let lengths = wide.directions.map { $0.reduce(0) { $0 + $1 * $1 } }
    #expect(lengths.allSatisfy { abs($0 - 1) < 1e-9 })
  }

  @Test func whatDoesNotVaryHasNoComponents() throws {
    let still = try #require(PrincipalComponents([1, 2, 1, 2, 1, 2], size: 2, count: 2))
    #expect(still.directions.isEmpty && still.participationRatio == nil)
    #expect(PrincipalComponents([1, 2], size: 2, count: 2) == nil)
    #expect(PrincipalComponents([1, .nan, 2, 3], size: 2, count: 2) == nil)
  }

  /// A basis that was only turned within its plane comes back as it was, and shares go with it.
  @Test func aBasisStandsStill() throws {
    let reference = try Reference.load()
    let states = reference.cloud.flatMap { $0 }
    let first = try #require(PrincipalComponents(states, size: 6, count: 3))
    var turned = first
    let (c, s) = (cos(0.7), sin(0.7))
    turned.directions[0] = zip(first.directions[0], first.directions[1]).map { c * $0 + s * $1 }
    turned.directions[1] = zip(first.directions[0], first.directions[1]).map { c * $1 - s * $0 }
    turned.directions[2] = first.directions[2].map { -$0 }
    let back = turned.aligned(to: first)
    for (a, b) in zip(back.directions, first.directions) {
      #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-9 })
    }
    #expect(abs(back.shares.reduce(0, +) - turned.shares.reduce(0, +)) < 1e-12)
  }

  /// About thirty steps of three n³ multiplications from each start, within the budget.
  @Test func largeNetworksAreSearchedFromFewerStates() {
    let search = FixedPointSearch(seed: 1)
    #expect(search.affordable(size: 8) == 256 && search.affordable(size: 9) == 64)
    for size in [192, 256, 300, 384] {
      let starts = search.affordable(size: size)
      let cost = 90 * Double(size * size * size)
      #expect(Double(starts) * cost <= 4e10 && Double(starts + 1) * cost > 4e10, "\(size)")
    }
    #expect(search.affordable(size: 5_000) == 4)
  }

  @Test func noExponentsAreFoundWhereNoneAreWanted() {
    for count in [0, -1] {
      var exponents = LyapunovExponents(size: 2, count: count, seed: 1)
      exponents.add(SquareMatrix(size: 2))
      #expect(exponents.exponents.isEmpty, "\(count)")
    }
  }

  // MARK: Attribution

  /// Of symbols that pick a column of U, input × gradient is the gradient by the one that was read.
  @Test func attributionOfASymbolIsItsOwnColumn() throws {
    var configuration = NetworkConfiguration()
    configuration.hidden = 4
    let model = EveryStepOutput<Double>(configuration, sizes: ModelSizes(symbols: 3, outputs: 3))
    let parameters = ParameterVector<Double>(model.layout)
    var random = SeededRandom(seed: 5)
    for index in 0..<parameters.count { parameters.base[index] = random.normal() }
    let batch = SequenceBatch<Double>()
    batch.steps.assign(lengths: [4])
    batch.tokens.assign([2, 0, 1, 2])
    let arena = Arena<Double>(capacity: 1 << 14)
    let found = try #require(
      InputAttribution.measure(
        model, batch, output: .logProbability(of: 1), row: 3, parameters: parameters, arena: arena))
    // A column of U turned by 1 + ε multiplies what its symbol says, at every time step together.
    for symbol in 0..<3 {
      let u = try #require(model.stacks.first?.layers.first).inputWeight
      func logProbability(_ factor: Double) -> Double {
        let matrix = parameters[u]
        for unit in 0..<4 { matrix[unit, symbol] *= factor }
        defer { for unit in 0..<4 { matrix[unit, symbol] /= factor } }
        arena.reset()
        let outputs = model.outputs(batch, Pass(parameters: parameters, arena: arena))
        let row = (0..<3).map { outputs[3, $0] }
        return row[1] - log(row.reduce(0) { $0 + exp($1) })
      }
      let gradient = (logProbability(1 + 1e-5) - logProbability(1 - 1e-5)) / 2e-5
      let told = [2, 0, 1, 2].indices.filter { [2, 0, 1, 2][$0] == symbol }
        .reduce(0) { $0 + found.products[$1] }
      #expect(abs(told - gradient) < 1e-7, "\(symbol)")
    }
  }

  @Test(arguments: CellKind.allCases, [false, true])
  func attributionIsTheGradientByTheInput(_ cell: CellKind, _ bidirectional: Bool) throws {
    let network = StateTransitionTests.Network(cell, layers: 2, bidirectional: bidirectional)
    network.batch.steps.assign(lengths: [6])
    func logProbability() -> Double {
      network.arena.reset()
      let outputs = network.model.outputs(
        network.batch, Pass(parameters: network.parameters, arena: network.arena))
      let row = (0..<3).map { outputs[3, $0] }
      return row[1] - log(row.reduce(0) { $0 + exp($1) })
    }
    let found = try #require(
      InputAttribution.measure(
        network.model, network.batch, output: .logProbability(of: 1), row: 3,
        parameters: network.parameters, arena: network.arena))
    #expect(abs(found.value - logProbability()) < 1e-12)
    for t in 0..<6 {
      var (square, product) = (0.0, 0.0)
      for column in 0..<2 {
        let index = t * 2 + column
        let value = network.batch.vectors[index]
        network.batch.vectors[index] = value + 1e-5
        let up = logProbability()
        network.batch.vectors[index] = value - 1e-5
        let gradient = (up - logProbability()) / 2e-5
        network.batch.vectors[index] = value
        square += gradient * gradient
        product += gradient * value
      }
      #expect(abs(found.norms[t] - square.squareRoot()) < 1e-8)
      #expect(abs(found.products[t] - product) < 1e-8)
    }
    // A network that reads forward knows nothing of what comes later.
    #expect((found.norms[4] == 0) == !bidirectional)
  }

  @Test func reachIsWhereNineTenthsLie() {
    let found = InputAttribution(norms: [1, 1, 0, 8, 5], products: [], value: 0)
    #expect(found.reach(from: 3) == 2)
    #expect(found.reach(from: 1) == 1)
    #expect(InputAttribution(norms: [0, 0], products: [], value: 0).reach(from: 1) == nil)
  }
}
