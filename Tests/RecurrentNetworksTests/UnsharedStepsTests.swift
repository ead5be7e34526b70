import LinearAlgebra
import RecurrentNetworks
import Testing

/// A network whose steps have parameters of their own.
@Suite struct UnsharedStepsTests {
  private static let cells: [CellKind] = [.tanh, .relu, .gru]

  private func unshared(_ cell: CellKind, steps: Int) -> UnsharedSteps<Double> {
    var network = NetworkConfiguration()
    (network.cell, network.hidden, network.unsharedSteps) = (cell, 3, steps)
    return UnsharedSteps(network, sizes: ModelSizes(width: 2, outputs: 4))
  }

  /// As many steps as the longest sequence, more, and fewer, so that the last one's go on.
  @Test(arguments: cells, [2, 5, 7])
  func gradientsAgreeWithFiniteDifferences(_ cell: CellKind, _ steps: Int) {
    let batch = RandomBatch.vectors(lengths: [3, 5, 1, 4], width: 2, classes: 4)
    #expect(GradientCase(unshared(cell, steps: steps), batch).worstError() < 1e-6)
  }

  /// Where every step's parameters have the same values, outputs are those of a network that shares
  /// them, and its gradient is the sum of theirs.
  @Test(arguments: cells) func theSameParametersAtEveryStepAreSharedOnes(_ cell: CellKind) throws {
    let batch = RandomBatch.vectors(lengths: [3, 5, 1, 4], width: 2, classes: 4)
    var network = NetworkConfiguration()
    (network.cell, network.hidden) = (cell, 3)
    let shared = GradientCase(
      EveryStepOutput<Double>(network, sizes: ModelSizes(width: 2, outputs: 4)), batch)
    let apart = GradientCase(unshared(cell, steps: 5), batch)
    func ownName(_ parameter: Parameter) -> String {
      guard let place = parameter.name.range(of: "_l", options: .backwards) else {
        return parameter.name
      }
      return String(parameter.name[..<place.upperBound]) + "0"
    }
    let owners = apart.model.layout.parameters.map { parameter in
      shared.model.layout.parameters.first { $0.name == ownName(parameter) }
    }
    for (parameter, owner) in zip(apart.model.layout.parameters, owners) {
      let owner = try #require(owner)
      for i in 0..<parameter.count {
        apart.parameters.base[parameter.offset + i] = shared.parameters.base[owner.offset + i]
      }
    }
    #expect(relativeError(apart.outputs(), shared.outputs()) < 1e-14)
    let (one, many) = (shared.gradient(), apart.gradient())
    for whole in shared.model.layout.parameters {
      var sum = [Double](repeating: 0, count: whole.count)
      for (parameter, owner) in zip(apart.model.layout.parameters, owners) where owner == whole {
        for i in 0..<parameter.count { sum[i] += many.base[parameter.offset + i] }
      }
      let expected = (0..<whole.count).map { one.base[whole.offset + $0] }
      #expect(relativeError(sum, expected) < 1e-12, "\(whole.name)")
    }
    #expect(
      apart.model.layout.parameterCount
        == 5 * (shared.model.layout.parameterCount - 16) + 16)
  }
}
