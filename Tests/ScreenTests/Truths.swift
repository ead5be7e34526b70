import TerminalGraphics
import TestTables
import TrainingEvents

@testable import Dashboard

/// What must hold of a screen, whatever the run. Each gives back what does not, in words.
enum Truths {
  // MARK: Axes

  private static let overSteps: Set<PanelKind> = [
    .loss, .gradientNorm, .metric, .waterfall, .updateRatios, .stateNorms,
  ]

  /// Two labels or more along every axis of every chart.
  static func axes(_ screen: ShownScreen) -> [String] {
    screen.parts.flatMap { part -> [String] in
      guard part.absence == nil else { return [] }
      let rows = part.rows
      let isOverSteps = overSteps.contains(part.panel)
      let isForecast = part.panel == .task && screen.run.hasForecast
      let isChart =
        isOverSteps || isForecast || [.gradientThroughTime, .positionLoss].contains(part.panel)
      // A forecast has a legend of two lines above it.
      guard isChart, rows.count >= (isForecast ? 8 : 5) else { return [] }
      var wrong: [String] = []
      let labels = rows.compactMap { row -> String? in
        guard let end = row.firstIndex(of: "┤") else { return nil }
        return row[..<end].filter { !"│ ".contains($0) }
      }
      if labels.filter({ !$0.isEmpty }).count < 2 {
        wrong.append("\(part.panel) has \(labels) along its vertical axis")
      }
      if Set(labels).count < labels.count {
        wrong.append("\(part.panel) repeats a label along its vertical axis: \(labels)")
      }
      if part.panel != .positionLoss {
        let border = rows[rows.count - 1].split { "─━╰╯┗┛ ".contains($0) }
        let ticks = border.filter { $0.contains(where: \.isNumber) }
        if ticks.count < 2 {
          wrong.append("\(part.panel) has \(ticks) along its horizontal axis")
        }
        if isOverSteps, Set(ticks).count < ticks.count {
          wrong.append("\(part.panel) repeats a label along its horizontal axis: \(ticks)")
        }
      }
      return wrong
    }
  }

  // MARK: Legends

  /// A panel with several curves says which is which.
  static func legends(_ screen: ShownScreen) -> [String] {
    screen.parts.compactMap { part in
      guard part.absence == nil else { return nil }
      let text = part.text
      switch part.panel {
      case .loss where part.size.height >= 6:
        let names = ["train", "smooth", "valid"]
        return names.allSatisfy(text.contains) ? nil : "the loss curves have no legend"
      case .gradientThroughTime:
        let curves = screen.state.gradientByLag?.curves ?? []
        guard curves.count > 1, part.size.height >= 10 else { return nil }
        return curves.allSatisfy { text.contains($0.name) } ? nil : "a lag curve has no name"
      default: return nil
      }
    }
  }

  // MARK: Numbers

  /// What the screen says in numbers is what the run told.
  /// - Parameter shown: takes the names of what was found
  static func numbers(_ screen: ShownScreen, shown: inout Set<String>) -> [String] {
    var wrong = judge(
      PanelFacts.header(screen.run), "the header", [screen.buffer.lines.first ?? ""], &shown)
    for part in screen.parts where part.absence == nil {
      let name = part.panel.description
      wrong += judge(PanelFacts.of(part.panel, screen.run), name, part.rows, &shown)
      if part.panel == .task { wrong += TaskFacts.tables(part.rows, screen.run) }
      if [.run, .values].contains(part.panel) {
        wrong += unexplained(part, PanelFacts.of(part.panel, screen.run))
      }
      let words = part.rows.flatMap { $0.split(whereSeparator: { " │┤".contains($0) }) }
      if words.contains(where: { ["NaN", "inf", "∞", "−∞"].contains($0) }) {
        wrong.append("\(name) shows a number that is none")
      }
      // A zero is a zero: anything else has digits that count.
      for word in words where [.loss, .log, .values].contains(part.panel) && !isZero(screen.run) {
        if word.contains(".00"), word.allSatisfy({ "0.−-".contains($0) }) {
          wrong.append("\(name) shows \(word), which is rounded away")
        }
      }
    }
    return wrong
  }

  /// Numbers in a panel of words and numbers alone that no fact tells of.
  private static func unexplained(_ part: ShownScreen.Part, _ facts: [Fact]) -> [String] {
    let numbers = facts.flatMap(\.numbers)
    return part.rows.flatMap { row in
      row.split(whereSeparator: { " │╭╮╰╯─".contains($0) }).filter { word in
        guard word.first.map({ $0.isNumber || "−<".contains($0) }) ?? false else { return false }
        let text = row[word.startIndex...]
        return !numbers.contains { number in
          guard let shown = ShownNumber(text, as: number.form) else { return false }
          return shown.isCut || number.values.contains(where: shown.means)
        }
      }.map { "\(part.panel) says \($0), which nothing explains: \(row)" }
    }
  }

  private static func judge(
    _ facts: [Fact], _ name: String, _ rows: [String], _ shown: inout Set<String>
  ) -> [String] {
    facts.flatMap { fact -> [String] in
      let finding = fact.find(in: rows)
      if finding.isShown { shown.insert("\(name): “\(fact.label)”") }
      return finding.wrong.map { "\(name): \($0)" }
    }
  }

  /// What a large screen does not show in any of its views.
  static func missing(_ run: ToldRun, _ screens: [ShownScreen], shown: Set<String>) -> [String] {
    let panels = Set(
      screens.flatMap { screen in
        screen.parts.filter { $0.absence == nil }.map(\.panel)
      })
    let facts =
      PanelFacts.header(run).map { ("the header", $0) }
      + panels.flatMap { panel in
        PanelFacts.of(panel, run).map { (panel.description, $0) }
      }
    return facts.filter(\.1.isRequired).map { "\($0): “\($1.label)”" }
      .filter { !shown.contains($0) }.map { "nowhere stands \($0)" }
  }

  private static func isZero(_ run: ToldRun) -> Bool {
    run.last?.loss == 0 || run.validations.last?.loss == 0
  }

  // MARK: Absences

  /// What a trained network always has is never told to be missing, and nothing waits in a run that
  /// is over.
  static func absences(_ screen: ShownScreen) -> [String] {
    let state = screen.state
    var wrong: [String] = []
    for phrase in ["waiting for", "not measured", " yet"] where screen.text.contains(phrase) {
      wrong.append("“\(phrase)” stands on the screen of a run that is over")
    }
    for part in screen.parts {
      guard let reason = part.absence else { continue }
      let shape = state.run?.architecture?.shape
      let isJustified =
        switch part.panel {
        case .loss, .gradientNorm: state.run?.task == .handBuilt
        case .positionLoss: shape != .everyStep || state.run?.task == .sequenceToSequence
        case .trajectory, .spectrum, .exponents: !isSystem(state)
        case .attribution: !isSystem(state) || !hasInputsAtOutputs(state)
        default: false
        }
      if !isJustified { wrong.append("\(part.panel) has nothing to show: \(reason)") }
      let words = part.rows.joined(separator: " ")
      if let first = reason.split(separator: " ").first, !words.contains(first) {
        wrong.append("\(part.panel) does not say why it is empty")
      }
    }
    return wrong
  }

  /// Whether one function leads from state to state, and is learned.
  private static func isSystem(_ state: DashboardState) -> Bool {
    guard let architecture = state.run?.architecture, state.run?.task != .handBuilt else {
      return false
    }
    return architecture.shape != .vectorToSequence && !architecture.twoDimensional
      && architecture.unsharedSteps == nil
  }

  /// Whether every output stands where an input was read.
  private static func hasInputsAtOutputs(_ state: DashboardState) -> Bool {
    guard let architecture = state.run?.architecture else { return false }
    return ![.encoderDecoder, .autonomous].contains(architecture.shape) && !architecture.isAligned
  }

  // MARK: Words

  static func words(_ screen: ShownScreen) -> [String] {
    OldWords.found(in: screen.text).map { "“\($0.word)” stands on screen" }
  }

  // MARK: Alerts

  /// Only what a preset is known to run into is raised, and stands on screen.
  static func alerts(_ run: ToldRun, preset: String) -> [String] {
    run.alerts.subtracting(PresetAlerts.raised(by: preset)).sorted().map {
      "“\($0)” is raised, which the table forbids"
    }
  }
}
