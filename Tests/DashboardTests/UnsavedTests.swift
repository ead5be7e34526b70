import TerminalGraphics
import Testing

@testable import Dashboard

/// A run is to be left, and its last snapshot could not be saved.
@Suite struct UnsavedTests {
  private static let reason =
    "no snapshot was written: run/snapshots: cannot write: the disk is full"

  private static func asked() -> DashboardState {
    var state = SyntheticRun.state()
    state.resize(Size(width: 100, height: 30))
    state.askAboutUnsaved(reason)
    return state
  }

  private static func text(_ state: DashboardState) -> String {
    state.render(size: state.size, appearance: Golden.appearance).lines.joined(separator: "\n")
  }

  private static func press(_ key: Key, on state: inout DashboardState) -> [DashboardAction] {
    state.handle(key)
  }

  @Test func thePersonHearsWhyAndMayChoose() {
    let text = Self.text(Self.asked())
    for words in ["Not saved", "disk", "try again", "another directory", "lose"] {
      #expect(text.contains(words), "\(words)")
    }
  }

  @Test(arguments: [
    (Key.character("r"), DashboardAction.saveAgain), (.enter, .saveAgain),
    (.character("l"), .leaveUnsaved), (.escape, .stay),
  ])
  func eachKeyIsAnAnswer(key: Key, action: DashboardAction) {
    var state = Self.asked()
    #expect(Self.press(key, on: &state) == [action])
    #expect(!Self.text(state).contains("Not saved"))
  }

  @Test func anotherPlaceIsTypedAndWhoeverTypesNoneIsAskedAgain() {
    var state = Self.asked()
    #expect(Self.press(.character("e"), on: &state) == [])
    #expect(Self.text(state).contains("save in:"))
    for character in "/tmp/q" { #expect(Self.press(.character(character), on: &state) == []) }
    #expect(Self.press(.enter, on: &state) == [.saveElsewhere("/tmp/q")])
    state.askAboutUnsaved(Self.reason)
    _ = state.handle(.character("e"))
    #expect(Self.press(.enter, on: &state) == [])
    #expect(Self.text(state).contains("Not saved"))
    _ = state.handle(.character("e"))
    #expect(Self.press(.escape, on: &state) == [])
    #expect(Self.text(state).contains("Not saved"))
  }
}
