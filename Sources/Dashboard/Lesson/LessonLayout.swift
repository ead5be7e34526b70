import TerminalGraphics

/// Where a lesson stands: beside the panels where there is room for both, under them where not.
enum LessonLayout {
  /// Columns from which on it stands beside.
  static let besideFrom = 110

  /// - Returns: the room that the panels keep, and the lesson's
  static func split(_ area: Rect, wants lines: Int) -> (panels: Rect, lesson: Rect) {
    if area.width >= besideFrom {
      let width = min(64, max(40, area.width * 36 / 100))
      let (panels, lesson) = area.cutLeft(area.width - width)
      return (panels, lesson)
    }
    // The panels keep what their lowest layout needs.
    let height = min(max(6, lines + 2), max(6, area.height * 55 / 100), max(0, area.height - 6))
    let (panels, lesson) = area.cutBottom(height)
    return (panels, lesson)
  }
}

extension DashboardState {
  /// The screen without the rows of the run, the tabs and the keys, and without the lesson.
  func panelArea(of size: Size) -> Rect { lessonSplit(size).panels }

  func lessonPlacement(in size: Size) -> PanelPlacement? {
    guard lesson != nil else { return nil }
    return PanelPlacement(panel: .lesson, rect: lessonSplit(size).lesson)
  }

  private func lessonSplit(_ size: Size) -> (panels: Rect, lesson: Rect) {
    let area = Self.area(of: size)
    guard let lesson else { return (area, Rect(x: 0, y: area.bottom, width: 0, height: 0)) }
    let scene = Scene(state: self, appearance: Appearance())
    let wanted =
      area.width >= LessonLayout.besideFrom
      ? 0 : LessonText(lesson, scene).lines(width: area.width - 4).count
    return LessonLayout.split(area, wants: wanted)
  }
}
