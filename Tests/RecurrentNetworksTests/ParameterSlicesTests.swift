import LinearAlgebra
import Testing

@testable import RecurrentNetworks

/// Vectors of weights, summed, measured and moved slice by slice.
@Suite struct ParameterSlicesTests {
  /// Parameters of which slices cut some in two, one of which counts twice.
  private static let layout: ParameterLayout = {
    var layout = ParameterLayout()
    _ = layout.matrix("a", symbol: "A", 130, 131, start: .zero)
    _ = layout.vector("b", symbol: "b", 7, start: .zero, multiplicity: 2)
    _ = layout.matrix("c", symbol: "C", 333, 101, start: .zero)
    return layout
  }()

  private static func vector(seed: UInt64) -> ParameterVector<Float> {
    let vector = ParameterVector<Float>(layout)
    var random = SeededRandom(seed: seed)
    for parameter in layout.parameters {
      for i in 0..<parameter.count { vector.base[parameter.offset + i] = Float(random.normal()) }
    }
    return vector
  }

  private static func values(_ vector: ParameterVector<Float>) -> [Float] {
    (0..<vector.count).map { vector.base[$0] }
  }

  @Test func slicesCoverEveryScalarOnce() {
    let slices = ParameterSlices(Self.layout)
    #expect(slices.count == 4)
    #expect((0..<slices.count).flatMap { Array(slices[$0]) } == Array(0..<Self.layout.count))
    #expect(ParameterSlices(ParameterLayout()).count == 1)
    #expect(ParameterSlices(ParameterLayout())[0].isEmpty)
  }

  @Test func sumsAndNormsAreThoseOfTheWhole() {
    let slices = ParameterSlices(Self.layout)
    let (whole, cut) = (Self.vector(seed: 1), Self.vector(seed: 1))
    let other = Self.vector(seed: 2)
    whole.add(other, in: 0..<whole.count)
    var squares = 0.0
    for index in (0..<slices.count).reversed() {
      cut.add(other, in: slices[index])
      squares += cut.sumOfSquares(in: slices[index])
    }
    #expect(Self.values(cut) == Self.values(whole))
    #expect(abs(squares.squareRoot() / whole.norm - 1) < 1e-12)
  }

  @Test(arguments: OptimizerConfiguration.Name.allCases)
  func updatesAreThoseOfTheWhole(name: OptimizerConfiguration.Name) {
    var configuration = OptimizerConfiguration()
    configuration.name = name
    configuration.weightDecay = 0.01
    let slices = ParameterSlices(Self.layout)
    let (whole, cut) = (Self.vector(seed: 3), Self.vector(seed: 3))
    let (one, several) = (
      Optimiser<Float>(configuration, layout: Self.layout),
      Optimiser<Float>(configuration, layout: Self.layout)
    )
    for step in 0..<3 {
      let gradient = Self.vector(seed: UInt64(10 + step))
      one.update(whole, gradient: gradient, scale: 0.5, learningRate: 0.01)
      several.updates += 1
      for index in (0..<slices.count).reversed() {
        several.update(cut, in: slices[index], gradient: gradient, scale: 0.5, learningRate: 0.01)
      }
    }
    let differences = zip(Self.values(whole), Self.values(cut)).map { abs($0 - $1) }
    #expect((differences.max() ?? 1) < 1e-6)
  }
}
