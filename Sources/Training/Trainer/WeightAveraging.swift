import RecurrentNetworks

/// Weights that are averaged over the updates beside those that are trained.
extension Trainer {
  /// What the network is judged by and writes with: the averaged weights, where there are some.
  var judgedWeights: ParameterVector<Float> { average?.weights ?? parameters }

  /// Takes the weights of an update in. Every process has all of them by then, and averages all.
  func averageWeights() {
    guard let average else { return }
    average.updates += 1
    pool.run(slices.count) { average.add(parameters, in: slices[$0]) }
  }

  /// Takes a checkpoint's weights and their average; an average that it has not begins here.
  func loadWeights(of checkpoint: Checkpoint) throws(ParameterMismatch) {
    guard checkpoint.state.averaged != nil else {
      try parameters.load(checkpoint.parameters)
      average?.begin(with: parameters)
      return
    }
    try parameters.loadPlain(checkpoint.moments, prefix: "weights.")
    try average?.weights.load(checkpoint.parameters)
  }
}

extension Trainer {
  /// Where a gradient that is not finite comes from, as far as one tensor can be blamed.
  var firstBadGradient: String {
    for parameter in network.layout.parameters
    where !gradient.matrix(parameter).norm.isFinite {
      return "the gradient of \(parameter.name) (\(parameter.symbol))"
    }
    return "the gradient"
  }
}
