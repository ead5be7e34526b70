import Runs
import TrainingEvents

/// What a live run's record has of the past step that a person looks at.
extension LiveRun {
  /// Looks a step up, when it is another than before.
  func lookBack(to step: Int?) {
    guard step != pastStep else { return }
    pastStep = step
    guard let step else { return }
    Task.detached { [weak self, recorded] in await self?.tell(recorded.past(step: step)) }
  }

  private func tell(_ past: PastFrames) async {
    // The cursor may have gone on meanwhile.
    guard past.step == pastStep else { return }
    tell(.told([.past(past)]))
    await deliver()
  }
}
