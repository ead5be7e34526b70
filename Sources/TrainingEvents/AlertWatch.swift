import Glibc

/// Notices, from the events of a run alone, when something goes wrong that has a name.
///
/// Each alert is raised once, and again only after its cause was clearly gone. It looks at every step
/// once, in constant time. Whoever receives a run's events first watches them: what it
/// raises travels on as an event like any other, into the record and onto the screen.
public struct AlertWatch: Sendable {
  /// Frames in a row that must agree before an alert about them is raised.
  static let streak = 3
  /// Steps that such frames must span: several looks at one moment are one.
  private static let span = 20
  /// Steps that updates must be odd for; the first ones after a start are.
  static let updateSpan = 300
  /// λ₁ in nats a time step above which states count as chaotic.
  static let chaotic = 0.02
  /// Finite steps in a row after which a loss counts as finite again.
  static let recovery = 50

  /// What holds now, in the order it began.
  public private(set) var active: [Alert] = []

  /// What is known of the network, its loss and what its gradients by lag mean.
  private var gradients = GradientWatch()
  private var stepName = "time step"
  private var step = 0
  private var lastStep = 0
  private var learningRate: Double?
  /// Frames in a row that agree, and the step of the first.
  private var streaks: [Alert: Streak] = [:]
  private var finiteLosses = 0
  private var finiteNorms = 0
  private var norms = UsualSize()
  private var blowUp = LossBlowUp(untrained: Self.leastReference)
  private var validation = ValidationTrend()

  private struct Streak: Sendable {
    var count: Int
    var first: Int
    var last: Int
  }

  /// Nobody knows what another program's network loses untrained: a loss below ten is no blow-up.
  private static let leastReference = 0.1

  public init() {}

  private var context: AlertContext { gradients.context }
  private var loss: LossTrend { gradients.loss }

  /// Takes in one event.
  /// - Returns: the alerts that begin or end with it, as events that come after it.
  public mutating func observe(_ event: TrainingEvent) -> [TrainingEvent] {
    switch event {
    case .started(let run):
      self = AlertWatch()
      gradients.start(run)
      stepName = run.stepName
    case .steps(let batch): return observe(batch)
    case .validation(let record): return observe(record)
    case .frame(.gradientByLag(let frame)): return observe(frame)
    case .frame(.statistics(let record)): return observe(record)
    case .frame(.dynamics(let frame)): return observe(frame)
    case .command: gradients.observe(event)
    case .warning(let record):
      // Somebody else raised it: it is not raised a second time.
      if let alert = Alert(rawValue: record.kind), !active.contains(alert) { active.append(alert) }
    default: break
    }
    return []
  }

  // MARK: Steps

  private mutating func observe(_ batch: StepBatch) -> [TrainingEvent] {
    var events: [TrainingEvent] = []
    for bucket in batch.thinned {
      learningRate = bucket.last.learningRate ?? learningRate
      let last = bucket.firstStep + bucket.count - 1
      events += observe(
        step: last, loss: bucket.loss.mean, norm: bucket.gradientNorm?.maximum)
    }
    for record in batch.records {
      learningRate = record.learningRate ?? learningRate
      events += observe(step: record.step, loss: record.loss, norm: record.gradientNorm)
    }
    return events
  }

  private mutating func observe(step: Int, loss: Double, norm: Double?) -> [TrainingEvent] {
    let isAgain = step == lastStep
    // After going back to a snapshot the trends begin anew.
    if step < lastStep { (norms, streaks) = (UsualSize(), [:]) }
    (self.step, lastStep) = (step, step)
    gradients.add(loss, step: step)
    // A norm that was not logged says nothing, and hides nothing.
    finiteLosses = loss.isFinite ? finiteLosses + 1 : 0
    if let norm { finiteNorms = norm.isFinite ? finiteNorms + 1 : 0 }
    var events = judge(
      .notFinite, begins: !loss.isFinite, ends: finiteLosses >= Self.recovery
    ) { "the loss is not a finite number" }
    events += judge(
      .gradientNotFinite, begins: norm.map { !$0.isFinite } ?? false,
      ends: finiteNorms >= Self.recovery
    ) { "the gradient is not a finite number" }
    if let norm, norm.isFinite { events += observe(norm: norm) }
    // A step that is told again, with more numbers, has had its loss counted.
    guard loss.isFinite, !isAgain else { return events }
    let reference = blowUp.reference
    let hasDiverged = blowUp.add(loss)
    events += judge(.diverged, begins: hasDiverged, ends: loss < reference * 2) {
      "diverged: the loss of \(AlertText.number(loss)) is "
        + "\(AlertText.number(loss / reference)) times that of the beginning"
    }
    let trend = self.loss
    events += judge(.plateau, begins: context.learns && trend.isFlat, ends: trend.justImproved) {
      "plateau: the loss has not fallen by half a percent in \(trend.stepsSinceBest) training "
        + "steps"
    }
    return events
  }

  private mutating func observe(norm: Double) -> [TrainingEvent] {
    guard let times = norms.excess(of: norm) else { return [] }
    // A spike that is clipped does no harm.
    let isHarmful = times > 30 && context.clipNorm == nil
    return judge(.exploding, begins: isHarmful, ends: times < 4 && streaks[.exploding] == nil) {
      "gradients explode: a norm of \(AlertText.number(norm)) is \(AlertText.number(times)) "
        + "times the mean of the last hundred training steps"
    }
  }

  // MARK: Validations and frames

  private mutating func observe(_ record: ValidationRecord) -> [TrainingEvent] {
    step = max(step, record.step)
    validation.add(record, trainingLoss: loss.value)
    let best = validation.best
    gradients.context.bestStep = best?.step
    let events = judge(.overfitting, begins: validation.isRising, ends: validation.isOver) {
      "overfitting: validation loss rose to \(AlertText.number(record.loss)) from "
        + "\(AlertText.number(best?.loss ?? .nan)) at step \(best?.step ?? 0), while the training "
        + "loss fell"
    }
    if !events.isEmpty, active.contains(.overfitting) { validation.noteRaised() }
    return events
  }

  private mutating func observe(_ frame: GradientByLag) -> [TrainingEvent] {
    step = max(step, frame.step)
    gradients.look(at: frame.step)
    guard let curve = frame.curves.first else { return [] }
    let fit = LagFit(curve.norms)
    guard fit.verdict != .unknown else { return [] }
    let words = [fit.rate(unit: stepName), fit.reach(unit: stepName)].compactMap { $0 }
    let vanishing = count(
      .vanishing, at: frame.step, begins: gradients.vanishes(fit),
      ends: gradients.vanishingIsOver(fit)
    ) { "gradients vanish: \(words.joined(separator: ", "))" }
    let unit = stepName
    let exploding = count(
      .exploding, at: frame.step, begins: gradients.explodes(fit),
      ends: gradients.explosionIsOver(fit)
    ) {
      let total = "×\(AlertText.number(fit.growth)) over \(fit.steps) \(unit)s"
      return "gradients explode through time: \(fit.rate(unit: unit) ?? total) back"
    }
    return vanishing + exploding
  }

  private mutating func observe(_ record: NetworkStatistics) -> [TrainingEvent] {
    step = max(step, record.step)
    let ratio = record.medianUpdateRatio
    // Where a task is solved, units at their ends and small steps are how it should be.
    let matters = context.learns && !loss.isSolved
    let isLowered =
      if let learningRate, let base = context.baseLearningRate {
        learningRate < base / 4
      } else {
        false
      }
    let saturated = record.saturated ?? .nan
    var events = count(
      .saturated, at: record.step, begins: matters && saturated > 0.5,
      ends: !matters || saturated < 0.4
    ) { "\(AlertText.percent(saturated)) of the states are saturated" }
    events += count(
      .dead, at: record.step, begins: matters && record.dead > 0.2,
      ends: !matters || record.dead < 0.1
    ) { "\(AlertText.percent(record.dead)) of the units are dead" }
    events += count(
      .smallUpdates, at: record.step, over: Self.updateSpan,
      begins: matters && !isLowered && ratio < 1e-5, ends: !matters || ratio > 2e-5 || isLowered
    ) { "updates are tiny: \(AlertText.number(ratio)) of the weights" }
    events += count(
      .largeUpdates, at: record.step, over: Self.updateSpan, begins: matters && ratio > 0.03,
      ends: !matters || ratio < 0.015
    ) { "updates are large: \(AlertText.number(ratio)) of the weights" }
    return events
  }

  private mutating func observe(_ frame: DynamicsFrame) -> [TrainingEvent] {
    step = max(step, frame.step)
    guard let first = frame.lyapunov.first else { return [] }
    let (matters, unit) = (context.learns && !loss.isSolved, stepName)
    return count(
      .chaos, at: frame.step, begins: matters && first > Self.chaotic,
      ends: !matters || first < 0
    ) {
      "states are chaotic: small differences grow by ×\(AlertText.number(exp(first))) a \(unit)"
    }
  }

  // MARK: Raising and ending

  /// Raises an alert when its cause has held for a few frames in a row.
  private mutating func count(
    _ alert: Alert, at frameStep: Int, over span: Int = AlertWatch.span, begins: Bool, ends: Bool,
    text: () -> String
  ) -> [TrainingEvent] {
    guard begins else {
      streaks[alert] = nil
      return judge(alert, begins: false, ends: ends, text: text)
    }
    var streak = streaks[alert] ?? Streak(count: 1, first: frameStep, last: frameStep)
    // The same moment looked at again, as when paused, is no second witness.
    if frameStep > streak.last { streak.count += 1 }
    streak.last = frameStep
    streaks[alert] = streak
    let isLong = streak.count >= Self.streak && streak.last - streak.first >= span
    return judge(alert, begins: isLong, ends: false, text: text)
  }

  private mutating func judge(
    _ alert: Alert, begins: Bool, ends: Bool, text: () -> String
  ) -> [TrainingEvent] {
    if ends, !begins, active.contains(alert) {
      active.removeAll { $0 == alert }
      return [.recovered(RecoveryRecord(step: step, kind: alert.rawValue))]
    }
    guard begins, !active.contains(alert) else { return [] }
    active.append(alert)
    return [
      .warning(
        WarningRecord(
          step: step, kind: alert.rawValue, text: text(), advice: alert.advice(for: context)))
    ]
  }
}

extension NetworkStatistics.Parameter {
  /// Whether it is added rather than multiplied by: the lecture's b and c.
  public var isBias: Bool {
    let last = name.split(separator: ".").last.map(String.init) ?? name
    return last.contains("bias") || ["b", "c", "b_h"].contains(last)
  }
}

extension NetworkStatistics {
  /// The middle update ratio of the weights; biases start at zero, where a ratio says nothing.
  var medianUpdateRatio: Double {
    let ratios = parameters.filter { !$0.isBias && $0.updateRatio > 0 }
      .map(\.updateRatio).filter(\.isFinite).sorted()
    return ratios.isEmpty ? .nan : ratios[ratios.count / 2]
  }
}
