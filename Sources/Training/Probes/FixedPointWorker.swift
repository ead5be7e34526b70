import LinearAlgebra
import RecurrentNetworks

/// Searches fixed points beside training.
struct FixedPointWorker {
  struct Found: Sendable {
    /// The step of training whose weights these are of.
    var step: Int
    var input: String
    var points: [FixedPoint]
  }

  let look = BackgroundLook<Found>("unfold fixed points")
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
    look.look(now: now, waits: waits, isKnown: { $0.step == step && $0.input == name }) {
      let weights = (0..<parameters.count).map { parameters.base[$0] }
      return { [network, seed] in
        let points = Self.points(network, weights, input, trajectory, seed: seed)
        return Found(step: step, input: name, points: points)
      }
    }
  }

  private static func points(
    _ network: TaskNetwork, _ weights: [Float], _ input: ConstantInput, _ trajectory: [Double],
    seed: UInt64
  ) -> [FixedPoint] {
    let double = DoubleNetwork(network)
    double.load(weights)
    guard let dynamics = double.dynamics() else { return [] }
    var search = FixedPointSearch(seed: seed)
    (search.starts, search.settling) = (24, 64)
    return search.points(dynamics.system(under: input), trajectory: trajectory)
  }
}
