import RecurrentNetworks
import TrainingEvents

/// What rank 0 tells the others, so that all of them do the same between the same two steps.
///
/// Before `begin` it tells nothing: ranks that follow take over everything there.
final class RankLead {
  private let trainer: Trainer
  private let exchange: RankExchange
  private var hasBegun = false
  private let clock = TrainingClock()
  /// The machine of each rank.
  let hosts: [String]

  init(_ trainer: Trainer, _ exchange: RankExchange, _ group: RankGroup) {
    (self.trainer, self.exchange) = (trainer, exchange)
    hosts = group.ranks.map(\.host)
    exchange.channel.health = RankHealth(group.ranks, own: 0)
    trainer.collectGradient = { [unowned self] in collectGradient() }
  }

  var failure: RankFailure? { exchange.channel.failure }

  /// What all ranks told of the newest step.
  var reports: RankReports { exchange.reports }

  func tell(_ instruction: RankInstruction) {
    if hasBegun { _ = exchange.tell(instruction) }
  }

  /// One step on all ranks.
  func step(_ advance: () -> StepOutcome) -> StepOutcome {
    let began = clock.now
    tell(.step)
    let outcome = advance()
    exchange.channel.health?.note(step: clock.now - began)
    return outcome
  }

  /// Sends the present state to everybody.
  func distributeState() {
    guard hasBegun, exchange.tell(.takeState) else { return }
    var state = ResumeState()
    state.step = trainer.step
    state.cursor = trainer.source.cursor
    trainer.note(numbers: &state)
    let carried = trainer.carriedStates
    guard
      exchange.channel.send(RankState(state: state, isCarrying: carried.contains { !$0.isFresh }))
    else { return }
    _ = exchange.distributeTensors(of: trainer)
  }

  func begin() {
    hasBegun = true
    distributeState()
  }

  /// Brings what lives on other ranks here: moments and carried states.
  func collectState() {
    guard hasBegun, exchange.tell(.collectState) else { return }
    _ = exchange.collectState(of: trainer)
  }

  /// Makes the sum of the newest step's gradients whole.
  private func collectGradient() {
    guard hasBegun, !exchange.isGradientWhole, exchange.tell(.collectGradient) else { return }
    _ = exchange.shareGradientSum()
  }

  func end() {
    tell(.end)
    hasBegun = false
  }
}

extension RankExchange {
  /// Weights, moments, averaged weights and carried states, from rank 0 to everybody.
  func distributeTensors(of trainer: Trainer) -> Bool {
    let vectors = [
      trainer.parameters, trainer.optimiser.mean, trainer.optimiser.square,
      trainer.average?.weights,
    ]
    for vector in vectors.compactMap(\.self) {
      guard channel.distribute(vector.base, bytes: vector.count * MemoryLayout<Float>.stride) else {
        return false
      }
    }
    for carried in trainer.carriedStates {
      let values = carried.values
      guard
        channel.distribute(
          values.base, bytes: values.rows * values.columns * MemoryLayout<Float>.stride)
      else { return false }
    }
    return true
  }

  /// Moments and carried states, from whoever has them to rank 0.
  func collectState(of trainer: Trainer) -> Bool {
    for vector in [trainer.optimiser.mean, trainer.optimiser.square].compactMap(\.self) {
      guard collect(vector) else { return false }
    }
    return collectStates(trainer.carriedStates)
  }
}
