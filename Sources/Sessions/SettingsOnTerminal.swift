import Dashboard
import NcursesTerminal
import TerminalGraphics

extension DashboardSettings {
  /// How a screen is drawn by these settings on a terminal with these abilities.
  func appearance(on terminal: TerminalScreen.Abilities) -> Appearance {
    appearance(
      hasColor: terminal.depth != .none, hasUnicode: terminal.hasUnicode,
      hasBraille: terminal.hasBraille)
  }
}
