import Dispatch
import LinearAlgebra
import RecurrentNetworks
import Synchronization

/// Searches fixed points beside training, for a small share of the time; for a network that stands
/// still, at once.
final class FixedPointWorker: Sendable {
  struct Found: Sendable {
    /// The step of training whose weights these are of.
    var step: Int
    var input: String
    var points: [FixedPoint]
  }

  private struct State {
    var isRunning = false
    var began: UInt64 = 0
    /// Seconds that the last search took.
    var took: Double?
    var nextAt = -Double.infinity
    var newest: Found?
    /// How often what was found has been forgotten.
    var generation = 0
  }

  /// The largest part of a core that searching may take.
  private static let share = 0.01
  /// Seconds at most that somebody waits for a search.
  private static let patience = 1.0

  private let network: TaskNetwork
  private let seed: UInt64
  private let queue = DispatchQueue(label: "unfold fixed points", qos: .utility)
  private let state = Mutex(State())

  init(_ network: TaskNetwork, seed: UInt64) {
    self.network = network
    self.seed = seed
  }

  /// Forgets what was found; a search that goes on is of no use any more.
  func forget() {
    state.withLock { state in
      state.newest = nil
      state.generation += 1
    }
  }

  /// What was found last.
  var newest: Found? { state.withLock(\.newest) }

  /// Seconds until the search that goes on is expected to end; nil where none does, or where none
  /// ended before it.
  var secondsLeft: Double? {
    state.withLock { state in
      guard state.isRunning, let took = state.took else { return nil }
      let passed = Double(DispatchTime.now().uptimeNanoseconds - state.began) * 1e-9
      return max(0, took - passed)
    }
  }

  /// Begins a search where one is due.
  /// - Parameter waits: whether the network stands still, and its points are waited for
  func look(
    _ parameters: ParameterVector<Float>, step: Int, input: ConstantInput, named name: String,
    trajectory: [Double], now: Double, waits: Bool
  ) {
    let generation = state.withLock { state -> Int? in
      if state.isRunning || (waits && state.newest?.step == step && state.newest?.input == name) {
        return nil
      }
      guard waits || now >= state.nextAt else { return nil }
      state.isRunning = true
      state.began = DispatchTime.now().uptimeNanoseconds
      return state.generation
    }
    guard let generation else { return }
    let weights = (0..<parameters.count).map { parameters.base[$0] }
    let isDone = DispatchSemaphore(value: 0)
    queue.async { @Sendable [self] in
      let points = points(weights, input, trajectory)
      state.withLock { state in
        let took = Double(DispatchTime.now().uptimeNanoseconds - state.began) * 1e-9
        state.isRunning = false
        state.took = took
        state.nextAt = now + took / Self.share
        guard state.generation == generation else { return }
        state.newest = Found(step: step, input: name, points: points)
      }
      isDone.signal()
    }
    if waits { _ = isDone.wait(timeout: .now() + Self.patience) }
  }

  private func points(
    _ weights: [Float], _ input: ConstantInput, _ trajectory: [Double]
  ) -> [FixedPoint] {
    let double = DoubleNetwork(network)
    double.load(weights)
    guard let dynamics = double.dynamics() else { return [] }
    var search = FixedPointSearch(seed: seed)
    (search.starts, search.settling) = (24, 64)
    return search.points(dynamics.system(under: input), trajectory: trajectory)
  }
}
