import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

@Suite struct SettingsTests {
  static let odd: DashboardSettings = {
    var settings = DashboardSettings()
    (settings.theme, settings.drawing, settings.usesMouse) = ("colour-blind", .block, false)
    (settings.showsProgress, settings.rings) = (true, true)
    settings.noticeCommand = "notify-send \"$UNFOLD_NOTICE\""
    (settings.view, settings.smoothing, settings.onHangUp) = (.states, 0.9, .detach)
    settings.views = ["words": .graph, "my file.yaml": .loss]
    return settings
  }()

  @Test(arguments: [DashboardSettings(), odd]) func textComesBackTheSame(
    settings: DashboardSettings
  ) {
    let read = DashboardSettings.parse(settings.text)
    #expect(read.settings == settings && read.problems.isEmpty)
  }

  @Test func emptyTextAndCommentsAreTheDefaults() {
    let read = DashboardSettings.parse("\n# theme: light\n   \r\n")
    #expect(read.settings == DashboardSettings() && read.problems.isEmpty)
  }

  @Test(arguments: [
    ("theme: drak", "line 1: theme: found drak", "did you mean dark?"),
    ("\nmouse: perhaps", "line 2: mouse: found perhaps", "expected on or off"),
    ("thema: dark", "there is no setting thema", "did you mean theme?"),
    ("theme dark", "is no setting", "expected key: value"),
    ("smoothing: 1", "found 1", "from 0 to below 1"),
    ("smoothing: nan", "found nan", "below 1"),
    ("on-hangup: detatch", "found detatch", "did you mean detach?"),
    ("view: gradint", "found gradint", "did you mean gradients?"),
    ("pin words: nowhere", "pin words: found nowhere", "expected overview"),
    ("mouse: on\nmouse: off", "line 2", "is given twice"),
    ("\u{0}\u{1B}:", "line 1", "there is no setting"),
  ])
  func mistakesNameLineFindingAndExpectation(text: String, found: String, expected: String) {
    let read = DashboardSettings.parse(text)
    #expect(read.problems.count == 1)
    let words = read.problems.first?.description ?? ""
    #expect(words.contains(found) && words.contains(expected), "\(words)")
  }

  @Test func oneSlipCostsNoOtherLine() {
    let read = DashboardSettings.parse("theme: light\nmouse: maybe\nview: loss")
    #expect(read.settings.theme == "light" && read.settings.view == .loss)
    #expect(read.settings.usesMouse && read.problems.map(\.line) == [2])
  }

  @Test func thePageChangesAndTells() {
    var state = SyntheticRun.state(lastStep: 50)
    _ = state.handle(.character(","))
    guard case .use(let light)? = state.handle(.right).first else {
      Issue.record("no settings to use")
      return
    }
    #expect(light.theme == "light" && state.settings.theme == "light")
    _ = state.handle(.left)
    _ = state.handle(.left)
    #expect(state.settings.theme == Theme.all.last?.name)
    for _ in 0..<SettingsPage.Row.smoothing.rawValue { _ = state.handle(.down) }
    _ = state.handle(.right)
    #expect(state.settings.smoothing == 0.99 && state.history.smoothing == 0.99)
    _ = state.handle(.down)
    #expect(state.handle(.right) == [.use(state.settings)] && state.settings.onHangUp == .detach)
    _ = state.handle(.escape)
    #expect(state.overlay == nil)
  }

  /// Files of earlier versions noted every view that was looked at, which nobody had asked for.
  @Test func viewsNotedByEarlierVersionsAreNoPins() {
    let read = DashboardSettings.parse("remember-views: on\nview words: graph\ntheme: light")
    #expect(read.problems.isEmpty && read.settings.views.isEmpty && read.settings.theme == "light")
    #expect(read.settings.view(for: "words") == .overview)
  }

  @Test func aRunOpensInTheOverviewUnlessAnotherViewIsPinned() {
    var settings = DashboardSettings()
    settings.views = ["words": .states]
    var state = DashboardState()
    state.use(settings)
    state.apply(.started(SyntheticRun.description))
    #expect(state.view == .states)
    _ = state.handle(.character("3"))
    // Looking at a view pins nothing.
    #expect(state.settings.views["words"] == .states)
    let actions = state.handle(.character("p"))
    settings.views = ["words": .gradients]
    #expect(actions == [.use(settings)] && state.settings == settings)
    #expect(state.message?.text.contains("open in Gradients") == true)
    // The same run begun again stays; another preset opens with its own view.
    state.apply(.started(SyntheticRun.description))
    #expect(state.view == .gradients)
    var other = SyntheticRun.description
    other.name = "shakespeare"
    state.apply(.started(other))
    #expect(state.view == .overview)
    _ = state.handle(.character("2"))
    _ = state.handle(.character("p"))
    _ = state.handle(.character("p"))
    #expect(state.settings == settings)
  }

  @Test func appearanceFollowsSettingsAndTerminal() {
    let wished = Self.odd.appearance(hasColor: true, hasUnicode: true)
    #expect(wished.theme.name == "colour-blind" && wished.drawing == .block)
    let plain = Self.odd.appearance(hasColor: false, hasUnicode: false)
    #expect(plain.theme == .monochrome && plain.drawing == .ascii)
  }
}
