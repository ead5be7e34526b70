import TrainingEvents

/// What a dashboard that attaches is told first: the run up to now, in bounded memory. The newest
/// steps stand in full, older ones as summaries.
struct ServedHistory: Sendable {
  /// Numbers kept of series with names of their own, all together.
  private static let mostValues = 1 << 20
  private static let mostWarnings = 1_000

  private var hello: RunAbilities?
  private var started: RunDescription?
  private var steps = StepBatch()
  private var lastStep = Int.min
  private var validations: [ValidationRecord] = []
  private var values: [NamedValues] = []
  private var valueIndex: [String: Int] = [:]
  private var valueCount = 0
  private var records: [TrainingEvent] = []
  /// The newest of each kind.
  private var frames: [ProbeFrame.Kind: ProbeFrame] = [:]
  private var reading: ReadingFrame?
  private var state: TrainingState?
  private var finish: FinishRecord?
  private var console = ConsoleLines()
  private var usage: ResourceUsage?
  private var exit: JobExit?

  mutating func take(_ message: RunMessage) {
    switch message {
    case .hello(let abilities): hello = abilities
    case .event(let event): take(event)
    case .console(let line): console.set(line)
    case .usage(let usage): self.usage = usage
    case .exit(let exit): self.exit = exit
    // One dashboard asked for it.
    case .past: break
    }
  }

  private mutating func take(_ event: TrainingEvent) {
    switch event {
    case .started(let description):
      let (hello, console) = (hello, console)
      self = ServedHistory()
      (self.hello, self.console, started) = (hello, console, description)
    case .steps(let batch): take(batch)
    case .validation(let record):
      validations.removeAll { $0.step >= record.step }
      validations.append(record)
    case .values(let records): for record in records { take(record) }
    case .state(let state):
      self.state = state
      if state == .training || state == .paused { finish = nil }
    case .finished(let record): finish = record
    case .command, .snapshot, .warning, .recovered:
      records.append(event)
      if records.count > Self.mostWarnings + 200 { forgetOldest(200) }
    case .frame(let frame): frames[frame.kind] = frame
    case .reading(let frame): reading = frame
    case .refused, .checkpoint: break
    }
  }

  /// Sets of units that are followed stay: nothing tells of them again.
  private mutating func forgetOldest(_ count: Int) {
    let sets = records.prefix(count).filter { event in
      if case .command(let record) = event { record.units != nil } else { false }
    }
    records = sets + records.dropFirst(count)
  }

  private mutating func take(_ batch: StepBatch) {
    let first = batch.thinned.first?.firstStep ?? batch.records.first?.step
    if let first, first <= lastStep {
      steps = StepBatch(
        thinned: steps.thinned.filter { $0.last.step < first },
        records: steps.records.filter { $0.step < first })
      validations.removeAll { $0.step >= first }
    }
    steps.append(batch)
    lastStep = batch.records.last?.step ?? batch.thinned.last?.last.step ?? lastStep
  }

  private mutating func take(_ record: NamedValues) {
    guard let index = valueIndex[record.name] else {
      guard values.count < RunHistory.mostExtraSeries else { return }
      valueIndex[record.name] = values.count
      values.append(record)
      valueCount += record.numbers.count
      return
    }
    values[index].steps += record.steps
    values[index].numbers += record.numbers
    valueCount += record.numbers.count
    if valueCount > Self.mostValues { thinValues() }
  }

  /// Keeps every second value of each series.
  private mutating func thinValues() {
    valueCount = 0
    for index in values.indices {
      let kept = stride(from: 0, to: values[index].numbers.count, by: 2)
      values[index].steps = kept.map { [steps = values[index].steps] in steps[$0] }
      values[index].numbers = kept.map { [numbers = values[index].numbers] in numbers[$0] }
      valueCount += values[index].numbers.count
    }
  }

  /// Everything, in an order that a dashboard understands.
  var messages: [RunMessage] {
    var messages: [RunMessage] = []
    if let hello { messages.append(.hello(hello)) }
    if let started { messages.append(.event(.started(started))) }
    if !steps.isEmpty { messages.append(.event(.steps(steps))) }
    messages += validations.map { .event(.validation($0)) }
    if !values.isEmpty { messages.append(.event(.values(values))) }
    messages += records.map(RunMessage.event)
    messages += ProbeFrame.Kind.allCases.compactMap { frames[$0] }.map { .event(.frame($0)) }
    if let reading { messages.append(.event(.reading(reading))) }
    messages += console.lines.map(RunMessage.console)
    if let usage { messages.append(.usage(usage)) }
    if let state { messages.append(.event(.state(state))) }
    if let finish { messages.append(.event(.finished(finish))) }
    if let exit { messages.append(.exit(exit)) }
    return messages
  }
}
