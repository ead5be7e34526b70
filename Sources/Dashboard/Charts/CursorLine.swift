import TerminalGraphics
import TrainingEvents

/// The upright line that says which step's values are read off.
enum CursorLine {
  static func draw(_ scene: Scene, frame: ChartFrame, into buffer: inout CellBuffer) {
    let state = scene.state
    guard let step = state.chart.cursor,
      let place = state.history.position(ofStep: step, on: state.chartAxis),
      let x = frame.column(of: place)
    else { return }
    let line = Cell(scene.appearance.glyph("┊", ascii: "|"), scene.theme.accent)
    for y in frame.plot.y..<max(frame.plot.y, frame.plot.bottom) where buffer[x, y].glyph == " " {
      buffer[x, y] = line
    }
  }
}

/// The values of every curve at one step.
struct CursorValues: Equatable {
  /// The step that was read, which is the nearest one recorded.
  var step: Int
  /// Nil where the step has none, as the other values.
  var epoch: Double?
  var elapsed: Double?
  var loss: Double
  var smoothed: Double
  var gradientNorm: Double?
  var learningRate: Double?
  /// The newest validation up to the step.
  var validation: ValidationRecord?

  init?(_ history: RunHistory, at step: Int) {
    guard !history.isEmpty else { return nil }
    let index = min(history.steps.firstIndex(notBelow: Double(step)), history.count - 1)
    self.step = history.steps.step(at: index) ?? step
    epoch = history.epoch[index].map { Double($0) }
    elapsed = history.elapsed[index].map { Double($0) }
    loss = Double(history.loss[index])
    smoothed = Double(history.smoothedLoss[index])
    gradientNorm = history.gradientNorm.value(at: index).map { Double($0) }
    learningRate = history.learningRate.value(at: index).map { Double($0) }
    validation = history.validations.last { $0.step <= step }
  }
}

extension DashboardState {
  /// What the charts' horizontal axis counts.
  var chartAxis: HistoryAxis { chart.axis(in: history) }

  /// What the cursor reads off; nil without a cursor.
  var cursorValues: CursorValues? {
    chart.cursor.flatMap { CursorValues(history, at: $0) }
  }
}
