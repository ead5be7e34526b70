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
    #expect(Self.text(state, 120, 40).contains("What you predicted and found"))
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
