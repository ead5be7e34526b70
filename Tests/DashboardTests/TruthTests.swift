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
