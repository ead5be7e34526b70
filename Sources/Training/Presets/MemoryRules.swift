import RecurrentNetworks

/// Which settings go with what a cell carries.
extension NetworkRules {
  /// Whether C is where a second stack of layers begins.
  private var hasDecoder: Bool {
    writesSequences && !sizes.hasOneVector && network.loss != .connectionistTemporalClassification
  }

  /// - Throws: `ImpossibleNetwork` where a decoder is asked of an LRU, or where peepholes or a projection
  ///   are asked of another cell, or do not fit its sizes.
  func checkMemory() throws(ImpossibleNetwork) {
    if network.peepholes, !network.cell.isLSTM {
      try refuse(
        "network.peepholes: true", cell, because: "peepholes show an LSTM's gates its cell",
        instead: "set network.cell: lstm, or leave network.peepholes out")
    }
    if !network.cell.description.readsState, hasDecoder {
      try refuse(
        cell, kind,
        because: "a decoder begins from s(0) = C, and this cell reads only what it carries",
        instead: "set another network.cell, or network.loss: ctc")
    }
    guard let size = network.projectionSize else { return }
    let key = "network.projection-size: \(size)"
    let leave = "leave network.projection-size out"
    if !network.cell.isLSTM {
      try refuse(
        key, cell, because: "only an LSTM's units are projected",
        instead: "set network.cell: lstm, or \(leave)")
    }
    if size >= network.hidden {
      try refuse(
        key, "network.hidden: \(network.hidden)", because: "a projection makes fewer of them",
        instead: "set network.projection-size below network.hidden, or leave it out")
    }
    if network.initialization == .orthogonal {
      try refuse(
        key, "network.initialization: orthogonal",
        because: "the blocks of W are taller than they are wide",
        instead: "set network.initialization: uniform or glorot, or \(leave)")
    }
    if isTwoDimensional {
      try refuse(
        key, imageReading, because: "states over an image are not projected",
        instead: "set network.image-reading: rows, or \(leave)")
    }
  }
}
