import RecurrentNetworks

/// Which networks have what is dropped while training.
extension NetworkRules {
  /// - Throws: `ImpossibleNetwork` where nothing that is to be dropped is there, or it is no probability.
  func checkNoise() throws(ImpossibleNetwork) {
    let shares = [
      ("dropout", network.dropout), ("recurrent-dropout", network.recurrentDropout),
      ("embedding-dropout", network.embeddingDropout), ("zoneout", network.zoneout),
    ]
    for (key, share) in shares where !(share >= 0 && share < 1) {
      try refuse(
        "network.\(key): \(share)", because: "it is a probability below 1",
        instead: "set 0 or more, below 1")
    }
    try checkRecurrentDropout()
    try checkZoneout()
    if network.embeddingDropout > 0, sizes.symbols == nil {
      try refuse(
        "network.embedding-dropout: \(network.embeddingDropout)", kind,
        because: "whole symbols are dropped, and its inputs are not symbols",
        instead: "leave network.embedding-dropout out")
    }
  }

  private func checkZoneout() throws(ImpossibleNetwork) {
    guard network.zoneout > 0 else { return }
    let key = "network.zoneout: \(network.zoneout)"
    let leave = "leave network.zoneout out"
    if network.peepholes {
      try refuse(
        key, "network.peepholes: true",
        because: "it is defined for gates that do not see the cell", instead: leave)
    }
    if let size = network.projectionSize {
      try refuse(
        key, "network.projection-size: \(size)", because: "it is defined for units that are s(t)",
        instead: leave)
    }
    if !network.cell.description.canZoneOut {
      let others = CellKind.allCases.filter(\.description.canZoneOut).map(\.rawValue)
      try refuse(
        key, cell, because: "it is defined for \(others.joined(separator: ", "))",
        instead: "set one of these, or \(leave)")
    }
    try checkStates(
      of: key, leave: leave, output: "outputs are fed back, not states that could be kept",
      image: "a state over an image has two before it",
      unshared: "layers with weights of their own at each time step keep nothing")
  }

  private func checkRecurrentDropout() throws(ImpossibleNetwork) {
    guard network.recurrentDropout > 0 else { return }
    let key = "network.recurrent-dropout: \(network.recurrentDropout)"
    let leave = "leave network.recurrent-dropout out"
    if !network.cell.description.hasRecurrentWeights {
      try refuse(
        key, cell, because: "it drops states on their way to W, and this cell has no W",
        instead: "set another network.cell, or \(leave)")
    }
    try checkStates(
      of: key, leave: leave, output: "W reads outputs, not states",
      image: "states over an image are not dropped",
      unshared: "one mask for all time steps wants one W for all of them")
  }

  /// Refuses what acts between a layer's states and its one W where a network has no such states.
  ///
  /// - Parameters:
  ///   - key: the setting, as it was given
  ///   - leave: how to do without it
  ///   - output: why not where outputs are fed back
  ///   - image: why not over an image in two dimensions
  ///   - unshared: why not with weights of their own at each time step
  func checkStates(
    of key: String, leave: String, output: String, image: String, unshared: String
  ) throws(ImpossibleNetwork) {
    if network.recurrence == .output {
      try refuse(key, recurrence, because: output, instead: leave)
    }
    if isTwoDimensional {
      try refuse(
        key, imageReading, because: image,
        instead: "set network.image-reading: rows, or \(leave)")
    }
    if let steps = network.unsharedSteps {
      try refuse(key, "network.unshared-steps: \(steps)", because: unshared, instead: leave)
    }
  }
}
