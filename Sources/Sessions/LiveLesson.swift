import Training
import TrainingEvents

// The second of two networks that a lesson trains in step.
extension LiveRun {
  /// - Returns: reads what it tells, until that is cancelled
  func startOther() async -> Task<Void, Never>? {
    guard let other = lesson?.other else { return nil }
    let reading = Task { [weak self] in
      for await event in other.events { await self?.takeOfOther(event) }
    }
    await other.perform(.pace(setup.preset.training.pace))
    await other.start(paused: true)
    return reading
  }

  private func takeOfOther(_ event: TrainingEvent) async {
    tell(.companion(event))
    await deliver()
  }

  /// One clock, one pause key: what changes training changes it in both networks.
  func performInOther(_ command: TrainingCommand) async {
    guard let other = lesson?.other else { return }
    switch command {
    case .snapshot, .undo, .goBackToBest, .stop: break
    default: await other.perform(command)
    }
  }

  /// Lets the second network come up to a step of the first one.
  func trainOther(until step: Int) async {
    await lesson?.other?.perform(.run(until: .step(step)))
  }
}
