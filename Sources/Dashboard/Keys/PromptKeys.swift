import TerminalGraphics
import TrainingEvents

extension KeyBindings {
  static let opening: [KeyBinding] = [
    KeyBinding(
      [.character(":")], ":", hint: "command", rank: 7, "open the command prompt", .program
    ) { $0.open(.command) },
    KeyBinding(
      [.character("e")], "e", hint: "type", rank: 8, "type a text for the network to read",
      .looking
    ) { $0.open(.reading) },
    KeyBinding(
      [.character("/")], "/", "find units correlated with a pattern, such as inside quotes", .units
    ) { $0.open(.pattern) },
    KeyBinding(
      [.character("g")], "g", "train until a step, an epoch or a loss", .training
    ) { $0.open(.command, text: "run until ") },
  ]

  static let prompt: [KeyBinding] = [
    prompt([.enter], "enter", "do it") { $0.submitPrompt() },
    prompt([.escape, .control("c")], "esc", "leave the prompt") { state in
      state.leavePrompt()
      return []
    },
    prompt([.tab], "tab", "complete, then go through the candidates") { $0.completePrompt() },
    prompt([.backTab], "shift-tab", "the previous candidate") { $0.completePrompt(backward: true) },
    prompt([.up, .control("p")], "↑", "an older line") { $0.browsePrompt(by: -1) },
    prompt([.down, .control("n")], "↓", "a newer line") { $0.browsePrompt(by: 1) },
    edit([.left, .control("b")], "←", "one character to the left") { $0.move(by: -1) },
    edit([.right, .control("f")], "→", "one character to the right") { $0.move(by: 1) },
    edit([.home, .control("a")], "home", "to the start") { $0.moveToStart() },
    edit([.end, .control("e")], "end", "to the end") { $0.moveToEnd() },
    prompt(
      [.backspace, .control("h")], "backspace",
      "delete the character before the cursor; in an empty line, leave"
    ) {
      state in
      if state.prompt?.line.isEmpty ?? true {
        state.leavePrompt()
      } else {
        state.prompt?.edit { $0.deleteBackward() }
      }
      return []
    },
    edit([.delete, .control("d")], "delete", "delete the character after the cursor") {
      $0.deleteForward()
    },
    edit([.control("w")], "ctrl-w", "delete the word before") { $0.deleteWord() },
    edit([.control("u")], "ctrl-u", "delete up to the start") { $0.deleteToStart() },
    edit([.control("k")], "ctrl-k", "delete up to the end") { $0.deleteToEnd() },
  ]

  private static func prompt(
    _ keys: [Key], _ label: String, _ summary: String,
    perform: @escaping @Sendable (inout DashboardState) -> [DashboardAction]
  ) -> KeyBinding {
    KeyBinding(keys, label, summary, .prompt, in: .prompt, perform: perform)
  }

  private static func edit(
    _ keys: [Key], _ label: String, _ summary: String,
    change: @escaping @Sendable (inout LineEditor) -> Void
  ) -> KeyBinding {
    prompt(keys, label, summary) { state in
      state.prompt?.edit(change)
      return []
    }
  }
}

extension DashboardState {
  mutating func open(_ kind: Prompt.Kind, text: String = "") -> [DashboardAction] {
    prompt = Prompt(kind, text: text)
    message = nil
    return []
  }

  mutating func completePrompt(backward: Bool = false) -> [DashboardAction] {
    guard var prompt else { return [] }
    prompt.complete(Completion(prompt, self), backward: backward)
    self.prompt = prompt
    return []
  }

  mutating func browsePrompt(by step: Int) -> [DashboardAction] {
    guard let kind = prompt?.kind else { return [] }
    prompt?.browse(promptHistory.lines(of: kind), by: step)
    return []
  }

  mutating func submitPrompt() -> [DashboardAction] {
    guard let prompt else { return [] }
    self.prompt = nil
    let text = prompt.line.text
    promptHistory.add(text, to: prompt.kind)
    switch prompt.kind {
    case .command:
      do throws(CommandMistake) {
        let actions = try run(command: text)
        // What the engine refuses is answered here as well, while nobody went on to other keys.
        submitted = actions.isEmpty ? nil : text
        return actions
      } catch {
        answer(line: text, mistake: error.text)
        return []
      }
    case .reading: return text.isEmpty ? [] : read(text)
    case .place: return submitPlace(text)
    case .metric:
      metrics = MetricsControls(filter: text.trimmed)
      return []
    case .console:
      consoleControls = ConsoleControls(filter: text.trimmed)
      return []
    case .pattern:
      if let pattern = UnitPattern(text.trimmed) {
        find(pattern)
      } else {
        rank(by: .sorting(.activity))
      }
      return []
    }
  }

  /// Opens the prompt again with a line that cannot be done, for a person to mend.
  mutating func answer(line: String, mistake: String) {
    prompt = Prompt(.command, text: line)
    prompt?.answer(mistake: mistake)
    message = nil
  }

  /// Takes in text that arrived as one piece. With no prompt open it is offered to the network to
  /// read: what a person pastes must never act as keys.
  public mutating func paste(_ text: String) {
    guard overlay == nil else { return }
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    guard !line.isEmpty else { return }
    if prompt == nil { prompt = Prompt(.reading) }
    prompt?.edit { $0.insert(line) }
    needsRedraw = true
  }
}
