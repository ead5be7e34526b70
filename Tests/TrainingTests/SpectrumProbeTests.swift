import LinearAlgebra
import Testing

@testable import Training

@Suite struct SpectrumProbeTests {
  private func diagonal(_ size: Int, largest: Double) -> SquareMatrix {
    var matrix = SquareMatrix(size: size)
    for index in 0..<size { matrix[index, index] = largest / Double(index + 1) }
    return matrix
  }

  @Test func aSmallMatrixIsMeasuredAtItsStep() throws {
    let probe = SpectrumProbe()
    probe.measure(step: 7, weights: diagonal(8, largest: 0.5), jacobian: nil)
    let measured = try #require(probe.newest)
    #expect(measured.step == 7)
    #expect(abs((measured.weights?.radius ?? .nan) - 0.5) < 1e-9)
    #expect(measured.jacobianRadius == nil)
    // After going back to step 5, step 7 never was.
    probe.forget()
    #expect(probe.newest == nil)
  }

  /// Training does not wait for a large one: what comes belongs to the look before, and says so.
  @Test(.timeLimit(.minutes(1))) func aLargeMatrixKeepsTheStepThatItIsOf() async throws {
    let probe = SpectrumProbe()
    probe.measure(step: 10, weights: diagonal(260, largest: 0.5), jacobian: nil)
    // What comes while it is worked on is passed over.
    probe.measure(step: 20, weights: diagonal(260, largest: 2), jacobian: nil)
    while probe.newest == nil { await Task.yield() }
    let measured = try #require(probe.newest)
    #expect(measured.step == 10)
    #expect(abs((measured.weights?.radius ?? .nan) - 0.5) < 1e-9)
  }
}
