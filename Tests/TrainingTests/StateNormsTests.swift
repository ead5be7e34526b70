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
}
