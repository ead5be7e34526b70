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
    other = try lesson.other.map {
      try Self.engine(lesson, seed: command.seed, extra: $0.settings)
    }
  }

  /// Threads that compute for each of a lesson's networks: two of them train at the same time.
  private static func threads(of lesson: Lesson) -> Int {
    let all = ProcessInfo.processInfo.activeProcessorCount
    return max(1, lesson.other == nil ? all : all / 2)
  }

  /// An engine for a lesson's network, with nothing recorded.
  static func engine(
    _ lesson: Lesson, seed: UInt64?, extra: [String] = []
  ) throws -> TrainingEngine {
    var preset = try PresetLibrary.preset(lesson.preset)
    let before = preset
    try preset.set(arguments: lesson.settings + extra)
    preset.retitle(after: before)
    if let seed { preset.training.seed = seed }
    let task = try TaskLoader.load(
      preset.task, seed: preset.training.seed, dataDirectories: DataDirectories.all)
    return try TrainingEngine(preset: preset, task: task, threads: threads(of: lesson))
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
