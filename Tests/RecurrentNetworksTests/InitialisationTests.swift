import Foundation
import LinearAlgebra
import RecurrentNetworks
import Testing

/// Starting values: their ranges, their blocks, and their seeds.
@Suite struct InitialisationTests {
  static let hidden = 24
  static let inputs = 10

  func weights<Scalar: NetworkScalar>(
    _ cell: CellKind, _ initialization: NetworkConfiguration.RecurrentInitialization,
    forgetBias: Double = 0, seed: UInt64 = 5, _ type: Scalar.Type
  ) -> ParameterVector<Scalar> {
    var configuration = NetworkConfiguration()
    configuration.cell = cell
    configuration.hidden = Self.hidden
    configuration.initialization = initialization
    configuration.forgetBias = forgetBias
    let model = EveryStepOutput<Scalar>(
      configuration, sizes: ModelSizes(width: Self.inputs, outputs: 7))
    let result = ParameterVector<Scalar>(model.layout)
    var random = SeededRandom(seed: seed)
    result.initialise(using: &random)
    return result
  }

  /// One gate's rows of a parameter.
  func block<Scalar>(
    _ weights: ParameterVector<Scalar>, _ name: String, gate: Int
  ) throws -> Matrix<Scalar> {
    let parameter = try #require(
      weights.layout.parameters.first { $0.name == "rnn.\(name)_l0" })
    return weights.matrix(parameter).rows(gate * Self.hidden, Self.hidden)
  }

  func expectUniform(_ values: [Double], bound: Double) {
    #expect(values.filter { abs($0) > bound } == [])
    #expect((values.map(abs).max() ?? 0) > 0.97 * bound)
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    #expect(abs(mean) < 0.15 * bound)
    #expect(abs(variance / (bound * bound / 3) - 1) < 0.15)
  }

  @Test(arguments: CellKind.allCases) func uniformIsPyTorchsDefault(_ cell: CellKind) throws {
    let weights = weights(cell, .uniform, Double.self)
    withExtendedLifetime(weights) {
      for parameter in weights.layout.parameters
      where parameter.count > 50 && !parameter.name.contains("eigenvalues") {
        expectUniform(
          weights.matrix(parameter).elements, bound: 1 / Double(Self.hidden).squareRoot())
      }
    }
  }

  /// Each gate's block counts alone: ±√(6 / (rows + columns)) of the block.
  @Test(arguments: CellKind.allCases) func glorotScalesByBlock(_ cell: CellKind) throws {
    let weights = weights(cell, .glorot, Double.self)
    try withExtendedLifetime(weights) {
      for gate in 0..<cell.gateCount {
        expectUniform(
          try block(weights, "weight_ih", gate: gate).elements,
          bound: (6 / Double(Self.hidden + Self.inputs)).squareRoot())
        guard cell.description.hasRecurrentWeights else { continue }
        expectUniform(
          try block(weights, "weight_hh", gate: gate).elements,
          bound: (6 / Double(2 * Self.hidden)).squareRoot())
      }
    }
  }

  @Test(arguments: CellKind.allCases.filter(\.description.hasRecurrentWeights))
  func orthogonalBlocksKeepLengths(_ cell: CellKind) throws {
    let weights = weights(cell, .orthogonal, Double.self)
    try withExtendedLifetime(weights) {
      for gate in 0..<cell.gateCount {
        let w = try block(weights, "weight_hh", gate: gate)
        for a in 0..<Self.hidden {
          for b in 0...a {
            let product = (0..<Self.hidden).reduce(0) { $0 + w[a, $1] * w[b, $1] }
            #expect(abs(product - (a == b ? 1 : 0)) < 1e-13)
          }
        }
        let spectrum = try #require(Spectrum(SquareMatrix(w)))
        #expect(abs(spectrum.largestSingularValue - 1) < 1e-12)
      }
    }
  }

  /// W of a projection is not square: PyTorch draws all of an LSTM alike, from ±1/√units.
  @Test func aProjectionIsDrawnLikeTheRest() {
    var configuration = NetworkConfiguration()
    (configuration.cell, configuration.hidden, configuration.projectionSize) = (.lstm, 60, 7)
    let model = EveryStepOutput<Double>(configuration, sizes: ModelSizes(width: 40, outputs: 3))
    let weights = ParameterVector<Double>(model.layout)
    var random = SeededRandom(seed: 5)
    weights.initialise(using: &random)
    let shapes = ["rnn.weight_hh_l0": (240, 7), "rnn.weight_hr_l0": (7, 60)]
    for parameter in model.layout.parameters {
      guard let shape = shapes[parameter.name] else { continue }
      #expect(shape == (parameter.rows, parameter.columns))
      expectUniform(weights.matrix(parameter).elements, bound: 1 / 60.0.squareRoot())
    }
  }

  /// Squares of |λ| are uniform between those of the radii, angles all around, and γ² is 1 − |λ|².
  @Test func eigenvaluesBeginInARing() {
    var configuration = NetworkConfiguration()
    (configuration.cell, configuration.hidden) = (.lru, 400)
    let model = EveryStepOutput<Double>(configuration, sizes: ModelSizes(width: 2, outputs: 3))
    let weights = ParameterVector<Double>(model.layout)
    var random = SeededRandom(seed: 5)
    weights.initialise(using: &random)
    for parameter in model.layout.parameters where parameter.name.contains("eigenvalues") {
      let rows = weights.matrix(parameter)
      let squares = (0..<400).map { exp(-2 * exp(rows[0, $0])) }
      let middle = (0.81 + 0.999 * 0.999) / 2
      expectUniform(squares.map { $0 - middle }, bound: 0.999 * 0.999 - middle + 1e-12)
      expectUniform((0..<400).map { exp(rows[1, $0]) - Double.pi }, bound: Double.pi)
      for (unit, square) in squares.enumerated() {
        #expect(abs(exp(2 * rows[2, unit]) - (1 - square)) < 1e-12)
      }
    }
  }

  @Test func identityIsTheIdentity() throws {
    let weights = weights(.tanh, .identity, Float.self)
    try withExtendedLifetime(weights) {
      let w = try block(weights, "weight_hh", gate: 0)
      for r in 0..<Self.hidden {
        for c in 0..<Self.hidden { #expect(w[r, c] == (r == c ? 1 : 0)) }
      }
    }
  }

  /// The forget gate stands second; nothing else moves, and a merged bias moves once.
  @Test func forgetBiasIsAddedToTheForgetGateAlone() throws {
    let (plain, raised) = (
      weights(.lstm, .uniform, Double.self),
      weights(.lstm, .uniform, forgetBias: 1.5, Double.self)
    )
    try withExtendedLifetime((plain, raised)) {
      for gate in 0..<4 {
        let before = try block(plain, "bias_ih", gate: gate).elements
        let after = try block(raised, "bias_ih", gate: gate).elements
        #expect(after == before.map { gate == 1 ? $0 + 1.5 : $0 })
      }
      #expect(
        try block(plain, "weight_hh", gate: 1).elements
          == block(raised, "weight_hh", gate: 1).elements)
    }
  }

  @Test func seedsRuleEverythingInBothPrecisions() throws {
    let names: [NetworkConfiguration.RecurrentInitialization] = [.uniform, .glorot, .orthogonal]
    for initialization in names {
      let (a, b) = (
        weights(.gru, initialization, Double.self), weights(.gru, initialization, Float.self)
      )
      let other = weights(.gru, initialization, seed: 6, Double.self)
      for parameter in a.layout.parameters {
        #expect(a.matrix(parameter).elements.map { Float($0) } == b.matrix(parameter).elements)
        #expect(a.matrix(parameter).elements != other.matrix(parameter).elements)
      }
    }
  }
}
