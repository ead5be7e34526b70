import Testing
import TrainingEvents

@testable import Dashboard

@Suite struct JumpingTests {
  @Test func aJumpReplacesWhatWasShown() {
    var state = DashboardState()
    let marker = CommandRecord(step: 5, elapsed: 1, name: "x", text: "x", marker: "x")
    state.apply(.command(marker))
    var history = RunHistory()
    let record = StepRecord(
      step: 7, epoch: 0, loss: 2, gradientNorm: 1, clipped: false, learningRate: 0.5, tokens: 1,
      elapsed: 1, duration: 1)
    history.append(record)
    state.jump(
      to: history,
      events: [
        .command(marker), .frame(.samples(SampleFrame(step: 6, temperature: 1, lines: ["abc"]))),
        .snapshot(SnapshotRecord(step: 6, path: "p", bytes: 1)),
      ])
    #expect(state.history.count == 1 && state.history.last == record)
    #expect(state.markers.map(\.step) == [5, 6])
    #expect(state.samples?.lines == ["abc"] && state.lastSnapshot?.step == 6)
    #expect(state.learningRate == 0.5 && state.message == nil && state.needsRedraw)
    state.jump(to: RunHistory(), events: [])
    #expect(state.history.isEmpty && state.markers.isEmpty && state.lastSnapshot == nil)
  }

  /// What the program itself said, such as a slip in the settings, is no part of the run.
  @Test func theProgramsOwnLinesStay() {
    var state = DashboardState()
    state.log("settings, line 4")
    state.apply(.command(CommandRecord(step: 5, elapsed: 1, name: "x", text: "x", marker: "x")))
    #expect(state.log.entries.count == 2)
    state.jump(to: RunHistory(), events: [])
    #expect(state.log.entries.map(\.text) == ["settings, line 4"])
  }
}
