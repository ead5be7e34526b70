import RecurrentNetworks

/// Which networks can write with the table that they read with.
extension NetworkRules {
  /// - Throws: `ImpossibleNetwork` where there is no such table, or V has another shape.
  func checkTies() throws(ImpossibleNetwork) {
    guard network.tieWeights else { return }
    let key = "network.tie-weights: true"
    let leave = "leave network.tie-weights out"
    if task != .languageModel {
      try refuse(
        key, kind, because: "only a language model writes the symbols that it reads",
        instead: leave)
    }
    if network.recurrence == .output {
      try refuse(
        key, recurrence, because: "the output feeds W, not E",
        instead: "set network.recurrence: hidden, or \(leave)")
    }
    if let symbols = sizes.symbols, symbols != sizes.outputs {
      try refuse(
        key, kind, because: "it reads \(symbols) symbols and writes \(sizes.outputs)",
        instead: leave)
    }
    let states = network.stateSize
    guard let size = network.embedding else {
      return try refuse(
        key, because: "there is no embedding that the output could share",
        instead: "set network.embedding: \(states), or \(leave)")
    }
    if size != states {
      try refuse(
        key, embedding, because: "V has a column for each of \(states) states, and E has \(size)",
        instead: "set network.embedding: \(states), or \(leave)")
    }
  }
}
