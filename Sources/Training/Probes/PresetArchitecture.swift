import RecurrentNetworks
import SequenceData
import TrainingEvents

extension Architecture {
  /// The graph of one of the lecture's networks.
  /// - Parameter readsSymbols: whether inputs are symbols, and so no image
  init(
    _ variant: ModelBuilder.Variant, _ objective: Objective, _ network: NetworkConfiguration,
    readsSymbols: Bool, inputSize: Int, outputSize: Int, grid: Grid? = nil
  ) {
    let shape: Shape =
      switch variant {
      case .everyStep: .everyStep
      case .final, .imageFinal: .final
      case .outputRecurrence: .outputRecurrence
      case .vectorToSequence: .vectorToSequence
      case .encoderDecoder, .attentionDecoder: .encoderDecoder
      case .autonomous: .autonomous
      }
    let isGrid =
      variant == .imageFinal
      || (shape == .encoderDecoder && network.imageReading == .twoDimensional && !readsSymbols)
    self.init(
      shape: shape, cell: network.cell.rawValue, inputSize: inputSize,
      hiddenSize: network.stateSize, outputSize: outputSize, layers: network.layers,
      isResidual: network.residual && network.layers > 1,
      bidirectional: network.direction == .bidirectional, attention: variant == .attentionDecoder,
      twoDimensional: isGrid,
      teacherForcing: shape == .outputRecurrence ? network.teacherForcing : nil,
      isAligned: objective == .connectionistTemporalClassification,
      unsharedSteps: network.unsharedSteps, grid: isGrid ? grid : nil)
  }
}

extension Architecture.Grid {
  /// Blocks of the tallest image of the training set; nil where images are not read in two dimensions.
  init?(_ network: NetworkConfiguration, _ variant: ModelBuilder.Variant, _ task: TaskData) {
    guard network.imageReading == .twoDimensional, task.inputVocabulary == nil,
      case .examples(let examples) = task.train
    else { return nil }
    let block = max(1, network.imageBlock)
    func blocks(_ pixels: Int) -> Int { (pixels + block - 1) / block }
    let height = examples.lazy.map(\.input.steps).max() ?? 0
    self.init(
      rows: blocks(height), columns: blocks(task.inputWidth), corners: network.cornerArrows,
      isSum: network.cornerCombination == .sum)
    guard rows > 0, columns > 0 else { return nil }
  }
}

/// What a preset says of its network, before any data is read.
extension Preset {
  /// The network's graph, without the sizes that the data decides.
  public var architecture: Architecture {
    let hasOneVector = task.kind == .captioning && task.data.format == .jsonl
    guard
      let variant = ModelBuilder.Variant(network, for: task.kind, hasOneVector: hasOneVector)
    else {
      return Architecture(
        shape: .handBuilt, cell: network.cell.rawValue, inputSize: 0, hiddenSize: network.hidden,
        outputSize: 0)
    }
    return Architecture(
      variant, network.loss ?? .crossEntropy, network,
      readsSymbols: task.kind == .sequenceToSequence, inputSize: 0, outputSize: 0)
  }

  /// The network in a few words, such as `lstm 2×128 bidirectional`.
  public var networkName: String {
    guard task.kind != .handBuilt else { return "set by hand" }
    var words = [network.cell.rawValue]
    let size = "\(network.hidden)" + (network.projectionSize.map { "→\($0)" } ?? "")
    words.append(network.layers > 1 ? "\(network.layers)×\(size)" : size)
    if network.peepholes { words.append("peepholes") }
    if network.residual { words.append("residual") }
    if network.direction == .bidirectional { words.append("bidirectional") }
    if network.attention != .none { words.append("attention") }
    return words.joined(separator: " ")
  }
}
