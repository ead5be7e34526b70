import LinearAlgebra
import RecurrentNetworks
import Testing

/// Curvature, step length and noise of a loss, against what is known of them.
@Suite struct LandscapeTests {
  /// A network with a random batch, and its gradient at any weights.
  private final class Subject {
    let model: EveryStepOutput<Double>
    let parameters: ParameterVector<Double>
    private let batch = SequenceBatch<Double>()
    private let gradient: ParameterVector<Double>
    private let arena = Arena<Double>()

    init(_ cell: CellKind, hidden: Int) {
      var configuration = NetworkConfiguration()
      (configuration.cell, configuration.hidden) = (cell, hidden)
      model = EveryStepOutput(configuration, sizes: ModelSizes(width: 3, outputs: 5))
      (parameters, gradient) = (ParameterVector(model.layout), ParameterVector(model.layout))
      var random = SeededRandom(seed: 5)
      parameters.initialise(using: &random)
      batch.steps.assign(lengths: [6, 4, 7, 2])
      batch.width = 3
      batch.vectors.assign((0..<19 * 3).map { _ in random.normal() })
      batch.targets.assign((0..<19).map { _ in Int32(random.index(below: 5)) })
    }

    var places: [Int] {
      model.layout.parameters.flatMap { $0.offset..<$0.offset + $0.count }
    }

    func differentiate() -> ParameterVector<Double> {
      gradient.fill(0)
      arena.reset()
      let pass = Pass(parameters: parameters, gradient: gradient, arena: arena)
      let outputs = model.outputs(batch, pass)
      _ = Objective.crossEntropy.evaluate(outputs, batch, scale: 1 / 19)
      model.backward(outputs, batch, pass)
      return gradient
    }

    /// Column by column, by differences along single weights.
    func hessian() -> SquareMatrix {
      let (places, h) = (places, 1e-5)
      var result = SquareMatrix(size: places.count)
      for (column, place) in places.enumerated() {
        let weight = parameters.base[place]
        for (sign, at) in [(1.0, weight + h), (-1.0, weight - h)] {
          parameters.base[place] = at
          let gradient = differentiate()
          for (row, other) in places.enumerated() {
            let share = sign * gradient.base[other] / (4 * h)
            result.elements[row * places.count + column] += share
            result.elements[column * places.count + row] += share
          }
        }
        parameters.base[place] = weight
      }
      return result
    }
  }

  @Test(arguments: [(CellKind.tanh, 10), (.gru, 5), (.lstm, 5)])
  func sharpnessIsTheDenseHessiansLargestEigenvalue(cell: CellKind, hidden: Int) throws {
    let subject = Subject(cell, hidden: hidden)
    #expect((150...250).contains(subject.places.count))
    let before = subject.places.map { subject.parameters.base[$0] }
    let dense = try #require(subject.hessian().symmetricEigenvectors).values
    for seed: UInt64 in [1, 2] {
      let found = try #require(
        Sharpness(
          subject.parameters, products: 400, seed: seed, gradient: subject.differentiate))
      #expect(abs(found.eigenvalue / dense[0] - 1) < 0.01)
      #expect(found.isConverged && found.residual <= Sharpness.tolerance)
    }
    #expect(subject.places.map { subject.parameters.base[$0] } == before)
    let short = Sharpness(
      subject.parameters, products: 1, seed: 1, gradient: subject.differentiate)
    #expect(short?.products == 1 && short?.isConverged == false)
    #expect(
      Sharpness(
        subject.parameters, products: 9, seed: 1, isCancelled: { true },
        gradient: subject.differentiate) == nil)
  }

  /// L = Σ aᵢθᵢ²/2: where the loss bends down more than up, the largest eigenvalue is still the one
  /// that bends up, and where it bends down everywhere the least.
  @Test func theLargestIsNotTheOneOfLargestModulus() throws {
    let subject = Subject(.tanh, hidden: 3)
    let gradient = ParameterVector<Double>(subject.model.layout)
    let places = subject.places
    for (values, largest) in [([-5.0, 3, 1], 3.0), ([-5, -3, -2], -2), ([-1, 4, 2], 4)] {
      let found = Sharpness(subject.parameters, products: 500, seed: 3) {
        for (index, place) in places.enumerated() {
          gradient.base[place] = values[index % 3] * subject.parameters.base[place]
        }
        return gradient
      }
      #expect(abs(try #require(found).eigenvalue - largest) < 0.01 * abs(largest))
    }
    #expect(
      Sharpness(subject.parameters, products: 5, seed: 3) {
        gradient.fill(1)
        return gradient
      } == nil)
    #expect(
      Sharpness(subject.parameters, products: 5, seed: 3) {
        gradient.fill(.nan)
        return gradient
      } == nil)
  }

  /// L(t) = k (t − m)²
  private func parabola(minimum m: Double, _ k: Double = 3) -> LossParabola {
    LossParabola(
      before: k * m * m, after: k * (1 - m) * (1 - m), slopeBefore: -2 * k * m,
      slopeAfter: 2 * k * (1 - m))
  }

  @Test func stepsAreTooShortRightOrTooLong() {
    for (minimum, expected) in [(1.0, 0.0), (0.5, 1), (2, -0.5), (100, -0.99), (0.25, 3)] {
      #expect(abs((parabola(minimum: minimum).relativeStep ?? .nan) - expected) < 1e-12)
    }
    #expect(parabola(minimum: -1).relativeStep == nil)
    #expect(parabola(minimum: 1, -3).relativeStep == nil)
    #expect(parabola(minimum: .nan).relativeStep == nil)
  }

  /// The four numbers of a loss that is no parabola: no other one is nearer to all of them.
  @Test func theParabolaIsTheNearest() {
    let (before, after, first, last) = (2.0, 1.5, -1.0, 0.7)
    let found = LossParabola(
      before: before, after: after, slopeBefore: first, slopeAfter: last)
    func missed(_ b: Double, _ c: Double) -> Double {
      let a = (before + after - b - c) / 2
      return [a - before, a + b + c - after, b - first, b + 2 * c - last]
        .reduce(0) { $0 + $1 * $1 }
    }
    let least = missed(found.slope, found.curvature)
    for (b, c) in [(1e-3, 0.0), (-1e-3, 0), (0, 1e-3), (0, -1e-3), (1e-3, -1e-3)] {
      #expect(missed(found.slope + b, found.curvature + c) > least)
    }
  }

  @Test func noiseIsSeparatedFromTheGradient() throws {
    let model = Subject(.tanh, hidden: 3).model
    func noise(_ parts: [(Int, Double)]) -> GradientNoiseScale? {
      var all = GradientNoiseScale.Parts()
      for (examples, value) in parts {
        let gradient = ParameterVector<Double>(model.layout)
        gradient.base[model.layout.parameters[0].offset] = value
        all.add(gradient, examples: examples)
      }
      return all.noise
    }
    let two = try #require(noise([(1, 3), (1, 1)]))
    #expect(two.variance == 2 && two.squaredNorm == 3)
    #expect(abs((two.batchSize ?? .nan) - 2.0 / 3) < 1e-12)
    // Σ n (G_i − G)² is 12, and G² is 1: less than the noise of six examples' mean.
    let hidden = try #require(noise([(2, 3), (4, 0)]))
    #expect(hidden.variance == 12 && hidden.squaredNorm == -1 && hidden.batchSize == nil)
    #expect(noise([(4, 2), (4, 2)])?.batchSize == 0)
    #expect(noise([(8, 1)]) == nil && noise([(8, 1), (0, 5)]) == nil && noise([]) == nil)
    #expect(noise([(1, .nan), (1, 1)]) == nil)
  }

  /// Of drawn examples with a known mean and variance, over many batches.
  @Test func theEstimateHasNoBias() throws {
    let model = Subject(.tanh, hidden: 3).model
    var random = SeededRandom(seed: 9)
    let place = model.layout.parameters[0].offset
    var (variance, squaredNorm) = (0.0, 0.0)
    let batches = 4_000
    for _ in 0..<batches {
      var all = GradientNoiseScale.Parts()
      for examples in [1, 2, 3, 2] {
        let gradient = ParameterVector<Double>(model.layout)
        // A mean of 0.5 and a variance of 4 for one example.
        gradient.base[place] = 0.5 + 2 * random.normal() / Double(examples).squareRoot()
        all.add(gradient, examples: examples)
      }
      let noise = try #require(all.noise)
      variance += noise.variance / Double(batches)
      squaredNorm += noise.squaredNorm / Double(batches)
    }
    #expect(abs(variance - 4) < 0.25 && abs(squaredNorm - 0.25) < 0.06)
  }
}
