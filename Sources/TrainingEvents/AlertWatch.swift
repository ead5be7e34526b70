/// Notices, from the events of a run alone, when something goes wrong that has a name.
///
/// Each alert is raised once an episode: again only after its cause was clearly gone. It looks at
/// every step once, in constant time.
public struct AlertWatch: Sendable {
  /// Frames in a row that must agree before an alert about them is raised.
  static let streak = 3

  /// Finite steps in a row after which a loss counts as finite again.
  static let recovery = 50

  /// What holds now, in the order it began.
  public private(set) var active: [Alert] = []

  private var stepName = "step"
  /// Whether weights move at all: a network set by hand rests at its loss and is none the worse.
  private var learns = true
  private var step = 0
  private var streaks: [Alert: Int] = [:]
  private var finiteLosses = 0
  private var finiteNorms = 0
  private var norms = UsualSize()
  private var loss = LossTrend()
  private var validation = ValidationTrend()

  public init() {}

  /// Takes in one event.
  /// - Returns: the alerts that begin with it, with words and advice.
  public mutating func observe(_ event: TrainingEvent) -> [WarningRecord] {
    switch event {
    case .started(let run):
      self = AlertWatch()
      stepName = run.stepName
      learns = run.task != .handBuilt
      return []
    case .steps(let batch): return observe(batch)
    case .validation(let record): return observe(record)
    case .gradientByLag(let frame): return observe(frame)
    case .statistics(let record): return observe(record)
    case .warning(let record):
      // Somebody else raised it: it is not raised a second time.
      if let alert = Alert(rawValue: record.kind), !active.contains(alert) { active.append(alert) }
      return []
    default: return []
    }
  }

  private mutating func observe(_ batch: StepBatch) -> [WarningRecord] {
    var warnings: [WarningRecord] = []
    for bucket in batch.thinned {
      let last = bucket.firstStep + bucket.count - 1
      warnings += observe(
        step: last, loss: bucket.loss.mean, norm: bucket.gradientNorm?.maximum)
    }
    for record in batch.records {
      warnings += observe(step: record.step, loss: record.loss, norm: record.gradientNorm)
    }
    return warnings
  }

  private mutating func observe(step: Int, loss: Double, norm: Double?) -> [WarningRecord] {
    // After going back to a snapshot the trend begins anew.
    if step <= self.step { (self.loss, norms) = (LossTrend(), UsualSize()) }
    self.step = step
    // A norm that was not logged says nothing, and hides nothing.
    finiteLosses = loss.isFinite ? finiteLosses + 1 : 0
    if let norm { finiteNorms = norm.isFinite ? finiteNorms + 1 : 0 }
    var warnings = judge(
      .notFinite, begins: !loss.isFinite, ends: finiteLosses >= Self.recovery
    ) { "the loss is not a finite number" }
    warnings += judge(
      .gradientNotFinite, begins: norm.map { !$0.isFinite } ?? false,
      ends: finiteNorms >= Self.recovery
    ) { "the gradient is not a finite number" }
    if let norm, norm.isFinite, let times = norms.excess(of: norm) {
      warnings += judge(
        .exploding, begins: times > 30, ends: times < 4 && streaks[.exploding, default: 0] == 0
      ) {
        "gradients explode: a norm of \(AlertText.number(norm)) is \(AlertText.number(times)) "
          + "times the usual"
      }
    }
    guard loss.isFinite else { return warnings }
    self.loss.add(loss, step: step)
    let trend = self.loss
    warnings += judge(.plateau, begins: learns && trend.isFlat, ends: trend.justImproved) {
      "plateau: the loss has not fallen by half a percent in \(trend.stepsSinceBest) steps"
    }
    return warnings
  }

  private mutating func observe(_ record: ValidationRecord) -> [WarningRecord] {
    step = max(step, record.step)
    validation.add(record, trainingLoss: loss.value)
    let best = validation.best
    return judge(.overfitting, begins: validation.isRising, ends: validation.isBest) {
      "overfitting: validation rose to \(AlertText.number(record.loss)) from "
        + "\(AlertText.number(best?.loss ?? .nan)) at step \(best?.step ?? 0), while the training "
        + "loss fell"
    }
  }

  private mutating func observe(_ frame: GradientByLag) -> [WarningRecord] {
    step = max(step, frame.step)
    guard let curve = frame.curves.first, curve.factorPerStep.isFinite else { return [] }
    let factor = curve.factorPerStep
    let start = curve.norms.first { $0 > 0 } ?? 0
    let hundredth = curve.norms.firstIndex { $0 < start / 100 }
    let unit = stepName
    return count(.vanishing, begins: factor < 0.9 && hundredth != nil, ends: factor > 0.95) {
      "gradients vanish: ×\(AlertText.number(factor)) per step, 1 % is left after "
        + "\(hundredth ?? 0) \(unit)\(hundredth == 1 ? "" : "s")"
    }
      + count(.exploding, begins: factor > 1.1, ends: factor < 1.05) {
        "gradients explode through time: ×\(AlertText.number(factor)) per step back"
      }
  }

  private mutating func observe(_ record: NetworkStatistics) -> [WarningRecord] {
    step = max(step, record.step)
    let ratio = AlertText.medianUpdate(record)
    let saturated = record.saturated ?? .nan
    return count(.saturated, begins: saturated > 0.5, ends: saturated < 0.4) {
      "\(AlertText.percent(saturated)) of the states are saturated"
    }
      + count(.dead, begins: record.dead > 0.2, ends: record.dead < 0.1) {
        "\(AlertText.percent(record.dead)) of the units are dead"
      }
      + count(.smallUpdates, begins: ratio < 1e-5, ends: ratio > 2e-5) {
        "updates are tiny: \(AlertText.number(ratio)) of the weights"
      }
      + count(.largeUpdates, begins: ratio > 0.03, ends: ratio < 0.015) {
        "updates are large: \(AlertText.number(ratio)) of the weights"
      }
  }

  /// Raises an alert when its cause has held for a few frames in a row.
  private mutating func count(
    _ alert: Alert, begins: Bool, ends: Bool, text: () -> String
  ) -> [WarningRecord] {
    let run = begins ? streaks[alert, default: 0] + 1 : 0
    streaks[alert] = run
    return judge(alert, begins: run >= Self.streak, ends: ends, text: text)
  }

  private mutating func judge(
    _ alert: Alert, begins: Bool, ends: Bool, text: () -> String
  ) -> [WarningRecord] {
    if ends { active.removeAll { $0 == alert } }
    guard begins, !active.contains(alert) else { return [] }
    active.append(alert)
    return [
      WarningRecord(step: step, kind: alert.rawValue, text: text(), advice: alert.advice)
    ]
  }
}
