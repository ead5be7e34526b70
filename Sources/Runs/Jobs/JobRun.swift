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
  static let patience = (asked: 10.0, terminated: 5.0)
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
  /// Where the run is recorded.
  public let directory: RunDirectory
  private let recorder: RunRecorder
  private let server: Mutex<RunServer?> = Mutex(nil)
  let process: Mutex<JobProcess?> = Mutex(nil)
  let log: ConsoleLog
  let state: Mutex<State>
  /// Held from taking what waits to telling it: what is taken first is told first, whichever queue does it.
  let turn = Mutex(())
  let queue = DispatchQueue(label: "unfold job")
  private let sink: @Sendable (RunMessage) -> Void
  private let (ends, end) = AsyncStream.makeStream(of: Int.self)

  /// Makes the run's directory; nothing runs before `start`.
  ///
  /// - Parameters:
  ///   - options: the job, and where it is recorded
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

  func tell(_ message: RunMessage) {
    if case .event(let event) = message { recorder.record(event) }
    server.withLock { $0 }?.tell(message)
    sink(message)
  }

  func tell(_ events: [TrainingEvent]) {
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

  // MARK: In time

  func schedule() {
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

  func drain(_ state: inout State) -> [TrainingEvent] {
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

  func take(_ usage: ResourceUsage) {
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

  // MARK: The end

  func ended(_ status: Int) {
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
