import ArgumentParser
import FileFormats
import SequenceData
import Sessions
import Training
import TrainingEvents

struct LectureCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lecture",
    abstract: "Go through the lecture, lesson by lesson, beside a live network.")

  @Argument(help: "A lesson, a slide of the lecture, or the path of a lesson's file.")
  var lesson: String?

  @Flag(help: "List the lessons with their slides.")
  var list = false

  @Flag(help: "With --list, print JSON: an array of lessons.")
  var json = false

  @Flag(help: "Go through a lesson without a terminal, with answers from --answers.")
  var headless = false

  @Option(
    help: ArgumentHelp(
      "Answers for --headless, one for each part of the lesson on a line of its own: a number, a choice, keys, right or wrong.",
      valueName: "file"))
  var answers: String?

  @Option(help: "Seed of everything random.")
  var seed: UInt64?

  @Option(help: ArgumentHelp("Write what was found as Markdown.", valueName: "file.md"))
  var export: String?

  func validate() throws {
    if json, !list { throw ValidationError("--json goes with --list") }
    if headless, lesson == nil { throw ValidationError("--headless needs a lesson or a slide") }
    if answers != nil, !headless { throw ValidationError("--answers goes with --headless") }
    if headless, answers == nil { throw ValidationError("--headless needs --answers FILE") }
  }

  func run() async throws {
    let (lessons, problems) = LessonLibrary.load(dataDirectories: DataDirectories.all)
    for problem in problems { ExitStatus.say("\(problem): this lesson is left out") }
    if list {
      return try SafeOutput.show(json ? LessonListing.json(lessons) : LessonListing.table(lessons))
    }
    let chosen = try lesson.map { try find($0, lessons) }
    guard !headless, let reason = Terminals.reasonForHeadless else {
      guard headless, let chosen, let answers else {
        return try await open(chosen)
      }
      let given = try HeadlessLesson.answers(in: answers, for: chosen)
      _ = try await HeadlessLesson(chosen, seed: seed).run(given, export: export)
      return
    }
    throw RunFailure(
      description: "\(reason): a lesson needs a terminal, or --headless with --answers FILE",
      status: ExitStatus.badInput)
  }

  private func find(_ word: String, _ lessons: [Lesson]) throws -> Lesson {
    let isFile = word.contains("/") || word.hasSuffix(".md")
    return isFile
      ? try LessonLibrary.lesson(file: word) : try LessonLibrary.find(word, among: lessons)
  }

  private func open(_ lesson: Lesson?) async throws {
    var train = TrainingOptions()
    train.seed = seed
    let setup = try lesson.map { try LessonSetup($0, train) }
    let stage = try await Stage.open(recording: nil)
    ExitStatus.leave(
      await InteractiveSession(train, on: stage).run(
        setup.map { .lesson($0) } ?? .lessons(message: nil)))
  }
}

/// The lessons as `unfold lecture --list` prints them.
enum LessonListing {
  static func table(_ lessons: [Lesson]) -> String {
    let width = lessons.map(\.name.count).max() ?? 0
    return lessons.map { lesson in
      let name = lesson.name + String(repeating: " ", count: width - lesson.name.count)
      let indent = String(repeating: " ", count: width + 2)
      return "\(name)  \(lesson.title)\n\(indent)\(lesson.slideText) · preset \(lesson.preset) · "
        + "view \(lesson.view) · \(lesson.steps.count) parts, \(lesson.minutes) minutes"
    }.joined(separator: "\n")
  }

  static func json(_ lessons: [Lesson]) -> String {
    let values = lessons.map { lesson in
      JSONValue.object([
        "name": .string(lesson.name), "title": .string(lesson.title),
        "slides": .array(lesson.slides.map { .integer($0) }),
        "preset": .string(lesson.preset), "minutes": .integer(lesson.minutes),
      ])
    }
    return String(decoding: JSONValue.array(values).encoded(), as: UTF8.self)
  }
}
