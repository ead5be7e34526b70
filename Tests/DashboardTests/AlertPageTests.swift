import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

/// An alert is looked up, acted on and dismissed with keys.
@Suite struct AlertPageTests {
  /// A run in which alerts stand, the page of the first one open, with best weights on disk.
  static func state(_ alerts: Alert..., hasBest: Bool = true) -> DashboardState {
    var state = SyntheticRun.state(lastStep: 900)
    state.resize(Size(width: 100, height: 32))
    for entry in state.alerts.entries { state.apply(recovery(entry.alert)) }
    if hasBest {
      state.apply(
        .snapshot(
          SnapshotRecord(step: 500, path: "runs/words-3/snapshots/best", bytes: 9, reason: .best)))
    }
    for alert in alerts {
      state.apply(
        .warning(
          WarningRecord(
            step: 800, kind: alert.rawValue, text: "text of \(alert.rawValue)",
            advice: "advice of \(alert.rawValue)")))
    }
    state.advance(to: state.clock + 60)
    if let first = alerts.first { state.overlay = .alert(first) }
    return state
  }

  private static func recovery(_ alert: Alert) -> TrainingEvent {
    .recovered(RecoveryRecord(step: 800, kind: alert.rawValue))
  }

  private static func text(_ state: DashboardState) -> String {
    EventTests.text(state, state.size)
      .split { " \n│┃".contains($0) }.joined(separator: " ")
  }

  @Test(arguments: Alert.allCases) func aPageSaysWhatWasMeasuredWhenAndWhatToDo(alert: Alert) {
    let words = Self.text(Self.state(alert))
    for sentence in [
      "text of \(alert.rawValue)", "advice of \(alert.rawValue)", alert.measure, alert.threshold,
    ] {
      let plain = sentence.split(separator: " ").joined(separator: " ")
      // A sentence is broken over lines; its first words and its last are enough to find it.
      #expect(words.contains(plain.prefix(40)), "\(sentence)\n\(words)")
    }
    #expect(words.contains("800"))
  }

  @Test func theKeyOpensTheNewestAndSaysWhereNoneStands() {
    var state = Self.state(.plateau, .overfitting)
    state.overlay = nil
    #expect(EventTests.text(state, state.size).contains("! alert"))
    _ = state.handle(.character("!"))
    #expect(state.overlay == .alert(.overfitting))
    var quiet = Self.state()
    #expect(!EventTests.text(quiet, quiet.size).contains("! alert"))
    _ = quiet.handle(.character("!"))
    #expect(quiet.overlay == nil && Self.text(quiet).contains("no alert is active"))
  }

  /// `?` asks about an alert while a message tells of it.
  @Test func theQuestionMarkIsAboutTheAlertThatIsToldOf() {
    var state = Self.state()
    _ = state.handle(.character("?"))
    #expect(state.helpPage != nil)
    state.overlay = nil
    state.apply(
      .warning(WarningRecord(step: 850, kind: "plateau", text: "plateau: flat", advice: "halve")))
    var told = state
    _ = told.handle(.character("?"))
    #expect(told.overlay == .alert(.plateau))
    _ = told.handle(.character("?"))
    #expect(told.helpPage != nil)
    state.advance(to: state.clock + 60)
    _ = state.handle(.character("?"))
    #expect(state.helpPage != nil)
    // In the log, the last line on screen is what is asked about, though it may be over.
    state.overlay = nil
    state.apply(Self.recovery(.plateau))
    state.show(view: .log)
    _ = state.handle(.character("!"))
    #expect(state.overlay == .alert(.plateau))
  }

  @Test func aKeyDismissesUntilItComesAgain() {
    var state = Self.state(.overfitting, .plateau)
    _ = state.handle(.character("d"))
    #expect(state.overlay == nil && state.alerts.shown.map(\.alert) == [.plateau])
    state.apply(Self.recovery(.overfitting))
    state.apply(
      .warning(WarningRecord(step: 880, kind: "overfitting", text: "again", advice: "x")))
    #expect(state.alerts.shown.map(\.alert) == [.plateau, .overfitting])
  }

  @Test func overfittingOffersTheBestWeightsAndAsksFirst() {
    var state = Self.state(.overfitting)
    #expect(Self.text(state).contains("best weights step 500, in runs/words-3/snapshots/best"))
    #expect(state.handle(.character("b")) == [])
    #expect(Self.text(state).contains("go back to those of step 500"))
    #expect(state.handle(.enter) == [.send(.goBackToBest)])
    // Where there is nothing to go back to, or nothing that can, nothing is offered.
    var others = [Self.state(.overfitting, hasBest: false), Self.state(.plateau)]
    var viewed = Self.state(.overfitting)
    viewed.isViewing = true
    others.append(viewed)
    var over = Self.state(.overfitting)
    over.apply(.finished(FinishRecord(reason: .completed, step: 900, elapsed: 1)))
    others.append(over)
    for var other in others {
      #expect(other.handle(.character("b")) == [])
      #expect(other.alertPage != nil, "the page stays as it was")
      #expect(!Self.text(other).contains("go back to the weights"))
    }
  }

  @Test func commandsOpenAndDismissToo() throws {
    var state = Self.state(.plateau)
    state.overlay = nil
    #expect(try state.run(command: "help overfitting") == [])
    #expect(state.overlay == .alert(.overfitting) && Self.text(state).contains("not raised"))
    state.overlay = nil
    #expect(throws: CommandMistake.self) { _ = try state.run(command: "help overfiting") }
    #expect(try state.run(command: "dismiss plateau") == [])
    #expect(state.alerts.shown.isEmpty)
    #expect(throws: CommandMistake.self) { _ = try state.run(command: "dismiss plateau") }
  }
}
