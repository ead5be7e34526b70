import Dispatch
import Glibc
import Synchronization
import TrainingEvents

// What a job is asked to do: by its protocol, or by signals to its processes.
extension JobRun {
  var isRunning: Bool { process.withLock { $0?.isRunning } ?? false }

  /// Asks the job something: by its protocol, or by signals.
  public func perform(_ command: TrainingCommand) {
    if case .watch = command { return pass(command) }
    guard isRunning else { return tell(.event(.refused("the job has ended"))) }
    let abilities = state.withLock(\.abilities)
    switch command {
    case .stop: stop()
    case .pause where abilities.pausesBySignal: pauseProcesses()
    case .resume where abilities.pausesBySignal: resumeProcesses()
    case .scaleLearningRate(let factor): scale(by: factor)
    default:
      guard abilities.allows(command) else {
        return tell(.event(.refused("this job cannot \(command.ability.rawValue)")))
      }
      pass(command)
    }
  }

  private func pass(_ command: TrainingCommand) {
    guard let line = state.withLock(\.speaker) else { return }
    line.send(command)
    queue.asyncAfter(deadline: .now() + 5) { [weak self, weak line] in
      guard let self, let line, !line.isIdle, isRunning else { return }
      let isNews = state.withLock { state in
        defer { state.isDeaf = true }
        return !state.isDeaf
      }
      if isNews { tell(.event(.refused("the job does not read its commands"))) }
    }
  }

  private func scale(by factor: Double) {
    let rate = state.withLock { state -> (key: String, value: Double)? in
      let hyperparameter = state.abilities.hyperparameters.first { hyperparameter in
        ["learning-rate", "learning_rate", "lr"].contains { hyperparameter.key.hasSuffix($0) }
      }
      guard let hyperparameter, let value = state.values[hyperparameter.key] else { return nil }
      return (hyperparameter.key, value)
    }
    guard let rate else {
      return tell(.event(.refused("this job names no hyperparameter that is its learning rate")))
    }
    pass(.set(key: rate.key, value: "\(rate.value * factor)"))
  }

  private func pauseProcesses() {
    process.withLock { $0 }?.signal(SIGSTOP)
    tellSignal(.paused, "pause", "stopped the job's processes (SIGSTOP)")
  }

  private func resumeProcesses() {
    process.withLock { $0 }?.signal(SIGCONT)
    tellSignal(.training, "resume", "continued the job's processes (SIGCONT)")
  }

  private func tellSignal(_ new: TrainingState, _ name: String, _ text: String) {
    let step = state.withLock { state in
      state.state = new
      return state.lastStep
    }
    tell([.command(CommandRecord(step: step, name: name, text: text, marker: name)), .state(new)])
  }

  /// Asks the job to end; who does not is made to.
  func stop() {
    let (isFirst, speaker) = state.withLock { state in
      defer { state.isStopping = true }
      return (!state.isStopping, state.abilities.can.contains(.step) ? state.speaker : nil)
    }
    // Asked twice, a person means it.
    guard isFirst else { return terminate() }
    process.withLock { $0 }?.signal(SIGCONT)
    guard let speaker else { return terminate() }
    speaker.send(.stop)
    queue.asyncAfter(deadline: .now() + Self.patience.asked) { [weak self] in
      guard let self, isRunning else { return }
      tell(.event(.refused("the job does not stop: it gets SIGTERM")))
      terminate()
    }
  }

  private func terminate() {
    process.withLock { $0 }?.signal(SIGTERM)
    process.withLock { $0 }?.signal(SIGCONT)
    queue.asyncAfter(deadline: .now() + Self.patience.terminated) { [weak self] in
      guard let self, isRunning else { return }
      tell(.event(.refused("the job ignores SIGTERM: it is killed")))
      process.withLock { $0 }?.signal(SIGKILL)
    }
  }
}
