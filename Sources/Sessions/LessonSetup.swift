import Dashboard
import Foundation
import Runs
import SequenceData
import TerminalGraphics
import Training
import TrainingEvents

/// A lesson's network or two, set up and not started.
package struct LessonSetup: Sendable {
  let lesson: Lesson
  /// The run that stands on the screen and is recorded.
  let run: RunSetup
  /// The second of two networks.
  let other: TrainingEngine?

  package init(_ lesson: Lesson, _ command: TrainingOptions) throws {
    self.lesson = lesson
    var command = command.starting(lesson.preset)
    command.settings = lesson.settings
    command.threads = command.threads ?? Self.threads(of: lesson)
    run = try RunSetup(command, canGoBack: true, name: "lesson-\(lesson.name)")
    let first = Prepared(preset: run.preset, task: run.task)
    other = try lesson.other.map {
      try Self.prepare(lesson, seed: command.seed, extra: $0.settings, beside: first)
        .engine(of: lesson)
    }
  }

  /// One of a lesson's networks before it is built.
  struct Prepared {
    var preset: Preset
    var task: TaskData

    /// An engine with nothing recorded.
    func engine(of lesson: Lesson) throws -> TrainingEngine {
      try TrainingEngine(
        preset: preset, task: task, threads: LessonSetup.threads(of: lesson))
    }
  }

  /// Threads that compute for each of a lesson's networks: two of them train at the same time.
  private static func threads(of lesson: Lesson) -> Int {
    let all = ProcessInfo.processInfo.activeProcessorCount
    return max(1, lesson.other == nil ? all : all / 2)
  }

  /// - Parameter first: the other network, whose data are not made twice where they are the same
  static func prepare(
    _ lesson: Lesson, seed: UInt64?, extra: [String] = [], beside first: Prepared? = nil
  ) throws -> Prepared {
    var preset = try PresetLibrary.preset(lesson.preset)
    let before = preset
    try preset.set(arguments: lesson.settings + extra)
    preset.retitle(after: before)
    if let seed { preset.training.seed = seed }
    if let first, first.preset.task == preset.task,
      first.preset.training.seed == preset.training.seed
    {
      return Prepared(preset: preset, task: first.task)
    }
    let task = try TaskLoader.load(
      preset.task, seed: preset.training.seed, dataDirectories: DataDirectories.all)
    return Prepared(preset: preset, task: task)
  }
}

/// What was predicted and found in a lesson, as Markdown with a picture of the screen beside it.
struct LessonPage {
  private let state: DashboardState

  init(_ state: DashboardState) { self.state = state }

  /// - Returns: nothing to read twice: the page, and beside it the picture it shows
  func write(to path: String) throws {
    let stem = path.hasSuffix(".md") ? String(path.dropLast(3)) : path
    let picture = state.render(size: Size(width: 120, height: 40), appearance: Appearance())
    try AtomicFile.write(
      ScreenSVG.picture(picture), to: stem + ".svg", makesDirectories: true)
    let name = stem.split(separator: "/").last.map(String.init) ?? stem
    try AtomicFile.write(
      state.lessonPage(picture: name + ".svg"), to: stem + ".md", makesDirectories: true)
  }
}
