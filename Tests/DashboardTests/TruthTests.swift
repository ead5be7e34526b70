import Foundation
import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

/// Sentences that are true of most runs and were shown of all.
@Suite struct TruthTests {
  @Test func nothingTrainsWhereWeightsWereSetByHand() {
    var state = SyntheticTasks.state(.handBuilt, SyntheticTasks.stack)
    state.apply(.state(.training))
    for view in ViewKind.allCases {
      state.show(view: view)
      let text = EventTests.text(state, Size(width: 120, height: 40))
      #expect(!text.contains("TRAINING") && text.contains("RUNNING"), "\(view)")
      #expect(!text.contains("trained "), "\(view)")
      #expect(!text.contains("Loss mean squared error"), "\(view)")
    }
  }

  /// A system that nothing drives has no symbols that its units could respond to.
  @Test func aNetworkWithoutInputRespondsToNoSymbol() {
    func answers(_ task: TaskKind) -> String {
      var state = SyntheticRun.state(lastStep: 500)
      state.run?.task = task
      state.show(view: .states)
      return EventTests.text(state, Size(width: 160, height: 45))
    }
    #expect(answers(.languageModel).contains("highest activation"))
    #expect(!answers(.autonomous).contains("highest activation"))
  }

  /// Looks at a large network are rare: what they found stands beside numbers that are new.
  @Test(arguments: [Size(width: 80, height: 24), Size(width: 120, height: 40)])
  func whatIsOfAnEarlierStepSaysOfWhich(_ size: Size) {
    var state = SyntheticRun.state(lastStep: 500)
    var statistics = SyntheticRun.statistics(step: 307)
    statistics.jacobianRadius = 0.9
    statistics.spectrumStep = 251
    state.apply(.frame(.statistics(statistics)))
    let overview = EventTests.text(state, size)
    #expect(overview.contains("at step 307"))
    state.show(view: .gradients)
    let gradients = EventTests.text(state, size)
    // Where there is no room for the step, there is none for the number.
    #expect(
      gradients.contains("ρ(∂s(t+1)/∂s(t)) 0.900 at step 251")
        || size.width < 120 && !gradients.contains("0.900"))
    #expect(!overview.contains("0.900") || overview.contains("at step 251"))
    #expect(gradients.contains("Parameters  step 307"))
  }

  /// A gradient that first grows a little on its way back still falls as a whole.
  @Test func aRiseAtFirstIsNotCalledAFall() throws {
    let norms = (0..<40).map { lag -> Float in
      lag <= 5 ? Float(pow(1.2, Double(lag))) : Float(pow(1.2, 5) * pow(0.6, Double(lag - 5)))
    }
    let curve = LagCurve(name: "layer 1", norms: norms)
    let reach = GradientReach(curve, SyntheticRun.state(lastStep: 500))
    let line = reach.line(width: 100, target: "character", theme: .monochrome).pieces.map(\.text)
      .joined()
    try #require(LagFit(norms).stretches.count == 2, "\(line)")
    #expect(line.hasPrefix("falls: ×") || line.hasPrefix("vanishes: ×"), "\(line)")
  }

  @Test func aFinalSnapshotSaysThatItIs() {
    var state = SyntheticRun.state(lastStep: 500)
    func log(_ reason: SnapshotReason) -> String {
      state.apply(
        .snapshot(SnapshotRecord(step: 500, path: "runs/a", bytes: 10, reason: reason)))
      state.show(view: .log)
      return EventTests.text(state, Size(width: 120, height: 40))
    }
    #expect(log(.scheduled).contains("snapshot runs/a"))
    #expect(!log(.requested).contains("final snapshot"))
    #expect(log(.final).contains("final snapshot runs/a"))
    #expect(log(.diverged).contains("last finite snapshot runs/a"))
  }
}
