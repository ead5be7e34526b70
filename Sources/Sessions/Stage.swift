import Dashboard
import Dispatch
import Foundation
import NcursesTerminal
import Runs
import TerminalGraphics
import Training
import TrainingEvents

/// The terminal while the program has it, and how a person likes it: what the chooser and runs
/// draw on, one after the other.
package struct Stage: Sendable {
  let screen: TerminalScreen
  let settingsFile: SettingsFile
  var settings: DashboardSettings
  var abilities: TerminalScreen.Abilities
  /// What could not be read of the settings, one line each.
  var problems: [String]
  private var recorder: ScreenRecorder?
  private var shownProgress: TerminalProgress?

  /// Takes the terminal over.
  /// - Parameter recording: a file for a recording of the screen, if any
  package static func open(recording: String?) async throws -> Stage {
    let file = SettingsFile()
    let (settings, problems) = file.load()
    let screen = TerminalScreen(on: DispatchQueueExecutor(label: "unfold screen"))
    let abilities = try await screen.open(mouse: settings.usesMouse)
    var stage = Stage(
      screen: screen, settingsFile: file, settings: settings, abilities: abilities,
      problems: problems)
    guard let recording else { return stage }
    do {
      stage.recorder = try ScreenRecorder(to: recording, size: abilities.size, title: "unfold")
    } catch {
      await screen.close()
      throw error
    }
    return stage
  }

  var appearance: Appearance { settings.appearance(on: abilities) }

  /// Seconds on a clock that never goes back.
  var now: Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

  func show(_ picture: CellBuffer) {
    screen.present(picture)
    recorder?.show(picture, at: now)
  }

  /// Shows how far the run is on the terminal's tab, where a person wants that.
  mutating func show(progress: TerminalProgress?) {
    guard progress != shownProgress else { return }
    shownProgress = progress
    Task { [screen] in await screen.show(progress: progress) }
  }

  /// Puts a text into the clipboard of the person's own machine.
  func copy(_ text: String) {
    let base64 = Data(text.utf8).base64EncodedString()
    Task { [screen] in await screen.copy(base64: base64) }
  }

  /// Rings, and runs a person's own command, where they are set and an event is worth it.
  func notice(_ event: TrainingEvent, of name: String) {
    guard settings.rings || !settings.noticeCommand.isEmpty,
      let text = Notice.text(of: event, run: name)
    else { return }
    if settings.rings { Task { [screen] in await screen.ring() } }
    if !settings.noticeCommand.isEmpty { Notice.run(settings.noticeCommand, saying: text) }
  }

  /// Uses settings from now on and keeps them for the next time.
  /// - Returns: why they could not be kept; nil when they were
  mutating func use(_ settings: DashboardSettings) -> String? {
    if settings.usesMouse != self.settings.usesMouse {
      Task { [screen] in await screen.set(mouse: settings.usesMouse) }
    }
    self.settings = settings
    return settingsFile.save(settings)
  }

  /// Gives the terminal back.
  /// - Returns: what ended a recording early, if anything did
  func close() async -> String? {
    await screen.close()
    do {
      try recorder?.close()
      return nil
    } catch {
      return "the recording ends early: \(error)"
    }
  }

  /// Gives the terminal back and ends the program, whatever is under way.
  static func leaveAtOnce(_ status: Int32) -> Never {
    TerminalScreen.restoreNow()
    _exit(status)
  }

  /// Sees to it that a terminal that takes nothing any more does not keep the program.
  static func leaveSoon(_ status: Int32) {
    DispatchQueue.global().asyncAfter(deadline: .now() + 2) { leaveAtOnce(status) }
  }
}
