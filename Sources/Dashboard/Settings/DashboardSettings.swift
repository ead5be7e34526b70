import TerminalGraphics
import TrainingEvents

/// What a person likes to look at, kept from one session to the next.
public struct DashboardSettings: Sendable, Equatable {
  /// A name in `Theme.all`.
  public var theme = Theme.dark.name
  /// What curves are made of; nil leaves it to the terminal.
  public var drawing: Appearance.Drawing?
  /// Whether clicks and the wheel are taken from the terminal's own use.
  public var usesMouse = true
  /// Whether the terminal shows on its tab how far the run is (OSC 9;4).
  public var showsProgress = false
  /// Whether the bell rings on an alert and at a run's end.
  public var rings = false
  /// A command of a person's own for the shell, run on an alert and at a run's end; what happened stands in
  /// `UNFOLD_NOTICE`. Empty for none.
  public var noticeCommand = ""
  /// The view that a run opens with, where none is pinned for its preset.
  public var view = ViewKind.overview
  /// Views that a person pinned, by name of preset.
  public var views: [String: ViewKind] = [:]
  /// Share of the old average kept at each step of the smoothed loss, from 0 to below 1.
  public var smoothing = 0.98
  /// What becomes of a run when its terminal is gone, where its preset does not say.
  public var onHangUp = HangUpAction.save

  public init() {}

  /// The view that a run of this preset opens with.
  public func view(for preset: String) -> ViewKind {
    views[preset] ?? view
  }

  /// How a screen is drawn by these settings on a terminal with these abilities.
  public func appearance(
    hasColor: Bool, hasUnicode: Bool, hasBraille: Bool = true
  ) -> Appearance {
    Appearance(
      theme: Theme.named(theme) ?? .dark, hasColor: hasColor, hasUnicode: hasUnicode,
      drawing: drawing ?? (hasBraille ? .braille : .block))
  }
}
