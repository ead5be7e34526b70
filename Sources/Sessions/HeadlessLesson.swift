import Dashboard
import FileFormats
import Foundation
import SequenceData
import TerminalGraphics
import Training
import TrainingEvents

/// Goes through a lesson on its live network without a terminal: the same state as on screen, with
/// answers from a file. One JSON object a line says what was asked, answered and found.
package actor HeadlessLesson {
  private let lesson: Lesson
  private let engine: TrainingEngine
  private let other: TrainingEngine?
  private var dashboard = DashboardState()
  private let dashboardSize: Size
  private let start = Date()
  private let write: @Sendable (String) throws -> Void

  /// - Parameter write: takes the lines that say how it goes
  package init(
    _ lesson: Lesson, seed: UInt64?, size: Size = Size(width: 160, height: 45),
    write: @escaping @Sendable (String) throws -> Void = { try SafeOutput.show($0) }
  ) throws {
    self.lesson = lesson
    (self.write, dashboardSize) = (write, size)
    let first = try LessonSetup.prepare(lesson, seed: seed)
    engine = try first.engine(of: lesson)
    other = try lesson.other.map {
      try LessonSetup.prepare(lesson, seed: seed, extra: $0.settings, beside: first)
        .engine(of: lesson)
    }
    dashboard.resize(size)
    dashboard.comparedName = lesson.other?.names.first
    if let second = lesson.other?.names.last {
      var companion = DashboardState()
      companion.comparedName = second
      dashboard.companions = [companion]
    }
  }

  /// One answer for each step.
  /// - Throws: `RunFailure` where the file has too few
  package static func answers(in path: String, for lesson: Lesson) throws -> [String] {
    let bytes = try FileBytes.read(path, limit: 1_000_000)
    let lines = String(decoding: bytes, as: UTF8.self).split { $0.isNewline }
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty && !$0.hasPrefix("#") }
    guard lines.count == lesson.steps.count else {
      throw RunFailure(
        description:
          "\(path): found \(lines.count) answers, expected \(lesson.steps.count), a line "
          + "for each part of \(lesson.name)", status: ExitStatus.badInput)
    }
    return lines
  }

  /// - Returns: what was answered, and what the screen shows at each step's end
  @discardableResult
  package func run(
    _ answers: [String], export: String? = nil
  ) async throws -> (answers: [LessonState.Answer], screens: [CellBuffer]) {
    var screens: [CellBuffer] = []
    let listening = listen()
    await engine.start(paused: true)
    await other?.start(paused: true)
    dashboard.begin(LessonState(lesson))
    try say(["event": .string("lesson"), "name": .string(lesson.name)])
    await watch()
    for (index, answer) in answers.enumerated() {
      await perform(dashboard.handle(.character("y")))
      await perform(dashboard.handle(.enter))
      try await wait(until: { $0 == .asking || $0 == .answered })
      try await give(answer, to: lesson.steps[index])
      try await wait(until: { $0 == .answered })
      try tell(index)
      screens.append(dashboard.render(size: dashboardSize, appearance: Appearance()))
    }
    if let export {
      try LessonPage(dashboard).write(to: export)
    }
    try say([
      "event": .string("finished"), "reason": .string("completed"),
      "right": .integer(dashboard.lesson?.rightCount ?? 0),
      "steps": .integer(lesson.steps.count),
    ])
    await engine.shutDown()
    await other?.shutDown()
    for task in listening { task.cancel() }
    let given = dashboard.lesson?.answers ?? [:]
    return (lesson.steps.indices.compactMap { given[$0] }, screens)
  }

  // MARK: Events

  private func listen() -> [Task<Void, Never>] {
    var tasks = [Task { for await event in self.engine.events { await self.take(event) } }]
    if let other {
      tasks.append(Task { for await event in other.events { self.takeOther(event) } })
    }
    return tasks
  }

  private func take(_ event: TrainingEvent) async {
    dashboard.advance(to: -start.timeIntervalSinceNow)
    dashboard.apply(event)
    await watch()
    await goOn()
  }

  private func takeOther(_ event: TrainingEvent) { dashboard.companions[0].apply(event) }

  private var request = ProbeRequest()

  private func watch() async {
    let wanted = dashboard.probeRequest
    guard wanted != request else { return }
    request = wanted
    await engine.perform(.watch(wanted))
    await other?.perform(.watch(wanted))
  }

  private func perform(_ actions: [DashboardAction]) async {
    for case .send(let command) in actions {
      await engine.perform(command)
      await other?.perform(command)
    }
    await watch()
  }

  /// Seconds that a step may take with its training.
  private static let patience = 300.0
  /// Seconds in which what the keys asked for has to happen.
  private static let patienceForKeys = 5.0

  private func wait(until isReached: (LessonState.Phase) -> Bool) async throws {
    let end = Date(timeIntervalSinceNow: Self.patience)
    while let phase = dashboard.lesson?.phase, !isReached(phase) {
      guard Date() < end else {
        throw RunFailure(
          description: "\(lesson.name): part \(dashboard.lesson.map { $0.index + 1 } ?? 0) did not "
            + "come to its end in \(Int(Self.patience)) seconds")
      }
      try await Task.sleep(for: .milliseconds(5))
      dashboard.advance(to: -start.timeIntervalSinceNow)
      await goOn()
    }
  }

  private func goOn() async {
    if let step = dashboard.stepForOther { await other?.perform(.run(until: .step(step))) }
    await perform(dashboard.advanceLesson())
  }

  // MARK: Answers

  private func give(_ answer: String, to step: Lesson.Step) async throws {
    guard dashboard.lesson?.phase == .asking else { return }
    if case .action(let action) = step.task {
      switch answer {
      case "wrong": break
      case "right": for key in action.keys { try await press(key) }
      default: for key in answer.split(separator: " ") { try await press(String(key)) }
      }
      let end = Date(timeIntervalSinceNow: answer == "wrong" ? 0 : Self.patienceForKeys)
      while dashboard.lesson?.phase == .asking, Date() < end {
        try await Task.sleep(for: .milliseconds(5))
        await perform(dashboard.advanceLesson())
      }
      return await perform(dashboard.passLessonStep())
    }
    let isToken = answer == "right" || answer == "wrong"
    let actions =
      isToken
      ? dashboard.answerLesson(rightly: answer == "right") : dashboard.answerLesson(answer)
    await perform(actions)
    if dashboard.lesson?.phase == .asking {
      throw RunFailure(
        description: "\(lesson.name), \(step.title): found “\(answer)”, expected "
          + LessonState.expected(by: step), status: ExitStatus.badInput)
    }
  }

  private func press(_ word: String) async throws {
    do {
      await perform(try dashboard.press(word))
    } catch {
      throw RunFailure(description: "\(lesson.name): \(error)", status: ExitStatus.badInput)
    }
    // What a key asked for is carried out before the next one.
    try await Task.sleep(for: .milliseconds(30))
  }

  // MARK: Telling

  private func tell(_ index: Int) throws {
    guard let answer = dashboard.lesson?.answers[index] else { return }
    var object: JSONObject = [
      "event": .string("answer"), "step": .integer(index + 1),
      "title": .string(lesson.steps[index].title), "given": .string(answer.given),
      "right": .bool(answer.judgement.isRight), "reply": .string(answer.judgement.reply),
      "words": .string(answer.words), "trained": .integer(answer.step),
    ]
    if let found = answer.judgement.found { object["found"] = .number(found) }
    try say(object)
  }

  private func say(_ object: JSONObject) throws {
    try write(String(decoding: JSONValue.object(object).encoded(), as: UTF8.self))
  }
}
