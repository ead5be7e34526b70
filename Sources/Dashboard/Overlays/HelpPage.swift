import TerminalGraphics

/// What the help shows: one page about the panel with the focus; everything, where a person asks.
struct HelpPage: Sendable, Equatable {
  var showsAll = false
  /// Lines scrolled away.
  var scroll = 0
  /// What is searched for among all keys and commands; nil while nothing is.
  var search: LineEditor?
  /// Whether keys go into the search.
  var isTyping = false
}

/// One line of the help.
enum HelpLine: Equatable {
  case heading(String)
  case words(String)
  case key(String, String)
  case space
}

extension HelpPage {
  static let keyWidth = 16

  func title(_ state: DashboardState) -> String {
    if let search { return "Help  /\(search.text)\(isTyping ? "▏" : "")" }
    return showsAll ? "Keys and commands" : "Help: \(state.focusedPanel?.drawing.name ?? "Keys")"
  }

  /// - Parameters:
  ///   - width: cells of a line
  ///   - height: lines that one page holds; the page about the panel is cut to it
  func lines(_ state: DashboardState, width: Int, height: Int) -> [HelpLine] {
    if let text = search?.text.lowercased().trimmed, !text.isEmpty {
      let found = Self.found(text, width)
      return found.isEmpty ? [.words("no key and no command has “\(text)” in its line")] : found
    }
    if showsAll || search != nil { return Self.everything(width) }
    return Self.focus(state, width: width, height: height)
  }

  /// The panel in a sentence, its keys, and as many of those that always work as there is room for:
  /// those that the hints name first.
  private static func focus(_ state: DashboardState, width: Int, height: Int) -> [HelpLine] {
    var lines: [HelpLine] = []
    let panel = state.focusedPanel?.drawing
    lines += (panel?.summary ?? "").wrapped(to: width).filter { !$0.isEmpty }.map(HelpLine.words)
    for (title, context) in [(panel?.name ?? "", panel?.context), ("In every panel", .view)] {
      let contexts = context == .lesson ? state.lessonContexts : context.map { [$0] } ?? []
      let all: [KeyBinding] = KeyBindings.all.filter { contexts.contains($0.context) }
      let room = height - lines.count - 2
      guard context != nil, room > 0, !all.isEmpty else { continue }
      // A row of tabs names the views already.
      let ranked = all.indices.filter { all[$0].group != .views }
        .sorted { (all[$0].hint == nil ? 1 : 0, $0) < (all[$1].hint == nil ? 1 : 0, $1) }
      let shown = Set(ranked.prefix(room))
      lines += [.space, .heading(context == .view ? title : "Keys of \(title)")]
      for index in all.indices where shown.contains(index) {
        let binding = all[index]
        lines.append(.key(binding.label, binding.summary.cut(to: width - keyWidth)))
      }
    }
    return lines
  }

  private static func everything(_ width: Int) -> [HelpLine] {
    var lines: [HelpLine] = []
    for group in KeyBinding.Group.allCases {
      let bindings = KeyBindings.all.filter { $0.group == group }
      guard !bindings.isEmpty else { continue }
      if !lines.isEmpty { lines.append(.space) }
      lines.append(.heading(group.rawValue))
      for binding in bindings { append(binding.label, binding.summary, width, to: &lines) }
    }
    lines += [.space, .heading("Commands, after :")]
    for command in Command.all {
      append("\(command.name) \(command.arguments)", command.summary, width, to: &lines)
    }
    return lines
  }

  private static func found(_ text: String, _ width: Int) -> [HelpLine] {
    var lines: [HelpLine] = []
    for group in KeyBinding.Group.allCases {
      let bindings = KeyBindings.all.filter { binding in
        binding.group == group
          && [binding.label, binding.summary].contains { $0.lowercased().contains(text) }
      }
      if !bindings.isEmpty { lines.append(.heading(group.rawValue)) }
      for binding in bindings { append(binding.label, binding.summary, width, to: &lines) }
    }
    let commands = Command.all.filter { command in
      [command.name, command.summary].contains { $0.lowercased().contains(text) }
    }
    if !commands.isEmpty { lines.append(.heading("Commands, after :")) }
    for command in commands {
      append("\(command.name) \(command.arguments)", command.summary, width, to: &lines)
    }
    return lines
  }

  private static func append(
    _ label: String, _ summary: String, _ width: Int, to lines: inout [HelpLine]
  ) {
    // A long label takes a line of its own.
    let isLong = CharacterWidth.of(label) > keyWidth - 3
    if isLong { lines.append(.key(label, "")) }
    for (index, part) in summary.wrapped(to: width - keyWidth).enumerated() {
      lines.append(.key(index == 0 && !isLong ? label : "", part))
    }
  }
}
