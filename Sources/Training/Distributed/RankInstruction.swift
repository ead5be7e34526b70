import RecurrentNetworks
import TrainingEvents

/// What rank 0 tells the others to do next, at a step's boundary. Whatever changes training reaches
/// all ranks between the same two steps.
enum RankInstruction: Equatable {
  /// One step.
  case step
  /// Make the sum of the newest step's gradients whole on rank 0.
  case collectGradient
  /// Bring moments and carried states to rank 0.
  case collectState
  /// Take the weights, moments and numbers that follow.
  case takeState
  /// A change of settings, of which a small text follows.
  case change(RankChange)
  /// Judge a batch of held-out data, the first of all or the next.
  case judge(isFirst: Bool)
  /// The run is over.
  case end

  fileprivate var code: Int64 {
    switch self {
    case .step: 1
    case .collectGradient: 2
    case .collectState: 3
    case .takeState: 4
    case .change: 5
    case .end: 6
    case .judge(isFirst: true): 7
    case .judge(isFirst: false): 8
    }
  }
}

/// A change of training that all ranks make.
enum RankChange: Equatable, Codable {
  case learningRate(Double)
  case setting(key: String, value: String)
  /// The loss of a validation, which a schedule may go by.
  case validated(Double)
}

/// The numbers of a state that all ranks take over.
struct RankState: Equatable, Codable {
  var state: ResumeState
  /// Whether states are carried on from earlier batches.
  var isCarrying: Bool
}

/// Instructions and what follows them, both ends side by side.
extension RankExchange {
  /// Tells all other ranks.
  func tell(_ instruction: RankInstruction) -> Bool {
    channel.header[0] = instruction.code
    guard channel.perform(instructing) else { return false }
    guard case .change(let change) = instruction else { return true }
    return channel.send(change)
  }

  /// Waits for what rank 0 wants next; nil when it is gone.
  func next() -> RankInstruction? {
    guard channel.perform(instructing) else { return nil }
    switch channel.header[0] {
    case 1: return .step
    case 2: return .collectGradient
    case 3: return .collectState
    case 4: return .takeState
    case 5: return channel.receive(RankChange.self).map { .change($0) }
    case 7: return .judge(isFirst: true)
    case 8: return .judge(isFirst: false)
    default: return .end
    }
  }
}
