import Dashboard
import Foundation
import Runs
import TerminalGraphics
import Training
import TrainingEvents

/// The dashboard over a run, whatever trains it: keys and sizes change the dashboard's state, and what
/// a person asks for goes to the run's source.
///
/// What is told and what is typed meet on this actor; drawing happens on the screen's own actor, so that
/// a slow terminal holds up neither training nor recording.
package actor RunSession: StageActor {
  /// A run, and what it is shown with.
  package struct Watched: Sendable {
    let source: any RunSource
    /// The run, for messages.
    let name: String
    /// Other runs, whose curves are drawn under this one's.
    let others: [(name: String, history: RunHistory)]
    /// Whether leaving it leads back to a list of runs.
    let leadsBack: Bool

    package init(
      _ source: any RunSource, of name: String,
      with others: [(name: String, history: RunHistory)] = [], leadsBack: Bool = false
    ) {
      (self.source, self.name, self.others) = (source, name, others)
      self.leadsBack = leadsBack
    }
  }

  var stage: Stage
  let source: any RunSource
  /// The run, for messages.
  let name: String
  var dashboard = DashboardState()
  /// How a job ended.
  private(set) var exit: JobExit?
  /// Whether the run was asked to stop so that it can be left.
  var isStopping = false
  /// Whether nothing more can come.
  private(set) var hasEnded = false
  /// Whether something else has the screen; the run waits meanwhile.
  private(set) var isAside = false
  /// What stays in the scrollback of a run that trains elsewhere.
  var words: String?
  /// Answers of a lesson that are on disk.
  var keptAnswers = 0
  /// What comes next, each time the run leaves the screen.
  let (acts, act) = AsyncStream.makeStream(of: NextAct.self)

  private var request: ProbeRequest?
  private var reading: Task<Void, Never>?
  private var ticker: Task<Void, Never>?
  /// Whether nothing else has the screen.
  private var isOnScreen = true
  private var lastDraw = 0.0
  /// When a picture is due; infinite where none is.
  private var nextDraw = Double.infinity

  /// Seconds between pictures at least: where something trains, most often on this machine, they cost it
  /// its time.
  private var interval: Double { source.trains ? 0.3 : 0.1 }
  /// Seconds between pictures that somebody waits for.
  private static let pause = 0.01

  package init(_ watched: Watched, on stage: Stage) {
    (source, name, self.stage) = (watched.source, watched.name, stage)
    dashboard.isViewing = !source.trains
    dashboard.isReplaying = source.isRecord
    dashboard.leadsBack = watched.leadsBack
    for other in watched.others {
      dashboard.addComparison(name: other.name, history: other.history)
    }
  }

  /// How it went, for the scrollback; nil where nothing is to be said.
  var report: String? {
    get async {
      if let own = source.own { await own.reportText } else { words }
    }
  }

  /// Whether steps were lost that a person may have wanted.
  var hasLost: Bool {
    get async { await source.own?.hasLost ?? false }
  }

  /// Shows the run until a person leaves it, for good or for a while, or a signal ends the program.
  package func run() async -> NextAct {
    dashboard.use(stage.settings)
    dashboard.resize(stage.abilities.size)
    for problem in stage.problems { dashboard.log(problem) }
    if let own = source.own { prepare(for: own) }
    reading = Task {
      await self.source.tell { [weak self] news in await self?.take(news) }
      self.noteEnd()
    }
    askForProbes()
    draw()
    ticker = Task { await self.tick() }
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
    await source.own?.end(saving: true, asks: false, then: .quit(status: ExitStatus.done))
    await reading?.value
  }

  private func nextAct() async -> NextAct {
    var next = NextAct.quit(status: ExitStatus.done)
    isOnScreen = true
    for await act in acts {
      next = act
      break
    }
    isOnScreen = false
    // A run of this process ends by itself, and one that was left for a while goes on being told.
    if source.own == nil { reading?.cancel() }
    if !isAside { ticker?.cancel() }
    return next
  }

  // MARK: What is told

  private func take(_ news: RunNews) async {
    dashboard.apply(news)
    var isUrgent = true
    switch news {
    case .told(let messages):
      for case .exit(let exit) in messages { self.exit = exit }
      if source.trains {
        for case .event(let event) in messages { stage.notice(event, of: name) }
      }
      isUrgent = messages.contains(where: \.isUrgent)
      leaveWhenStopped(messages)
    case .companion(let event): isUrgent = event.isUrgent
    case .earlier: isUrgent = false
    case .checkpoint(var contents):
      contents.history = dashboard.history
      contents.screen = picture
      await source.own?.write(contents)
    case .left(let next, let isForGood):
      isAside = !isForGood
      act.yield(next)
    case .moment, .goneOn, .answer, .noted, .playing, .unsaved: break
    }
    await advanceLesson()
    askForProbes()
    scheduleDraw(soon: isUrgent)
  }

  private func noteEnd() {
    hasEnded = true
    guard source.own == nil else { return }
    if source.trains { dashboard.noteGone() }
    if isStopping { leaveWatched() }
    scheduleDraw(soon: true)
  }

  /// Asks for what is on screen now, when that changed.
  func askForProbes() {
    let wanted = dashboard.probeRequest
    guard wanted != request else { return }
    // What is played back comes from the record, and so does what was before it.
    guard !dashboard.isReplaying || wanted.pastStep != request?.pastStep else { return }
    request = wanted
    Task { await self.source.perform(.watch(wanted)) }
  }

  // MARK: Drawing

  /// Draws at once, or when the next picture is due.
  func scheduleDraw(soon: Bool) {
    let now = stage.now
    let due = max(now, lastDraw + (soon ? Self.pause : interval))
    guard due < nextDraw else { return }
    nextDraw = due
    Task {
      if due > now { try? await Task.sleep(for: .seconds(due - now)) }
      self.drawScheduled(due)
    }
  }

  private func drawScheduled(_ due: Double) {
    // A picture that was due sooner has been drawn.
    guard due == nextDraw else { return }
    nextDraw = .infinity
    draw()
  }

  private var picture: CellBuffer {
    dashboard.render(size: stage.abilities.size, appearance: stage.appearance)
  }

  func draw() {
    guard isOnScreen, !isAside, dashboard.needsRedraw else { return }
    lastDraw = stage.now
    dashboard.advance(to: lastDraw)
    stage.show(picture)
    stage.show(progress: dashboard.terminalProgress)
    dashboard.didDraw()
  }

  /// Once a second: messages fade, and the memory in use is read.
  private func tick() async {
    while !Task.isCancelled {
      dashboard.advance(to: stage.now)
      if source.own != nil, let bytes = ResidentMemory.bytes { dashboard.note(memoryBytes: bytes) }
      await advanceLesson()
      askForProbes()
      scheduleDraw(soon: false)
      try? await Task.sleep(for: .seconds(dashboard.isPlayingPast ? 0.1 : 1))
    }
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

extension RunMessage {
  fileprivate var isUrgent: Bool {
    if case .event(let event) = self { event.isUrgent } else { false }
  }
}
