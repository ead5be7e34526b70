import Dashboard
import FileFormats
import Runs
import SequenceData
import TrainingEvents

/// What was answered in each lesson, kept between sessions where the XDG base directory specification
/// puts a program's state.
struct LessonProgress: Sendable {
  /// `$XDG_STATE_HOME/unfold/lessons.json`; nil where there is no home.
  private let path: String?

  /// - Parameter path: the file; where it belongs unless it is named
  init(
    path: String? = PersonalFile.path(
      "unfold/lessons.json", in: "XDG_STATE_HOME", else: ".local/state")
  ) {
    self.path = path
  }

  /// A lesson with what was answered of it last time.
  func state(of lesson: Lesson) -> LessonState {
    guard let kept = all()[lesson.name]?.object else { return LessonState(lesson) }
    var answers: [Int: LessonState.Answer] = [:]
    for value in kept["answers"]?.array ?? [] {
      // A lesson that was written anew may have fewer steps, or others.
      guard let index = value["step"]?.int, lesson.steps.indices.contains(index),
        value["title"]?.string == lesson.steps[index].title, let isRight = value["right"]?.bool
      else { continue }
      answers[index] = LessonState.Answer(
        given: value["given"]?.string ?? "",
        judgement: LessonJudgement(
          isRight: isRight, reply: value["reply"]?.string ?? "", found: value["found"]?.double),
        words: value["words"]?.string ?? "", step: value["trained"]?.int ?? 0)
    }
    let next = lesson.steps.indices.first { answers[$0] == nil }
    return LessonState(lesson, answers: answers, resumesAt: next)
  }

  func choice(of lesson: Lesson) -> LessonChoice {
    let entry = all()[lesson.name]
    var kept = entry?["answers"]?.array ?? []
    // Whoever goes through it once more has been through it nevertheless.
    if kept.count < lesson.steps.count, let before = entry?["before"]?.array { kept = before }
    return LessonChoice(
      lesson, answered: kept.count, right: kept.count { $0["right"]?.bool == true })
  }

  /// Keeps what was answered.
  /// - Returns: why it could not be kept; nil when it was
  func keep(_ lesson: LessonState) -> String? {
    guard let path else { return "lessons are not kept: there is no home directory" }
    guard !lesson.answers.isEmpty else { return nil }
    var all = all()
    let answers = lesson.answers.sorted { $0.key < $1.key }.map { index, answer in
      var object: JSONObject = [
        "step": .integer(index), "title": .string(lesson.lesson.steps[index].title),
        "given": .string(answer.given), "right": .bool(answer.judgement.isRight),
        "reply": .string(answer.judgement.reply), "words": .string(answer.words),
        "trained": .integer(answer.step),
      ]
      if let found = answer.judgement.found { object["found"] = .real(found) }
      return JSONValue.object(object)
    }
    var entry: JSONObject = ["answers": .array(answers)]
    if !lesson.isComplete, let before = finished(all[lesson.lesson.name], lesson.lesson) {
      entry["before"] = before
    }
    all[lesson.lesson.name] = .object(entry)
    do {
      let text = String(decoding: JSONValue.object(all).encoded(), as: UTF8.self)
      try AtomicFile.write(text + "\n", to: path, makesDirectories: true)
      return nil
    } catch {
      return "lessons are not kept: \(error)"
    }
  }

  /// The answers of the last time that a lesson was gone through to its end.
  private func finished(_ entry: JSONValue?, _ lesson: Lesson) -> JSONValue? {
    let newest = entry?["answers"]
    return newest?.array?.count ?? 0 >= lesson.steps.count ? newest : entry?["before"]
  }

  private func all() -> JSONObject {
    guard let path, FileBytes.exists(path),
      let bytes = try? FileBytes.read(path, limit: 4_000_000),
      let value = try? JSONValue(decoding: bytes)
    else { return [:] }
    return value.object ?? [:]
  }
}
