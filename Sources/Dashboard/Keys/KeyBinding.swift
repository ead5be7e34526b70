import TerminalGraphics

/// A state that keys change: the dashboard of one run, or the list of several.
protocol KeyedState: SendableMetatype {
  /// What must be on screen for a key to work.
  associatedtype KeyContext: Sendable, Hashable
  /// Headings of the help.
  associatedtype KeyGroup: Sendable, Hashable
  /// What is asked of the session that runs it.
  associatedtype KeyAction

  /// The one table of keys. Dispatch, hints, help and the guide are all made from it.
  static var keyBindings: [BoundKey<Self>] { get }
}

/// One key, what it does in words, and what it does.
struct BoundKey<State: KeyedState>: Sendable {
  typealias Context = State.KeyContext
  typealias Group = State.KeyGroup

  /// Any of these does it; the first is the one that is named.
  var keys: [Key]
  /// How the keys are written, such as `space` or `+ −`.
  var label: String
  /// A word or two for the line of hints; nil when it is not worth a place there.
  var hint: String?
  /// The label in the line of hints, where one hint stands for several keys.
  var hintLabel: String?
  /// Hints with a higher rank leave first where the line is short.
  var rank: Int
  /// What it does, as one line of help.
  var summary: String
  var group: Group
  var context: Context
  var perform: @Sendable (inout State) -> [State.KeyAction]

  init(
    _ keys: [Key], _ label: String, hint: String? = nil, as hintLabel: String? = nil,
    rank: Int = 5, _ summary: String, _ group: Group, in context: Context,
    perform: @escaping @Sendable (inout State) -> [State.KeyAction]
  ) {
    (self.keys, self.label, self.hint, self.hintLabel) = (keys, label, hint, hintLabel)
    (self.rank, self.summary, self.group, self.context) = (rank, summary, group, context)
    self.perform = perform
  }

  /// A key that changes the state and asks the session for nothing.
  static func changing(
    _ keys: [Key], _ label: String, hint: String? = nil, as hintLabel: String? = nil,
    rank: Int, _ summary: String, _ group: Group, in context: Context,
    change: @escaping @Sendable (inout State) -> Void
  ) -> BoundKey {
    BoundKey(
      keys, label, hint: hint, as: hintLabel, rank: rank, summary, group, in: context
    ) { state in
      change(&state)
      return []
    }
  }

  /// What a key does in the first of these contexts that knows it; nil when nothing.
  static func binding(for key: Key, in contexts: [Context]) -> BoundKey? {
    for context in contexts {
      if let found = State.keyBindings.first(where: {
        $0.context == context && $0.keys.contains(key)
      }) {
        return found
      }
    }
    return nil
  }

  /// The keys with a hint in these contexts, those of the first context first.
  static func hinted(in contexts: [Context]) -> [BoundKey] {
    contexts.flatMap { context in
      State.keyBindings.filter { $0.context == context && $0.hint != nil }
    }
  }

  /// Cells between two hints.
  static var hintGap: Int { 3 }

  /// Those of some keys whose hints find room beside one another.
  ///
  /// - Parameters:
  ///   - bindings: in the order of their hints
  ///   - width: cells that there are for all of them
  ///   - cells: what one hint takes
  static func fitting(
    _ bindings: [BoundKey], width: Int, cells: (BoundKey) -> Int
  ) -> [BoundKey] {
    var bindings = bindings
    var widths = bindings.map(cells)
    while widths.reduce(0, +) + hintGap * (widths.count - 1) > width,
      let last = bindings.indices.max(by: { bindings[$0].rank < bindings[$1].rank })
    {
      bindings.remove(at: last)
      widths.remove(at: last)
    }
    return bindings
  }
}
