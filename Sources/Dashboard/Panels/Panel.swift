import TerminalGraphics
import TrainingEvents

/// What a panel draws from: everything known, and how to draw on this terminal.
struct Scene {
  let state: DashboardState
  let appearance: Appearance

  var theme: Theme { appearance.theme }
}

/// One framed part of the screen.
protocol Panel: Sendable {
  /// What help and messages call it.
  var name: String { get }
  /// What one sees there, in one sentence of the field's words.
  var summary: String { get }
  /// What must be measured while the panel is on screen.
  var interests: ProbeRequest.Interests { get }
  /// The keys that work while the panel has the focus, besides those that always do.
  var context: KeyBinding.Context? { get }
  /// The sentence that stands in an empty panel; nil where there is something to draw.
  func absence(in state: DashboardState) -> String?

  /// What stands in the upper border, most important piece first; later pieces leave first.
  func title(_ scene: Scene) -> StyledText

  /// Draws into a buffer of the panel's own size, whose outermost cells hold the border.
  func draw(_ scene: Scene, into buffer: inout CellBuffer)
}

extension Panel {
  var interests: ProbeRequest.Interests { [] }
  var context: KeyBinding.Context? { nil }
  func absence(in state: DashboardState) -> String? { nil }
}

extension CellBuffer {
  /// The cells inside a panel's border.
  var inside: Rect { bounds.inset(1, 1) }

  /// Says in the middle of a panel why there is nothing to see yet.
  mutating func note(_ text: String, style: Style) {
    let area = inside
    let lines = text.wrapped(to: area.width - 2)
    let top = area.y + max(0, (area.height - lines.count) / 2)
    for (index, line) in lines.enumerated() where top + index < area.bottom {
      let x = area.x + max(0, (area.width - CharacterWidth.of(line)) / 2)
      write(line, x: x, y: top + index, style: style, limit: area.right)
    }
  }
}
