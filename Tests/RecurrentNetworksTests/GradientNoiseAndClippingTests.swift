import Foundation
import LinearAlgebra
import RecurrentNetworks
import Testing

/// What is done to gradients before an update.
@Suite struct GradientNoiseAndClippingTests {
  func gradient(_ count: Int, multiplicity: Int = 1) -> ParameterVector<Double> {
    var layout = ParameterLayout()
    _ = layout.vector("a", symbol: "a", 3, start: .zero)
    _ = layout.vector("b", symbol: "b", count, start: .zero, multiplicity: multiplicity)
    return ParameterVector<Double>(layout)
  }

  func values(_ gradient: ParameterVector<Double>) -> [Double] {
    gradient.layout.parameters.flatMap { gradient.matrix($0).elements }
  }

  // MARK: Noise

  @Test func noiseIsNormalWithItsDeviation() {
    let gradient = gradient(20_000)
    GradientNoise.add(to: gradient, deviation: 0.5, seed: 3)
    let noise = values(gradient)
    let mean = noise.reduce(0, +) / Double(noise.count)
    let variance = noise.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(noise.count)
    #expect(abs(mean) < 0.015)
    #expect(abs(variance.squareRoot() - 0.5) < 0.01)
    // Within one deviation: 68.3 %.
    let within = Double(noise.count { abs($0) < 0.5 }) / Double(noise.count)
    #expect(abs(within - 0.683) < 0.015)
  }

  @Test func aSeedAddsTheSameNoiseToWhatIsThere() {
    let (a, b, c) = (gradient(5), gradient(5), gradient(5))
    for i in 0..<a.count { b.base[i] = 0 }
    a.fill(2)
    GradientNoise.add(to: a, deviation: 0.1, seed: 8)
    GradientNoise.add(to: b, deviation: 0.1, seed: 8)
    GradientNoise.add(to: c, deviation: 0.1, seed: 9)
    for (x, y) in zip(values(a), values(b)) { #expect(abs(x - y - 2) < 1e-12) }
    #expect(values(b) != values(c))
    // Gaps between parameters take no part.
    #expect(b.base[3] == 0)
  }

  @Test func noNoiseChangesNoBit() {
    let gradient = gradient(4)
    gradient.fill(0.1)
    let before = values(gradient)
    GradientNoise.add(to: gradient, deviation: 0, seed: 8)
    GradientNoise.add(to: gradient, deviation: .nan, seed: 8)
    #expect(values(gradient) == before)
  }

  @Test func aMergedBiasReceivesWhatItsTwoTensorsWould() {
    let (one, two) = (gradient(6), gradient(6, multiplicity: 2))
    GradientNoise.add(to: one, deviation: 1, seed: 4)
    GradientNoise.add(to: two, deviation: 1, seed: 4)
    let expected = values(one).enumerated().map { $0 < 3 ? $1 : $1 / 2.0.squareRoot() }
    #expect(relativeError(values(two), expected) < 1e-15)
  }

  @Test func noiseFadesWithUpdates() {
    #expect(GradientNoise.deviation(0.3, updates: 0) == 0.3)
    let ratio = GradientNoise.deviation(1, updates: 99) / GradientNoise.deviation(1, updates: 0)
    // Variance after 100 steps: 100^−0.55.
    #expect(abs(ratio * ratio - pow(100, -0.55)) < 1e-12)
  }

  // MARK: Clipping

  @Test func clippingByValueCutsEachComponent() {
    let gradient = gradient(6)
    let b = gradient.layout.parameters[1]
    for (i, value) in [-3, -0.5, 0, 0.5, 0.75, .infinity].enumerated() {
      gradient.matrix(b).base[i] = value
    }
    GradientClipping.clampValues(of: gradient, to: 0.5)
    #expect(gradient.matrix(b).elements == [-0.5, -0.5, 0, 0.5, 0.5, 0.5])
    gradient.matrix(b).base[2] = .nan
    GradientClipping.clampValues(of: gradient, to: 0.5)
    #expect(gradient.matrix(b)[2, 0].isNaN)
  }

  @Test func clippingByNormShortensWithoutTurning() {
    #expect(GradientClipping.factor(norm: 5, limit: nil) == 1)
    #expect(GradientClipping.factor(norm: 5, limit: 5) == 1)
    #expect(GradientClipping.factor(norm: 5, limit: 6) == 1)
    // PyTorch's: limit / (norm + 1e-6).
    #expect(GradientClipping.factor(norm: 8, limit: 2) == 2 / (8 + 1e-6))
    // A limit a hair below the norm never makes the gradient longer.
    #expect(GradientClipping.factor(norm: 1e-9, limit: 0.999e-9) <= 1)
  }
}
