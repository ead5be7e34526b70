import TerminalGraphics
import TrainingEvents

extension KeyBindings {
  static let charts: [KeyBinding] = [
    chart([.left], "←", hint: "read", as: "← →", rank: 5, "move the cursor back") {
      $0.moveCursor(byColumns: -1)
    },
    chart([.right], "→", "move the cursor forward") { $0.moveCursor(byColumns: 1) },
    chart([.character("H")], "H", "move the cursor back by ten columns") {
      $0.moveCursor(byColumns: -10)
    },
    chart([.character("L")], "L", "move the cursor forward by ten columns") {
      $0.moveCursor(byColumns: 10)
    },
    chart([.home], "home", "put the cursor on the first step") { state in
      state.chart.moveCursor(to: .min / 2, in: state.history)
    },
    chart([.end], "end", "put the cursor on the newest step") { state in
      state.chart.moveCursor(to: .max / 2, in: state.history)
    },
    chart([.up], "↑", hint: "zoom", as: "↑ ↓", rank: 6, "zoom in, around the cursor") { state in
      state.chart.zoom(by: 0.5, in: state.history)
    },
    chart([.down], "↓", "zoom out") { state in
      state.chart.zoom(by: 2, in: state.history)
    },
    chart([.pageUp, .character("<")], "page up <", "look at earlier training steps") { state in
      state.chart.pan(by: -0.5, in: state.history)
    },
    chart([.pageDown, .character(">")], "page down >", "look at later training steps") { state in
      state.chart.pan(by: 0.5, in: state.history)
    },
    chart([.character("0")], "0", "show the whole run") { $0.chart.window = .whole },
    chart([.character("l")], "l", hint: "log", rank: 9, "logarithmic or linear vertical axis") {
      $0.flipScale()
    },
    chart([.character("x")], "x", "count steps, epochs or seconds along the axis") { state in
      state.changeAxis()
    },
    chart([.character("m")], "m", hint: "smooth", rank: 9, "smooth the loss more") {
      $0.changeSmoothing(stronger: true)
    },
    chart([.character("M")], "M", "smooth the loss less") { $0.changeSmoothing(stronger: false) },
    chart(
      [.character("o")], "o", "leave outliers out of the vertical scale, or include them"
    ) { state in
      state.chart.excludesOutliers.toggle()
      state.show(
        state.chart.excludesOutliers
          ? "the scale leaves out the most extreme 2 % of columns" : "the scale holds every value")
    },
    chart([.character("v")], "v", "show or hide earlier runs behind this one") { state in
      guard !state.comparisons.isEmpty else {
        return state.show("there is no earlier run of this preset to compare with")
      }
      state.chart.showsComparisons.toggle()
      state.show(
        state.chart.showsComparisons ? "earlier runs are shown" : "earlier runs are hidden")
    },
  ]

  private static func chart(
    _ keys: [Key], _ label: String, hint: String? = nil, as hintLabel: String? = nil,
    rank: Int = 8, _ summary: String, change: @escaping @Sendable (inout DashboardState) -> Void
  ) -> KeyBinding {
    .changing(
      keys, label, hint: hint, as: hintLabel, rank: rank, summary, .charts, in: .chart,
      change: change)
  }
}

extension DashboardState {
  /// Moves the cursor by columns of cells, which are as many steps as the chart packs into one.
  mutating func moveCursor(byColumns columns: Int) {
    guard let shown = chart.steps(in: history) else {
      return show("there is no step to read yet")
    }
    let cells = placements(in: size).first { $0.panel == focus }?.rect.width ?? size.width
    let perColumn = max(1, (shown.upperBound - shown.lowerBound) / max(1, cells - 8))
    chart.moveCursor(by: columns * perColumn, in: history)
  }

  /// Turns the focused chart's vertical axis from linear to logarithmic or back.
  mutating func flipScale() {
    guard let panel = focus.drawing as? any TrainingChart, focus != .waterfall else {
      return show("this panel has no value axis")
    }
    if chart.otherScale.remove(focus) == nil { chart.otherScale.insert(focus) }
    let isLogarithmic = chart.otherScale.contains(focus) != panel.isUsuallyLogarithmic
    show(isLogarithmic ? "logarithmic axis" : "linear axis")
  }

  /// Counts along the axis the next of what the run tells.
  mutating func changeAxis() {
    var next = chart.axis(in: history).next
    while !history.has(next) { next = next.next }
    chart.axis = next
    show(
      HistoryAxis.allCases.contains { $0 != next && history.has($0) }
        ? "the axis counts \(next.plural)" : "the run logs neither epochs nor times")
  }

  mutating func changeSmoothing(stronger: Bool) {
    let weight = ChartControls.smoothing(after: history.smoothing, stronger: stronger)
    smooth(weight: weight)
    let steps = Int((1 / (1 - weight)).rounded())
    show(
      weight == 0
        ? "no smoothing"
        : "smoothing \(NumberText.brief(weight, 3)): about the last \(steps) steps")
  }
}

extension HistoryAxis {
  var next: HistoryAxis {
    let all = Self.allCases
    let index = all.firstIndex(of: self) ?? 0
    return all[(index + 1) % all.count]
  }

  var plural: String {
    switch self {
    case .step: "steps"
    case .epoch: "epochs"
    case .time: "seconds of training"
    }
  }
}
