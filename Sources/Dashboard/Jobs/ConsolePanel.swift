import TerminalGraphics
import TrainingEvents

/// What a job writes, as on a terminal: the newest line at the bottom, in the job's own colours.
struct ConsolePanel: Panel {
  var name: String { "Console" }
  var summary: String {
    "What the job writes, in its own colours; a progress bar is one line. / finds words in it."
  }
  var context: KeyBinding.Context? { .console }

  func absence(in state: DashboardState) -> String? {
    state.console.isEmpty ? "the job wrote nothing yet" : nil
  }

  func title(_ scene: Scene) -> StyledText {
    let state = scene.state
    var text = StyledText("Console", scene.theme.title)
    if let exit = state.jobExit {
      text.add("  \(exit.text)", exit.status == 0 ? scene.theme.good : scene.theme.bad)
    }
    if !state.consoleWords.isEmpty {
      text.add("  with “\(state.consoleWords.joined(separator: " "))”", scene.theme.accent)
    }
    if state.consoleControls.scroll > 0 {
      text.add("  \(state.consoleControls.scroll) newer below", scene.theme.accent)
    }
    return text
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    let area = buffer.inside
    let lines = scene.state.consoleLines
    guard !lines.isEmpty else {
      return buffer.note("no line has these words", style: scene.theme.muted)
    }
    let last = max(1, lines.count - scene.state.consoleControls.scroll)
    let shown = lines[max(0, last - area.height)..<min(last, lines.count)]
    for (index, line) in shown.enumerated() {
      SGRText.styled(line.text, plain: scene.theme.text).write(
        x: area.x, y: area.y + index, limit: area.right, into: &buffer)
    }
  }
}

extension PanelKind {
  static let console = PanelKind(ConsolePanel())
}

/// How the console is looked at.
struct ConsoleControls: Sendable, Equatable {
  /// Words that a line must contain, each of them; upper and lower case are the same.
  var filter = ""
  /// Lines below the ones shown; 0 follows the newest.
  var scroll = 0
}

extension DashboardState {
  /// Whether the run is a job, whose output there is to see.
  var hasConsole: Bool { !console.isEmpty || jobExit != nil || abilities?.pausesBySignal ?? false }

  /// What is looked for: what is being typed filters already.
  var consoleWords: [String] {
    let isTyping = prompt?.kind == .console
    let filter = isTyping ? prompt?.line.text ?? "" : consoleControls.filter
    return filter.lowercased().split(separator: " ").map(String.init)
  }

  /// The lines that are shown: all, or those that have the words.
  var consoleLines: [ConsoleLine] {
    var lines = console.lines[...]
    // The line that the cursor waits on is no line yet.
    if lines.last?.text.isEmpty ?? false { lines.removeLast() }
    let words = consoleWords
    guard !words.isEmpty else { return Array(lines) }
    return lines.filter { line in
      let text = line.plainText.lowercased()
      return words.allSatisfy { text.contains($0) }
    }
  }

  mutating func scrollConsole(by lines: Int) {
    let most = max(0, consoleLines.count - 1)
    consoleControls.scroll = min(
      max(0, consoleControls.scroll + min(max(lines, -most), most)), most)
  }
}

extension KeyBindings {
  static let console: [KeyBinding] = [
    scrollConsole([.up], "↑", hint: "scroll", as: "↑ ↓", "older lines", by: 1),
    scrollConsole([.down], "↓", "newer lines", by: -1),
    scrollConsole([.pageUp], "page up", "twenty older lines", by: 20),
    scrollConsole([.pageDown], "page down", "twenty newer lines", by: -20),
    scrollConsole([.home], "home", "the oldest line that is kept", by: .max / 2),
    scrollConsole([.end], "end", "the newest line, and those to come", by: .min / 2),
    KeyBinding(
      [.character("/")], "/", hint: "find", rank: 3, "type words: only lines with them are shown",
      .console, in: .console
    ) { state in
      let filter = state.consoleControls.filter
      return state.open(.console, text: filter)
    },
    KeyBinding([.backspace], "backspace", "show all lines again", .console, in: .console) { state in
      state.consoleControls = ConsoleControls()
      return []
    },
  ]

  private static func scrollConsole(
    _ keys: [Key], _ label: String, hint: String? = nil, as hintLabel: String? = nil,
    _ summary: String, by lines: Int
  ) -> KeyBinding {
    KeyBinding(keys, label, hint: hint, as: hintLabel, rank: 5, summary, .console, in: .console) {
      state in
      state.scrollConsole(by: lines)
      return []
    }
  }
}
