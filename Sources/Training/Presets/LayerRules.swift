import RecurrentNetworks

/// Which settings go with what stands between layers.
extension NetworkRules {
  /// - Throws: `ImpossibleNetwork` where no layer has one below whose output could be added to its
  ///   states.
  func checkLayers() throws(ImpossibleNetwork) {
    if network.residual, network.layers < 2 {
      try refuse(
        "network.residual: true", "network.layers: \(network.layers)",
        because: "what a layer reads is added to its states from the second layer on",
        instead: "set network.layers: 2 or more, or leave network.residual out")
    }
  }
}
