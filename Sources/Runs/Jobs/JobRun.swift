import Dispatch
import Glibc
import Synchronization
import TrainingEvents

/// A started job as a run: what it says and writes becomes events, which are recorded and served;
/// commands go the other way, by its protocol, or by signals where it speaks none.
///
/// Handlers run on the queues of whoever calls; one lock keeps the state, and is never held while
/// somebody waits.
public final class JobRun: Sendable {
  /// Seconds that a job has to end after it was asked to, and after SIGTERM.
  private static let patience = (asked: 10.0, terminated: 5.0)
  private static let interval = 0.05

  struct State {
    var description: RunDescription
    var abilities = RunAbilities.processes
    var lines: [JobLine] = []
    /// The line that said what the job can do.
    var speaker: JobLine?
    var numbers = JobNumbers()
    var console = ConsoleBuffer()
    var changedFrom: Int?
    var rest: [UInt8] = []
    var values: [String: Double] = [:]
    var state: TrainingState = .training
    var lastStep = 0
    var usageStep = -1
    var hasSteps = false
    var hasToldEnd = false
    var isStopping = false
    var isTicking = false
    var isEnded = false
    /// When a command waits for the job to read it, said once.
    var isDeaf = false
  }

  let options: JobOptions
  public let directory: RunDirectory
  private let recorder: RunRecorder
  private let server: Mutex<RunServer?> = Mutex(nil)
  private let process: Mutex<JobProcess?> = Mutex(nil)
  private let log: ConsoleLog
  let state: Mutex<State>
  /// Held from taking what waits to telling it: what is taken first is told first, whichever queue does it.
  private let turn = Mutex(())
  private let queue = DispatchQueue(label: "unfold job")
  private let sink: @Sendable (RunMessage) -> Void
  private let (ends, end) = AsyncStream.makeStream(of: Int.self)

  /// Makes the run's directory; nothing runs before `start`.
  ///
  /// - Parameters:
  ///   - sink: gets everything that is told, too, on any queue; it must not wait
  public init(
    _ options: JobOptions, sink: @escaping @Sendable (RunMessage) -> Void = { _ in }
  ) throws(RunError) {
    self.options = options
    self.sink = sink
    try options.check()
    let preset = "# A job that `unfold run` started:\n# \(SafeText.printable(options.line))\n"
    if let out = options.out {
      directory = try RunDirectory.create(at: out, preset: preset)
    } else {
      directory = try RunDirectory.create(named: options.name, preset: preset)
    }
    log = ConsoleLog(directory)
    let (warnings, warn) = AsyncStream.makeStream(of: WarningRecord.self)
    recorder = RunRecorder(directory) { warn.yield($0) }
    let description = RunDescription(
      name: options.name, title: options.line, lecture: "", task: .languageModel, network: "",
      parameterCount: 0, optimizer: "", totalSteps: nil, clipNorm: nil, learningRate: nil,
      lossUnit: .unknown, targetName: "target", architecture: nil, directory: directory.path)
    state = Mutex(State(description: description))
    Task { [weak self] in
      for await warning in warnings { self?.tell(.event(.warning(warning))) }
    }
  }

  /// Starts the job.
  /// - Throws: `RunError` when its program cannot be started.
  public func start() throws(RunError) {
    serve()
    tell(.hello(.processes))
    tell(.event(.started(state.withLock(\.description))))
    tell(.event(.state(.training)))
    let handlers = JobProcess.Handlers(
      output: { [weak self] in self?.take(output: $0) },
      opened: { [weak self] in self?.open($0) },
      exited: { [weak self] in self?.ended($0) })
    var environment = ["UNFOLD_DIR": directory.absolutePath]
    if let socket = listen(handlers.opened) { environment["UNFOLD_SOCKET"] = socket }
    let started: JobProcess
    do {
      started = try JobProcess(options.command, environment: environment, handlers)
    } catch {
      server.withLock { $0 }?.close(patience: 0)
      throw error
    }
    process.withLock { $0 = started }
    if let log = options.log { follow(log) }
    watchUsage(started.process)
  }

  /// Waits for the job's end.
  /// - Returns: its exit status
  public func wait() async -> Int {
    for await status in ends { return status }
    return 1
  }

  // MARK: Telling

  private func tell(_ message: RunMessage) {
    if case .event(let event) = message { recorder.record(event) }
    server.withLock { $0 }?.tell(message)
    sink(message)
  }

  private func tell(_ events: [TrainingEvent]) {
    for event in events { tell(.event(event)) }
  }

  private func serve() {
    do throws(RunError) {
      let made = try RunServer(directory) { [weak self] in self?.perform($0) }
      server.withLock { $0 = made }
    } catch {
      tell(
        .event(
          .warning(
            WarningRecord(
              step: 0, kind: "serve", text: "no dashboard can be attached: \(error)"))))
    }
  }

  /// A second way for jobs whose launcher closes descriptors: a socket by name.
  private func listen(_ opened: @escaping @Sendable (JobLine) -> Void) -> String? {
    JobListener.begin(directory, opened)
  }

  // MARK: What the job says

  private func open(_ line: JobLine) {
    state.withLock { $0.lines.append(line) }
    line.read(
      heard: { [weak self, weak line] bytes in
        if let line { self?.take(line: bytes, from: line) }
      },
      closed: { [weak self, weak line] in
        if let line { self?.closed(line) }
      })
  }

  private func take(line bytes: UnsafeBufferPointer<UInt8>, from line: JobLine) {
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
      for knob in abilities.knobs { state.values[knob.key] = knob.value ?? state.values[knob.key] }
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
    case .console, .usage, .exit: return []
    }
  }

  private func note(_ event: TrainingEvent, _ state: inout State) {
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

  private func take(output bytes: [UInt8]) {
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

  private func follow(_ path: String) {
    do throws(RunError) {
      let events = try RunFollower(path).follow()
      Task { [weak self] in
        for await event in events { self?.take(followed: event) }
      }
    } catch {
      tell(.event(.warning(WarningRecord(step: 0, kind: "follow", text: "\(error)"))))
    }
  }

  private func take(followed event: TrainingEvent) {
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

  // MARK: In time

  private func schedule() {
    let isNew = state.withLock { state in
      defer { state.isTicking = true }
      return !state.isTicking
    }
    if isNew {
      queue.asyncAfter(deadline: .now() + Self.interval) { [weak self] in self?.tick() }
    }
  }

  private func tick() {
    turn.withLock { _ in
      let (events, lines) = state.withLock { state in
        state.isTicking = false
        return (drain(&state), changedLines(&state))
      }
      tell(events)
      for line in lines { tell(.console(line)) }
    }
  }

  private func drain(_ state: inout State) -> [TrainingEvent] {
    var events = state.numbers.drain()
    for event in events { note(event, &state) }
    // Before the first steps it is known what stands in the loss's place.
    let isFirst = events.contains { if case .steps = $0 { true } else { false } }
    if isFirst, !state.hasSteps {
      state.hasSteps = true
      if let name = state.numbers.lossName, name != "loss", state.description.lossName != name {
        state.description.lossName = name
        events.insert(.started(state.description), at: 0)
      }
    }
    return events
  }

  private func changedLines(_ state: inout State) -> [ConsoleLine] {
    guard let first = state.changedFrom else { return [] }
    state.changedFrom = nil
    return state.console.lines(from: first)
  }

  private func watchUsage(_ root: Int32) {
    let queue = DispatchQueue(label: "unfold job usage", qos: .utility)
    queue.async { [weak self] in
      var tree = ProcessTree(root)
      var graphics = GraphicsUse()
      while let self, self.isRunning {
        let now = Double(DispatchTime.now().uptimeNanoseconds) * 1e-9
        if var usage = tree.look(at: now) {
          graphics.look(into: &usage)
          self.take(usage)
        }
        usleep(1_000_000)
      }
    }
  }

  private func take(_ usage: ResourceUsage) {
    tell(.usage(usage))
    let step = state.withLock { state -> Int? in
      guard state.hasSteps || state.lastStep > 0, state.lastStep > state.usageStep else {
        return nil
      }
      state.usageStep = state.lastStep
      return state.lastStep
    }
    guard let step else { return }
    var values = [
      NamedValues(name: "job/memory MB", steps: [step], numbers: [Double(usage.memoryBytes) / 1e6]),
      NamedValues(name: "job/threads", steps: [step], numbers: [Double(usage.threads)]),
    ]
    if let processors = usage.processors {
      values.append(NamedValues(name: "job/processors", steps: [step], numbers: [processors]))
    }
    tell(.event(.values(values)))
  }

  // MARK: Commands

  private var isRunning: Bool { process.withLock { $0?.isRunning } ?? false }

  /// Asks the job something: by its protocol, or by signals.
  public func perform(_ command: TrainingCommand) {
    if case .watch = command { return pass(command) }
    guard isRunning else { return tell(.event(.refused("the job has ended"))) }
    let abilities = state.withLock(\.abilities)
    switch command {
    case .stop: stop()
    case .pause where abilities.pausesBySignal: pauseProcesses()
    case .resume where abilities.pausesBySignal: resumeProcesses()
    case .scaleLearningRate(let factor): scale(by: factor)
    default:
      guard abilities.allows(command) else {
        return tell(.event(.refused("this job cannot \(command.ability.rawValue)")))
      }
      pass(command)
    }
  }

  private func pass(_ command: TrainingCommand) {
    guard let line = state.withLock(\.speaker) else { return }
    line.send(command)
    queue.asyncAfter(deadline: .now() + 5) { [weak self, weak line] in
      guard let self, let line, !line.isIdle, isRunning else { return }
      let isNews = state.withLock { state in
        defer { state.isDeaf = true }
        return !state.isDeaf
      }
      if isNews { tell(.event(.refused("the job does not read its commands"))) }
    }
  }

  private func scale(by factor: Double) {
    let rate = state.withLock { state -> (key: String, value: Double)? in
      let knob = state.abilities.knobs.first { knob in
        ["learning-rate", "learning_rate", "lr"].contains { knob.key.hasSuffix($0) }
      }
      guard let knob, let value = state.values[knob.key] else { return nil }
      return (knob.key, value)
    }
    guard let rate else {
      return tell(.event(.refused("this job names no hyperparameter that is its learning rate")))
    }
    pass(.set(key: rate.key, value: "\(rate.value * factor)"))
  }

  private func pauseProcesses() {
    process.withLock { $0 }?.signal(SIGSTOP)
    tellSignal(.paused, "pause", "stopped the job's processes (SIGSTOP)")
  }

  private func resumeProcesses() {
    process.withLock { $0 }?.signal(SIGCONT)
    tellSignal(.training, "resume", "continued the job's processes (SIGCONT)")
  }

  private func tellSignal(_ new: TrainingState, _ name: String, _ text: String) {
    let step = state.withLock { state in
      state.state = new
      return state.lastStep
    }
    tell([.command(CommandRecord(step: step, name: name, text: text, marker: name)), .state(new)])
  }

  /// Asks the job to end; who does not is made to.
  private func stop() {
    let (isFirst, speaker) = state.withLock { state in
      defer { state.isStopping = true }
      return (!state.isStopping, state.abilities.can.contains(.step) ? state.speaker : nil)
    }
    // Asked twice, a person means it.
    guard isFirst else { return terminate() }
    process.withLock { $0 }?.signal(SIGCONT)
    guard let speaker else { return terminate() }
    speaker.send(.stop)
    queue.asyncAfter(deadline: .now() + Self.patience.asked) { [weak self] in
      guard let self, isRunning else { return }
      tell(.event(.refused("the job does not stop: it gets SIGTERM")))
      terminate()
    }
  }

  private func terminate() {
    process.withLock { $0 }?.signal(SIGTERM)
    process.withLock { $0 }?.signal(SIGCONT)
    queue.asyncAfter(deadline: .now() + Self.patience.terminated) { [weak self] in
      guard let self, isRunning else { return }
      tell(.event(.refused("the job ignores SIGTERM: it is killed")))
      process.withLock { $0 }?.signal(SIGKILL)
    }
  }

  // MARK: The end

  private func ended(_ status: Int) {
    // What the job said last may still be on its way through its line.
    usleep(20_000)
    tick()
    let told: [TrainingEvent] = state.withLock { state in
      state.isEnded = true
      guard !state.hasToldEnd else { return [] }
      let isWell = status == 0 && !state.isStopping
      var events: [TrainingEvent] = []
      if status != 0, !state.isStopping {
        events.append(
          .warning(
            WarningRecord(
              step: state.lastStep, kind: "exit",
              text: "the job ended with \(JobExit(status: status).text)",
              advice: "Its last output stands in the console and in console.log.")))
      }
      events.append(
        .finished(FinishRecord(reason: isWell ? .completed : .stopped, step: state.lastStep)))
      return events
    }
    tell(told)
    tell(.exit(JobExit(status: status)))
    process.withLock { $0 }?.endLeftovers()
    log.close()
    recorder.close()
    JobListener.end(directory)
    server.withLock { $0 }?.close()
    directory.release()
    end.yield(status)
  }
}
