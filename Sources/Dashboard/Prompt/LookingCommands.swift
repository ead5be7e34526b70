import TerminalGraphics
import TrainingEvents

extension Command {
  static let looking: [Command] = [
    Command(
      "goto", "VIEW|STEP", "show a view, or put the cursor on a step",
      candidates: { _ in
        ViewKind.allCases.map { Prompt.Candidate(text: $0.word, summary: $0.summary) }
      }
    ) { state, argument throws(CommandMistake) in
      try state.go(to: argument)
      return []
    },
    Command("pin", "", "pin this view for runs of this preset, or unpin it") {
      state, _ throws(CommandMistake) in
      state.togglePin()
    },
    Command("read", "TEXT", "let the network read a text") {
      state, argument throws(CommandMistake) in
      guard !argument.isEmpty else { throw CommandMistake("read needs a text") }
      return state.read(argument)
    },
    Command(
      "find", "PATTERN", "units correlated with a pattern in the text",
      candidates: { _ in
        UnitPattern.named.map { Prompt.Candidate(text: $0.name, summary: $0.summary) }
      }
    ) { state, argument throws(CommandMistake) in
      guard let pattern = UnitPattern(argument) else {
        throw CommandMistake("find needs a pattern, such as: find inside quotes")
      }
      state.find(pattern)
      return []
    },
    Command("unit", "N", "pick a unit by its number") { state, argument throws(CommandMistake) in
      guard let unit = Int(argument), let map = state.shownMap, unit >= 0, unit < map.units else {
        throw CommandMistake("unit needs a number from 0 to \((state.shownMap?.units ?? 1) - 1)")
      }
      state.show(view: .states)
      state.heatmap.unit = unit
      return []
    },
    Command(
      "order", "KIND", "sort units",
      candidates: { _ in
        UnitSorting.allCases.map { Prompt.Candidate(text: $0.rawValue, summary: "of units") }
      }
    ) { state, argument throws(CommandMistake) in
      guard let sorting = UnitSorting(rawValue: argument) else {
        throw CommandMistake(
          unknown: "order", argument, among: UnitSorting.allCases.map(\.rawValue))
      }
      state.rank(by: .sorting(sorting))
      return []
    },
    Command(
      "axis", "step|epoch|time", "what the horizontal axis of charts counts",
      candidates: { _ in
        HistoryAxis.allCases.map { Prompt.Candidate(text: $0.rawValue, summary: $0.plural) }
      }
    ) { state, argument throws(CommandMistake) in
      guard let axis = HistoryAxis(rawValue: argument) else {
        throw CommandMistake(
          unknown: "axis", argument, among: HistoryAxis.allCases.map(\.rawValue))
      }
      guard state.history.isEmpty || state.history.has(axis) else {
        throw CommandMistake("this run logs no \(axis.plural)")
      }
      state.chart.axis = axis
      return []
    },
    Command("smooth", "SHARE", "smooth the loss, from 0 to below 1") {
      state, argument throws(CommandMistake) in
      let weight = try number(argument, "smooth needs a share from 0 to below 1")
      guard weight >= 0, weight < 1 else {
        throw CommandMistake("smooth needs a share from 0 to below 1, not \(argument)")
      }
      state.smooth(weight: weight)
      return []
    },
    Command("temperature", "T", "sampling temperature: lower is more conservative, 0 is greedy") {
      state, argument throws(CommandMistake) in
      let value = try number(argument, "the temperature is a number from 0 to 10")
      guard value >= 0, value <= 10 else {
        throw CommandMistake("the temperature is a number from 0 to 10, not \(argument)")
      }
      state.setTemperature(value)
      return []
    },
    Command("walk", "", "pause, and walk through the graph") {
      state, _ throws(CommandMistake) in
      state.toggleWalk()
    },
    Command("sequence", "N", "show another sequence of the batch, counted from 1") {
      state, argument throws(CommandMistake) in
      let number = try whole(argument, "sequence needs a number from 1")
      state.setSequence(number - 1)
      return []
    },
  ]

  static let program: [Command] = [
    Command(
      "help", "[ALERT]", "all keys and commands, or what to do about an alert",
      candidates: { _ in
        Alert.allCases.map { Prompt.Candidate(text: $0.rawValue, summary: $0.title) }
      }
    ) { state, argument throws(CommandMistake) in
      guard !argument.isEmpty else {
        state.overlay = .help(HelpPage(showsAll: true))
        return []
      }
      guard let alert = Alert(rawValue: argument.lowercased()) else {
        throw CommandMistake(unknown: "alert", argument, among: Alert.allCases.map(\.rawValue))
      }
      return state.open(alert)
    },
    Command(
      "dismiss", "[ALERT]", "hide an alert until it is raised again",
      candidates: { state in
        state.alerts.shown.map {
          Prompt.Candidate(text: $0.alert.rawValue, summary: $0.alert.title)
        }
      }
    ) { state, argument throws(CommandMistake) in
      let shown = state.alerts.shown.map(\.alert)
      guard !argument.isEmpty else {
        for alert in shown { state.alerts.dismiss(alert) }
        state.show(shown.isEmpty ? "no alert is active" : "every alert is dismissed")
        return []
      }
      guard let alert = shown.first(where: { $0.rawValue == argument.lowercased() }) else {
        let names = shown.map(\.rawValue).joined(separator: ", ")
        throw CommandMistake(shown.isEmpty ? "no alert is active" : "active alerts: \(names)")
      }
      state.dismiss(alert)
      return []
    },
    Command(
      "theme", "NAME", "the colours of the screen",
      candidates: { _ in Theme.all.map { Prompt.Candidate(text: $0.name, summary: "theme") } }
    ) { state, argument throws(CommandMistake) in
      guard Theme.named(argument) != nil else {
        throw CommandMistake(unknown: "theme", argument, among: Theme.all.map(\.name))
      }
      state.settings.theme = argument
      return [.use(state.settings)]
    },
    Command(
      "copy", "[command|path|values]",
      "copy the command, path or values of the run to the clipboard",
      candidates: { _ in
        Copied.allCases.map { Prompt.Candidate(text: $0.rawValue, summary: $0.summary) }
      }
    ) { state, argument throws(CommandMistake) in
      guard !argument.isEmpty else { return state.copy() }
      guard let what = Copied(rawValue: argument.lowercased()) else {
        throw CommandMistake(
          unknown: "thing to copy", argument, among: Copied.allCases.map(\.rawValue))
      }
      return state.copy(what)
    },
    Command("presets", "", "pause this run and look at the presets; esc there leads back") {
      state, _ throws(CommandMistake) in
      state.askToChoose()
    },
    Command(
      "start", "PRESET", "end this run and start another preset",
      candidates: { state in
        state.presetNames.map { Prompt.Candidate(text: $0, summary: "preset") }
      }
    ) { state, argument throws(CommandMistake) in
      guard !argument.isEmpty else { throw CommandMistake("start needs the name of a preset") }
      // A path of a preset file is read when it starts.
      let isName = !argument.contains("/") && !argument.contains(".")
      if isName, !state.presetNames.isEmpty, !state.presetNames.contains(argument) {
        throw CommandMistake(unknown: "preset", argument, among: state.presetNames)
      }
      return [.start(preset: argument)]
    },
    Command("quit", "", "leave; asks first when steps would be lost") {
      state, _ throws(CommandMistake) in
      state.askToQuit()
    },
  ]
}

extension DashboardState {
  /// Shows a view by its name, or puts the cursor of the charts on a step.
  mutating func go(to place: String) throws(CommandMistake) {
    let words = place.lowercased().split(separator: " ").map(String.init)
    let word = words.last ?? ""
    if let step = Int(word.filter { $0 != "," }), words.count == 1 || words.first == "step" {
      guard !history.isEmpty else { throw CommandMistake("there is no step to go to yet") }
      if focused(among: placements(in: size))?.drawing.context != .chart { show(view: .loss) }
      chart.moveCursor(to: step, in: history)
      return
    }
    if let view = ViewKind.named(word) ?? Int(word).flatMap(ViewKind.init(rawValue:)) {
      return show(view: view)
    }
    throw CommandMistake(unknown: "view", word, among: ViewKind.allCases.map(\.word))
  }

  /// Sorts units by how closely they follow a pattern.
  mutating func find(_ pattern: UnitPattern) {
    if view != .states, view != .overview { show(view: .states) }
    rank(by: .pattern(pattern))
    heatmap.unit = unitOrder.order.first
    if let unit = heatmap.unit, let r = unitOrder.correlation(of: unit) {
      show(
        "unit \(unit) is most correlated with “\(pattern.name)”: r \(NumberText.fixed(Double(r), 2))"
      )
    } else {
      show("“\(pattern.name)” does not occur in the text on screen", .warning)
    }
  }

  /// Lets the network read a text, and goes where its answer is shown.
  mutating func read(_ text: String) -> [DashboardAction] {
    // Where answers are traced back to inputs, those of the text are.
    let isShown = placements(in: size).contains { [.reading, .attribution].contains($0.panel) }
    if !isShown { show(view: .task) }
    return [.send(.read(text: text))]
  }
}
