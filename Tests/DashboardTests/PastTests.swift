import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

/// Panels that follow the cursor into the run's past.
@Suite struct PastTests {
  private static let size = Size(width: 200, height: 60)

  private static func state(cursor: Int? = nil) -> DashboardState {
    var state = SyntheticRun.state(lastStep: 2_000)
    state.resize(size)
    state.chart.cursor = cursor
    return state
  }

  private static func screen(_ state: DashboardState, size: Size = size) -> String {
    ScreenText.plain(state.render(size: size, appearance: Appearance()))
  }

  /// What a record has of step 1250: everything is of another step.
  private static func past(_ step: Int = 1_250) -> PastFrames {
    var run = SyntheticRun()
    return PastFrames(
      step: step,
      frames: [
        .hiddenStates(run.hiddenStates(step: 1_200)),
        .gradientByLag(SyntheticRun.gradientByLag(step: 1_210)),
        .statistics(SyntheticRun.statistics(step: 1_220)),
        .samples(SampleFrame(step: 1_230, temperature: 0.8, lines: ["oldwords"])),
      ])
  }

  @Test func everyPanelSaysOfWhichStepItIs() {
    var state = Self.state(cursor: 1_250)
    #expect(state.probeRequest.pastStep == 1_250)
    state.apply(.past(Self.past()))
    let overview = Self.screen(state)
    for text in [
      "Hidden state s(t)  step 1,200 (cursor 1,250)",
      "Gradient through time  step 1,210 (cursor 1,250)", "Samples  step 1,230 (cursor 1,250)",
      "oldwords",
    ] { #expect(overview.contains(text), "\(text)\n\(overview)") }
    #expect(!overview.contains("brancelley"), "what is written now is not shown")
    state.show(view: .states)
    let states = Self.screen(state)
    #expect(states.contains("Activations  step 1,200 (cursor 1,250)"), "\(states)")
    state.show(view: .gradients)
    #expect(Self.screen(state).contains("Parameters  step 1,220 (cursor 1,250)"))
    state.show(view: .loss)
    #expect(Self.screen(state).contains("Loss per time step L(t)  step 1,200 (cursor 1,250)"))
    state.show(view: .graph)
    #expect(Self.screen(state).contains("Graph  step 1,200 (cursor 1,250)"))
    // A small screen keeps the words before others.
    state.show(view: .overview)
    let small = Self.screen(state, size: Size(width: 80, height: 24))
    #expect(small.contains("step 1,200 (cursor 1,250)"), "\(small)")
    // Where both have no room, the step that is shown stands there, if need be behind half a name.
    for size in [Size(width: 80, height: 24), Size(width: 120, height: 40)] {
      let lines = Self.screen(state, size: size).split(separator: "\n")
      for (panel, step) in [("Gradient through", "step 1,210"), ("Samples", "step 1,230")] {
        for line in lines where line.contains("─ \(panel)") {
          #expect(line.contains(step), "\(line)")
        }
      }
    }
  }

  @Test func whatWasNotRecordedIsSaid() {
    var state = Self.state(cursor: 100)
    state.apply(.past(PastFrames(step: 100, frames: [])))
    let screen = Self.screen(state)
    for text in [
      "no hidden states recorded at step 100 or before",
      "no samples recorded at step 100 or before",
      "no gradient by lag recorded at step 100 or before",
    ] { #expect(screen.contains(text), "\(text)\n\(screen)") }
    #expect(!screen.contains("brancelley"))
    // Frames of later steps, asked for when the cursor stood there, are not of this one.
    state.apply(.past(Self.past()))
    #expect(state.hiddenStates == nil && state.samples == nil)
    state.chart.cursor = 1_215
    #expect(state.hiddenStates?.step == 1_200 && state.statistics == nil)
  }

  /// What was seen last stands in no record yet.
  @Test func theNewestFrameIsOfAPastStepAsSoonAsTheRunGoesOn() {
    var state = Self.state()
    var run = SyntheticRun()
    state.apply(.steps(StepBatch((2_001...2_010).map { run.record($0) })))
    state.chart.cursor = 2_005
    state.apply(.past(PastFrames(step: 2_005, frames: Self.past().frames)))
    #expect(state.hiddenStates?.step == 2_000)
    #expect(Self.screen(state).contains("Hidden state s(t)  step 2,000 (cursor 2,005)"))
    // And what comes in meanwhile changes nothing of what is looked back at.
    state.apply(.frame(.samples(SampleFrame(step: 2_010, temperature: 0.8, lines: ["newwords"]))))
    #expect(!Self.screen(state).contains("newwords"))
    _ = state.handle(.character("F"))
    #expect(Self.screen(state).contains("newwords") && state.probeRequest.pastStep == nil)
    #expect(!Self.screen(state).contains("(cursor"))
  }

  @Test func theCursorOnTheNewestStepIsNow() {
    let state = Self.state(cursor: 2_000)
    #expect(state.pastStep == nil && state.hiddenStates?.step == 2_000)
  }

  @Test func nowIsAHintWhereSomebodyLooksBack() {
    var state = Self.state()
    #expect(!Self.screen(state).contains("F now"))
    state.chart.cursor = 1_250
    #expect(Self.screen(state).contains("F now"))
    #expect(Self.screen(state, size: Size(width: 80, height: 24)).contains("F now"))
  }

  @Test func whatWasTypedStays() {
    var state = Self.state()
    state.show(view: .task)
    state.apply(
      .reading(
        ReadingFrame(
          text: "typed words", answer: "s", alternatives: [],
          states: HiddenStateFrame(step: 2_000, symbols: [], maps: []))))
    state.chart.cursor = 1_250
    state.apply(.past(Self.past()))
    #expect(Self.screen(state).contains("typed words"))
    _ = state.handle(.character("F"))
    #expect(Self.screen(state).contains("typed words"))
    // Nor does the text read so far, which the picked unit is looked for in.
    #expect(state.passage.map.columns > 0)
  }

  // MARK: Playing

  @Test func theCursorRewindsAndPlaysUpToNow() throws {
    var state = Self.state()
    _ = state.handle(.character(")"))
    #expect(!state.isPlayingPast, "there is nothing behind now")
    _ = state.handle(.character("("))
    #expect(state.isPlayingPast)
    for tick in 1...100 { state.advance(to: 60 + Double(tick) / 10) }
    // A quarter of the run in ten of forty seconds.
    #expect(abs(try #require(state.chart.cursor) - 1_500) <= 12, "\(state.chart.cursor ?? 0)")
    #expect(state.probeRequest.pastStep == state.chart.cursor)
    _ = state.handle(.character("("))
    let stopped = state.chart.cursor
    state.advance(to: 71)
    #expect(!state.isPlayingPast && state.chart.cursor == stopped)
    _ = state.handle(.character(")"))
    for tick in 1...50 { state.advance(to: 71 + Double(tick) / 10) }
    #expect(abs(try #require(state.chart.cursor) - 1_750) <= 12)
    for tick in 1...100 { state.advance(to: 80 + Double(tick) / 10) }
    #expect(state.chart.cursor == nil && !state.isPlayingPast, "it ends at now")
  }

  /// A run that trains faster than it is played is caught up with all the same.
  @Test func nowIsReachedWhileItMovesOn() {
    var state = Self.state(cursor: 1_000)
    _ = state.handle(.character(")"))
    var run = SyntheticRun()
    var cursors: [Int] = []
    for tick in 1...205 {
      let first = 2_001 + (tick - 1) * 100
      state.apply(.steps(StepBatch((first..<first + 100).map { run.record($0) })))
      state.advance(to: 60 + Double(tick) / 10)
      cursors.append(state.chart.cursor ?? .max)
    }
    #expect(state.chart.cursor == nil && cursors == cursors.sorted())
  }

  @Test func itStopsAtTheFirstStepAndWhereACursorIsMoved() {
    var state = Self.state(cursor: 60)
    _ = state.handle(.character("("))
    for tick in 1...60 { state.advance(to: 60 + Double(tick)) }
    #expect(state.chart.cursor == 1 && !state.isPlayingPast)
    _ = state.handle(.character(")"))
    state.advance(to: 121)
    state.chart.moveCursor(to: 700, in: state.history)
    state.advance(to: 122)
    #expect(state.chart.cursor == 700 && !state.isPlayingPast)
    _ = state.handle(.character("("))
    _ = state.handle(.character("F"))
    state.advance(to: 123)
    #expect(state.chart.cursor == nil && !state.isPlayingPast)
  }

  @Test func aRecordIsPlayedAsAWhole() {
    var state = Self.state()
    state.apply(.finished(FinishRecord(reason: .completed, step: 2_000)))
    var actions = state.handle(.character("("))
    #expect(actions == [.replay(.rewind)])
    state.isReplaying = true
    state.finish = nil
    state.trainingState = .paused
    actions = state.handle(.character("(")) + state.handle(.character(")"))
    #expect(actions == [.replay(.rewind), .replay(.resume)])
    actions = state.handle(.character("F"))
    #expect(actions == [.replay(.run(until: .step(.max)))])
    // Where it stands, what is older says so.
    var run = SyntheticRun()
    state.apply(.steps(StepBatch([run.record(2_001)])))
    #expect(Self.screen(state).contains("Hidden state s(t)  step 2,000 "))
    #expect(!Self.screen(state).contains("(cursor"))
  }

  @Test func aLessonGoesByTheRunAsItIs() {
    let state = Self.state(cursor: 1_250)
    let facts = LessonFacts(state, nil)
    #expect(facts.state.hiddenStates?.step == 2_000)
    #expect(facts.quantity("cursor", []) == 1_250)
  }

  @Test func anotherRunHasNoneOfThis() {
    var state = Self.state(cursor: 1_250)
    state.apply(.past(Self.past()))
    _ = state.handle(.character("("))
    state.apply(.started(SyntheticRun.description))
    #expect(state.past == nil && !state.isPlayingPast)
  }
}
