import LinearAlgebra
import RecurrentNetworks
import SequenceData

extension TaskNetwork {
  /// What states take of this network, and how much they may take.
  /// - Parameters:
  ///   - bytes: how much
  ///   - dropout: what is dropped on the way; nil where nothing is
  func stateMemory(bytes: Int, dropout: DropoutSource? = nil) -> StateMemory {
    StateMemory(
      measuring: makeModel(), width: builder.sizes.width, dropout: dropout, bytes: bytes)
  }

  /// What the states of each part of a batch may take under a preset; nil where nothing is bounded.
  func stateMemory(_ preset: Preset, _ task: TaskData) throws(PresetError) -> StateMemory? {
    guard preset.training.memoryMegabytes != nil else { return nil }
    return try TrainingMemory(self, preset: preset, task: task).states(of: self)
  }

  /// Numbers of the outputs of so many time steps and sequences.
  func outputCount(rows: Int, sequences: Int) -> Int {
    (targetRowsAreSteps ? rows : sequences) * outputWidth
  }

  /// Whether there is an output at each time step of the input.
  var targetRowsAreSteps: Bool { variant == .everyStep }

  /// Settings under which a sequence cannot be read in segments.
  func checkSegments(_ preset: Preset) throws(PresetError) {
    guard let megabytes = preset.training.memoryMegabytes else { return }
    let key = "training.memory-megabytes: \(YAMLScalar.number(megabytes))"
    func refuse(_ reason: String) throws(PresetError) {
      throw PresetError(description: "\(preset.name): \(key): \(reason)")
    }
    let readsSteps = variant == .everyStep || variant == .final
    if !readsSteps || configuration.unsharedSteps != nil {
      try refuse(
        "only layers that read a sequence, under outputs at every time step or at the end, read "
          + "it in segments; leave it out")
    }
    if objective == .connectionistTemporalClassification {
      try refuse(
        "network.loss: ctc: the paths of all alignments take memory with the length as well; leave "
          + "one of them out")
    }
    if configuration.tieWeights, let symbols = builder.sizes.symbols,
      symbols > StateMemory.leastRows
    {
      try refuse(
        "network.tie-weights: true: with more than \(StateMemory.leastRows) symbols the table's "
          + "gradient would be summed in another order; leave one of them out")
    }
    if configuration.zoneout > 0 {
      try refuse(
        "network.zoneout: \(configuration.zoneout): what is kept is drawn for a whole sequence; "
          + "leave one of them out")
    }
    if configuration.layerNorm {
      try refuse(
        "network.layer-norm: true: normalised sums are read whole; leave one of them out")
    }
    if configuration.direction == .bidirectional {
      try refuse(
        "network.direction: bidirectional: the way back from a sequence's end needs all of it at "
          + "once; set network.direction: forward, or leave one of them out")
    }
  }
}

extension TrainingMemory {
  /// What is left of the preset's bound for the states of each part of a batch.
  /// - Returns: nil where nothing is bounded
  /// - Throws: `PresetError` where the largest batch takes more than the bound in the shortest
  ///   segments
  func states(of network: TaskNetwork) throws(PresetError) -> StateMemory? {
    guard let megabytes = preset.training.memoryMegabytes else { return nil }
    let parts = max(1, min(preset.training.parts, preset.training.batch))
    let left = min(megabytes * 1e6 - parameters, 1e15) / Double(parts)
    let memory = network.stateMemory(
      bytes: Int(max(0, left)), dropout: preset.network.dropoutSource(seed: 1))
    // The longest of the batch may be in one part.
    let rows = Int(min(1e12, largest.inputs / Double(parts) + largest.longest))
    let sequences = (preset.training.batch + parts - 1) / parts
    let least = memory.leastBytes(
      rows: rows, sequences: sequences,
      outputs: network.outputCount(rows: rows, sequences: sequences),
      carried: network.makeModel().stateWidth)
    guard Double(least) <= left || largest.inputs == 0 else {
      let total = MachineMemory.words(parameters + Double(parts) * Double(least))
      throw PresetError(
        description:
          "\(preset.name): training.memory-megabytes: \(YAMLScalar.number(megabytes)): a step "
          + "takes \(total) at least, in segments as short as they get; raise it, or lower "
          + "training.batch or network.hidden")
    }
    return memory
  }
}

extension TrainingConfiguration {
  /// Sequences that are judged side by side. More than are trained on take no more time; where memory
  /// is bounded, their outputs would take more of it.
  var judgedBatch: Int { memoryMegabytes == nil ? max(batch, 32) : batch }
}
