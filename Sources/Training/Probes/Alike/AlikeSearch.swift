import Dispatch
import LinearAlgebra
import RecurrentNetworks
import SequenceData
import Synchronization
import TrainingEvents

/// Looks through all training data beside training, in a bounded share of the time; beside a network
/// that stands still, without a rest.
final class AlikeSearch: Sendable {
  private struct State {
    /// Counts searches, so that one that goes on can tell that it is no longer wanted.
    var generation = 0
    var query: AlikeQuery?
    var isRunning = false
    var isAtRest = false
    var newest: AlikeFrame?
  }

  /// The largest part of a core that it may take while the network trains.
  private static var share: Double { 0.02 }
  /// Seconds between two lists of what was found so far.
  private static var pause: Double { 0.2 }

  private let network: TaskNetwork
  private let task: TaskData
  private let naming: InputNames
  private let queue = DispatchQueue(label: "unfold places alike", qos: .utility)
  private let state = Mutex(State())
  /// Ends a rest before its time.
  private let wake = DispatchSemaphore(value: 0)

  init(_ network: TaskNetwork, _ task: TaskData, synthetic name: String?) {
    (self.network, self.task) = (network, task)
    naming = InputNames(task, synthetic: name)
  }

  /// Whether a search goes on.
  var isRunning: Bool { state.withLock(\.isRunning) }

  /// Goes on with a search, or begins it with the weights as they are now.
  /// - Parameters:
  ///   - query: what to look for; nil ends what goes on, and keeps what was found to its end
  ///   - waits: whether the network stands still
  /// - Returns: what was found so far
  func look(
    _ query: AlikeQuery?, _ parameters: ParameterVector<Float>, step: Int, waits: Bool
  ) -> AlikeFrame? {
    let (generation, hasChanged) = state.withLock { state -> (Int?, Bool) in
      guard let query else { return (nil, Self.end(&state, keepsComplete: true)) }
      let hasChanged = state.isAtRest != waits
      state.isAtRest = waits
      guard state.query != query else { return (nil, hasChanged) }
      state.generation += 1
      (state.query, state.isRunning, state.newest) = (query, true, nil)
      return (state.generation, true)
    }
    if hasChanged { wake.signal() }
    guard let query else { return nil }
    if let generation { begin(query, parameters, step: step, generation) }
    return state.withLock(\.newest)
  }

  /// Ends what goes on; after going back, what was found later never was.
  func forget() {
    if state.withLock({ Self.end(&$0, keepsComplete: false) }) { wake.signal() }
  }

  /// - Returns: whether there was anything to end
  private static func end(_ state: inout State, keepsComplete: Bool) -> Bool {
    guard state.query != nil else { return false }
    if keepsComplete, state.newest?.isComplete ?? false { return false }
    state.generation += 1
    (state.query, state.isRunning, state.newest) = (nil, false, nil)
    return true
  }

  private func begin(
    _ query: AlikeQuery, _ parameters: ParameterVector<Float>, step: Int, _ generation: Int
  ) {
    let weights = (0..<parameters.count).map { parameters.base[$0] }
    queue.async { @Sendable [self] in
      FloatingPointMode.flushingDenormals {
        read(query, weights, step: step, generation)
      }
    }
  }

  private func read(_ query: AlikeQuery, _ weights: [Float], step: Int, _ generation: Int) {
    let reader = AlikeReader(network, task, naming, weights: weights, query: query)
    var (isMore, told) = (true, -Double.infinity)
    while isMore {
      let began = Self.now
      isMore = reader.readNext()
      if !isMore || began - told >= Self.pause {
        told = began
        let frame = reader.frame(step: step)
        state.withLock { if $0.generation == generation { $0.newest = frame } }
      }
      let (isWanted, isAtRest) = state.withLock { state in
        if !isMore, state.generation == generation { state.isRunning = false }
        return (state.generation == generation, state.isAtRest)
      }
      guard isWanted else { return }
      if isMore, !isAtRest {
        _ = wake.wait(timeout: .now() + (Self.now - began) * (1 / Self.share - 1))
      }
    }
  }

  private static var now: Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }
}
