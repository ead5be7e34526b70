import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

/// A number that averaged weights give says so where a person reads it.
@Suite struct AveragedWeightsTests {
  @Test(arguments: [false, true])
  func validationAndSamplesSayWhoseTheyAre(averages: Bool) {
    var state = SyntheticRun.state()
    state.run?.averagesWeights = averages
    let screen = EventTests.text(state, Size(width: 200, height: 60))
    #expect(screen.contains("validation of averaged weights") == averages, "\(screen)")
    #expect(screen.contains("T 0.8  averaged weights") == averages)
  }
}
