import Dashboard
import Foundation
import Training
import TrainingEvents

// How the dashboard leaves its run: one of this process has to be saved and ends; whatever becomes of
// this process, one of another does not notice, unless it was asked to stop.
extension RunSession {
  func leave(_ own: LiveRun, by action: DashboardAction) async {
    switch action {
    case .quit(let saving): await own.end(saving: saving, then: .quit(status: ExitStatus.done))
    case .detach:
      dashboard.log("leaving the run in the background")
      await own.end(saving: true, then: .detach(run: own.setup.directory.path))
    case .saveAgain: await own.saveAgain(in: nil)
    case .saveElsewhere(let path):
      await own.saveAgain(in: NSString(string: path).expandingTildeInPath)
    case .leaveUnsaved: await own.leaveUnsaved()
    case .stay: await own.stay()
    case .chooseLesson: await own.end(saving: false, then: .lessons(message: nil))
    case .choosePreset: await own.leave(for: .chooser(message: nil))
    case .start(let preset): await own.leave(for: .start(preset: preset))
    default: break
    }
  }

  func leaveWatched(by action: DashboardAction) async {
    switch action {
    case .detach:
      words = BackgroundProgram.words(for: name)
      act.yield(.quit(status: ExitStatus.done))
    case .quit(let saving) where saving && source.trains && !hasEnded:
      isStopping = true
      await source.perform(.stop)
    case .quit, .leaveUnsaved: leaveWatched()
    case .choosePreset, .start:
      dashboard.apply(.refused("leave this run with q, and start unfold with another preset"))
    case .chooseLesson:
      dashboard.apply(.refused("leave this run with q; `unfold lecture` has the lessons"))
    default: break
    }
  }

  /// Ends with the job's own status where it has one.
  func leaveWatched() {
    act.yield(.quit(status: exit.map { Int32($0.status) } ?? ExitStatus.done))
  }

  /// Leaves a run that was asked to stop once it has: an engine of ours tells its end when its last
  /// snapshot is on disk, and may stay on somebody's screen; a job's processes end.
  func leaveWhenStopped(_ messages: [RunMessage]) {
    guard isStopping, dashboard.abilities?.can.contains(.restart) ?? false else { return }
    for case .event(.finished) in messages { return leaveWatched() }
  }

  /// Ctrl-C stops the run, as it does one that trains in the terminal; the second one does not wait.
  /// A terminal that is gone ends nothing but the dashboard.
  func interruptWatched(_ signal: Int32) async {
    guard source.trains, signal == SIGINT, !isStopping, !hasEnded, exit == nil else {
      act.yield(.quit(status: ExitStatus.signal(signal)))
      return
    }
    isStopping = true
    dashboard.tell("stopping; once more leaves the run to its end")
    await source.perform(.stop)
  }
}
