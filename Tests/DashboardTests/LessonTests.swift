import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

@Suite struct LessonTests {
  private static func text(_ state: DashboardState, _ width: Int, _ height: Int) -> String {
    ScreenText.plain(
      state.render(size: Size(width: width, height: height), appearance: Appearance()))
  }

  private static func resized(_ width: Int, _ height: Int) -> DashboardState {
    var state = SyntheticLesson.state()
    state.resize(Size(width: width, height: height))
    return state
  }

  @Test func itStandsBesideWhereThereIsRoomAndUnderWhereNot() throws {
    let wide = Self.resized(120, 40)
    let beside = try #require(wide.placements(in: wide.size).last)
    #expect(beside.panel == .lesson)
    #expect(beside.rect.x > 60 && beside.rect.height > 30)
    let narrow = Self.resized(80, 24)
    let under = try #require(narrow.placements(in: narrow.size).last)
    #expect(under.rect.x == 0 && under.rect.width == 80 && under.rect.bottom == 23)
  }

  @Test func panelsAndLessonNeverOverlap() {
    for width in stride(from: 60, through: 220, by: 7) {
      for height in stride(from: 16, through: 60, by: 3) {
        let state = Self.resized(width, height)
        let rects = state.placements(in: state.size).map(\.rect)
        for (index, rect) in rects.enumerated() {
          #expect(rect.right <= width && rect.bottom < height)
          for other in rects.dropFirst(index + 1) { #expect(!rect.intersects(other)) }
        }
        _ = Self.text(state, width, height)
      }
    }
  }

  /// Where lines are left below or above, the lowest or the topmost row of the pane says so.
  @Test func whatIsHiddenIsSaidAtTheEdgeWhereItIs() throws {
    var state = Self.resized(60, 16)
    let rect = try #require(state.placements(in: state.size).last).rect
    state.lesson?.scroll = 0
    func edge(_ row: Int) -> Unicode.Scalar {
      let buffer = state.render(size: state.size, appearance: Appearance())
      return buffer[rect.right - 2, row].glyph
    }
    #expect(edge(rect.bottom - 2) == "↓" && edge(rect.y + 1) != "↑")
    state.lesson?.scroll = 1000
    #expect(edge(rect.y + 1) == "↑" && edge(rect.bottom - 2) != "↓")
  }

  @Test func aQuestionStandsWithItsChoicesAndSlides() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
      let text = Self.text(Self.resized(width, height), width, height)
      for words in ["slides 9–10, 12", "What will the loss do?", "a  it falls", "b  it rises"] {
        #expect(text.contains(words), "\(words) at \(width)×\(height)")
      }
    }
  }

  @Test func aWrongAnswerShowsWhereToLook() {
    var state = Self.resized(80, 24)
    _ = state.handle(.character("b"))
    #expect(state.lesson?.answer?.judgement.isRight == false)
    let text = Self.text(state, 80, 24)
    #expect(text.contains("not quite: the run says: it falls"))
    #expect(text.contains("look: 2, the loss"))
  }

  @Test func aNumberIsTypedAndJudgedByTheRun() {
    var state = Self.resized(80, 24)
    _ = state.handle(.character("a"))
    _ = state.handle(.enter)
    _ = state.advanceLesson()
    _ = state.handle(.enter)
    #expect(state.contexts == [.lessonAnswer])
    for character in "1750" { _ = state.handle(.character(character)) }
    _ = state.handle(.enter)
    // The run stands at step 900: twice that is 1,800, and 1,750 is 3 % off.
    #expect(state.lesson?.answer?.judgement.isRight == true)
    #expect(state.lesson?.answer?.judgement.reply.contains("3 % off") == true)
    #expect(state.lesson?.answer?.words == "It is step 900")
  }

  @Test func aDigitAloneBeginsTheAnswer() {
    for first in "1.-" {
      var state = Self.resized(120, 40)
      state.go(toLessonStep: 1)
      _ = state.advanceLesson()
      let asking = Self.text(state, 120, 40)
      #expect(asking.contains("type a number, in steps") && asking.contains("0–9 answer"))
      #expect(!asking.contains("choose"))
      let view = state.view
      #expect(state.handle(.character(first)) == [])
      #expect(state.contexts == [.lessonAnswer] && state.view == view)
      #expect(Self.text(state, 120, 40).contains("› \(first)"))
    }
    var state = Self.resized(80, 24)
    state.go(toLessonStep: 1)
    _ = state.advanceLesson()
    for character in "1750" { _ = state.handle(.character(character)) }
    _ = state.handle(.enter)
    #expect(
      state.lesson?.answer?.judgement.isRight == true && state.lesson?.answer?.given == "1750")
  }

  /// Digits are views wherever they are no answer.
  @Test func digitsAreViewsBesideAQuestionOfAnotherKindAndInThePanels() {
    var state = Self.resized(80, 24)
    #expect(Self.text(state, 80, 24).contains("a  it falls"))
    _ = state.handle(.character("2"))
    #expect(state.view == .loss && state.lesson?.phase == .asking)
    state.go(toLessonStep: 1)
    _ = state.advanceLesson()
    _ = state.handle(.tab)
    _ = state.handle(.character("3"))
    #expect(state.view == .gradients && state.lesson?.line == nil)
  }

  // MARK: Leaving

  @Test func aLessonIsLeftAtOnce() {
    var state = Self.resized(80, 24)
    #expect(state.unsavedSteps > 0)
    #expect(state.handle(.character("q")) == [.quit(saving: false)])
    #expect(state.handle(.character("P")) == [.choosePreset])
    #expect(state.handle(.escape) == [.chooseLesson])
    state.apply(.finished(FinishRecord(reason: .completed, step: 900, elapsed: 1)))
    #expect(state.handle(.character("q")) == [.quit(saving: false)])
  }

  @Test func escapeClosesOneThingAfterTheOther() {
    var state = Self.resized(120, 40)
    state.go(toLessonStep: 1)
    _ = state.advanceLesson()
    _ = state.handle(.character("7"))
    #expect(state.handle(.escape) == [] && state.lesson?.line == nil)
    #expect(state.lesson?.phase == .asking)
    _ = state.handle(.tab)
    _ = state.handle(.character("3"))
    _ = state.handle(.character("z"))
    #expect(state.handle(.escape) == [] && !state.enlarged && state.view == .gradients)
    #expect(state.handle(.escape) == [] && state.focusedPanel == .lesson && state.view == .overview)
    #expect(state.handle(.escape) == [.chooseLesson])
  }

  // MARK: Once more

  private static func gone() -> DashboardState {
    var state = SyntheticRun.state(lastStep: 900)
    state.resize(Size(width: 120, height: 40))
    state.apply(.state(.paused))
    let judgement = LessonJudgement(isRight: true, reply: "so it is", found: nil)
    let answer = LessonState.Answer(given: "x", judgement: judgement, words: "", step: 1)
    state.begin(LessonState(SyntheticLesson.lesson, answers: [0: answer, 1: answer, 2: answer]))
    return state
  }

  @Test func whatWasGoneThroughIsShownAndAskedAboutBeforeItBeginsAnew() {
    var state = Self.gone()
    #expect(state.lesson?.phase == .summary)
    let text = Self.text(state, 120, 40)
    for words in ["3 of 3 right", "n begins the lesson anew", "so it is", "n anew"] {
      #expect(text.contains(words), "\(words)")
    }
    #expect(state.handle(.enter) == [] && state.lesson?.answers.count == 3)
    // A network that has trained would answer what is to be predicted.
    #expect(state.handle(.character("n")) == [.send(.pause), .send(.restart)])
    #expect(state.lesson?.answers == [:])
    #expect(state.advanceLesson() == [] && state.lesson?.phase == .preparing)
    state.apply(.started(SyntheticRun.description))
    state.apply(.state(.paused))
    _ = state.advanceLesson()
    #expect(state.lesson?.phase == .asking && state.lesson?.index == 0)
    // In the middle of it, the key is the panels' again.
    _ = state.handle(.character("n"))
    #expect(state.lesson?.phase == .asking && state.probe.sequence == 1)
  }

  @Test func whatWasBegunGoesOnOrBeginsAnew() {
    var state = Self.gone()
    let answer = state.lesson?.answers[0]
    state.begin(LessonState(SyntheticLesson.lesson, answers: [0: answer!], resumesAt: 1))
    let text = Self.text(state, 120, 40)
    #expect(text.contains("enter goes on at part 2 of 3") && text.contains("n begins anew"))
  }

  // MARK: Pace and two networks

  @Test func whoWaitsForAnAnswerWaitsNoLongerThanThePaceAllows() {
    var lesson = SyntheticLesson.lesson
    lesson.steps[0].begin = 1_500
    var state = SyntheticRun.state(lastStep: 900)
    state.pace = 50
    state.apply(.state(.paused))
    state.begin(LessonState(lesson))
    _ = state.pressEnterInLesson()
    #expect(
      state.advanceLesson() == [.send(.pace(600 / 1.2)), .send(.run(until: .step(1_500)))])
    state.apply(.state(.training))
    #expect(state.advanceLesson() == [])
    state.apply(.steps(StepBatch([StepRecord(step: 1_500, loss: 1)])))
    state.apply(.state(.paused))
    #expect(state.advanceLesson() == [.send(.pace(50))])
    #expect(state.lesson?.phase == .asking)
    #expect(state.advanceLesson() == [])
  }

  @Test func twoNetworksAreJudgedOnceBothStandThere() {
    var lesson = SyntheticLesson.lesson
    lesson.steps[0].reveal = 950
    var state = SyntheticRun.state(lastStep: 900)
    state.apply(.state(.paused))
    var other = SyntheticRun.state(lastStep: 900)
    other.apply(.state(.paused))
    state.companions = [other]
    state.begin(LessonState(lesson))
    _ = state.pressEnterInLesson()
    _ = state.advanceLesson()
    _ = state.handle(.character("a"))
    state.apply(.steps(StepBatch([StepRecord(step: 950, loss: 1)])))
    _ = state.advanceLesson()
    #expect(state.lesson?.answer == nil, "the other one is at 900")
    #expect(state.stepForOther == 950)
    state.companions[0].apply(.steps(StepBatch([StepRecord(step: 950, loss: 1)])))
    _ = state.advanceLesson()
    #expect(state.lesson?.answer != nil && state.stepForOther == nil)
  }

  /// A pause that nobody needs would stop the second network on its way.
  @Test func nothingIsPausedThatPausesByItself() {
    var lesson = SyntheticLesson.lesson
    lesson.steps[0].begin = 900
    var state = SyntheticRun.state(lastStep: 900)
    state.apply(.state(.training))
    state.begin(LessonState(lesson))
    _ = state.pressEnterInLesson()
    #expect(state.advanceLesson() == [])
    state.apply(.steps(StepBatch([StepRecord(step: 901, loss: 1)])))
    #expect(state.advanceLesson() == [.send(.pause)])
  }

  @Test func whatIsNoNumberIsSaidAndNothingIsAnswered() {
    var state = Self.resized(80, 24)
    state.go(toLessonStep: 1)
    _ = state.advanceLesson()
    #expect(state.answerLesson("many").isEmpty)
    #expect(state.lesson?.mistake?.contains("“many” is no number") == true)
    #expect(state.lesson?.answer == nil)
  }

  @Test func viewsAndPausingWorkWhileALessonIsOpen() {
    var state = Self.resized(120, 40)
    _ = state.handle(.character("3"))
    #expect(state.view == .gradients)
    #expect(state.handle(.character(" ")) == [.send(.resume)])
    _ = state.handle(.tab)
    #expect(state.focusedPanel != .lesson)
    _ = state.handle(.character("y"))
    #expect(state.focusedPanel == .lesson)
  }

  @Test func aDeedIsNoticedByItself() {
    var state = Self.resized(80, 24)
    state.apply(.state(.training))
    state.go(toLessonStep: 2)
    #expect(state.advanceLesson() == [.send(.pause)])
    state.apply(.state(.paused))
    _ = state.advanceLesson()
    _ = state.advanceLesson()
    #expect(state.lesson?.answer?.judgement.isRight == true)
  }

  /// Whoever walks with → to the node that was asked for presses it once too often.
  @Test func arrowsThatWereMeantForThePanelSkipNoStep() {
    var state = Self.resized(120, 40)
    state.apply(.state(.training))
    state.go(toLessonStep: 2)
    _ = state.advanceLesson()
    state.apply(.state(.paused))
    _ = state.advanceLesson()
    _ = state.advanceLesson()
    #expect(state.focusedPanel == .lesson && state.lesson?.index == 2)
    _ = state.handle(.right)
    #expect(state.lesson?.phase == .answered)
    state.advance(to: state.clock + 1.5)
    _ = state.handle(.right)
    #expect(state.lesson?.phase == .summary)
  }

  @Test func keysForAnActionAndLongChoicesAreReadWhole() {
    var state = Self.resized(120, 40)
    state.go(toLessonStep: 2)
    _ = state.advanceLesson()
    #expect(Self.text(state, 120, 40).contains("keys: space") || state.lesson?.phase != .asking)
    var lesson = SyntheticLesson.lesson
    lesson.steps[0].task = .choice([
      Lesson.Choice(
        text: "a choice so long that no pane beside the panels is wide enough for its Zweifelsfall",
        isRight: .number(1))
    ])
    var long = SyntheticRun.state(lastStep: 900)
    long.resize(Size(width: 120, height: 40))
    long.apply(.state(.paused))
    long.begin(LessonState(lesson))
    _ = long.pressEnterInLesson()
    _ = long.advanceLesson()
    #expect(Self.text(long, 120, 40).contains("Zweifelsfall"))
  }

  @Test func itAsksOnlyWhereTheStepBegins() {
    var lesson = SyntheticLesson.lesson
    lesson.steps[0].begin = 1_000
    var state = SyntheticRun.state(lastStep: 900)
    state.apply(.state(.paused))
    state.begin(LessonState(lesson))
    _ = state.pressEnterInLesson()
    #expect(state.advanceLesson() == [.send(.run(until: .step(1_000)))])
    #expect(state.advanceLesson() == [])
    #expect(state.lesson?.phase == .preparing)
  }

  @Test func thePageAtTheEndSaysWhatWasPredictedAndFound() {
    var state = Self.resized(120, 40)
    _ = state.handle(.character("b"))
    state.go(toLessonStep: 3)
    let page = state.lessonPage(picture: "lesson.svg")
    #expect(page.contains("Answered: it rises"))
    #expect(page.contains("✗ At step 900: the run says: it falls."))
    #expect(page.contains("![The screen at the end](lesson.svg)"))
    #expect(Self.text(state, 120, 40).contains("Predicted and found"))
  }

  @Test func theListShowsWhatIsDone() {
    let done = LessonChoice(SyntheticLesson.lesson, answered: 3, right: 2)
    var list = LessonListState([done], standing: nil, message: nil)
    for size in [Size(width: 60, height: 16), Size(width: 80, height: 24)] {
      let text = ScreenText.plain(list.render(size: size, appearance: Appearance()))
      #expect(text.contains("✓") && text.contains("2/3") && text.contains("slides 9–10, 12"))
    }
    #expect(list.handle(.enter) == [.open(SyntheticLesson.lesson)])
    #expect(list.handle(.escape) == [.presets])
  }
}
