import Dashboard
import Foundation
import Runs
import TerminalGraphics
import Training
import TrainingEvents

/// Joins engine, recorder, dashboard and terminal: one run that a person watches.
///
/// Events and keys change the dashboard's state on this actor; drawing happens on the screen's own
/// actor, so that a slow terminal holds up neither training nor recording.
actor LiveSession: StageActor {
  var stage: Stage
  let setup: RunSetup
  let recorder: RunRecorder
  let snapshots: SnapshotQueue
  /// The newest snapshot that is being written; ends when it and all before it are.
  var writing: Task<Void, Never>?
  var snapshotsUnderWay = 0
  /// The run's end, which is told when its last snapshot was.
  var finish: FinishRecord?
  var engine: TrainingEngine { setup.engine }
  /// What stands beside the run: a lesson, and perhaps a second network.
  let lesson: LessonSetup?
  var readingOther: Task<Void, Never>?
  /// Answers of the lesson that are on disk.
  var keptAnswers = 0

  var dashboard = DashboardState()
  var markers: [CommandRecord] = []
  private var watch = AlertWatch()
  /// What a resumed run changed, until it is said and recorded.
  private var changes: [WarningRecord]
  var description: RunDescription?
  var frames = FrameStore()

  private var request = ProbeRequest()
  private var isDrawScheduled = false
  private var lastDraw = 0.0
  private var report = RunReport()
  private let stray: AsyncStream<WarningRecord>
  private var ticker: Task<Void, Never>?

  var departure = Departure()
  /// Where a person wants the next snapshot instead of the run's own directory.
  var elsewhere: String?
  /// Whether steps were lost that a person may have wanted.
  var hasLost = false
  /// What comes next, each time the run leaves the screen: at its end, or for a while.
  let (acts, act) = AsyncStream.makeStream(of: NextAct.self)
  var reading: Task<Void, Never>?
  /// The finished run, played back.
  var replay: PlayedRecord?
  var lastReplay = 0.0
  /// Whether the run's end was told, and is in its record.
  var isEndTold = false
  /// Keys that go through the record, pressed before it had the run's end.
  var postponed: [TrainingCommand] = []
  /// What the run leaves the screen for, once its snapshot is written.
  var leaving: NextAct?
  /// Whether something else has the screen; the run is paused meanwhile.
  var isAside = false
  /// Where other dashboards attach; nil where the system gives no socket.
  private var server: RunServer?

  /// Seconds between pictures at least while training; keys are answered at once.
  private static let interval = 0.3

  init(_ setup: RunSetup, on stage: Stage, lesson: LessonSetup? = nil) {
    self.setup = setup
    self.lesson = lesson
    self.stage = stage
    changes = setup.warnings
    let (stray, warn) = AsyncStream.makeStream(of: WarningRecord.self)
    self.stray = stray
    recorder = RunRecorder(setup.directory) { warn.yield($0) }
    snapshots = SnapshotQueue(setup, recorder, hasKeys: true)
  }

  /// How it went, for the scrollback.
  var reportText: String { report.text(directory: setup.directory.path) }

  /// Runs until a person leaves the run, for good or for a while, or a signal ends the program.
  func run() async -> NextAct {
    await begin()
    return await nextAct()
  }

  /// Shows the run again, which somebody left for a while. It stays paused.
  func comeBack(on stage: Stage) async -> NextAct {
    self.stage = stage
    isAside = false
    dashboard.use(stage.settings)
    dashboard.resize(stage.abilities.size)
    if dashboard.canTrain { dashboard.tell("the run is paused: space trains on") }
    scheduleDraw(soon: true)
    return await nextAct()
  }

  /// Ends a run that was left for a while.
  func endAside() async {
    // Nobody sees a question now.
    await end(saving: true, asks: false, then: .quit(status: ExitStatus.done))
    await reading?.value
  }

  private func nextAct() async -> NextAct {
    for await next in acts { return next }
    return .quit(status: ExitStatus.done)
  }

  func begin() async {
    dashboard.use(stage.settings)
    dashboard.resize(stage.abilities.size)
    let pace = setup.preset.training.pace
    dashboard.pace = pace
    dashboard.presetNames = PresetLibrary.names
    await engine.perform(.pace(pace))
    await beginLesson()
    serve()
    await engine.start(paused: lesson != nil)
    for problem in stage.problems { dashboard.log(problem) }
    draw()
    watchWarnings()
    startTicking()
    // An earlier run of a lesson's network would give away what is to be predicted.
    if lesson == nil { overlayEarlierRuns() }
    reading = Task { await self.read() }
  }

  private func read() async {
    for await event in engine.events {
      departure.note(event)
      if case .finished(let record) = event, snapshotsUnderWay > 0 {
        finish = record
      } else {
        take(event)
      }
      await leaveWhenSaved()
      await advanceLesson()
    }
    readingOther?.cancel()
    await lesson?.other?.shutDown()
    await writing?.value
    tellEnd()
    ticker?.cancel()
    if await !DiskWait.run({ [recorder] in recorder.close() }) { hasLost = true }
    await DiskWait.run { [server] in server?.close() }
    server = nil
    act.yield(departure.next ?? .quit(status: ExitStatus.done))
  }

  // MARK: Events

  func take(_ event: TrainingEvent) {
    tell(event)
    // What the run's alerts say of an event travels behind it.
    for alert in watch.observe(event) { tell(alert) }
  }

  private func tell(_ event: TrainingEvent) {
    var event = event
    switch event {
    case .started(let started):
      let run = setup.completed(started)
      description = run
      event = .started(run)
    case .command(let record):
      tellEnd()
      markers.append(record)
    case .checkpoint(let record): return keep(record)
    case .state(.training), .state(.paused): isEndTold = false
    case .finished: isEndTold = true
    default: break
    }
    if case .frame(let frame) = event { frames.keep(frame) }
    report.note(event)
    recorder.record(event)
    if let server {
      if case .started(let run) = event { server.tell(.hello(.engine(run.hyperparameters))) }
      server.tell(.event(event))
    }
    dashboard.apply(event)
    stage.notice(event, of: setup.preset.name)
    // A resumed run's curves go on from where they were.
    if case .started = event, let earlier = setup.earlier {
      dashboard.jump(to: earlier, events: [])
    }
    if case .started = event {
      for warning in changes { take(.warning(warning)) }
      changes = []
    }
    if isEndTold { playPostponed() }
    askForProbes()
    scheduleDraw(soon: event.isUrgent)
  }

  private func serve() {
    do {
      server = try RunServer(setup.directory) { [weak self] command in
        Task { await self?.hear(command) }
      }
    } catch {
      dashboard.log("no other dashboard can be attached: \(error)")
    }
  }

  /// Does what another dashboard asks; what it wants to see is shown beside what is on screen here.
  private func hear(_ command: TrainingCommand) async {
    if case .watch = command { return askForProbes() }
    await engine.perform(command)
  }

  private func watchWarnings() {
    Task {
      for await warning in stray { self.take(.warning(warning)) }
    }
  }

  /// Asks the engine for what is on screen now, when that changed.
  func askForProbes() {
    // What is played back comes from the record.
    guard replay == nil else { return }
    let wanted = server?.merged(with: dashboard.probeRequest) ?? dashboard.probeRequest
    guard wanted != request else { return }
    request = wanted
    Task {
      await self.engine.perform(.watch(wanted))
      await self.lesson?.other?.perform(.watch(wanted))
    }
  }

  // MARK: Drawing

  /// Draws now, or when the next picture is due.
  func scheduleDraw(soon: Bool) {
    if soon { return Task { self.draw() }.forget() }
    guard !isDrawScheduled else { return }
    isDrawScheduled = true
    let wait = max(0, lastDraw + Self.interval - stage.now)
    Task {
      try? await Task.sleep(for: .seconds(wait))
      self.isDrawScheduled = false
      self.draw()
    }
  }

  var picture: CellBuffer {
    dashboard.render(size: stage.abilities.size, appearance: stage.appearance)
  }

  private func draw() {
    guard !isAside, dashboard.needsRedraw else { return }
    lastDraw = stage.now
    dashboard.advance(to: lastDraw)
    stage.show(picture)
    stage.show(progress: dashboard.terminalProgress)
    dashboard.didDraw()
  }

  /// Once a second: messages fade, and the memory in use is read.
  private func startTicking() {
    ticker = Task {
      while !Task.isCancelled {
        self.tick()
        await self.advanceLesson()
        try? await Task.sleep(for: .seconds(1))
      }
    }
  }

  private func tick() {
    dashboard.advance(to: stage.now)
    if let bytes = ResidentMemory.bytes { dashboard.note(memoryBytes: bytes) }
    scheduleDraw(soon: false)
  }
}

extension TrainingEvent {
  /// Whether a person waits for it: an answer to a key rather than the run's steady flow.
  var isUrgent: Bool {
    switch self {
    case .state, .command, .refused, .snapshot, .reading, .frame(.trace), .finished, .started: true
    default: false
    }
  }
}

extension Task {
  /// Says that nobody waits for a task.
  fileprivate func forget() {}
}
