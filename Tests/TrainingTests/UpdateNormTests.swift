import LinearAlgebra
import RecurrentNetworks
import Testing

@testable import Training

@Suite struct UpdateNormTests {
  /// What is divided by a weight's norm on screen is the length of the step that was just taken.
  @Test func anUpdateIsMeasuredWhereItHappens() throws {
    let (trainer, _) = try TraceCase.all[0].trainer()
    let parameters = trainer.parameters.layout.parameters
    for _ in 0..<3 {
      let before = parameters.map { trainer.parameters.matrix($0).elements }
      trainer.measuresNextUpdate = true
      _ = trainer.advance()
      for (index, parameter) in parameters.enumerated() {
        let after = trainer.parameters.matrix(parameter).elements
        let square = zip(before[index], after).reduce(0.0) { sum, pair in
          let difference = Double(pair.1 - pair.0)
          return sum + difference * difference
        }
        #expect(square > 0 && abs(trainer.updateNorms[index] - square.squareRoot()) < 1e-6)
      }
      // A step that nobody asked about leaves what was measured.
      let measured = trainer.updateNorms
      _ = trainer.advance()
      #expect(trainer.updateNorms == measured)
    }
  }

  /// What every record of a run has tells how far the weights moved, though nobody watches.
  @Test func recordedStatisticsHaveTheUpdate() async throws {
    let (preset, task) = try TinyRun.preset(["training.steps": "40"])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.start()
    let frames = await TinyRun.events(of: engine).compactMap { event in
      if case .frame(.statistics(let statistics)) = event { statistics } else { nil }
    }
    await engine.shutDown()
    #expect(frames.contains { $0.step > 0 })
    for frame in frames where frame.step > 0 {
      #expect(frame.parameters.allSatisfy { $0.updateRatio > 0 }, "step \(frame.step)")
    }
  }
}
