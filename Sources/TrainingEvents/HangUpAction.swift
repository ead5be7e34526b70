/// What becomes of a run when the terminal that shows it is gone: a window that was closed, a connection
/// that was lost.
public enum HangUpAction: String, Sendable, Equatable, CaseIterable {
  /// A snapshot is written, and the run ends with its terminal.
  case save
  /// A snapshot is written, and the run trains on in the background, where `unfold attach` finds it.
  case detach
}
