import Dashboard
import Foundation
import NcursesTerminal
import Runs
import TerminalGraphics
import Training
import TrainingEvents

/// The dashboard over a run that this process does not train: a record, or another process's.
package actor ViewerSession {
  package enum Source: Sendable {
    case recorded(Replay, opening: Replay.Jump?)
    case live(RunFollower)
  }

  private let source: Source
  private var replay: Replay?
  private var stage: Stage
  private var dashboard = DashboardState()
  private var status: Int32?
  private var lastTick = 0.0

  /// Pictures a second at most.
  private static let interval = 0.1

  package init(_ source: Source, on stage: Stage) {
    self.stage = stage
    self.source = source
  }

  package func compare(with name: String, history: RunHistory) {
    dashboard.addComparison(name: name, history: history)
  }

  /// Shows the run until a person quits or a signal ends the program.
  package func run() async throws {
    dashboard.use(stage.settings)
    dashboard.resize(stage.abilities.size)
    for problem in stage.problems { dashboard.log(problem) }
    dashboard.isViewing = true
    let reading = begin()
    let keys = Task { await self.readInputs() }
    lastTick = stage.now
    while status == nil {
      tick()
      draw()
      try? await Task.sleep(for: .seconds(Self.interval))
    }
    keys.cancel()
    reading?.cancel()
    let status = status ?? ExitStatus.done
    Stage.leaveSoon(status)
    if let problem = await stage.close() { ExitStatus.say(problem) }
    exit(status)
  }

  private func begin() -> Task<Void, Never>? {
    switch source {
    case .recorded(let replay, let opening):
      self.replay = replay
      if let opening { dashboard.jump(to: opening.history, events: opening.events) }
      return nil
    case .live(let follower):
      let events = follower.follow()
      return Task {
        for await event in events { self.dashboard.apply(event) }
      }
    }
  }

  /// Lets the time since the last tick pass in the record, too.
  private func tick() {
    let time = stage.now
    defer { lastTick = time }
    dashboard.advance(to: time)
    advance { (replay: inout Replay) throws(RunError) in
      try replay.advance(by: time - self.lastTick)
    }
  }

  private func advance(_ body: (inout Replay) throws(RunError) -> [TrainingEvent]) {
    guard var replay else { return }
    do {
      for event in try body(&replay) { dashboard.apply(event) }
    } catch {
      dashboard.log("the record cannot be read on: \(error)")
      replay.pause()
    }
    self.replay = replay
  }

  // MARK: Input

  private func readInputs() async {
    for await input in stage.screen.inputs {
      dashboard.advance(to: stage.now)
      switch input {
      case .key(let key):
        for action in dashboard.handle(key) { await perform(action) }
      case .resized(let size):
        stage.abilities.size = size
        dashboard.resize(size)
      case .strayLine(let line): dashboard.log(line)
      case .suspend: suspend()
      case .interrupt: status = ExitStatus.signal(SIGINT)
      case .terminate(let signal): status = ExitStatus.signal(signal)
      case .hangUp: status = ExitStatus.signal(SIGHUP)
      }
      draw()
    }
  }

  private func perform(_ action: DashboardAction) async {
    switch action {
    case .send(let command): control(command)
    case .quit, .leaveUnsaved, .detach: status = ExitStatus.done
    // Nothing is saved here, so that nobody was asked.
    case .saveAgain, .saveElsewhere, .stay, .chooseLesson, .exportLesson: break
    case .replay(let command): control(command)
    case .changeSpeed(let faster): changeSpeed(faster: faster)
    case .suspend: suspend()
    case .redraw: stage.screen.forget()
    case .use(let settings):
      if let problem = stage.use(settings) { dashboard.log(problem) }
    case .choosePreset, .start:
      dashboard.apply(.refused("leave this run with q, and start unfold with another preset"))
    }
  }

  /// What the keys of training mean where nothing trains.
  private func control(_ command: TrainingCommand) {
    guard replay != nil else {
      if command != .pause, command != .resume {
        dashboard.apply(.refused("this run is trained elsewhere: unfold only follows it"))
      }
      return
    }
    switch command {
    case .pause:
      replay?.pause()
      dashboard.apply(.state(.paused))
    case .resume:
      replay?.play()
      dashboard.apply(.state(.training))
    case .step(let count):
      replay?.pause()
      advance { (replay: inout Replay) throws(RunError) in try replay.advance(steps: count) }
      dashboard.apply(.state(.paused))
    case .scaleLearningRate(let factor): changeSpeed(faster: factor > 1)
    case .run(until: .step(let step)):
      if step < replay?.step ?? 0 {
        replay?.pause()
        dashboard.apply(.state(.paused))
      }
      jump(to: step)
    default: dashboard.apply(.refused("this is a replay: nothing is being trained"))
    }
  }

  private func changeSpeed(faster: Bool) {
    guard replay != nil else {
      return dashboard.apply(.refused("this run is trained elsewhere: unfold only follows it"))
    }
    replay?.changeSpeed(faster: faster)
    dashboard.tell("\(NumberText.brief(replay?.speed ?? 1, 3)) seconds of the run pass in one")
  }

  private func jump(to step: Int) {
    guard var replay else { return }
    if let jump = try? replay.jump(toStep: step) {
      dashboard.jump(to: jump.history, events: jump.events)
    }
    self.replay = replay
  }

  /// Signals are still heard meanwhile.
  private func suspend() {
    Task { await self.stage.screen.suspend() }
  }

  private func draw() {
    guard dashboard.needsRedraw else { return }
    stage.show(
      dashboard.render(size: stage.abilities.size, appearance: stage.appearance))
    dashboard.didDraw()
  }
}
