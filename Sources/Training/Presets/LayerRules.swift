import RecurrentNetworks

/// Which settings go with what stands between layers.
extension NetworkRules {
  /// - Throws: `ImpossibleNetwork` where no layer has one below whose output could be added to its
  ///   states, or where sums are to be normalised that are not there.
  func checkLayers() throws(ImpossibleNetwork) {
    try checkNormalisation()
    if network.residual, network.layers < 2 {
      try refuse(
        "network.residual: true", "network.layers: \(network.layers)",
        because: "what a layer reads is added to its states from the second layer on",
        instead: "set network.layers: 2 or more, or leave network.residual out")
    }
  }

  private func checkNormalisation() throws(ImpossibleNetwork) {
    guard network.layerNorm else { return }
    let key = "network.layer-norm: true"
    let leave = "leave network.layer-norm out"
    if !network.cell.description.canNormalise {
      let others = CellKind.allCases.filter(\.description.canNormalise).map(\.rawValue)
      try refuse(
        key, cell, because: "U x and W s are normalised in \(others.joined(separator: ", "))",
        instead: "set one of these, or \(leave)")
    }
    if network.hidden < 2 {
      try refuse(
        key, "network.hidden: \(network.hidden)", because: "one unit alone does not vary",
        instead: "set network.hidden: 2 or more, or \(leave)")
    }
    try checkStates(
      of: key, leave: leave, output: "W reads outputs, not states",
      image: "sums over an image are not normalised",
      unshared: "layers with weights of their own at each time step are not normalised")
  }
}
