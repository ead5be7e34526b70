import TrainingEvents

/// Another program's numbers on their way to becoming events.
///
/// Values of one step may come in several pieces; they are gathered until a later step begins or
/// nothing more is there to be read. A step that gets more afterwards is told again.
struct ForeignRun: Sendable {
  /// Series with names of their own; more than a person could tell apart.
  private static let mostNames = 64

  private struct Pending: Sendable {
    var step: Int
    var wasTold = false
    var hasNews = false
    var loss: Double?
    var epoch: Double?
    var validationLoss: Double?
    var gradientNorm: Double?
    var learningRate: Double?
    var tokens: Double?
    var tokensPerSecond: Double?
    var elapsed: Double?
    var clipped: Bool?
    var values: [NamedValues.Value] = []
  }

  private var pending: Pending?
  private var events: [TrainingEvent] = []
  private var records: [StepRecord] = []
  private var named: [NamedValues] = []
  private var last: StepRecord?
  private var lastStep = 0
  private var lastLoss: Double?
  private var best = Double.infinity
  private var firstWallTime: Double?
  private var names: Set<String> = []

  /// Takes one number of one step.
  mutating func take(_ number: Double, as name: String, step: Int) {
    begin(step)
    pending?.hasNews = true
    switch ForeignNames.role(of: name) {
    case .step: break
    case .epoch: pending?.epoch = number
    case .loss: pending?.loss = number
    case .validationLoss: pending?.validationLoss = number
    case .gradientNorm: pending?.gradientNorm = number
    case .learningRate: pending?.learningRate = number
    case .tokens: pending?.tokens = number
    case .tokensPerSecond: pending?.tokensPerSecond = number
    case .elapsed: pending?.elapsed = number
    case .wallTime: takeWallTime(number)
    case nil:
      guard names.contains(name) || names.count < Self.mostNames else { return }
      names.insert(name)
      pending?.values.append(NamedValues.Value(name: name, number: number))
    }
  }

  /// Takes the time at which a step was written, in seconds since 1970 or since any other moment.
  mutating func take(wallTime: Double, step: Int) {
    begin(step)
    takeWallTime(wallTime)
  }

  mutating func take(clipped: Bool, step: Int) {
    begin(step)
    pending?.clipped = clipped
  }

  /// Takes an event that is complete by itself, such as a frame.
  mutating func take(_ event: TrainingEvent) {
    flush()
    closeBatch()
    events.append(event)
  }

  /// Everything up to now, for a reader that has seen all there is.
  mutating func drain() -> [TrainingEvent] {
    flush()
    closeBatch()
    defer { events.removeAll() }
    return events
  }

  /// The other program started over: its steps begin again.
  mutating func restart(_ text: String) {
    flush()
    pending = nil
    seam(text, step: lastStep)
    last = nil
    firstWallTime = nil
  }

  private mutating func begin(_ step: Int) {
    if let pending, pending.step == step { return }
    flush()
    pending = Pending(step: step)
    lastStep = step
  }

  private mutating func seam(_ text: String, step: Int) {
    closeBatch()
    events.append(
      .command(
        CommandRecord(
          step: step, elapsed: last?.elapsed, name: "restart", text: text, marker: "restart")))
  }

  private mutating func takeWallTime(_ time: Double) {
    guard time.isFinite else { return }
    let first = firstWallTime ?? time
    firstWallTime = first
    if pending?.elapsed == nil { pending?.elapsed = max(0, time - first) }
  }

  private mutating func flush() {
    guard var step = pending, step.hasNews else { return }
    if let loss = step.loss { tell(step, loss) }
    if let loss = step.validationLoss {
      closeBatch()
      events.append(
        .validation(
          ValidationRecord(
            step: step.step, epoch: step.epoch, loss: loss, elapsed: step.elapsed,
            isBest: loss < best)))
      best = loss < best ? loss : best
    }
    if !step.values.isEmpty {
      named.append(NamedValues(step: step.step, values: step.values))
    }
    // What was told once is not told again, unless more comes for the step.
    step.values = []
    step.validationLoss = nil
    step.hasNews = false
    pending = step
  }

  private mutating func tell(_ step: Pending, _ loss: Double) {
    // Only the loss tells: validations and weights are often written under steps of their own.
    if let last, step.step < last.step {
      seam("the other program went back from step \(last.step) to \(step.step)", step: step.step)
    }
    let bound = Double(SaneNumbers.tokens.upperBound)
    let tokens = step.tokens.flatMap { $0.isFinite ? Int(min(max(0, $0), bound)) : nil }
    let record = StepRecord(
      step: step.step, epoch: step.epoch, loss: loss, gradientNorm: step.gradientNorm,
      clipped: step.clipped, learningRate: step.learningRate, tokens: tokens,
      elapsed: step.elapsed,
      duration: StepLine.duration(tokens: tokens, tokensPerSecond: step.tokensPerSecond)
        ?? secondsPerStep(step))
    last = record
    records.append(record)
    if records.count >= 4096 { closeBatch() }
  }

  /// Seconds from the last step to this one, where both say when they were done.
  private func secondsPerStep(_ step: Pending) -> Double? {
    guard let last, last.step < step.step, let before = last.elapsed, let now = step.elapsed,
      now >= before
    else { return nil }
    return (now - before) / Double(step.step - last.step)
  }

  /// What was gathered becomes events; many steps make one, so that a reader keeps up.
  private mutating func closeBatch() {
    if !records.isEmpty { events.append(.steps(StepBatch(records))) }
    if !named.isEmpty { events.append(.values(named)) }
    records.removeAll(keepingCapacity: true)
    named.removeAll(keepingCapacity: true)
  }
}
