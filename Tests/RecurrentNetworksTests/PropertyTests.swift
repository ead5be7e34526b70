import LinearAlgebra
import RecurrentNetworks
import Testing

/// What must hold whatever the weights are.
@Suite struct PropertyTests {
  /// One of each variant, with everything that it can have.
  static let variants: [ModelBuilder.Variant] = [
    .everyStep, .final, .outputRecurrence, .vectorToSequence, .encoderDecoder, .attentionDecoder,
    .autonomous,
  ]

  static let lengths = [4, 6, 1, 3]
  static let targetLengths = [2, 3, 5, 1]
  static let width = 2
  static let classes = 4

  static func builder(_ variant: ModelBuilder.Variant, cell: CellKind) -> ModelBuilder {
    var network = NetworkConfiguration()
    network.cell = cell
    network.hidden = 3
    network.layers = 2
    var sizes = ModelSizes(width: width, outputs: classes)
    switch variant {
    case .everyStep, .final, .imageFinal:
      network.direction = .bidirectional
    case .outputRecurrence:
      (network.cell, network.layers, network.recurrence) = (.tanh, 1, .output)
      network.teacherForcing = 0
    case .vectorToSequence:
      sizes.hasOneVector = true
    case .encoderDecoder: break
    case .attentionDecoder:
      network.attention = .additive
    case .autonomous:
      sizes = ModelSizes(outputs: classes, targets: .values)
    }
    return ModelBuilder(network, variant, sizes: sizes)
  }

  /// Numbers and symbols of sequences in a rectangle, with `padding` wherever a sequence is over.
  struct Rectangle {
    var inputs: [[[Double]]]
    var targets: [[Int32]]
    var values: [[[Double]]]

    init(lengths: [Int], targetLengths: [Int], padding: Double) {
      var random = SeededRandom(seed: 31)
      func rows(_ lengths: [Int], _ width: Int) -> [[[Double]]] {
        lengths.map { length in
          (0..<8).map { t in
            (0..<width).map { _ in t < length ? random.normal() : padding }
          }
        }
      }
      inputs = rows(lengths, PropertyTests.width)
      values = rows(targetLengths, PropertyTests.classes)
      targets = targetLengths.map { length in
        (0..<8).map { t in
          t < length
            ? Int32(random.index(below: PropertyTests.classes))
            : padding == 1 ? 1 : .max
        }
      }
    }

    /// The chosen sequences, packed into a batch.
    func pack(
      _ builder: ModelBuilder, _ chosen: [Int], lengths: [Int], targetLengths: [Int],
      into batch: SequenceBatch<Double>
    ) {
      let hasTargetSteps = builder.targetRows == .targetSteps
      batch.steps.assign(lengths: chosen.map { lengths[$0] })
      batch.targetSteps.assign(lengths: chosen.map { targetLengths[$0] })
      batch.width = builder.sizes.width
      if builder.sizes.hasOneVector {
        batch.vectors.assign(batch.steps.order.flatMap { inputs[chosen[$0]][0] })
      } else if batch.width > 0 {
        batch.vectors.assign(
          batch.packed(batch.steps) { inputs[chosen[$0]][$1] }.flatMap { $0 })
      }
      if builder.targetRows == .sequences {
        batch.targets.assign(batch.steps.order.map { targets[chosen[$0]][0] })
        return
      }
      let steps = hasTargetSteps ? batch.targetSteps : batch.steps
      batch.targets.assign(batch.packed(steps) { targets[chosen[$0]][$1] })
      batch.targetValues.assign(
        batch.packed(steps) { values[chosen[$0]][$1] }.flatMap { $0 })
    }
  }

  static func targetLengths(_ builder: ModelBuilder) -> [Int] {
    builder.targetRows == .targetSteps ? targetLengths : lengths
  }

  static func gradientCase(
    _ builder: ModelBuilder, _ model: any SequenceModel<Double>, _ batch: SequenceBatch<Double>
  ) -> GradientCase {
    GradientCase(model, batch, objective: builder.objective, seed: 6)
  }

  // MARK: Padding and batches

  @Test(arguments: variants, CellKind.allCases)
  func paddingWithAnyValueChangesNoBit(_ variant: ModelBuilder.Variant, _ cell: CellKind) throws {
    let builder = Self.builder(variant, cell: cell)
    let targetLengths = Self.targetLengths(builder)
    var expected: (loss: Double, gradient: [Double])?
    for padding in [0.0, 1, -1e30, .infinity, .nan] {
      let model = builder.makeModel(Double.self)
      let batch = SequenceBatch<Double>()
      let check = Self.gradientCase(builder, model, batch)
      let rectangle = Rectangle(
        lengths: Self.lengths, targetLengths: targetLengths, padding: padding)
      // A longer batch first leaves padding in the same memory behind.
      let full = Rectangle(
        lengths: [8, 8, 8, 8], targetLengths: [8, 8, 8, 8], padding: padding)
      full.pack(
        builder, [0, 1, 2, 3], lengths: [8, 8, 8, 8], targetLengths: [8, 8, 8, 8], into: batch)
      for i in 0..<batch.vectors.count { batch.vectors[i] = padding }
      for i in 0..<batch.targetValues.count { batch.targetValues[i] = padding }
      _ = check.gradient()
      rectangle.pack(
        builder, [0, 1, 2, 3], lengths: Self.lengths, targetLengths: targetLengths, into: batch)
      let gradient = ParameterVector<Double>(model.layout)
      let loss = check.loss(gradient)
      let values = (0..<gradient.count).map { gradient.base[$0] }
      if let expected {
        #expect(loss == expected.loss && values == expected.gradient, "padding \(padding)")
      } else {
        expected = (loss, values)
        #expect(loss.isFinite && values.contains { $0 != 0 })
      }
    }
  }

  @Test(arguments: variants, CellKind.allCases)
  func aBatchIsItsSequencesOneByOne(_ variant: ModelBuilder.Variant, _ cell: CellKind) throws {
    let builder = Self.builder(variant, cell: cell)
    let targetLengths = Self.targetLengths(builder)
    let rectangle = Rectangle(
      lengths: Self.lengths, targetLengths: targetLengths, padding: .nan)
    let model = builder.makeModel(Double.self)
    let batch = SequenceBatch<Double>()
    let check = Self.gradientCase(builder, model, batch)
    func sum(_ chosen: [Int]) -> (loss: Double, gradient: [Double]) {
      rectangle.pack(
        builder, chosen, lengths: Self.lengths, targetLengths: targetLengths, into: batch)
      let count = Double(
        builder.objective.targetCount(batch, outputWidth: builder.outputWidth))
      let gradient = ParameterVector<Double>(model.layout)
      let loss = check.loss(gradient)
      return (loss * count, (0..<gradient.count).map { gradient.base[$0] * count })
    }
    let together = sum([0, 1, 2, 3])
    let alone = [3, 0, 2, 1].map { sum([$0]) }
    #expect(relativeError([alone.reduce(0) { $0 + $1.loss }], [together.loss]) < 1e-12)
    let added = alone.map(\.gradient).reduce([Double](repeating: 0, count: together.gradient.count))
    { zip($0, $1).map(+) }
    #expect(relativeError(added, together.gradient) < 1e-12)
  }

  // MARK: Time

  @Test(arguments: CellKind.allCases)
  func truncationNoShorterThanTheSequenceIsFullBackpropagation(_ cell: CellKind) {
    var network = NetworkConfiguration()
    (network.cell, network.hidden, network.layers) = (cell, 3, 2)
    let model = EveryStepOutput<Double>(network, sizes: ModelSizes(width: 2, outputs: 4))
    let batch = RandomBatch.vectors(lengths: [5, 3], width: 2, classes: 4)
    let check = GradientCase(model, batch)
    let full = check.gradient()
    let outputs = check.outputs()
    batch.carried = CarriedState(sequences: 2, width: model.carriedWidth)
    let truncated = check.gradient()
    #expect((0..<full.count).allSatisfy { full.base[$0] == truncated.base[$0] })
    batch.carried?.clear()
    #expect(check.outputs() == outputs)
    // The second time, states are carried on, and everything is another.
    #expect(check.outputs() != outputs)
  }

  @Test(arguments: CellKind.allCases)
  func chunksComputeWhatTheWholeDoesButCutTheGradient(_ cell: CellKind) {
    var network = NetworkConfiguration()
    (network.cell, network.hidden) = (cell, 3)
    let model = EveryStepOutput<Double>(network, sizes: ModelSizes(width: 2, outputs: 4))
    let whole = RandomBatch.vectors(lengths: [6], width: 2, classes: 4)
    var check = GradientCase(model, whole)
    let (outputs, gradient) = (check.outputs(), check.gradient())
    let chunk = SequenceBatch<Double>()
    chunk.steps.assign(lengths: [3])
    chunk.width = 2
    chunk.carried = CarriedState(sequences: 1, width: model.carriedWidth)
    check.batch = chunk
    var found: [Double] = []
    var added = [Double](repeating: 0, count: gradient.count)
    for start in [0, 3] {
      chunk.vectors.assign((start * 2..<(start + 3) * 2).map { whole.vectors[$0] })
      chunk.targets.assign((start..<start + 3).map { whole.targets[$0] })
      let before = chunk.carried
      let copy = CarriedState<Double>(sequences: 1, width: model.carriedWidth)
      if let before { copy.values.copy(before.values) }
      copy.isFresh = start == 0
      found += check.outputs()
      chunk.carried = copy
      let part = check.gradient()
      for i in 0..<part.count { added[i] += part.base[i] / 2 }
      chunk.carried = before
    }
    #expect(relativeError(found, outputs) < 1e-14)
    let all = (0..<gradient.count).map { gradient.base[$0] }
    #expect(relativeError(added, all) > 1e-4)
    // The whole sequence with its way back cut at the same place is the chunks, to the last digits.
    (check.batch, check.truncation) = (whole, 3)
    let cut = check.gradient()
    #expect(relativeError((0..<cut.count).map { cut.base[$0] }, added) < 1e-12)
  }

  @Test(arguments: CellKind.allCases)
  func reversingTheInputsSwapsTheDirections(_ cell: CellKind) throws {
    var network = NetworkConfiguration()
    (network.cell, network.hidden, network.direction) = (cell, 3, .bidirectional)
    let model = EveryStepOutput<Double>(network, sizes: ModelSizes(width: 2, outputs: 4))
    let lengths = [5, 2, 4]
    let batch = RandomBatch.vectors(lengths: lengths, width: 2, classes: 4)
    let check = GradientCase(model, batch)
    let forward = check.outputs()
    let gradient = check.gradient().namedTensors()
    // Each sequence backward, and each direction's weights for the other's.
    let steps = batch.steps
    func reversed(_ row: Int) -> Int {
      let t = (0..<steps.stepCount).last { steps.offsets[$0] <= row } ?? 0
      let k = row - steps.offsets[t]
      return steps.row(step: steps.lengths[k] - 1 - t, sequence: k)
    }
    let old = (0..<steps.rowCount).map { [batch.vectors[2 * $0], batch.vectors[2 * $0 + 1]] }
    let targets = (0..<steps.rowCount).map { batch.targets[$0] }
    batch.vectors.assign((0..<steps.rowCount).flatMap { old[reversed($0)] })
    batch.targets.assign((0..<steps.rowCount).map { targets[reversed($0)] })
    try check.parameters.load(check.parameters.namedTensors().map(Self.swappingDirections))
    let backward = check.outputs()
    let expected = (0..<steps.rowCount).flatMap { row in
      forward[4 * reversed(row)..<4 * reversed(row) + 4]
    }
    #expect(relativeError(backward, expected) < 1e-14)
    let swapped = check.gradient().namedTensors().map(Self.swappingDirections)
    for tensor in gradient {
      let other = try #require(swapped.first { $0.name == tensor.name })
      #expect(relativeError(tensor.values, other.values) < 1e-13)
    }
  }

  static func swappingDirections(_ tensor: NamedTensor) -> NamedTensor {
    var result = tensor
    if tensor.name == "head.weight" {
      let half = tensor.shape[1] / 2
      result.values = (0..<tensor.shape[0]).flatMap { row -> [Double] in
        let values = tensor.values[row * 2 * half..<(row + 1) * 2 * half]
        return Array(values.suffix(half) + values.prefix(half))
      }
    } else if tensor.name.hasSuffix("_reverse") {
      result.name = String(tensor.name.dropLast("_reverse".count))
    } else if tensor.name.hasPrefix("rnn.") {
      result.name += "_reverse"
    }
    return result
  }
}
