import Foundation
import Runs
import Training
import TrainingEvents

// How a run that trains here is left: for good, for a while, in the background, by a signal.
extension LiveRun {
  /// Leaves the screen with the run paused and in a snapshot, so that a person can come back.
  func leave(for act: NextAct) async {
    guard departure.next == nil, leaving == nil else { return }
    leaving = act
    if state == .finished || state == .diverged {
      // What ended has its last snapshot already.
      stepAside()
    } else {
      tell(.noted("leaving the run: it pauses, and a snapshot is written"))
      await engine.perform(.pause)
      await performInOther(.pause)
      await engine.perform(.snapshot)
    }
    await deliver()
  }

  func stepAside() {
    guard let leaving else { return }
    self.leaving = nil
    tell(.left(leaving, forGood: false))
  }

  /// Does what a signal asks for.
  /// - Returns: whether whoever sends it waits no longer, not even for the snapshot
  func interrupt(_ signal: Int32) async -> Bool {
    let next = NextAct.quit(status: ExitStatus.signal(signal))
    let isLeaving = departure.next != nil
    // Whoever sends signals answers no questions.
    if departure.insist(next) {
      await leaveUnsaved()
      return false
    }
    // A second Ctrl-C does not wait for the snapshot.
    if isLeaving, signal == SIGINT { return true }
    await end(saving: true, asks: false, then: next)
    return false
  }

  /// Whether the run trains on when its terminal is gone: one that has not ended, and is not being left.
  /// - Parameter habit: what a person's settings say, where the preset does not
  func detaches(by habit: HangUpAction) -> Bool {
    guard setup.preset.training.onHangUp ?? habit == .detach, lesson == nil else { return false }
    return departure.next == nil && (state == .training || state == .paused)
  }

  func end(saving: Bool, asks: Bool = true, then next: NextAct) async {
    guard departure.begin(next, saving: saving, asks: asks) else { return }
    tell(.noted(saving ? "stopping: the last snapshot is being written" : "stopping"))
    await deliver()
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
      tell(.unsaved(reason: reason))
      await deliver()
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

  /// A person stays after all.
  func stay() { departure.stay() }
}
