import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

/// Screens that a person reaches by keys: each panel enlarged, units in each order, lessons, alerts, jobs,
/// other programs' metrics.
@Suite struct GoldenPanelTests {
  private static let small = Size(width: 80, height: 24)
  private static let large = Size(width: 120, height: 40)

  private static func press(_ keys: String, _ state: inout DashboardState) {
    let named: [Character: Key] = [
      "⏎": .enter, "↓": .down, "→": .right, "←": .left, "⇞": .pageUp,
    ]
    for key in keys { _ = state.handle(named[key] ?? .character(key)) }
  }

  private static func check(_ state: DashboardState, _ name: String) throws {
    // Messages stand over the last row for two seconds.
    var state = state
    state.advance(to: state.clock + 60)
    try Golden.check(
      state.render(size: state.size, appearance: Golden.appearance),
      "\(name)-\(state.size.width)x\(state.size.height)")
  }

  @Test(arguments: [ViewKind.overview, .loss, .gradients, .states, .task, .log, .dynamics])
  func everyPanelEnlarged(view: ViewKind) throws {
    var state = SyntheticRun.state()
    for size in [Self.small, Self.large] {
      state.resize(size)
      state.show(view: view)
      for panel in Set(state.placements(in: size).map(\.panel)) {
        state.focus = panel
        state.enlarged = true
        let word = panel.description.lowercased().filter(\.isLetter)
        try Self.check(state, "panel-\(view.word)-\(word)")
        state.enlarged = false
      }
    }
  }

  @Test(arguments: [
    ("order-1", "o"), ("order-2", "oo"), ("order-3", "ooo"), ("order-4", "oooo"),
    ("picked", "↓↓↓"), ("column", "↓→→→→→"), ("reading", "↓↓r"), ("pattern", "/vowel⏎"),
  ])
  func units(name: String, keys: String) throws {
    for size in [Self.small, Self.large] {
      var state = SyntheticRun.state()
      state.resize(size)
      state.show(view: .states)
      Self.press(keys, &state)
      try Self.check(state, "units-\(name)")
    }
  }

  @Test(arguments: [
    ("cursor", "HH"), ("logarithmic", "l"), ("epochs", "x"), ("seconds", "xx"), ("smooth", "mm"),
    ("rough", "MMM"), ("outliers", "o"), ("earlier", "⇞"),
  ])
  func charts(name: String, keys: String) throws {
    // Only losses are smoothed.
    for view in keys.contains("m") || keys.contains("M") || keys.contains("⇞")
      ? [ViewKind.loss] : [.loss, .gradients]
    {
      var state = SyntheticRun.state()
      state.resize(Self.large)
      state.show(view: view)
      Self.press(keys, &state)
      if let step = state.probeRequest.pastStep {
        let before = step - step % 400
        var run = SyntheticRun()
        state.apply(
          .past(
            PastFrames(
              step: step,
              frames: [
                .hiddenStates(run.hiddenStates(step: before)),
                .gradientByLag(SyntheticRun.gradientByLag(step: before)),
                .statistics(SyntheticRun.statistics(step: before)),
              ])))
      }
      try Self.check(state, "chart-\(view.word)-\(name)")
    }
  }

  @Test(arguments: [
    ("question", ""), ("right", "a"), ("wrong", "b"), ("number", "a⏎"), ("typing", "a⏎17"),
  ])
  func lesson(name: String, keys: String) throws {
    for size in [Self.small, Self.large, Size(width: 200, height: 60)] {
      var state = SyntheticLesson.state()
      state.resize(size)
      for key in keys {
        Self.press(String(key), &state)
        _ = state.advanceLesson()
      }
      try Self.check(state, "lesson-\(name)")
    }
  }

  @Test func theEndOfALesson() throws {
    for size in [Self.small, Self.large] {
      var state = SyntheticLesson.state()
      state.resize(size)
      Self.press("b", &state)
      state.go(toLessonStep: 3)
      try Self.check(state, "lesson-end")
    }
  }

  @Test func lists() throws {
    let choices = (0..<30).map { index in
      var lesson = SyntheticLesson.lesson
      lesson.name = "synthetic-\(index)"
      lesson.title = "Lesson number \(index)"
      return LessonChoice(lesson, answered: index % 4, right: index % 3)
    }
    for size in [Size(width: 60, height: 16), Self.small, Self.large] {
      for (name, downs) in [("top", 0), ("middle", 17), ("end", 29)] {
        var list = LessonListState(choices, standing: "synthetic-0", message: nil)
        for _ in 0..<downs { _ = list.handle(.down) }
        try Golden.check(
          list.render(size: size, appearance: Golden.appearance),
          "lessons-\(name)-\(size.width)x\(size.height)")
      }
      var chooser = ChooserTests.state()
      chooser.resize(size)
      for _ in 0..<4 { _ = chooser.handle(.down) }
      try Golden.check(
        chooser.render(size: size, appearance: Golden.appearance),
        "chooser-below-\(size.width)x\(size.height)")
    }
  }

  @Test(arguments: Alert.allCases) func alert(alert: Alert) throws {
    var state = AlertPageTests.state(alert)
    state.resize(Self.small)
    // Its own clock would hide the page.
    try Golden.check(
      state.render(size: state.size, appearance: Golden.appearance), "alert-\(alert.rawValue)-80x24"
    )
  }

  @Test(arguments: [ViewKind.overview, .loss, .task, .log]) func metrics(view: ViewKind) throws {
    for size in [Self.small, Self.large] {
      var state = MetricsTests.state(metrics: 30, view: view)
      state.resize(size)
      try Self.check(state, "metrics-\(view.word)")
    }
  }

  @Test func aJob() throws {
    for size in [Self.small, Self.large] {
      var state = JobPanelTests.job(.processes)
      state.resize(size)
      try Self.check(state, "job-overview")
      state.show(view: .log)
      try Self.check(state, "job-console")
    }
  }
}
