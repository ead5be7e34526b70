import TerminalGraphics
import TrainingEvents

/// One alert in a box over the view: what was measured, when it is raised and what people do.
enum AlertPage {
  static func draw(_ alert: Alert, _ scene: Scene, into buffer: inout CellBuffer) {
    let width = min(76, buffer.size.width - 4)
    Dialog.ask(
      title(alert, scene.state), lines(alert, scene.state, width: width - 4), width: width,
      choices: KeyBindings.all.filter { scene.state.contexts.contains($0.context) }, scene: scene,
      into: &buffer)
  }

  private static func title(_ alert: Alert, _ state: DashboardState) -> String {
    let shown = state.alerts.shown.map(\.alert)
    guard shown.count > 1, let index = shown.firstIndex(of: alert) else {
      return "Alert: \(alert.title)"
    }
    return "Alert \(index + 1) of \(shown.count): \(alert.title)"
  }

  private static func lines(_ alert: Alert, _ state: DashboardState, width: Int) -> [String] {
    var parts: [(String, String)] = []
    let record = state.alerts.entry(of: alert)?.record
    if let record {
      parts.append(("step \(NumberText.grouped(record.step))", record.text))
    } else {
      parts.append(("now", "not raised"))
    }
    parts += [("measured", alert.measure), ("threshold", alert.threshold), ("over", alert.ending)]
    parts.append(("what to do", record?.advice ?? alert.advice))
    if alert == .overfitting, let best = state.bestSnapshot {
      parts.append(("best weights", "step \(NumberText.grouped(best.step)), in \(best.path)"))
    }
    let label = 14
    return parts.flatMap { part in
      part.1.wrapped(to: max(1, width - label)).enumerated().map { index, line in
        let name = index == 0 ? part.0 : ""
        return name + String(repeating: " ", count: max(1, label - name.count)) + line
      }
    }
  }
}

extension DashboardState {
  /// The alert whose page is open; nil when none is.
  var alertPage: Alert? {
    if case .alert(let alert) = overlay { alert } else { nil }
  }

  /// Whether a person can go back to the best weights from the page of an alert.
  func offersBest(on alert: Alert) -> Bool {
    alert == .overfitting && bestSnapshot != nil && !isViewing
      && (canTrain || (trainingState == .diverged && !isReplaying))
  }

  /// Opens the page of the newest alert that stands; in the log, of the one in its last line on
  /// screen, whether it stands or is over.
  mutating func openAlert() -> [DashboardAction] {
    if focusedPanel == .log, let alert = log.newestShown?.alert { return open(alert) }
    guard let alert = alerts.shown.last?.alert else {
      show("no alert is active")
      return []
    }
    return open(alert)
  }

  mutating func open(_ alert: Alert) -> [DashboardAction] {
    message = nil
    overlay = .alert(alert)
    return []
  }

  /// The page of the alert that a message tells of; else the help on the panel with the focus.
  mutating func openHelp() -> [DashboardAction] {
    if overlay == nil, let alert = message?.alert { return open(alert) }
    overlay = .help(HelpPage())
    return []
  }

  /// Goes to the page of another alert that stands.
  mutating func turnAlertPage(by distance: Int) -> [DashboardAction] {
    let shown = alerts.shown.map(\.alert)
    guard let alert = alertPage, !shown.isEmpty else { return [] }
    let index = shown.firstIndex(of: alert).map { $0 + distance } ?? 0
    overlay = .alert(shown[(index + shown.count) % shown.count])
    return []
  }

  /// Shows the alert of the open page no more until it comes again.
  mutating func dismissAlert() -> [DashboardAction] {
    guard let alert = alertPage else { return [] }
    overlay = nil
    dismiss(alert)
    return []
  }

  /// Dismisses an alert, and says so.
  mutating func dismiss(_ alert: Alert) {
    guard alerts.entry(of: alert) != nil else { return show("\(alert.title): not raised now") }
    alerts.dismiss(alert)
    show("\(alert.title): dismissed until it is raised again")
  }
}
