import TerminalGraphics
import TrainingEvents

@testable import Dashboard

/// What must hold of a screen, whatever the run. Each gives back what does not, in words.
enum Truths {
  // MARK: Axes

  private static let overSteps: Set<PanelKind> = [
    .loss, .gradientNorm, .metric, .waterfall, .updateRatios,
  ]

  /// Two labels or more along every axis of every chart.
  static func axes(_ screen: ShownScreen) -> [String] {
    screen.placements.flatMap { placement -> [String] in
      guard placement.panel.drawing.absence(in: screen.state) == nil else { return [] }
      let rows = screen.rows(of: placement)
      let isOverSteps = overSteps.contains(placement.panel)
      let isChart = isOverSteps || [.gradientThroughTime, .positionLoss].contains(placement.panel)
      guard isChart, rows.count >= 5 else { return [] }
      var wrong: [String] = []
      let labels = rows.compactMap { row -> String? in
        guard let end = row.firstIndex(of: "┤") else { return nil }
        return row[..<end].filter { !"│┃ ".contains($0) }
      }
      if labels.filter({ !$0.isEmpty }).count < 2 {
        wrong.append("\(placement.panel) has \(labels) along its vertical axis")
      }
      if Set(labels).count < labels.count {
        wrong.append("\(placement.panel) repeats a label along its vertical axis: \(labels)")
      }
      if placement.panel != .positionLoss {
        let border = rows[rows.count - 1].split { "─━╰╯┗┛ ".contains($0) }
        let ticks = border.filter { $0.contains(where: \.isNumber) }
        if ticks.count < 2 {
          wrong.append("\(placement.panel) has \(ticks) along its horizontal axis")
        }
        if isOverSteps, Set(ticks).count < ticks.count {
          wrong.append("\(placement.panel) repeats a label along its horizontal axis: \(ticks)")
        }
      }
      return wrong
    }
  }

  // MARK: Legends

  /// A panel with several curves says which is which.
  static func legends(_ screen: ShownScreen) -> [String] {
    screen.placements.compactMap { placement in
      guard placement.panel.drawing.absence(in: screen.state) == nil else { return nil }
      let text = screen.rows(of: placement).joined(separator: "\n")
      switch placement.panel {
      case .loss where placement.rect.height >= 6:
        let names = ["train", "smooth", "valid"]
        return names.allSatisfy(text.contains) ? nil : "the loss curves have no legend"
      case .gradientThroughTime:
        let curves = screen.state.gradientByLag?.curves ?? []
        guard curves.count > 1, placement.rect.height >= 10 else { return nil }
        return curves.allSatisfy { text.contains($0.name) } ? nil : "a lag curve has no name"
      default: return nil
      }
    }
  }

  // MARK: Numbers

  /// What the screen says in numbers is what the state holds.
  static func numbers(_ screen: ShownScreen) -> [String] {
    let state = screen.state
    let lines = screen.buffer.lines
    var wrong: [String] = []
    let header = lines.first ?? ""
    let step = "step \(grouped(state.currentStep)) / \(grouped(state.run?.totalSteps ?? -1))"
    if !header.contains(step) { wrong.append("the header lacks “\(step)”: \(header)") }
    for placement in screen.placements {
      guard placement.panel.drawing.absence(in: state) == nil else { continue }
      let rows = screen.rows(of: placement)
      let text = rows.joined(separator: "\n")
      if text.contains("NaN") || text.contains("inf") || text.contains("∞") {
        wrong.append("\(placement.panel) shows a number that is none")
      }
      switch placement.panel {
      case .loss where placement.rect.width >= 60 && placement.rect.height >= 6:
        let newest = [
          state.history.smoothedLoss.last.map {
            "smoothed \(LossText.plain(Double($0), state.run))"
          },
          state.history.validations.last.map { "validation \(LossText.plain($0.loss, state.run))" },
        ]
        for phrase in newest.compactMap({ $0 }) where !text.contains(phrase) {
          wrong.append("the loss panel lacks “\(phrase)”")
        }
      case .gradientNorm:
        guard let norm = state.history.last?.gradientNorm else { continue }
        let phrase = "now \(NumberText.significant(norm, 3))"
        if !text.contains(phrase) { wrong.append("the gradient panel lacks “\(phrase)”") }
      default: break
      }
      // A zero is a zero: anything else has digits that count.
      for word in text.split(whereSeparator: { " │┃┤\n".contains($0) }) {
        let isRounded = word.contains(".00") && word.allSatisfy { "0.−-".contains($0) }
        if isRounded, [.loss, .log, .values].contains(placement.panel), !isZero(state) {
          wrong.append("\(placement.panel) shows \(word), which is rounded away")
        }
      }
    }
    return wrong
  }

  private static func isZero(_ state: DashboardState) -> Bool {
    state.history.loss.last == 0 || state.history.validations.last?.loss == 0
  }

  private static func grouped(_ value: Int) -> String { NumberText.grouped(value) }

  // MARK: Absences

  /// What a trained network always has is never told to be missing, and nothing waits in a run that
  /// is over.
  static func absences(_ screen: ShownScreen) -> [String] {
    let state = screen.state
    var wrong: [String] = []
    for phrase in ["waiting for", "not measured", " yet"] where screen.text.contains(phrase) {
      wrong.append("“\(phrase)” stands on the screen of a run that is over")
    }
    for placement in screen.placements {
      guard let reason = placement.panel.drawing.absence(in: state) else { continue }
      let shape = state.run?.architecture?.shape
      let isJustified =
        switch placement.panel {
        case .loss, .gradientNorm: state.run?.task == .handBuilt
        case .positionLoss: shape != .everyStep || state.run?.task == .sequenceToSequence
        default: false
        }
      if !isJustified { wrong.append("\(placement.panel) has nothing to show: \(reason)") }
      let words = screen.rows(of: placement).joined(separator: " ")
      if let first = reason.split(separator: " ").first, !words.contains(first) {
        wrong.append("\(placement.panel) does not say why it is empty")
      }
    }
    return wrong
  }

  // MARK: Words

  /// Words that a reader of PyTorch's documentation would not find there.
  static let oldWords = [
    "knob", "turned", "deed", "learner", "trainee", "looker", "going back ", "moves with",
    "moves against", "most on", "least on", "goes on by itself", "root mean square", "first look",
    "written yet", "shut or open", "Reach over training",
  ]

  static func words(_ screen: ShownScreen) -> [String] {
    oldWords.filter { screen.text.contains($0) }.map { "“\($0)” stands on screen" }
  }
}
