import TerminalGraphics
import TrainingEvents

/// What is drawn of several runs over each other.
enum OverlayCurve: Sendable, Hashable {
  case loss
  case validation
  case gradientNorm
  case gradientByLag
  /// What was right of sequences of each length that a network is judged at, by the newest judgement.
  case accuracyByLength
  case learningRate
  /// A series with a name of its own.
  case metric(String)

  var name: String {
    switch self {
    case .loss: "loss"
    case .validation: "validation loss"
    case .gradientNorm: "gradient norm"
    case .gradientByLag: "gradient by lag"
    case .accuracyByLength: "accuracy by length"
    case .learningRate: "learning rate"
    case .metric(let name): name
    }
  }

  /// Whether the vertical axis is logarithmic unless a person changes it.
  var isUsuallyLogarithmic: Bool { self == .gradientNorm || self == .gradientByLag }

  /// What its horizontal axis is, and how a place on it is called.
  var axis: (name: String, place: String) {
    switch self {
    case .gradientByLag: ("time steps back", "lag")
    case .accuracyByLength: ("time steps", "length")
    case .loss, .validation, .gradientNorm, .learningRate, .metric: ("step", "step")
    }
  }

  /// Whether it is drawn over training, and not over what one look found.
  var isOverTraining: Bool { self != .gradientByLag && self != .accuracyByLength }

  /// Everything that one of the runs has, in an order that does not depend on the runs.
  static func available(in runs: [RunCurves]) -> [OverlayCurve] {
    var result: [OverlayCurve] = [.loss]
    if runs.contains(where: { !$0.history.validations.isEmpty }) { result.append(.validation) }
    if runs.contains(where: { $0.history.gradientNorm.hasValues }) { result.append(.gradientNorm) }
    if runs.contains(where: { $0.gradientByLag != nil }) { result.append(.gradientByLag) }
    if runs.contains(where: { $0.history.accuracyByLength.count > 1 }) {
      result.append(.accuracyByLength)
    }
    if runs.contains(where: { $0.history.learningRate.hasValues }) { result.append(.learningRate) }
    if runs.contains(where: { $0.history.validations.contains { $0.metric != nil } }) {
      result.append(.metric(taskMetric))
    }
    var names: Set<String> = []
    for run in runs {
      for series in run.history.extra where names.insert(series.name).inserted {
        result.append(.metric(series.name))
      }
    }
    return result
  }

  /// The name of the task's own metric, which validations measure.
  static let taskMetric = "validation metric"
}

/// One run's curve, whatever it is of.
struct RunCurve {
  private enum Content {
    case series(StepAxis, SeriesPyramid)
    case points([(step: Int, value: Double)])
    case lags([Float])

    var steps: ClosedRange<Int> {
      switch self {
      case .series(let steps, _):
        let first = steps.first ?? 0
        return first...max(first, steps.last ?? 0)
      case .points(let points):
        let first = points.first?.step ?? 0
        return first...max(first, points.last?.step ?? 0)
      case .lags(let norms): return 0...max(0, norms.count - 1)
      }
    }
  }

  private let content: Content
  /// The run's last training step, behind which it has no value.
  private let lastStep: Int

  /// Nil where the run has no such curve.
  init?(_ curve: OverlayCurve, of run: RunCurves) {
    let history = run.history
    switch curve {
    case .loss where !history.isEmpty: content = .series(history.steps, history.smoothedLoss)
    case .gradientNorm where history.gradientNorm.hasValues:
      content = .series(history.steps, history.gradientNorm)
    case .learningRate where history.learningRate.hasValues:
      content = .series(history.steps, history.learningRate)
    case .validation where !history.validations.isEmpty:
      content = .points(history.validations.map { ($0.step, $0.loss) })
    case .metric(OverlayCurve.taskMetric)
    where history.validations.contains { $0.metric != nil }:
      content = .points(
        history.validations.compactMap { record in
          record.metric.map { (record.step, $0) }
        })
    case .metric(let name):
      guard let series = history.extra.first(where: { $0.name == name }) else { return nil }
      content = .series(series.steps, series.values)
    case .gradientByLag:
      guard let norms = run.gradientByLag?.curves.first?.norms, norms.count > 1 else { return nil }
      content = .lags(norms)
    case .accuracyByLength:
      let accuracies = history.accuracyByLength
      guard accuracies.count > 1 else { return nil }
      content = .points(accuracies)
    default: return nil
    }
    let end = content.steps.upperBound
    lastStep = curve.isOverTraining ? max(history.steps.last ?? .min, end) : end
  }

  /// The first and last place that has a value: steps, lags, or lengths.
  var steps: ClosedRange<Int> { content.steps }

  /// Every place that has a value, of curves that are not over training.
  var places: [Int] {
    switch content {
    case .series: []
    case .points(let points): points.map(\.step)
    case .lags(let norms): Array(norms.indices)
    }
  }

  /// One summary for each of some columns of dots.
  func summaries(columns: Int, over frame: ChartFrame) -> [SeriesSummary] {
    switch content {
    case .series(let steps, let values):
      return values.summaries(between: steps.boundaries(columns: columns, over: frame.range))
    case .points(let points):
      return frame.summaries(
        of: points.map { (Double($0.step), $0.value) }, columns: columns)
    case .lags(let norms):
      return frame.summaries(
        of: norms.enumerated().map {
          (Double($0.offset), $0.element > 0 ? Double($0.element) : .nan)
        },
        columns: columns)
    }
  }

  /// The smallest and largest value over a stretch.
  func extent(over range: ClosedRange<Double>, excludingOutliers: Bool) -> ValueExtent {
    switch content {
    case .series(let steps, let values):
      return ValueExtent(
        values.summaries(between: steps.boundaries(columns: 128, over: range)),
        excludingOutliers: excludingOutliers)
    case .points(let points):
      return points.reduce(into: ValueExtent()) { extent, point in
        if range.contains(Double(point.step)) { extent.include(point.value) }
      }
    case .lags(let norms):
      return norms.enumerated().reduce(into: ValueExtent()) { extent, norm in
        if norm.element > 0, range.contains(Double(norm.offset)) {
          extent.include(Double(norm.element))
        }
      }
    }
  }

  /// The newest value.
  var last: Double? { value(at: steps.upperBound) }

  /// The value at a step, which is that of the nearest place before; nil before the first one, and
  /// behind the run's end.
  func value(at step: Int) -> Double? {
    guard step <= lastStep else { return nil }
    switch content {
    case .series(let steps, let values):
      var index = steps.firstIndex(notBelow: Double(step))
      if index >= steps.count || steps.step(at: index) != step { index -= 1 }
      // Steps that the series has no number at hold the one before.
      while index >= 0, values.value(at: index) == nil { index -= 1 }
      return index >= 0 ? Double(values[index]) : nil
    case .points(let points): return points.last { $0.step <= step }?.value
    case .lags(let norms): return norms.indices.contains(step) ? Double(norms[step]) : nil
    }
  }
}

extension RunHistory {
  /// The newest accuracy in per cent at each length that the network is judged at, the shortest first.
  var accuracyByLength: [(step: Int, value: Double)] {
    extra.compactMap { series in
      guard let length = JudgedLength(seriesName: series.name), let accuracy = series.last else {
        return nil
      }
      return (length.steps, accuracy)
    }.sorted { $0.step < $1.step }
  }
}

extension StepAxis {
  /// Positions that cut a stretch of steps into equal columns, one more than there are columns; the
  /// last column takes in the end itself.
  func boundaries(columns: Int, over range: ClosedRange<Double>) -> [Int] {
    guard columns > 0 else { return [] }
    let width = (range.upperBound - range.lowerBound) / Double(columns)
    var result = (0..<columns).map {
      firstIndex(notBelow: range.lowerBound + width * Double($0))
    }
    let end = firstIndex(notBelow: range.upperBound.nextUp)
    result.append(max(end, result.last ?? 0))
    return result
  }
}
