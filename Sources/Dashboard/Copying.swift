import TerminalGraphics
import TrainingEvents

/// What can be put into the clipboard.
enum Copied: String, Sendable, CaseIterable {
  /// The command that goes on with the run, or looks at it again.
  case command
  /// The run's directory.
  case path
  /// What the charts' cursor reads off, else the newest values.
  case values

  var summary: String {
    switch self {
    case .command: "the command that goes on with this run"
    case .path: "the run's directory"
    case .values: "the values under the cursor, else the newest ones"
    }
  }
}

extension DashboardState {
  /// Puts something into the clipboard: the values under the cursor, else the command, where nothing is named.
  mutating func copy(_ what: Copied? = nil) -> [DashboardAction] {
    let what = what ?? (chart.cursor != nil ? .values : .command)
    guard let text = text(of: what) else {
      show("there is nothing to copy yet: \(what.summary)", .warning)
      return []
    }
    show("copied, where the terminal allows it: \(text)")
    return [.copy(text)]
  }

  private func text(of what: Copied) -> String? {
    switch what {
    case .path: run?.directory
    case .command: command
    case .values: values
    }
  }

  private var command: String? {
    guard let directory = run?.directory else { return nil }
    let quoted = ShellWord.quoted(directory)
    if isReplaying { return "unfold replay \(quoted)" }
    if isViewing { return "unfold follow \(quoted)" }
    if isServed { return "unfold attach \(quoted)" }
    return "unfold train --resume \(quoted)"
  }

  private var values: String? {
    guard let values = cursorValues ?? CursorValues(history, at: currentStep) else { return nil }
    var parts = ["step \(values.step)", "\(run?.lossName ?? "loss") \(values.loss)"]
    if let norm = values.gradientNorm { parts.append("gradient norm \(norm)") }
    if let rate = values.learningRate { parts.append("learning rate \(rate)") }
    if let validation = values.validation {
      parts.append("validation \(validation.loss) at step \(validation.step)")
    }
    return parts.joined(separator: ", ")
  }
}

/// Words for a shell.
enum ShellWord {
  /// The text as one word: in quotes where it has more than letters, digits and `_@%+=:,./-`.
  static func quoted(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.unicodeScalars.allSatisfy { scalar in
        scalar.isASCII
          && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            || "_@%+=:,./-".unicodeScalars.contains(scalar))
      }
    return isPlain
      ? text
      : "'"
        + text.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "'\\''") + "'"
  }
}
