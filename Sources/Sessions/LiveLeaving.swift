import Dashboard
import Foundation
import Runs
import Training
import TrainingEvents

// How a live run is left: for good, for a while, in the background, by a signal.
extension LiveSession {
  /// Leaves the screen with the run paused and in a snapshot, so that a person can come back.
  func leave(for act: NextAct) async {
    guard departure.next == nil, leaving == nil, !isAside else { return }
    leaving = act
    // What ended has its last snapshot already.
    guard dashboard.canTrain else { return stepAside() }
    dashboard.log("leaving the run: it pauses, and a snapshot is written")
    await engine.perform(.pause)
    await performInOther(.pause)
    await engine.perform(.snapshot)
  }

  func stepAside() {
    guard let leaving else { return }
    self.leaving = nil
    isAside = true
    act.yield(leaving)
  }

  /// Training stops with the program, and so does its clock. Signals are still heard meanwhile.
  func suspend() {
    Task { await self.suspendTraining() }
  }

  private func suspendTraining() async {
    let wasTraining = dashboard.trainingState == .training
    if wasTraining { await perform(.send(.pause)) }
    await stage.terminal.suspend()
    if wasTraining { await perform(.send(.resume)) }
  }

  func interrupt(_ signal: Int32) async {
    let next = NextAct.quit(status: ExitStatus.signal(signal))
    let isLeaving = departure.next != nil
    // Whoever sends signals answers no questions.
    if departure.insist(next) { return await leaveUnsaved() }
    // A second Ctrl-C does not wait for the snapshot.
    if isLeaving, signal == SIGINT { return stage.leaveAtOnce(ExitStatus.signal(SIGINT)) }
    await end(saving: true, asks: false, then: next)
  }

  func end(saving: Bool, asks: Bool = true, then next: NextAct) async {
    guard departure.begin(next, saving: saving, asks: asks) else { return }
    dashboard.log(saving ? "stopping: the last snapshot is being written" : "stopping")
    guard saving else { return await engine.shutDown() }
    // What could not be written when the run ended is tried again.
    if departure.hasUnsavedEnd { return await saveAgain(in: nil) }
    await engine.perform(.stop)
    await leaveWhenSaved()
  }

  func leaveWhenSaved() async {
    switch departure.verdict {
    case .wait: break
    case .leave: await engine.shutDown()
    case .lose: await leaveUnsaved()
    case .ask(let reason):
      departure.asked()
      dashboard.askAboutUnsaved(reason)
      scheduleDraw(soon: true)
    }
  }

  func saveAgain(in directory: String?) async {
    departure.savesAgain()
    elsewhere = directory
    await engine.perform(.snapshot)
  }

  func leaveUnsaved() async {
    hasLost = true
    await engine.shutDown()
  }

  /// Lays the newest earlier runs of the same preset under this one's curves.
  func overlayEarlierRuns() {
    let directory = setup.directory.path
    let preset = setup.preset
    Task.detached(priority: .utility) { [weak self] in
      for run in EarlierRuns.newest(of: preset, beside: directory) {
        await self?.overlay(run.name, run.history)
      }
    }
  }

  private func overlay(_ name: String, _ history: RunHistory) {
    dashboard.addComparison(name: name, history: history)
    scheduleDraw(soon: false)
  }
}
