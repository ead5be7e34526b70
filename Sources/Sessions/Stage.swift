import Dashboard
import Dispatch
import Foundation
import NcursesTerminal
import Runs
import TerminalGraphics
import Training
import TrainingEvents

/// The terminal while the program has it, and what is kept of how a person likes it: what the chooser
/// and runs draw on, one after the other.
package struct Stage: Sendable {
  let terminal: any Terminal
  let settingsFile: SettingsFile
  let lessonProgress: LessonProgress
  var settings: DashboardSettings
  var abilities: TerminalAbilities
  /// What could not be read of the settings, one line each.
  var problems: [String]
  private var recorder: ScreenRecorder?
  private var shownProgress: TerminalProgress?
  private let exit: @Sendable (Int32) -> Void

  /// - Parameters:
  ///   - terminal: taken over already
  ///   - settingsFile: where settings are read and kept
  ///   - exit: gives the terminal back from any thread and ends the program with a status
  init(
    on terminal: any Terminal, _ abilities: TerminalAbilities, settingsFile: SettingsFile,
    lessonProgress: LessonProgress, exit: @escaping @Sendable (Int32) -> Void
  ) {
    (self.terminal, self.abilities) = (terminal, abilities)
    (self.settingsFile, self.lessonProgress) = (settingsFile, lessonProgress)
    (settings, problems) = settingsFile.load()
    self.exit = exit
  }

  /// Takes the terminal over.
  /// - Parameter recording: a file for a recording of the screen, if any
  package static func open(recording: String?) async throws -> Stage {
    let screen = TerminalScreen(on: DispatchQueueExecutor(label: "unfold screen"))
    let file = SettingsFile()
    var stage = Stage(
      on: screen, TerminalAbilities(), settingsFile: file, lessonProgress: LessonProgress()
    ) { status in
      TerminalScreen.restoreNow()
      _exit(status)
    }
    stage.abilities = try await screen.open(mouse: stage.settings.usesMouse)
    guard let recording else { return stage }
    do {
      try stage.record(to: recording)
    } catch {
      await screen.close()
      throw error
    }
    return stage
  }

  /// Records every picture from now on.
  mutating func record(to path: String) throws {
    recorder = try ScreenRecorder(to: path, size: abilities.size, title: "unfold")
  }

  var appearance: Appearance { settings.appearance(on: abilities) }

  /// Seconds on a clock that never goes back.
  var now: Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

  func show(_ picture: CellBuffer) {
    terminal.present(picture)
    recorder?.show(picture, at: now)
  }

  /// Shows how far the run is on the terminal's tab, where a person wants that.
  mutating func show(progress: TerminalProgress?) {
    guard progress != shownProgress else { return }
    shownProgress = progress
    Task { [terminal] in await terminal.show(progress: progress) }
  }

  /// Puts a text into the clipboard of the person's own machine.
  func copy(_ text: String) {
    let base64 = Data(text.utf8).base64EncodedString()
    Task { [terminal] in await terminal.copy(base64: base64) }
  }

  /// Rings, and runs a person's own command, where they are set and an event is worth it.
  func notice(_ event: TrainingEvent, of name: String) {
    guard settings.rings || !settings.noticeCommand.isEmpty,
      let text = Notice.text(of: event, run: name)
    else { return }
    if settings.rings { Task { [terminal] in await terminal.ring() } }
    if !settings.noticeCommand.isEmpty { Notice.run(settings.noticeCommand, saying: text) }
  }

  /// Uses settings from now on and keeps them for the next time.
  /// - Returns: why they could not be kept; nil when they were
  mutating func use(_ settings: DashboardSettings) -> String? {
    if settings.usesMouse != self.settings.usesMouse {
      Task { [terminal] in await terminal.set(mouse: settings.usesMouse) }
    }
    self.settings = settings
    return settingsFile.save(settings)
  }

  /// Gives the terminal back.
  /// - Returns: what ended a recording early, if anything did
  func close() async -> String? {
    await terminal.close()
    do {
      try recorder?.close()
      return nil
    } catch {
      return "the recording ends early: \(error)"
    }
  }

  /// Gives the terminal back and ends the program, whatever is under way.
  func leaveAtOnce(_ status: Int32) { exit(status) }

  /// Sees to it that a terminal that takes nothing any more does not keep the program.
  func leaveSoon(_ status: Int32) {
    DispatchQueue.global().asyncAfter(deadline: .now() + 2) { [exit] in exit(status) }
  }
}
