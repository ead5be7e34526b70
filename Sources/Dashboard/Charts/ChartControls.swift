import TrainingEvents

/// What a person set for the charts over training. All of them share it, so that a spike found in
/// one curve is looked up in every other.
struct ChartControls: Sendable, Equatable {
  /// The stretch of the run that is shown.
  enum Window: Sendable, Equatable {
    case whole
    /// The newest steps, however far training goes on.
    case latest(count: Int)
    case fixed(ClosedRange<Int>)
  }

  /// Fewer steps than this are not spread over a whole chart.
  static let fewestSteps = 8
  /// Smoothing that keys choose from, as the share of the old average kept at each step.
  static let smoothings = [0, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999]

  /// The axis that a person chose; `axis(in:)` is what is drawn.
  var axis = HistoryAxis.step
  var window = Window.whole
  /// The step whose values are read off; nil without a cursor.
  var cursor: Int?
  /// Panels whose vertical axis is the other of linear and logarithmic than usual.
  var otherScale: Set<PanelKind> = []
  /// Whether a few extreme values may leave the picture.
  var excludesOutliers = false
  var showsComparisons = true

  var isZoomed: Bool { window != .whole }

  /// What the axis counts: steps, where the run does not tell what was chosen.
  func axis(in history: RunHistory) -> HistoryAxis { history.has(axis) ? axis : .step }

  /// The first and last step shown; nil before the first step of the run.
  func steps(in history: RunHistory) -> ClosedRange<Int>? {
    guard let first = history.steps.first, let last = history.steps.last else { return nil }
    switch window {
    case .whole: return first...last
    case .latest(let count): return max(first, last - max(1, count) + 1)...last
    case .fixed(let range): return range.clamped(to: first...last)
    }
  }

  /// The same on the horizontal axis, never empty.
  func range(in history: RunHistory) -> ClosedRange<Double>? {
    let axis = axis(in: history)
    guard let steps = steps(in: history),
      let low = history.position(ofStep: steps.lowerBound, on: axis),
      let high = history.position(ofStep: steps.upperBound, on: axis), low.isFinite, high.isFinite
    else { return nil }
    return low...max(high, low + (axis == .step ? 1 : 1e-3))
  }

  /// Shows a share of the steps shown now.
  /// - Parameters:
  ///   - factor: below 1 to see less in more detail
  ///   - center: the step that stays where it is; the cursor or the end when nil
  ///   - history: the run
  mutating func zoom(by factor: Double, around center: Int? = nil, in history: RunHistory) {
    guard let shown = steps(in: history), let first = history.steps.first,
      let last = history.steps.last
    else { return }
    let width = Double(shown.upperBound - shown.lowerBound)
    let least = Double(min(Self.fewestSteps, last - first))
    let newWidth = max(least, (width * factor).rounded())
    guard newWidth < Double(last - first) else {
      window = .whole
      return
    }
    let middle = min(max(center ?? cursor ?? shown.upperBound, shown.lowerBound), shown.upperBound)
    let share = width > 0 ? Double(middle - shown.lowerBound) / width : 1
    let lower = Int((Double(middle) - share * newWidth).rounded())
    show(lower: lower, width: Int(newWidth), in: history)
  }

  /// Moves the stretch by a share of its own width.
  mutating func pan(by share: Double, in history: RunHistory) {
    guard isZoomed, let shown = steps(in: history) else { return }
    let width = shown.upperBound - shown.lowerBound
    let distance = (Double(width) * share).rounded(.awayFromZero)
    show(lower: shown.lowerBound + Int(distance), width: width, in: history)
  }

  /// Moves the cursor; a first press sets it at the newest step shown.
  mutating func moveCursor(by steps: Int, in history: RunHistory) {
    guard let shown = self.steps(in: history) else { return }
    moveCursor(to: cursor.map { $0 + steps } ?? shown.upperBound, in: history)
  }

  /// Puts the cursor on a step, and moves the stretch where it would not be seen.
  mutating func moveCursor(to step: Int, in history: RunHistory) {
    guard let first = history.steps.first, let last = history.steps.last,
      let shown = steps(in: history)
    else { return }
    let step = min(max(step, first), last)
    cursor = step
    guard !shown.contains(step) else { return }
    let width = shown.upperBound - shown.lowerBound
    show(
      lower: step < shown.lowerBound ? step : step - width, width: width, in: history)
  }

  /// The next stronger or weaker smoothing.
  static func smoothing(after weight: Double, stronger: Bool) -> Double {
    stronger
      ? smoothings.first { $0 > weight + 1e-9 } ?? smoothings[smoothings.count - 1]
      : smoothings.last { $0 < weight - 1e-9 } ?? smoothings[0]
  }

  /// A stretch that reaches the newest step goes on with training.
  private mutating func show(lower: Int, width: Int, in history: RunHistory) {
    guard let first = history.steps.first, let last = history.steps.last else { return }
    let lower = min(max(lower, first), max(first, last - width))
    window = lower + width >= last ? .latest(count: width + 1) : .fixed(lower...(lower + width))
  }
}
