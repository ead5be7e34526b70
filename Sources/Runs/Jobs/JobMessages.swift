import Synchronization
import TrainingEvents

// What a job says by its protocol, writes to its output or logs to a file, as events.
extension JobRun {
  func open(_ line: JobLine) {
    state.withLock { $0.lines.append(line) }
    line.read(
      heard: { [weak self, weak line] bytes in
        if let line { self?.take(line: bytes, from: line) }
      },
      closed: { [weak self, weak line] in
        if let line { self?.closed(line) }
      })
  }

  func take(line bytes: UnsafeBufferPointer<UInt8>, from line: JobLine) {
    turn.withLock { _ in
      let told: [RunMessage] = state.withLock { state in
        guard let message = state.numbers.take(protocol: bytes) else { return [] }
        // Numbers keep their place before what came behind them.
        let before = drain(&state).map(RunMessage.event)
        return before + understand(message, from: line, &state)
      }
      for message in told { tell(message) }
    }
    schedule()
  }

  private func understand(
    _ message: RunMessage, from line: JobLine, _ state: inout State
  ) -> [RunMessage] {
    switch message {
    case .hello(let abilities):
      state.abilities = abilities
      // What the job cannot, the system can.
      if !abilities.can.contains(.pause) {
        state.abilities.can.insert(.pause)
        state.abilities.pausesBySignal = true
      }
      state.abilities.can.insert(.stop)
      state.speaker = line
      for hyperparameter in abilities.hyperparameters {
        state.values[hyperparameter.key] = hyperparameter.value ?? state.values[hyperparameter.key]
      }
      return [.hello(state.abilities)]
    case .event(.started(var description)):
      description.directory = directory.path
      if description.title.isEmpty || description.title == description.name {
        description.title = options.line
      }
      state.description = description
      return [.event(.started(description))]
    case .event(let event):
      note(event, &state)
      return [.event(event)] + state.numbers.observe(event).map(RunMessage.event)
    case .console, .usage, .exit, .past: return []
    }
  }

  func note(_ event: TrainingEvent, _ state: inout State) {
    switch event {
    case .state(let new): state.state = new
    case .command(let record):
      if let value = record.value { state.values[record.name] = value }
    case .finished: state.hasToldEnd = true
    case .steps(let batch): state.lastStep = batch.records.last?.step ?? state.lastStep
    case .values(let values):
      state.lastStep = max(state.lastStep, values.first?.steps.last ?? 0)
    default: break
    }
  }

  private func closed(_ line: JobLine) {
    let told: [RunMessage] = state.withLock { state in
      state.lines.removeAll { $0 === line }
      guard state.speaker === line else { return [] }
      state.speaker = nil
      state.abilities = .processes
      guard !state.isEnded, !state.hasToldEnd else { return [.hello(.processes)] }
      return [
        .hello(.processes),
        .event(
          .command(
            CommandRecord(
              step: state.lastStep, name: "job",
              text: "the job closed its line: its processes can be stopped and continued still"))),
      ]
    }
    if isRunning { for message in told { tell(message) } }
  }

  func take(output bytes: [UInt8]) {
    log.add(bytes)
    state.withLock { state in
      if let first = state.console.add(bytes) {
        state.changedFrom = min(state.changedFrom ?? .max, first)
      }
      split(bytes, &state)
    }
    schedule()
  }

  /// Hands whole lines of the output over as numbers, where they are.
  private func split(_ bytes: [UInt8], _ state: inout State) {
    guard options.log == nil else { return }
    for byte in bytes {
      guard byte == 0x0A || byte == 0x0D else {
        if state.rest.count < 1 << 16 { state.rest.append(byte) }
        continue
      }
      if !state.rest.isEmpty {
        let line = state.rest
        line.withUnsafeBufferPointer { state.numbers.take(output: $0) }
        state.rest.removeAll(keepingCapacity: true)
      }
    }
  }

  func follow(_ path: String) {
    do throws(RunError) {
      let events = try RunFollower(path).follow()
      Task { [weak self] in
        for await event in events { self?.take(followed: event) }
      }
    } catch {
      tell(.event(.warning(WarningRecord(step: 0, kind: "follow", text: "\(error)"))))
    }
  }

  func take(followed event: TrainingEvent) {
    switch event {
    case .started(let description):
      state.withLock { $0.description.lossName = description.lossName }
      tell(.event(.started(state.withLock(\.description))))
    case .finished, .state: break
    default:
      state.withLock { note(event, &$0) }
      tell(.event(event))
    }
  }
}
