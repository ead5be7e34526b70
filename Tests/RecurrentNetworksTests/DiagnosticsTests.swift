import Foundation
import LinearAlgebra
import RecurrentNetworks
import Testing

/// What is measured while a network trains, on small known cases.
@Suite struct DiagnosticsTests {
  /// A matrix with memory of its own.
  func matrix(_ rows: [[Double]]) -> HeldMatrix<Double> {
    let arena = Arena<Double>()
    let result = arena.matrix(rows.count, rows.first?.count ?? 0)
    for (r, row) in rows.enumerated() {
      for (c, value) in row.enumerated() { result[r, c] = value }
    }
    return HeldMatrix(arena: arena, matrix: result)
  }

  func spectrum(_ rows: [[Double]]) throws -> Spectrum {
    let held = matrix(rows)
    return try #require(withExtendedLifetime(held) { Spectrum(SquareMatrix(held.matrix)) })
  }

  // MARK: Spectrum

  @Test func spectrumOfADiagonalMatrix() throws {
    let spectrum = try spectrum([[0.5, 0, 0], [0, -0.9, 0], [0, 0, 0.1]])
    #expect(abs(spectrum.radius - 0.9) < 1e-12)
    #expect(abs(spectrum.largestSingularValue - 0.9) < 1e-12)
  }

  /// A complex pair of eigenvalues has no direction to converge to.
  @Test func spectrumOfARotation() throws {
    let spectrum = try spectrum([[0, -1.2], [1.2, 0]])
    #expect(abs(spectrum.radius - 1.2) < 1e-12)
    #expect(abs(spectrum.largestSingularValue - 1.2) < 1e-12)
  }

  /// One step stretches by far more than the long run: eigenvalues 0.5 and 0.5, yet W has a 3.
  @Test func spectrumOfAShear() throws {
    let spectrum = try spectrum([[0.5, 3], [0, 0.5]])
    // σ² is the larger root of λ² − (0.25 + 9.25) λ + 0.0625.
    let singular = ((9.5 + (9.5 * 9.5 - 0.25).squareRoot()) / 2).squareRoot()
    #expect(abs(spectrum.largestSingularValue - singular) < 1e-12)
    #expect(abs(spectrum.radius - 0.5) < 1e-7)
  }

  @Test func spectrumOfNilpotentZeroAndNothing() throws {
    let nilpotent = try spectrum([[0, 2], [0, 0]])
    #expect(nilpotent.radius == 0)
    #expect(abs(nilpotent.largestSingularValue - 2) < 1e-12)
    #expect(try spectrum([[0, 0], [0, 0]]).largestSingularValue == 0)
    #expect(Spectrum(SquareMatrix(size: 0)) == nil)
    var unknown = SquareMatrix(size: 2)
    unknown[0, 1] = .nan
    #expect(Spectrum(unknown) == nil)
  }

  /// Sums that hold for every matrix: Σλ is the trace, Σλ² that of the square, Σσ² all squares; and
  /// ρ is neither below |trace|/n nor above σ.
  @Test func spectraOfRandomMatrices() throws {
    var random = SeededRandom(seed: 50)
    for size in 1...50 {
      var w = SquareMatrix(size: size)
      for i in w.elements.indices { w.elements[i] = random.normal() }
      let values = try #require(w.eigenvalues)
      let trace = (0..<size).reduce(0) { $0 + w[$1, $1] }
      var square = 0.0
      for r in 0..<size { for c in 0..<size { square += w[r, c] * w[c, r] } }
      let close = { (a: Double, b: Double) in abs(a - b) < 1e-9 * Double(size * size) }
      #expect(close(values.reduce(0) { $0 + $1.real }, trace))
      #expect(
        close(
          values.reduce(0) { $0 + $1.real * $1.real - $1.imaginary * $1.imaginary }, square))
      let spectrum = try #require(Spectrum(w))
      let singular = try #require(w.singularValues)
      #expect(
        close(singular.reduce(0) { $0 + $1 * $1 }, w.elements.reduce(0) { $0 + $1 * $1 }))
      #expect(spectrum.radius >= abs(trace) / Double(size) - 1e-12)
      #expect(spectrum.radius <= spectrum.largestSingularValue + 1e-12)
    }
  }

  // MARK: States

  @Test func saturationDeadUnitsAndSlope() throws {
    let states = matrix([[0.98, 0.5, 0], [-0.99, 0.5, 0.5], [0.5, 0.505, 1], [0, 0.5, -1]])
    let activity = withExtendedLifetime(states) { StateActivity([states.matrix]) }
    #expect(abs(activity.saturated - 4.0 / 12) < 1e-15)
    #expect(abs(activity.dead - 1.0 / 3) < 1e-15)
    let squares = [
      0.98 * 0.98, 0.99 * 0.99, 0.25, 0, 0.25, 0.25, 0.505 * 0.505, 0.25, 0, 0.25, 1, 1,
    ]
    let slope = try #require(activity.mean { 1 - $0 * $0 })
    #expect(abs(slope - (1 - squares.reduce(0, +) / 12)) < 1e-12)
    #expect(StateActivity([Matrix<Double>]()) == StateActivity([Matrix<Double>.empty]))
  }

  // MARK: Parameters

  @Test func normsAndUpdateRatios() {
    var layout = ParameterLayout()
    let w = layout.matrix("w", symbol: "W", 2, 2, start: .zero)
    let b = layout.vector("b", symbol: "b", 3, start: .zero)
    let (weights, gradient) = (ParameterVector<Double>(layout), ParameterVector<Double>(layout))
    let before = ParameterVector<Double>(layout)
    for (i, value) in [1.0, 2, 2, 4].enumerated() {
      weights[w].base[i] = value
      before[w].base[i] = value + (i == 3 ? 0.5 : 0)
    }
    gradient.row(b).base[1] = -3
    let updates = ParameterActivity.updateNorms(from: before, to: weights)
    #expect(updates == [0.5, 0])
    let all = ParameterActivity.all(weights: weights, gradient: gradient, updateNorms: updates)
    #expect(all.map(\.name) == ["w", "b"])
    #expect(all.map(\.symbol) == ["W", "b"])
    #expect(all.map(\.norm) == [5, 0])
    #expect(all.map(\.gradientNorm) == [0, 3])
    #expect(all[0].updateRatio == 0.1)
    #expect(all[1].updateRatio.isNaN)
    #expect(ParameterActivity.all(weights: weights, gradient: gradient)[0].updateRatio.isNaN)
  }
}
