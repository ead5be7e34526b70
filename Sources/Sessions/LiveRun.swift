import Dashboard
import Dispatch
import Foundation
import Runs
import TerminalGraphics
import Training
import TrainingEvents

/// A run that this process trains for a person who watches: joins the engine,
/// the places that its events go to, and the snapshots.
///
/// It decides everything between two suspensions, lays what is to be told aside, and then tells it in
/// that order; while the receiver is busy, the engine's own outbox thins what comes.
package actor LiveRun: RunSource {
  let setup: RunSetup
  var road: EventFanOut
  let snapshots: SnapshotQueue
  /// What stands beside the run: a lesson, and perhaps a second network.
  let lesson: LessonSetup?
  var engine: TrainingEngine { setup.engine }

  /// The newest snapshot that is being written; ends when it and all before it are.
  var writing: Task<Void, Never>?
  var snapshotsUnderWay = 0
  /// The run's end, which is told when its last snapshot was.
  var finish: FinishRecord?
  var frames = FrameStore()
  private var report = RunReport()
  /// What a resumed run changed, until it is said and recorded.
  private var changes: [WarningRecord]
  private let stray: AsyncStream<WarningRecord>

  private var hasStarted = false
  /// Those who have something to ask before it has told anything.
  private var early: [CheckedContinuation<Void, Never>] = []

  private var receive: (@Sendable (RunNews) async -> Void)?
  /// What is still to be told.
  private var news: [RunNews] = []
  /// What the own dashboard wants to see, and what the engine was asked for on behalf of all.
  private var wanted = ProbeRequest()
  /// The run's own record, which is looked up where somebody looks back.
  let recorded: RecordedFrames
  /// The past step that was last looked up.
  var pastStep: Int?
  private var request = ProbeRequest()

  var departure = Departure()
  /// Where a person wants the next snapshot instead of the run's own directory.
  var elsewhere: String?
  /// Whether steps were lost that a person may have wanted.
  var hasLost = false
  /// What the run leaves the screen for, once its snapshot is written.
  var leaving: NextAct?
  var state: TrainingState?
  /// The finished run, played back.
  var replay: PlayedRecord?
  var lastReplay = 0.0
  /// Whether the run's end was told, and is in its record.
  var isEndTold = false
  /// Keys that go through the record, pressed before it had the run's end.
  var postponed: [TrainingCommand] = []

  package nonisolated var trains: Bool { true }
  package nonisolated var own: LiveRun? { self }

  init(_ setup: RunSetup, lesson: LessonSetup? = nil) {
    self.setup = setup
    self.lesson = lesson
    changes = setup.warnings
    let (stray, warn) = AsyncStream.makeStream(of: WarningRecord.self)
    self.stray = stray
    road = EventFanOut(setup) { warn.yield($0) }
    recorded = RecordedFrames(setup.directory.path)
    snapshots = SnapshotQueue(setup, road.recorder, hasKeys: true)
  }

  /// How it went, for the scrollback.
  var reportText: String { report.text(directory: setup.directory.path) }

  /// Seconds on a clock that never goes back.
  var now: Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

  /// Trains until a person leaves the run for good, and everything is on disk.
  package func tell(to receive: @escaping @Sendable (RunNews) async -> Void) async {
    self.receive = receive
    await engine.perform(.pace(setup.preset.training.pace))
    let other = await startOther()
    serve()
    await engine.start(paused: lesson != nil)
    Task { for await warning in stray { await self.warn(warning) } }
    // An earlier run of a lesson's network would give away what is to be predicted.
    if lesson == nil { overlayEarlierRuns() }
    for await event in engine.events {
      departure.note(event)
      if case .finished(let record) = event, snapshotsUnderWay > 0 {
        finish = record
      } else {
        take(event)
      }
      await deliver()
      hearEarly()
      await leaveWhenSaved()
    }
    hearEarly()
    other?.cancel()
    await lesson?.other?.shutDown()
    await writing?.value
    tellEnd()
    if await !road.finishRecord() { hasLost = true }
    await road.stopServing()
    endReplay()
    tell(.left(departure.next ?? .quit(status: ExitStatus.done), forGood: true))
    await deliver()
  }

  // MARK: What is told

  func tell(_ piece: RunNews) { news.append(piece) }

  /// Tells what was laid aside.
  func deliver() async {
    let pieces = news
    news = []
    for piece in pieces { await receive?(piece) }
  }

  private func warn(_ warning: WarningRecord) async {
    take(.warning(warning))
    await deliver()
  }

  func take(_ event: TrainingEvent) {
    tell(event)
    for alert in road.alerts(after: event) { tell(alert) }
  }

  private func tell(_ event: TrainingEvent) {
    switch event {
    case .command: tellEnd()
    case .checkpoint(let record): return keep(record)
    case .state(let state):
      self.state = state
      if state == .training || state == .paused { isEndTold = false }
    case .finished:
      if state != .diverged { state = .finished }
      isEndTold = true
    default: break
    }
    let event = road.send(event)
    if case .frame(let frame) = event { frames.keep(frame) }
    report.note(event)
    tell(.told([.event(event)]))
    if case .started = event {
      // A resumed run's curves go on from where they were.
      if let earlier = setup.earlier { tell(.goneOn(from: earlier)) }
      for warning in changes { take(.warning(warning)) }
      changes = []
    }
    if isEndTold { playPostponed() }
    askForProbes()
  }

  private func serve() {
    do {
      try road.serve { [weak self] command in
        Task { await self?.hear(command) }
      }
    } catch {
      tell(.noted("no other dashboard can be attached: \(error)"))
    }
  }

  // MARK: What is asked

  /// Waits until the run has told what it is: what is asked before finds none that could be ended, and
  /// no name that something could be kept under.
  func waitForStart() async {
    guard !hasStarted else { return }
    await withCheckedContinuation { early.append($0) }
  }

  private func hearEarly() {
    hasStarted = true
    for waiting in early { waiting.resume() }
    early = []
  }

  /// Does what another dashboard asks; what it wants to see is shown beside what is on screen here.
  private func hear(_ command: TrainingCommand) async {
    if case .watch = command { return askForProbes() }
    await engine.perform(command)
  }

  package func perform(_ command: TrainingCommand) async {
    if case .watch(let wanted) = command {
      lookBack(to: wanted.pastStep)
      // What is played back comes from the record.
      guard replay == nil else { return }
      self.wanted = wanted.present
      return askForProbes()
    }
    if command == .restart { endReplay() }
    await engine.perform(command)
    await performInOther(command)
    await deliver()
  }

  /// Asks the engine for what somebody looks at, when that changed.
  private func askForProbes() {
    let wanted = road.wanted(beside: wanted)
    guard wanted != request else { return }
    request = wanted
    Task {
      await self.engine.perform(.watch(wanted))
      await self.lesson?.other?.perform(.watch(wanted))
    }
  }

  /// Lays the newest earlier runs of the same preset under this one's curves.
  private func overlayEarlierRuns() {
    let directory = setup.directory.path
    let preset = setup.preset
    Task.detached(priority: .utility) { [weak self] in
      for run in EarlierRuns.newest(of: preset, beside: directory) {
        await self?.overlay(run.name, run.history)
      }
    }
  }

  private func overlay(_ name: String, _ history: RunHistory) async {
    tell(.earlier(name: name, history))
    await deliver()
  }
}
