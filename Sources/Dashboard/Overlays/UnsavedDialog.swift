import TerminalGraphics

/// Asks what to do when a run is to be left and its last snapshot could not be saved.
enum UnsavedDialog {
  static func draw(_ reason: String, _ scene: Scene, into buffer: inout CellBuffer) {
    Dialog.ask(
      "Not saved", reason.wrapped(to: min(62, buffer.size.width - 6)), width: 66, keys: .unsaved,
      scene: scene, into: &buffer)
  }
}

extension DashboardState {
  /// Asks a person who wants to leave what to do, since the last snapshot could not be saved.
  /// - Parameter reason: why, in one line
  public mutating func askAboutUnsaved(_ reason: String) {
    prompt = nil
    unsavedReason = reason
    overlay = .unsaved(reason)
    needsRedraw = true
  }

  /// Ends the question with an answer.
  mutating func answerUnsaved(_ action: DashboardAction) -> [DashboardAction] {
    overlay = nil
    if action == .saveAgain { show("writing a snapshot …") }
    return [action]
  }

  /// Leaves the prompt; back to the question that it was part of, if any.
  mutating func leavePrompt() {
    let wasPlace = prompt?.kind == .place
    prompt = nil
    if wasPlace, let unsavedReason { overlay = .unsaved(unsavedReason) }
  }

  mutating func submitPlace(_ text: String) -> [DashboardAction] {
    let place = text.trimmed
    guard !place.isEmpty else {
      if let unsavedReason { overlay = .unsaved(unsavedReason) }
      return []
    }
    show("writing a snapshot …")
    return [.saveElsewhere(place)]
  }
}
