import Dashboard
import Sessions
import TerminalGraphics
import Testing
import Training
import TrainingEvents

/// The whole course on its live networks, without a terminal.
@Suite(.serialized) struct LessonCourseTests {
  private static let library = LessonLibrary.load(dataDirectories: [])
  private let quick = QuickLesson()
  private static let sizes = [Size(width: 80, height: 24), Size(width: 160, height: 45)]
  @Test func everyLessonCanBeRead() {
    #expect(Self.library.problems == [])
    #expect(Self.library.lessons.count >= 16)
  }

  @Test func theWholeCourseTakesLessThanTwoHours() {
    #expect(Self.library.lessons.reduce(0) { $0 + $1.minutes } < 120)
  }

  @Test func everySlideFromThreeToThirtyFourHasALesson() throws {
    let withContent = Set(3...34).subtracting([8, 13, 27])
    let shown = Set(Self.library.lessons.flatMap(\.slides))
    #expect(withContent.subtracting(shown).sorted() == [])
    for slide in withContent.sorted() {
      let lesson = try LessonLibrary.find("\(slide)", among: Self.library.lessons)
      #expect(lesson.slides.contains(slide))
    }
    // A heading leads to what it stands above; before the first slide and behind the last is nothing.
    for heading in [8, 13, 27] {
      let lesson = try LessonLibrary.find("\(heading)", among: Self.library.lessons)
      #expect(lesson.slides.contains(heading + 1))
    }
    for slide in ["2", "35"] {
      #expect(throws: PresetError.self) {
        try LessonLibrary.find(slide, among: Self.library.lessons)
      }
    }
  }

  @Test(arguments: library.lessons.map(\.name)) func eachIsAsLongAsALessonIs(_ name: String) throws
  {
    let lesson = try LessonLibrary.find(name, among: Self.library.lessons)
    #expect((3...7).contains(lesson.steps.count))
    #expect((4...8).contains(lesson.minutes))
    #expect(ViewKind.named(lesson.view) != nil)
    for step in lesson.steps {
      #expect(step.idea.split(separator: " ").count <= Lesson.longestIdea)
      #expect(!step.look.isEmpty, "\(step.title) says where to look")
      if let view = step.view { #expect(ViewKind.named(view) != nil) }
    }
  }

  @Test(arguments: library.lessons.map(\.name), sizes)
  func rightAnswersAreRightOnTheLiveNetwork(_ name: String, _ size: Size) async throws {
    let lesson = try quick.of(name, among: Self.library.lessons)
    let course = try HeadlessLesson(lesson, seed: nil, size: size) { _ in }
    let (answers, screens) = try await course.run(lesson.steps.map { _ in "right" })
    #expect(answers.count == lesson.steps.count)
    for (step, answer) in zip(lesson.steps, answers) {
      #expect(answer.judgement.isRight, "\(step.title): \(answer.judgement.reply)")
      #expect(!answer.words.contains("–"), "\(step.title): \(answer.words)")
    }
    for screen in screens {
      #expect(screen.text.contains(lesson.slideText))
      #expect(screen.text.contains("right: "))
    }
  }

  @Test(arguments: library.lessons.map(\.name), sizes)
  func wrongAnswersAreWrongAndShowWhereToLook(_ name: String, _ size: Size) async throws {
    let lesson = try quick.of(name, among: Self.library.lessons)
    let course = try HeadlessLesson(lesson, seed: nil, size: size) { _ in }
    let (answers, screens) = try await course.run(lesson.steps.map { _ in "wrong" })
    #expect(answers.count == lesson.steps.count)
    for (step, answer) in zip(lesson.steps, answers) {
      #expect(!answer.judgement.isRight, "\(step.title): \(answer.judgement.reply)")
    }
    for screen in screens { #expect(screen.text.contains("look: ")) }
  }

  /// What a person computes by hand is what the lesson takes for right.
  @Test func aHandComputedAnswerIsTakenForRight() async throws {
    let lesson = try LessonLibrary.find("unfolding", among: Self.library.lessons)
    let course = try HeadlessLesson(lesson, seed: 7) { _ in }
    // U 3×2, W 3×3, b 3, V 2×3, c 2: whatever the seed.
    let (answers, _) = try await course.run(["tab f", "5", "26", "26"])
    #expect(answers.map(\.judgement.isRight) == [true, true, true, true])
  }
}

extension CellBuffer {
  fileprivate var text: String { ScreenText.plain(self) }
}
