import LinearAlgebra
import RecurrentNetworks
import SequenceData
import Synchronization
import TrainingEvents

/// A rank that follows: it does what rank 0 tells it, a step at a time, and writes nothing.
public final class RankFollower: Sendable {
  private let group: RankGroup
  private let preset: Preset
  private let task: TaskData
  private let threads: Int
  private let wasAskedToStop = Atomic<Bool>(false)

  /// How it ended.
  public enum End: Sendable, Equatable {
    /// Rank 0 said that the run is over.
    case told
    /// Another rank is gone. `isReporter` holds on the first rank that is left, which says so.
    case lost(RankFailure, isReporter: Bool)
  }

  /// - Parameters:
  ///   - preset: what is trained, the same on all ranks
  ///   - task: its data, the same on all ranks, of which it keeps what it needs
  ///   - threads: threads that compute; results do not depend on it
  ///   - group: the ranks, which agreed on it
  public init(preset: Preset, task: TaskData, threads: Int, group: RankGroup) {
    (self.preset, self.threads, self.group) = (preset, threads, group)
    self.task = task.kept(
      by: group.communicator.rank, of: group.communicator.size, training: preset.training)
  }

  /// Lets rank 0 know, with the next step, that this process was asked to stop.
  public func stop() { wasAskedToStop.store(true, ordering: .relaxed) }

  /// Follows until the run is over.
  /// - Throws: `PresetError` when the preset's network does not fit its data.
  public func run() throws -> End {
    let result = group.communicator.thread.sync { Result { try self.follow() } }
    return try result.get()
  }

  private func follow() throws -> End {
    FloatingPointMode.flushDenormals()
    FloatingPointMode.useOneBLASThread()
    let trainer = try Trainer(
      preset: preset, task: task, threads: threads, communicator: group.communicator)
    guard let exchange = trainer.exchange else { return .told }
    let evaluator = try Evaluator(
      network: trainer.network, pool: trainer.pool, training: preset.training,
      channel: exchange.channel, reports: exchange.reports)
    let health = RankHealth(group.ranks, own: group.communicator.rank)
    exchange.channel.health = health
    while let instruction = exchange.next() {
      exchange.reports.isAskedToStop = wasAskedToStop.load(ordering: .relaxed)
      switch instruction {
      case .step: _ = trainer.advance()
      case .collectGradient: _ = exchange.shareGradientSum()
      case .collectState: _ = exchange.collectState(of: trainer)
      case .takeState: takeState(trainer, exchange)
      case .change(let change): trainer.make(change)
      case .judge(let isFirst):
        if isFirst { evaluator.begin(trainer.task.validation) }
        _ = evaluator.advance(trainer.judgedWeights)
      case .end: return .told
      }
    }
    guard let failure = exchange.channel.failure else { return .told }
    return .lost(failure, isReporter: health.isFirstLeft)
  }

  private func takeState(_ trainer: Trainer, _ exchange: RankExchange) {
    guard let taken = exchange.channel.receive(RankState.self) else { return }
    trainer.restore(numbers: taken.state)
    guard exchange.distributeTensors(of: trainer) else { return }
    for carried in trainer.carriedStates { carried.isFresh = !taken.isCarrying }
  }
}

extension Trainer {
  /// Makes a change that rank 0 has made.
  func make(_ change: RankChange) {
    switch change {
    case .learningRate(let rate):
      var settings = settings
      settings.training.optimizer.learningRate = rate
      use(settings)
    case .setting(let key, let value):
      // It was accepted by rank 0, whose settings are these.
      _ = try? LiveHyperparameters.change(key: key, value: value, in: self)
    case .validated(let loss): _ = schedule.validated(loss: loss)
    }
  }
}
