import Dispatch
import LinearAlgebra
import RecurrentNetworks

/// Searches fixed points beside training.
struct FixedPointWorker {
  struct Found: Sendable {
    /// The step of training whose weights these are of.
    var step: Int
    var input: String
    var points: [FixedPoint]
    /// Whether nothing was left to be searched, and the network stood still for it.
    var isComplete: Bool
  }

  /// Seconds that a search may take while the network trains on: then what was found so far counts.
  private static let longest = 2.0
  /// Numbers of a state up to which a network that stands still is searched as an analysis of a snapshot
  /// does it.
  private static let small = 64

  let look = BackgroundLook<Found>("unfold fixed points", share: 0.003)
  private let network: TaskNetwork
  private let seed: UInt64

  init(_ network: TaskNetwork, seed: UInt64) {
    self.network = network
    self.seed = seed
  }

  /// Begins a search where one is due.
  /// - Parameter waits: whether the network stands still, and its points are waited for
  func search(
    _ parameters: ParameterVector<Float>, step: Int, input: ConstantInput, named name: String,
    trajectory: [Double], now: Double, waits: Bool
  ) {
    func isKnown(_ found: Found) -> Bool {
      found.isComplete && found.step == step && found.input == name
    }
    look.look(now: now, waits: waits, isKnown: isKnown) {
      let weights = (0..<parameters.count).map { parameters.base[$0] }
      return { [network, seed] in
        var search = FixedPointSearch(seed: seed)
        if !waits {
          let end = DispatchTime.now() + Self.longest
          search.isCancelled = { DispatchTime.now() > end }
        }
        let points = Self.points(network, weights, input, trajectory, search, waits: waits)
        return Found(step: step, input: name, points: points, isComplete: waits)
      }
    }
  }

  private static func points(
    _ network: TaskNetwork, _ weights: [Float], _ input: ConstantInput, _ trajectory: [Double],
    _ search: FixedPointSearch, waits: Bool
  ) -> [FixedPoint] {
    let double = DoubleNetwork(network)
    double.load(weights)
    guard let dynamics = double.dynamics() else { return [] }
    var search = search
    // Many states take long in a large network, and there is no time where it trains on meanwhile.
    if !waits || dynamics.size > Self.small { (search.starts, search.settling) = (24, 64) }
    return search.points(dynamics.system(under: input), trajectory: trajectory)
  }
}
