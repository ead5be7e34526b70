import Dashboard
import Foundation
import NcursesTerminal
import Runs
import TerminalGraphics
import Training
import TrainingEvents

/// Joins engine, recorder, dashboard and terminal: the interactive program.
///
/// Events and keys change the dashboard's state on this actor; drawing happens on the screen's own
/// actor, so that a slow terminal holds up neither training nor recording.
actor LiveSession {
  private let setup: RunSetup
  private let recorder: RunRecorder
  private let writer: SnapshotWriter
  private let screen = TerminalScreen(on: DispatchQueueExecutor(label: "unfold screen"))
  private var engine: TrainingEngine?

  private var dashboard = DashboardState()
  private var appearance = Appearance()
  private var abilities = TerminalScreen.Abilities()
  private var size = Size(width: 80, height: 24)
  private var markers: [CommandRecord] = []
  private var description: RunDescription?
  private var frames = LatestFrames()

  private var request = ProbeRequest()
  private var isDrawScheduled = false
  private var lastDraw = 0.0
  private var ending: Ending?
  private var report = RunReport()
  private let stray: AsyncStream<WarningRecord>
  private var ticker: Task<Void, Never>?

  /// How the program was asked to end.
  private struct Ending {
    var saves: Bool
    var signal: Int32?
  }

  /// Pictures a second at most while training; keys are answered at once.
  private static let interval = 0.2

  init(_ setup: RunSetup) {
    self.setup = setup
    writer = SnapshotWriter(
      directory: setup.directory, keep: setup.preset.training.keepSnapshots)
    let (stray, warn) = AsyncStream.makeStream(of: WarningRecord.self)
    self.stray = stray
    recorder = RunRecorder(setup.directory) { warn.yield($0) }
  }

  /// Runs until a person quits or a signal ends the program.
  func run() async throws {
    let abilities = try await screen.open(mouse: false)
    self.abilities = abilities
    appearance = dashboard.settings.appearance(on: abilities)
    size = abilities.size
    dashboard.resize(size)
    let engine = try await startEngine()
    watchWarnings()
    startTicking()
    let keys = Task { await self.readInputs() }
    for await event in engine.events {
      take(event)
    }
    keys.cancel()
    await leave()
  }

  private func startEngine() async throws -> TrainingEngine {
    do {
      let engine = try TrainingEngine(
        preset: setup.preset, task: setup.task, threads: setup.threads,
        checkpoint: setup.checkpoint, initial: setup.initial
      ) { [weak self] in await self?.store($0) }
      self.engine = engine
      await engine.start()
      for change in setup.changes { dashboard.log("changed on resuming: \(change)") }
      draw()
      return engine
    } catch {
      await screen.close()
      throw error
    }
  }

  // MARK: Events

  private func take(_ event: TrainingEvent) {
    var event = event
    switch event {
    case .started(var run):
      run.directory = setup.directory.path
      description = run
      event = .started(run)
    case .command(let record): markers.append(record)
    default: break
    }
    frames.keep(event)
    report.note(event)
    recorder.record(event)
    dashboard.apply(event)
    askForProbes()
    scheduleDraw(soon: event.isUrgent)
  }

  private func watchWarnings() {
    Task {
      for await warning in stray { self.take(.warning(warning)) }
    }
  }

  /// Asks the engine for what is on screen now, when that changed.
  private func askForProbes() {
    let wanted = dashboard.probeRequest
    guard wanted != request, let engine else { return }
    request = wanted
    Task { await engine.perform(.watch(wanted)) }
  }

  // MARK: Input

  private func readInputs() async {
    for await input in screen.inputs {
      await handle(input)
    }
  }

  private func handle(_ input: TerminalInput) async {
    dashboard.advance(to: now)
    switch input {
    case .key(let key):
      for action in dashboard.handle(key) { await perform(action) }
    case .resized(let size):
      self.size = size
      dashboard.resize(size)
    case .strayLine(let line): dashboard.log(line)
    case .suspend: suspend()
    case .interrupt: await end(saving: true, signal: SIGINT)
    case .terminate: await end(saving: true, signal: SIGTERM)
    case .hangUp: await end(saving: true, signal: SIGHUP)
    }
    askForProbes()
    scheduleDraw(soon: true)
  }

  private func perform(_ action: DashboardAction) async {
    switch action {
    case .send(let command): await engine?.perform(command)
    case .quit(let saving): await end(saving: saving, signal: nil)
    case .suspend: suspend()
    case .redraw: screen.forget()
    case .use(let settings):
      appearance = settings.appearance(on: abilities)
    case .choosePreset, .start:
      dashboard.apply(.refused("leave this run with q, and start unfold with another preset"))
    }
  }

  /// Training stops with the program, and so does its clock. Signals are still heard meanwhile.
  private func suspend() {
    Task { await self.suspendTraining() }
  }

  private func suspendTraining() async {
    let wasTraining = dashboard.trainingState == .training
    if wasTraining { await engine?.perform(.pause) }
    await screen.suspend()
    if wasTraining { await engine?.perform(.resume) }
  }

  private func end(saving: Bool, signal: Int32?) async {
    guard ending == nil else {
      // A second Ctrl-C does not wait for the snapshot.
      if signal == SIGINT { Self.leaveAtOnce(ExitStatus.signal(SIGINT)) }
      return
    }
    ending = Ending(saves: saving, signal: signal)
    dashboard.log(saving ? "stopping: the last snapshot is being written" : "stopping")
    if saving { await engine?.perform(.stop) }
    await engine?.shutDown()
  }

  /// Gives the terminal back and says how it went.
  private func leave() async {
    ticker?.cancel()
    recorder.close()
    let status = ending?.signal.map(ExitStatus.signal) ?? ExitStatus.done
    // A terminal that takes nothing any more must not keep the program.
    let text = report.text(directory: setup.directory.path)
    DispatchQueue.global().asyncAfter(deadline: .now() + 2) { Self.leaveAtOnce(status) }
    await screen.close()
    ExitStatus.write(text, to: STDOUT_FILENO)
    exit(status)
  }

  private static func leaveAtOnce(_ status: Int32) -> Never {
    TerminalScreen.restoreNow()
    _exit(status)
  }

  // MARK: Drawing

  private var now: Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

  /// Draws now, or when the next picture is due.
  private func scheduleDraw(soon: Bool) {
    if soon { return Task { self.draw() }.forget() }
    guard !isDrawScheduled else { return }
    isDrawScheduled = true
    let wait = max(0, lastDraw + Self.interval - now)
    Task {
      try? await Task.sleep(for: .seconds(wait))
      self.isDrawScheduled = false
      self.draw()
    }
  }

  private func draw() {
    guard dashboard.needsRedraw else { return }
    lastDraw = now
    dashboard.advance(to: lastDraw)
    screen.present(dashboard.render(size: size, appearance: appearance))
    dashboard.didDraw()
  }

  /// Once a second: messages fade, and the memory in use is read.
  private func startTicking() {
    ticker = Task {
      while !Task.isCancelled {
        self.tick()
        try? await Task.sleep(for: .seconds(1))
      }
    }
  }

  private func tick() {
    dashboard.advance(to: now)
    if let bytes = ResidentMemory.bytes { dashboard.note(memoryBytes: bytes) }
    scheduleDraw(soon: false)
  }

  // MARK: Snapshots

  /// Writes a checkpoint with what is on screen now; training goes on meanwhile.
  private func store(_ checkpoint: Checkpoint) async -> TrainingEvent? {
    var contents = SnapshotContents(
      checkpoint: checkpoint, history: dashboard.history,
      reason: checkpoint.isScheduled ? .scheduled : .requested, run: description)
    contents.markers = markers
    contents.hiddenStates = frames.hiddenStates
    contents.gradientByLag = frames.gradientByLag
    contents.samples = frames.samples
    contents.statistics = frames.statistics
    contents.screen = dashboard.render(size: size, appearance: appearance)
    return await SnapshotQueue.write(contents, with: writer)
  }
}

extension Task {
  /// Says that nobody waits for a task.
  fileprivate func forget() {}
}
