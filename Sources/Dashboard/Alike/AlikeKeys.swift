import TerminalGraphics

extension KeyBindings {
  /// In a heatmap: a passage is marked in its text.
  static let marking: [KeyBinding] =
    [
      key(
        [.character("m")], "m", hint: "mark", as: "m a", rank: 8,
        "mark a passage from the cursor on, which ← → extend; again: no passage", in: .units
      ) { $0.markPassage() }
    ] + finding(in: .units)

  static let alike: [KeyBinding] =
    [
      key([.up], "↑", hint: "place", as: "↑ ↓", rank: 5, "the place above in the list", in: .alike)
      {
        $0.chooseAlike(by: -1)
      },
      key([.down], "↓", "the place below in the list", in: .alike) { $0.chooseAlike(by: 1) },
      key([.pageUp], "page up", "ten places up", in: .alike) { $0.chooseAlike(by: -10) },
      key([.pageDown], "page down", "ten places down", in: .alike) { $0.chooseAlike(by: 10) },
      key([.left], "←", "the passage’s end, or the cursor, one position back", in: .alike) {
        $0.pickColumn(by: -1)
      },
      key([.right], "→", "the passage’s end, or the cursor, one position on", in: .alike) {
        $0.pickColumn(by: 1)
      },
    ] + finding(in: .alike)

  private static func finding(in context: KeyBinding.Context) -> [KeyBinding] {
    [
      key(
        [.character("a")], "a", hint: context == .alike ? "search" : nil, rank: 6,
        "find alike: where in all training data the same units are on as long", in: context
      ) { $0.findAlike() },
      key(
        [.character(">")], ">", hint: context == .alike ? "threshold" : nil, as: "< > M", rank: 7,
        "a higher threshold for a unit to be on", in: context
      ) { $0.changeThreshold(by: 1) },
      key([.character("<")], "<", "a lower threshold", in: context) {
        $0.changeThreshold(by: -1)
      },
      key(
        [.character("M")], "M", "hold the activation’s size against the threshold, or its value",
        in: context
      ) { $0.toggleMagnitude() },
    ]
  }

  private static func key(
    _ keys: [Key], _ label: String, hint: String? = nil, as hintLabel: String? = nil,
    rank: Int = 8, _ summary: String, in context: KeyBinding.Context,
    change: @escaping @Sendable (inout DashboardState) -> Void
  ) -> KeyBinding {
    .changing(
      keys, label, hint: hint, as: hintLabel, rank: rank, summary,
      context == .alike ? .alike : .units, in: context, change: change)
  }
}

extension Command {
  static let findingAlike: [Command] = [
    Command(
      "alike", "[NAME]", "search all training data for the marked passage’s units, or a kept set",
      candidates: keptNames
    ) { state, argument throws(CommandMistake) in
      guard !argument.isEmpty else {
        state.findAlike()
        return []
      }
      let kept = try state.kept(named: argument)
      if let absence = state.alikeAbsence { throw CommandMistake(absence) }
      state.search(kept.set, length: kept.symbols.count)
      return []
    },
    Command("keep", "NAME", "keep the marked passage’s units and follow them over training") {
      state, argument throws(CommandMistake) in
      guard !argument.isEmpty else { throw CommandMistake("keep needs a name") }
      return try state.keepUnits(argument)
    },
    Command("drop", "NAME", "follow a kept set of units no longer", candidates: keptNames) {
      state, argument throws(CommandMistake) in
      return [.send(.drop(name: try state.kept(named: argument).name))]
    },
  ]

  private static let keptNames: @Sendable (DashboardState) -> [Prompt.Candidate] = { state in
    state.alike.kept.map {
      Prompt.Candidate(text: $0.name, summary: "\($0.set.units.count) units of \($0.set.map)")
    }
  }
}
