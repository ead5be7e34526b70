import SequenceData
import Testing
import TrainingEvents

@testable import Training

@Suite struct StateNormsTests {
  /// Of one sequence, the norms are those of the maps that a person sees.
  @Test(arguments: TraceCase.all) func normsAreThoseOfTheStates(of test: TraceCase) throws {
    let (trainer, probe) = try test.trainer()
    let frames = probe.framesOfOnePass(trainer)
    let norms = try #require(
      frames.compactMap { if case .stateNorms(let norms) = $0 { norms } else { nil } }.first)
    #expect(Set(frames.map(\.kind)) == Probe.kindsOfOnePass && norms.step == trainer.step)
    let states = probe.part.model.stacks.flatMap { $0.states }
    #expect(norms.layers.count == states.count && !states.isEmpty)
    #expect(Set(norms.layers.map(\.name)).count == states.count)
    for (layer, view) in zip(norms.layers, states) {
      var total = 0.0
      for row in 0..<view.values.rows {
        var square = 0.0
        for unit in 0..<view.values.columns {
          square += Double(view.values[row, unit] * view.values[row, unit])
        }
        total += square.squareRoot()
      }
      #expect(layer.norm > 0 && abs(layer.norm - total / Double(view.values.rows)) < 1e-5)
    }
  }

  /// Eigenvalues that were not measured anew stand there with the step that they are of.
  @Test func eigenvaluesOfBeforeKeepTheirStep() throws {
    let test = try #require(TraceCase.all.first)
    let (trainer, probe) = try test.trainer()
    func statistics(_ measures: Bool) throws -> NetworkStatistics {
      let frames = probe.framesOfOnePass(trainer, measuresSpectrum: measures)
      return try #require(
        frames.compactMap { if case .statistics(let found) = $0 { found } else { nil } }.first)
    }
    let without = try statistics(false)
    #expect(without.spectralRadius == nil && without.jacobianRadius == nil)
    #expect(!without.parameters.isEmpty)
    let with = try statistics(true)
    try #require(with.spectralRadius != nil && with.spectrumStep == nil)
    _ = trainer.advance()
    let later = try statistics(false)
    #expect(later.step > with.step && later.spectrumStep == with.step)
    #expect(later.spectralRadius == with.spectralRadius)
  }
}
