import TerminalGraphics
import TrainingEvents

extension DashboardState {
  /// Takes in what happened in the run.
  /// - Parameters:
  ///   - event: from an engine, a recorded run or another program
  ///   - isPast: whether it happened in an earlier session, whose speed says nothing about this one
  public mutating func apply(_ event: TrainingEvent, isPast: Bool = false) {
    needsRedraw = true
    // An alert that stands already is not told twice, whoever raised it.
    if case .warning(let record) = event, alerts.contains(kind: record.kind) { return }
    gradients.observe(event)
    switch event {
    case .started(let description): start(description)
    case .steps(let batch): add(batch, isPast: isPast)
    case .validation(let record): add(record)
    case .values(let records): history.append(records)
    case .state(let state): trainingState = state
    case .command(let record): add(record)
    case .refused(let reason):
      if let line = submitted, prompt == nil, overlay == nil {
        answer(line: line, mistake: reason)
      } else {
        show(reason, .warning, seconds: 8)
      }
      submitted = nil
      settingChanges.noteRefusal()
    case .frame(let frame): add(frame)
    case .snapshot(let record): add(record)
    case .checkpoint: break
    case .warning(let record): add(record)
    case .recovered(let record):
      guard let entry = alerts.end(kind: record.kind) else { return }
      log.add("over: \(entry.alert.title)", step: record.step, alert: entry.alert)
    case .finished(let record): end(record)
    case .reading(let frame):
      reading = frame
      (dynamicsControls.showsTyped, dynamicsControls.typedPosition) = (true, nil)
    }
  }

  private mutating func start(_ description: RunDescription) {
    let isAnother = run?.name != description.name
    run = description
    // The same run begun again keeps what is being looked at.
    if isAnother, lesson == nil { show(view: settings.view(for: description.name)) }
    trainingState = .training
    lesson?.awaitsRestart = false
    history = RunHistory(smoothing: history.smoothing)
    (frames, past, pastPlayback, reading) = (FrameStore(), nil, nil, nil)
    hyperparameterBoard.start(description)
    settingChanges = SettingChanges()
    (finish, lastSnapshot, bestSnapshot) = (nil, nil, nil)
    passage = Passage()
    if isAnother { alike = AlikeControls() } else { alike.startAgain() }
    alerts = StandingAlerts()
    (chart.window, chart.cursor) = (.whole, nil)
    learningRate = description.learningRate
    clipNorm = description.clipNorm
    markers = []
    rates.reset()
    let from = description.firstStep > 0 ? " from step \(grouped(description.firstStep))" : ""
    log.add("\(description.name) started\(from)", step: description.firstStep)
  }

  private mutating func add(_ frame: ProbeFrame) {
    frames.keep(frame)
    switch frame {
    case .hiddenStates(let states):
      let map = heatmap.map(in: states)
      if let map, !passage.isFixed || passage.map.name != map.name { passage.add(states, map) }
      // Rows stay where they are while somebody looks back.
      if pastStep == nil { updateUnitOrder() }
    case .passage(let frame): passage = Passage(frame)
    default: break
    }
  }

  private mutating func add(_ batch: StepBatch, isPast: Bool) {
    history.append(batch)
    guard let last = history.last else { return }
    if let rate = last.learningRate {
      learningRate = rate
      hyperparameterBoard.note(learningRate: rate)
    }
    if trainingState == nil { trainingState = .training }
    guard !isPast else { return }
    if let first = batch.records.first, let elapsed = first.elapsed, batch.records.count > 1 {
      // The first step of a batch is a mark of its own, so that a session's first event already
      // tells a speed.
      rates.note(
        step: first.step, elapsed: elapsed,
        tokens: history.tokens.map { tokens in
          tokens - batch.records.dropFirst().reduce(0) { $0 + ($1.tokens ?? 0) }
        }, duration: first.duration, batchTokens: first.tokens)
    }
    // Where a run does not say when its steps were done, they were done when they came.
    rates.note(
      step: last.step, elapsed: last.elapsed ?? clock, tokens: history.tokens,
      duration: last.duration,
      batchTokens: last.tokens)
  }

  private mutating func add(_ record: ValidationRecord) {
    history.append(record)
    let metric =
      run?.metric.flatMap { metric in
        record.metric.map { "  \(MetricText.name(metric, run)) \(MetricText.value($0, metric))" }
      } ?? ""
    log.addValidation(
      "\(LossText.told(record.loss, run))\(metric)", step: record.step, isBest: record.isBest)
  }

  private mutating func add(_ record: CommandRecord) {
    log.add(record.text, step: record.step)
    if let marker = record.marker {
      markers.append(CurveMarker(step: record.step, kind: .hyperparameter, text: marker))
    }
    hyperparameterBoard.note(record)
    if record.units != nil {
      alike.kept.note(record)
      show(record.text)
    }
    if record.name.hasSuffix("clip-norm") { clipNorm = record.value.flatMap { $0 > 0 ? $0 : nil } }
    if record.name.hasSuffix("learning-rate"), let value = record.value { learningRate = value }
    tell(record)
  }

  private mutating func add(_ record: SnapshotRecord) {
    // Written again and again, and its validation was told already.
    if record.reason == .best { return bestSnapshot = record }
    lastSnapshot = record
    markers.append(CurveMarker(step: record.step, kind: .snapshot, text: ""))
    let what =
      switch record.reason {
      case .final: "final snapshot"
      case .diverged: "last finite snapshot"
      case .requested, .scheduled, .best, nil: "snapshot"
      }
    let size = record.bytes.map { "  " + NumberText.bytes($0) } ?? ""
    let text = "\(what) \(record.path)\(size)"
    log.add(text, step: record.step, .good)
    show(text, .good, seconds: 8)
  }

  private mutating func add(_ record: WarningRecord) {
    alerts.begin(record)
    markers.append(CurveMarker(step: record.step, kind: .warning, text: ""))
    let alert = Alert(rawValue: record.kind)
    log.add(record.text, step: record.step, .warning, advice: record.advice, alert: alert)
    show(record.text, .warning, seconds: 8)
    message?.alert = alert
  }

  private mutating func end(_ record: FinishRecord) {
    finish = record
    switch record.reason {
    case .completed:
      trainingState = .finished
      log.add("completed: all \(grouped(record.step)) steps", step: record.step, .good)
    case .stopped:
      trainingState = .finished
      log.add("stopped at step \(grouped(record.step))", step: record.step)
    case .diverged:
      trainingState = .diverged
      log.add("diverged at step \(grouped(record.step))", step: record.step, .bad)
    }
  }

  private func grouped(_ value: Int) -> String { NumberText.grouped(value) }
}

extension RunDescription {
  /// Whether an answer is a sequence of symbols, right or wrong as a whole.
  var writesSequences: Bool { [.sequenceToSequence, .captioning].contains(task) }
}

/// A task's own measure as text.
enum MetricText {
  /// What is counted, where that could be taken for a whole sequence: a network that writes one is
  /// judged symbol by symbol while it is given the right symbols before, and the task's panel judges
  /// what it writes as a whole.
  static func name(_ metric: MetricDescription, _ run: RunDescription?) -> String {
    guard metric.name == "accuracy", let run, run.writesSequences else { return metric.name }
    return "\(run.targetName) accuracy"
  }

  /// Measures in percent come as percent already.
  static func value(_ value: Double, _ metric: MetricDescription) -> String {
    metric.unit.isEmpty
      ? NumberText.significant(value) : "\(NumberText.fixed(value, 1)) \(metric.unit)"
  }
}
