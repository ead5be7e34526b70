import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// Looks at what a snapshot holds as a dynamic system, be it trained or set by hand.
public struct SnapshotAnalysis {
  private let checkpoint: Checkpoint
  private let file: String
  private let task: TaskData
  /// As the snapshot was trained.
  public let preset: Preset

  /// - Parameters:
  ///   - checkpoint: what the snapshot holds
  ///   - file: the snapshot's path, for messages
  ///   - dataDirectories: where data is looked for
  /// - Throws: `PresetError` or `DataError` where its preset or its data cannot be read.
  public init(_ checkpoint: Checkpoint, file: String, dataDirectories: [String]) throws {
    var snapshot = try SnapshotEvaluation(checkpoint, file: file)
    task = try snapshot.load(dataDirectories: dataDirectories)
    preset = snapshot.preset
    self.checkpoint = checkpoint
    self.file = file
  }

  /// Steps that a system without input is followed for.
  private static let unrolled = 1_000

  /// - Parameters:
  ///   - input: the input that stays the same where fixed points are looked for, as a person writes
  ///     it; nil takes the symbol that is read most, or zeros
  ///   - seed: of what is drawn at random; nil takes the run's
  /// - Throws: `PresetError` where the network is not such a system, or the input not one of its own.
  public func run(input: String? = nil, seed: UInt64? = nil) throws -> StateAnalysis {
    FloatingPointMode.useOneBLASThread()
    let seed = seed ?? preset.training.seed
    return try FloatingPointMode.flushingDenormals {
      preset.task.kind == .handBuilt ? try handBuilt(input, seed) : try trained(input, seed)
    }
  }

  private func trained(_ wish: String?, _ seed: UInt64) throws -> StateAnalysis {
    let trained = try TrainedNetwork(checkpoint, file: file)
    try trained.check(task)
    let network = trained.network
    guard network.variant != .vectorToSequence else {
      throw Self.refusal("one vector enters every time step beside what was written before")
    }
    let double = DoubleNetwork(network)
    double.load(trained.parameters)
    if network.variant == .autonomous {
      double.unroll(steps: Self.unrolled)
    } else {
      let passage = ProbePassage(
        task: task, lineEnd: network.lineEnd, readsStream: network.readsStream,
        seed: preset.training.seed
      ).batch
      guard passage.count > 0 else {
        throw PresetError(description: "there is no data for the network to read")
      }
      double.run(passage, sequences: 0..<passage.count)
    }
    let symbols = network.builder.sizes.symbols ?? 0
    let dynamics: any NetworkDynamics
    var recurrent: (String, SquareMatrix)?
    if let layers = LayerDynamics(double, symbols: symbols) {
      dynamics = layers
      if let view = double.model.stacks.first?.layers.first,
        let block = view.candidateBlock(double.parameters)
      {
        recurrent = (view.description.recurrentSymbol, SquareMatrix(block))
      }
    } else if let feedback = FeedbackDynamics(double, symbols: symbols) {
      dynamics = feedback
    } else if network.configuration.unsharedSteps != nil {
      throw Self.refusal("every time step has weights of its own (network.unshared-steps)")
    } else {
      throw Self.refusal("its states run over an image in two dimensions")
    }
    let (input, name) = try constantInput(wish, dynamics, network.variant)
    var analysis = StateAnalysis(
      dynamics, cell: network.configuration.cell.rawValue, recurrent: recurrent, input: input,
      named: name, seed: seed)
    if network.variant != .autonomous { analysis.sharpness = double.sharpness(seed: seed) }
    return analysis
  }

  private static func refusal(_ reason: String) -> PresetError {
    PresetError(
      description: "this network is no system s(t+1) = g(s(t), x) with one g: \(reason)")
  }

  /// Strings of the language at most.
  private static let strings = 100

  private func handBuilt(_ wish: String?, _ seed: UInt64) throws -> StateAnalysis {
    let workload = try HandBuiltWorkload(preset: preset, task: task)
    try workload.load(checkpoint.parameters)
    guard case .examples(let examples) = task.train else {
      throw PresetError(description: "there are no strings for the network to read")
    }
    let strings = examples.prefix(Self.strings).compactMap { example in
      if case .tokens(let symbols) = example.input, !symbols.isEmpty { symbols } else { nil }
    }
    let dynamics = HandBuiltDynamics(workload, strings: strings)
    let (input, name) = try constantInput(wish, dynamics, nil)
    return StateAnalysis(
      dynamics, cell: "set by hand", recurrent: ("W", dynamics.weights), input: input,
      named: name, seed: seed)
  }

  // MARK: The input that stays the same

  private func constantInput(
    _ wish: String?, _ dynamics: any NetworkDynamics, _ variant: ModelBuilder.Variant?
  ) throws -> (ConstantInput, String?) {
    if variant == .autonomous {
      guard wish == nil else {
        throw PresetError(description: "--input: this network has no input")
      }
      return (.none, nil)
    }
    guard let vocabulary = task.inputVocabulary else { return try numbers(wish) }
    guard let wish else {
      let counts = dynamics.symbolCounts
      let most = counts.indices.max { counts[$0] < counts[$1] } ?? 0
      return (.symbol(most), vocabulary.name(of: Int32(most)))
    }
    if let named = vocabulary.symbols.indices.first(where: {
      vocabulary.name(of: Int32($0)) == wish
    }) {
      return (.symbol(named), wish)
    }
    let symbols = try vocabulary.encode(wish, from: "--input")
    guard let symbol = symbols.first, symbols.count == 1 else {
      throw PresetError(
        description: "--input: found \(symbols.count) symbols, expected one that stays the same")
    }
    return (.symbol(Int(symbol)), vocabulary.name(of: symbol))
  }

  private func numbers(_ wish: String?) throws -> (ConstantInput, String?) {
    let width = task.inputWidth
    guard let wish else {
      let name = task.normalisation == nil ? "zeros" : "the mean input"
      return (.vector([Double](repeating: 0, count: width)), name)
    }
    let words = wish.split { $0 == " " || $0 == "," }
    var values = words.compactMap { Float($0) }
    guard words.count == width, values.count == width, values.allSatisfy(\.isFinite) else {
      throw PresetError(
        description: "--input: found \"\(wish)\", expected \(width) "
          + (width == 1 ? "number" : "numbers with blanks between them"))
    }
    task.normalisation?.apply(to: &values)
    return (.vector(values.map { Double($0) }), words.joined(separator: " "))
  }
}
