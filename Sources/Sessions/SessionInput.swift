import Dashboard
import Foundation
import TerminalGraphics
import TrainingEvents

// Keys, sizes and signals, and what they ask of the run.
extension RunSession {
  func handle(_ input: TerminalInput) async {
    await source.own?.waitForStart()
    dashboard.advance(to: stage.now)
    switch input {
    case .key(let key):
      let actions = dashboard.handle(key)
      // What a key asks of the run may take its time; what it does on screen is seen before.
      if !actions.isEmpty { draw() }
      for action in actions { await perform(action) }
      await advanceLesson()
    case .resized(let size):
      stage.abilities.size = size
      dashboard.resize(size)
    case .strayLine(let line): dashboard.log(line)
    case .suspend: suspend()
    case .interrupt: await interrupt(SIGINT)
    case .terminate(let signal): await interrupt(signal)
    case .hangUp: await loseTerminal()
    }
    askForProbes()
    scheduleDraw(soon: true)
  }

  func perform(_ action: DashboardAction) async {
    switch action {
    case .send(let command): await source.perform(command)
    case .replay where source.own == nil && source.trains,
      .changeSpeed where source.own == nil && source.trains:
      dashboard.tell("this run has ended: `unfold replay \(name)` shows it again")
    case .replay(let command): await source.playBack(command)
    case .changeSpeed(let faster): await source.changeSpeed(faster: faster)
    case .copy(let text): stage.copy(text)
    case .suspend: suspend()
    case .redraw: stage.terminal.forget()
    case .use(let settings):
      if let problem = stage.use(settings) { dashboard.log(problem) }
    case .exportLesson: exportLesson()
    case .quit, .detach, .saveAgain, .saveElsewhere, .leaveUnsaved, .stay, .chooseLesson,
      .choosePreset, .start:
      if let own = source.own {
        await leave(own, by: action)
      } else {
        await leaveWatched(by: action)
      }
    }
  }

  private func interrupt(_ signal: Int32) async {
    guard let own = source.own else { return await interruptWatched(signal) }
    if await own.interrupt(signal) { stage.leaveAtOnce(ExitStatus.signal(signal)) }
  }

  /// The terminal is gone: the run trains on without one where that was wished for.
  private func loseTerminal() async {
    guard let own = source.own, await own.detaches(by: stage.settings.onHangUp) else {
      return await interrupt(SIGHUP)
    }
    dashboard.log("the terminal is gone: leaving the run in the background")
    await own.end(saving: true, asks: false, then: .detach(run: own.setup.directory.path))
  }

  /// Where this process trains, training stops with it, and so does its clock. Signals are still heard
  /// meanwhile.
  private func suspend() {
    Task { await self.suspendTraining() }
  }

  private func suspendTraining() async {
    let stops = source.own != nil && dashboard.trainingState == .training
    if stops { await source.perform(.pause) }
    await stage.terminal.suspend()
    if stops { await source.perform(.resume) }
  }
}
