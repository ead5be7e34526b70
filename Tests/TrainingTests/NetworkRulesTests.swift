import LinearAlgebra
import RecurrentNetworks
import Testing
import TrainingEvents

@testable import Training

/// From settings to networks: whatever is let through works, whatever is not says why.
@Suite struct NetworkRulesTests {
  static let symbols = ModelSizes(symbols: 5, outputs: 4)
  static let vectors = ModelSizes(width: 4, outputs: 3)
  static let values = ModelSizes(width: 2, outputs: 3, targets: .values)
  static let oneVector = ModelSizes(width: 2, outputs: 4, hasOneVector: true)
  static let nothing = ModelSizes(outputs: 2, targets: .values)

  func configuration(_ change: (inout NetworkConfiguration) -> Void) -> NetworkConfiguration {
    var result = NetworkConfiguration()
    result.hidden = 3
    change(&result)
    return result
  }

  /// The network that settings and a task ask for, where the rules let it through.
  func builder(
    _ network: NetworkConfiguration, _ task: TaskKind, _ sizes: ModelSizes
  ) throws(ImpossibleNetwork) -> ModelBuilder? {
    try NetworkRules(network: network, task: task, sizes: sizes).check()
    return ModelBuilder.Variant(network, for: task, hasOneVector: sizes.hasOneVector)
      .map { ModelBuilder(network, $0, sizes: sizes) }
  }

  /// All settings that choose a variant, in every combination.
  func combinations() -> [NetworkConfiguration] {
    typealias Network = NetworkConfiguration
    var all = [configuration { _ in }]
    func multiply<Value>(
      _ path: WritableKeyPath<NetworkConfiguration, Value>, _ choices: [Value]
    ) {
      all = all.flatMap { network in
        choices.map { choice in
          var result = network
          result[keyPath: path] = choice
          return result
        }
      }
    }
    multiply(\.cell, CellKind.allCases)
    multiply(\.layers, [1, 2])
    multiply(\.direction, Network.Direction.allCases)
    multiply(\.output, Network.Output.allCases)
    multiply(\.recurrence, Network.Recurrence.allCases)
    multiply(\.attention, Network.Attention.allCases)
    multiply(\.embedding, [nil, 2])
    multiply(\.imageReading, Network.ImageReading.allCases)
    all += all.filter { $0.cell == .lstm || $0.cell == .slstm }.flatMap { network in
      [(true, nil), (false, 2), (true, 2)].map { (peepholes: Bool, projection: Int?) in
        var result = network
        (result.peepholes, result.projectionSize) = (peepholes, projection)
        return result
      }
    }
    all += all.filter { $0.cell == .gru && $0.embedding == nil }.map { network in
      var result = network
      result.residual = true
      return result
    }
    multiply(\.loss, [nil, .connectionistTemporalClassification])
    return all
  }

  func batch(for builder: ModelBuilder) -> SequenceBatch<Double> {
    let lengths = [4, 6, 3]
    let batch = SequenceBatch<Double>()
    var random = SeededRandom(seed: 8)
    batch.steps.assign(lengths: lengths)
    batch.targetSteps.assign(lengths: [2, 1, 3])
    if let symbols = builder.sizes.symbols {
      batch.tokens.assign(
        (0..<batch.steps.rowCount).map { _ in Int32(random.index(below: symbols)) })
    }
    batch.width = builder.sizes.width
    let vectors = builder.sizes.hasOneVector ? lengths.count : batch.steps.rowCount
    batch.vectors.assign((0..<vectors * batch.width).map { _ in random.uniform() })
    let rows =
      switch builder.targetRows {
      case .steps: batch.steps.rowCount
      case .targetSteps: batch.targetSteps.rowCount
      case .sequences: lengths.count
      }
    // Symbols of a CTC target alternate, so that none needs more steps than its input has.
    batch.targets.assign((0..<rows).map { Int32($0 % min(2, builder.sizes.outputs)) })
    batch.targetValues.assign((0..<rows * builder.sizes.outputs).map { _ in random.uniform() })
    return batch
  }

  @Test(arguments: TaskKind.allCases.filter { $0 != .handBuilt })
  func whateverIsLetThroughHasTheRightGradient(_ task: TaskKind) {
    var built = 0
    for sizes in [Self.symbols, Self.vectors, Self.values, Self.oneVector, Self.nothing] {
      for network in combinations() {
        do {
          guard let builder = try builder(network, task, sizes) else { continue }
          let subject = GradientCheck.Subject(
            builder.makeModel(), objective: builder.objective, batch: batch(for: builder))
          let check = GradientCheck(subject, entriesPerTensor: 1)
          #expect(check.largestError < 1e-6, "\(network) \(task) \(sizes)")
          #expect(check.loss.isFinite && check.loss > 0)
          built += 1
        } catch {
          #expect(!error.keys.isEmpty && !error.remedy.isEmpty)
          #expect(
            error.keys.allSatisfy { $0.hasPrefix("network.") || $0 == "task.kind" },
            "\(error.description)")
        }
      }
    }
    #expect(built >= 6)
  }

  @Test func everyVariantIsReached() throws {
    var found: [ModelBuilder.Variant?] = []
    func build(
      _ task: TaskKind, _ sizes: ModelSizes, _ change: (inout NetworkConfiguration) -> Void
    ) throws {
      found.append(try builder(configuration(change), task, sizes)?.variant)
    }
    try build(.languageModel, Self.symbols) { _ in }
    try build(.sequenceClassification, Self.symbols) { $0.direction = .bidirectional }
    try build(.forecasting, Self.values) { $0.output = .final }
    try build(.sequenceLabelling, Self.vectors) { $0.recurrence = .output }
    try build(.captioning, Self.oneVector) { _ in }
    try build(.captioning, Self.vectors) { $0.imageReading = .twoDimensional }
    try build(.sequenceToSequence, Self.symbols) { $0.attention = .additive }
    try build(.autonomous, Self.nothing) { _ in }
    try build(.sequenceClassification, Self.vectors) { $0.imageReading = .twoDimensional }
    #expect(
      found == [
        .everyStep, .final, .final, .outputRecurrence, .vectorToSequence, .encoderDecoder,
        .attentionDecoder, .autonomous, .imageFinal,
      ])
    #expect(Set(found.compactMap(\.self)).count == ModelBuilder.Variant.allCases.count)
  }

  /// Whatever its settings say, there is no network to train where weights are set by hand.
  @Test func aNetworkSetByHandIsNoneOfTheLectures() {
    for network in combinations() {
      #expect(ModelBuilder.Variant(network, for: .handBuilt, hasOneVector: false) == nil)
    }
  }

  @Test func refusalsNameTheKeysAndTheRemedy() {
    func message(
      _ task: TaskKind, _ sizes: ModelSizes, _ change: (inout NetworkConfiguration) -> Void
    ) -> String? {
      do {
        _ = try builder(configuration(change), task, sizes)
        return nil
      } catch {
        return error.description
      }
    }
    #expect(
      message(.languageModel, Self.symbols) { $0.direction = .bidirectional }
        == "network.direction: bidirectional with task.kind: language-model: it would read the "
        + "symbols that it is to predict; set network.direction: forward")
    #expect(
      message(.autonomous, Self.vectors) { $0.direction = .bidirectional }?
        .hasPrefix("network.direction: bidirectional with task.kind: autonomous: ") == true)
    #expect(
      message(.forecasting, Self.vectors) { $0.direction = .bidirectional }?
        .hasPrefix("network.direction: bidirectional with task.kind: forecasting") == true)
    #expect(
      message(.sequenceLabelling, Self.symbols) { ($0.recurrence, $0.cell) = (.output, .lstm) }
        == "network.recurrence: output with network.cell: lstm: gates need the state before, and "
        + "only the output is fed back; set network.cell: tanh or network.recurrence: hidden")
    #expect(
      message(.sequenceLabelling, Self.symbols) { $0.attention = .additive }?
        .contains("task.kind: sequence-to-sequence or captioning") == true)
    #expect(
      message(.languageModel, Self.symbols) { $0.teacherForcing = 0.5 }?
        .hasPrefix("network.teacher-forcing: 0.5 with network.recurrence: hidden") == true)
    #expect(message(.languageModel, Self.vectors) { _ in }?.contains("forecasting") == true)
    #expect(
      message(.forecasting, Self.values) { $0.embedding = 2 }?
        .contains("leave network.embedding out") == true)
    #expect(message(.languageModel, Self.symbols) { $0.hidden = 0 }?.contains("1 or more") == true)
    #expect(
      message(.languageModel, Self.symbols) { $0.dropout = .nan }?.contains("probability") == true)
    #expect(
      message(.sequenceClassification, Self.vectors) {
        ($0.imageReading, $0.imageCorners) = (.twoDimensional, 5)
      }?.contains("set 1 to 4") == true)
    #expect(
      message(.languageModel, Self.symbols) { ($0.cell, $0.peepholes) = (.slstm, true) }
        == "network.peepholes: true with network.cell: slstm: peepholes show an LSTM's gates its "
        + "cell; set network.cell: lstm, or leave network.peepholes out")
    #expect(
      message(.languageModel, Self.symbols) { ($0.cell, $0.projectionSize) = (.gru, 2) }
        == "network.projection-size: 2 with network.cell: gru: only an LSTM's units are projected; "
        + "set network.cell: lstm, or leave network.projection-size out")
    #expect(
      message(.languageModel, Self.symbols) { ($0.cell, $0.projectionSize) = (.lstm, 3) }?
        .hasPrefix("network.projection-size: 3 with network.hidden: 3: ") == true)
    #expect(
      message(.languageModel, Self.symbols) {
        ($0.cell, $0.projectionSize, $0.initialization) = (.lstm, 2, .orthogonal)
      }?.hasPrefix("network.projection-size: 2 with network.initialization: orthogonal") == true)
    #expect(
      message(.languageModel, Self.symbols) { $0.residual = true }
        == "network.residual: true with network.layers: 1: what a layer reads is added to its states "
        + "from the second layer on; set network.layers: 2 or more, or leave network.residual out")
    #expect(
      message(.sequenceToSequence, Self.symbols) { $0.cell = .lru }?
        .hasPrefix("network.cell: lru with task.kind: sequence-to-sequence: a decoder") == true)
    #expect(
      message(.captioning, Self.vectors) {
        ($0.cell, $0.projectionSize, $0.imageReading) = (.lstm, 2, .twoDimensional)
      }?.hasPrefix("network.projection-size: 2 with network.image-reading") == true)
    #expect(
      message(.sequenceLabelling, Self.symbols) {
        ($0.cell, $0.projectionSize, $0.unsharedSteps) = (.lstm, 2, 2)
      }?.hasPrefix("network.unshared-steps: 2 with network.cell: lstm") == true)
    checkNoise()
  }

  private func checkNoise() {
    func message(
      _ task: TaskKind, _ sizes: ModelSizes, _ change: (inout NetworkConfiguration) -> Void
    ) -> String? {
      var network = NetworkConfiguration()
      change(&network)
      do {
        try NetworkRules(network: network, task: task, sizes: sizes).check()
        return nil
      } catch {
        return error.description
      }
    }
    for cell in CellKind.allCases {
      let told = message(.languageModel, Self.symbols) { ($0.cell, $0.layerNorm) = (cell, true) }
      if [.tanh, .relu, .lstm, .gru].contains(cell) {
        #expect(told == nil)
      } else {
        #expect(
          told == "network.layer-norm: true with network.cell: \(cell.rawValue): U x and W s are "
            + "normalised in tanh, relu, lstm, gru; set one of these, or leave network.layer-norm "
            + "out")
      }
    }
    #expect(
      message(.languageModel, Self.symbols) { ($0.hidden, $0.layerNorm) = (1, true) }?
        .hasPrefix("network.layer-norm: true with network.hidden: 1: one unit") == true)
    #expect(
      message(.sequenceLabelling, Self.symbols) {
        ($0.recurrence, $0.layerNorm) = (.output, true)
      }?.hasPrefix("network.layer-norm: true with network.recurrence: output: ") == true)
    #expect(
      message(.sequenceClassification, Self.vectors) {
        ($0.imageReading, $0.layerNorm) = (.twoDimensional, true)
      }?.hasPrefix("network.layer-norm: true with network.image-reading") == true)
    #expect(
      message(.sequenceLabelling, Self.symbols) { ($0.unsharedSteps, $0.layerNorm) = (3, true) }?
        .hasPrefix("network.layer-norm: true with network.unshared-steps: 3") == true)
    for cell in CellKind.allCases {
      let told = message(.languageModel, Self.symbols) { ($0.cell, $0.zoneout) = (cell, 0.1) }
      if [.tanh, .relu, .lstm, .gru].contains(cell) {
        #expect(told == nil)
      } else {
        #expect(
          told == "network.zoneout: 0.1 with network.cell: \(cell.rawValue): it is defined for "
            + "tanh, relu, lstm, gru; set one of these, or leave network.zoneout out")
      }
    }
    let changes: [(String, (inout NetworkConfiguration) -> Void)] = [
      ("network.peepholes: true", { $0.peepholes = true }),
      ("network.projection-size: 16", { $0.projectionSize = 16 }),
    ]
    for (what, change) in changes {
      let told = message(.languageModel, Self.symbols) {
        ($0.cell, $0.zoneout) = (.lstm, 0.1)
        change(&$0)
      }
      #expect(told?.hasPrefix("network.zoneout: 0.1 with \(what): it is defined for") == true)
    }
    #expect(
      message(.sequenceLabelling, Self.symbols) { ($0.recurrence, $0.zoneout) = (.output, 0.1) }?
        .hasPrefix("network.zoneout: 0.1 with network.recurrence: output: ") == true)
    #expect(
      message(.sequenceClassification, Self.vectors) {
        ($0.imageReading, $0.zoneout) = (.twoDimensional, 0.1)
      }?.hasPrefix("network.zoneout: 0.1 with network.image-reading") == true)
    #expect(
      message(.sequenceLabelling, Self.symbols) { ($0.unsharedSteps, $0.zoneout) = (3, 0.1) }?
        .hasPrefix("network.zoneout: 0.1 with network.unshared-steps: 3") == true)
    #expect(
      message(.languageModel, Self.symbols) { $0.zoneout = 1 }
        == "network.zoneout: 1.0: it is a probability below 1; set 0 or more, below 1")
    for cell in CellKind.allCases {
      let told = message(.languageModel, Self.symbols) {
        ($0.cell, $0.recurrentDropout, $0.embeddingDropout) = (cell, 0.2, 0.1)
      }
      if cell.description.hasRecurrentWeights {
        #expect(told == nil)
      } else {
        #expect(
          told == "network.recurrent-dropout: 0.2 with network.cell: \(cell.rawValue): it drops "
            + "states on their way to W, and this cell has no W; set another network.cell, or "
            + "leave network.recurrent-dropout out")
      }
    }
    #expect(
      message(.sequenceLabelling, Self.symbols) {
        ($0.recurrence, $0.recurrentDropout) = (.output, 0.2)
      }?.hasPrefix("network.recurrent-dropout: 0.2 with network.recurrence: output: ") == true)
    #expect(
      message(.sequenceClassification, Self.vectors) {
        ($0.imageReading, $0.recurrentDropout) = (.twoDimensional, 0.2)
      }?.hasPrefix("network.recurrent-dropout: 0.2 with network.image-reading") == true)
    #expect(
      message(.sequenceLabelling, Self.symbols) {
        ($0.unsharedSteps, $0.recurrentDropout) = (3, 0.2)
      }?.hasPrefix("network.recurrent-dropout: 0.2 with network.unshared-steps: 3") == true)
    #expect(
      message(.forecasting, Self.values) { $0.embeddingDropout = 0.5 }?
        .hasPrefix("network.embedding-dropout: 0.5 with task.kind: forecasting: whole") == true)
    let language = ModelSizes(symbols: 5, outputs: 5)
    let told = "network.tie-weights: true: there is no embedding that the output could share; set "
    #expect(
      message(.languageModel, language) { $0.tieWeights = true }
        == told + "network.embedding: 128, or leave network.tie-weights out")
    #expect(
      message(.languageModel, language) { ($0.tieWeights, $0.embedding) = (true, 64) }?
        .hasPrefix(
          "network.tie-weights: true with network.embedding: 64: V has a column for each of 128")
        == true)
    #expect(
      message(.languageModel, language) { ($0.tieWeights, $0.embedding) = (true, 128) } == nil)
    #expect(
      message(.sequenceLabelling, Self.symbols) { ($0.tieWeights, $0.embedding) = (true, 128) }?
        .hasPrefix("network.tie-weights: true with task.kind: sequence-labelling") == true)
    #expect(
      message(.languageModel, Self.symbols) { ($0.tieWeights, $0.embedding) = (true, 128) }?
        .contains("it reads 5 symbols and writes 4") == true)
    for value in [-0.1, 1, .nan] {
      #expect(
        message(.languageModel, Self.symbols) { $0.recurrentDropout = value }?
          .contains("probability below 1") == true)
      #expect(
        message(.languageModel, Self.symbols) { $0.embeddingDropout = value }?
          .contains("probability below 1") == true)
    }
  }

  @Test func alignedTargetsOfTheirOwnLengthGetABlank() throws {
    let network = configuration {
      ($0.loss, $0.direction) = (.connectionistTemporalClassification, .bidirectional)
    }
    let builder = try #require(try builder(network, .sequenceToSequence, Self.vectors))
    #expect(builder.outputWidth == Self.vectors.outputs + 1)
    #expect(builder.targetRows == .targetSteps && builder.variant == .everyStep)
  }
}
