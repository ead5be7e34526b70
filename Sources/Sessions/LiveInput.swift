import Dashboard
import Foundation
import TerminalGraphics
import TrainingEvents

// Keys, sizes and signals of a live run, and what they ask for.
extension LiveSession {
  func handle(_ input: TerminalInput) async {
    dashboard.advance(to: stage.now)
    switch input {
    case .key(let key):
      for action in dashboard.handle(key) { await perform(action) }
      await advanceLesson()
    case .resized(let size):
      stage.abilities.size = size
      dashboard.resize(size)
    case .strayLine(let line): dashboard.log(line)
    case .suspend: suspend()
    case .interrupt: await interrupt(SIGINT)
    case .terminate(let signal): await interrupt(signal)
    case .hangUp: await interrupt(SIGHUP)
    }
    askForProbes()
    scheduleDraw(soon: true)
  }

  func perform(_ action: DashboardAction) async {
    switch action {
    case .send(let command):
      if command == .restart { endReplay() }
      await engine.perform(command)
      await performInOther(command)
    case .replay(let command): playBack(command)
    case .quit(let saving): await end(saving: saving, then: .quit(status: ExitStatus.done))
    case .detach:
      dashboard.log("leaving the run in the background")
      await end(saving: true, then: .detach(run: setup.directory.path))
    case .saveAgain: await saveAgain(in: nil)
    case .saveElsewhere(let path): await saveAgain(in: NSString(string: path).expandingTildeInPath)
    case .leaveUnsaved: await leaveUnsaved()
    case .stay: departure.stay()
    case .changeSpeed(let faster): changeSpeedOfReplay(faster: faster)
    case .copy(let text): stage.copy(text)
    case .suspend: suspend()
    case .redraw: stage.terminal.forget()
    case .use(let settings):
      if let problem = stage.use(settings) { dashboard.log(problem) }
    case .chooseLesson: await end(saving: false, then: .lessons(message: nil))
    case .exportLesson: exportLesson()
    case .choosePreset: await leave(for: .chooser(message: nil))
    case .start(let preset): await leave(for: .start(preset: preset))
    }
  }
}
