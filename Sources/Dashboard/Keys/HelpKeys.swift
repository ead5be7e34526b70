import TerminalGraphics

extension KeyBindings {
  static let help: [KeyBinding] = [
    KeyBinding(
      [.character("a"), .tab], "a", hint: "all keys and commands", rank: 2,
      "all keys and commands, or this panel’s again", .help, in: .help
    ) { state in
      state.changeHelp { ($0.showsAll, $0.search, $0.scroll) = (!$0.showsAll, nil, 0) }
    },
    KeyBinding(
      [.character("/")], "/", hint: "search", rank: 2, "search in all keys and commands", .help,
      in: .help
    ) { state in
      state.changeHelp { ($0.search, $0.isTyping, $0.scroll) = (LineEditor(), true, 0) }
    },
    KeyBinding(
      [.down, .character("j")], "↓", hint: "scroll", as: "↑ ↓", "scroll down", .help, in: .help
    ) { $0.scrollHelp(by: 1) },
    KeyBinding([.up, .character("k")], "↑", "scroll up", .help, in: .help) {
      $0.scrollHelp(by: -1)
    },
    KeyBinding([.pageDown], "page down", "scroll down a page", .help, in: .help) {
      $0.scrollHelp(by: 10)
    },
    KeyBinding([.pageUp], "page up", "scroll up a page", .help, in: .help) {
      $0.scrollHelp(by: -10)
    },
    KeyBinding(
      [.escape, .character("?"), .character("q"), .enter], "esc ? q", hint: "close", rank: 1,
      "close the help", .help, in: .help
    ) { state in
      state.overlay = nil
      return []
    },
    KeyBinding(
      [.enter, .down], "enter", hint: "to the lines", "go through what was found", .helpSearch,
      in: .helpSearch
    ) { state in
      state.changeHelp { $0.isTyping = false }
    },
    KeyBinding(
      [.escape], "esc", hint: "no search", "cancel the search", .helpSearch, in: .helpSearch
    ) { state in
      state.changeHelp { ($0.search, $0.isTyping, $0.scroll) = (nil, false, 0) }
    },
    KeyBinding(
      [.backspace, .control("h")], "backspace", "delete the character before the cursor",
      .helpSearch, in: .helpSearch
    ) { state in
      state.changeHelp { $0.search?.deleteBackward() }
    },
    KeyBinding([.control("u")], "ctrl-u", "delete up to the start", .helpSearch, in: .helpSearch) {
      state in
      state.changeHelp { $0.search?.deleteToStart() }
    },
  ]
}
