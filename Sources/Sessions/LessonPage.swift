import Dashboard
import Runs
import SequenceData
import TerminalGraphics

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
