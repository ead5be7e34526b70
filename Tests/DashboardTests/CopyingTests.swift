import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

/// What `Y` and `:copy` put into the clipboard, and what the terminal's tab shows.
@Suite struct CopyingTests {
  private static func copied(_ actions: [DashboardAction]) -> String? {
    if case .copy(let text)? = actions.first { text } else { nil }
  }

  @Test func theCommandFitsTheRun() {
    var state = SyntheticRun.state(lastStep: 50)
    state.run?.directory = "runs/my run's"
    let quoted = "'runs/my run'\\''s'"
    #expect(Self.copied(state.handle(.character("Y"))) == "unfold train --resume \(quoted)")
    state.isViewing = true
    #expect(Self.copied(state.handle(.character("Y"))) == "unfold follow \(quoted)")
    (state.isViewing, state.isReplaying) = (false, true)
    #expect(Self.copied(state.handle(.character("Y"))) == "unfold replay \(quoted)")
  }

  @Test func theCursorsValuesAreCopiedWhole() {
    var state = SyntheticRun.state(lastStep: 50)
    state.chart.moveCursor(to: 20, in: state.history)
    let loss = Double(state.history.loss[19])
    let text = Self.copied(state.handle(.character("Y"))) ?? ""
    #expect(text.hasPrefix("step 20, loss \(loss)"), "\(text)")
    #expect(Self.copied(state.copy(.path)) == state.run?.directory)
  }

  @Test func nothingIsCopiedBeforeThereIsAnything() {
    var state = DashboardState()
    state.resize(Size(width: 100, height: 30))
    #expect(state.handle(.character("Y")).isEmpty)
    #expect(state.copy(.values).isEmpty)
  }

  @Test func plainWordsNeedNoQuotes() {
    #expect(ShellWord.quoted("runs/words-3") == "runs/words-3")
    #expect(ShellWord.quoted("") == "''" && ShellWord.quoted("$(x)") == "'$(x)'")
  }

  @Test func theTabShowsProgressOnlyWhereAPersonWantsIt() {
    var state = SyntheticRun.state(lastStep: 50)
    #expect(state.terminalProgress == nil)
    state.settings.showsProgress = true
    let percent = Int(100 * 50 / Double(state.run?.totalSteps ?? 1))
    #expect(state.terminalProgress == .running(percent))
    state.apply(.state(.paused))
    #expect(state.terminalProgress == .paused(percent))
    state.isReplaying = true
    #expect(state.terminalProgress == nil)
  }
}
