import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

extension Probe {
  private static let longestOutput = 200
  /// Outputs that are written to be counted.
  private static let mostWritten = 20

  /// How many of some random examples are written as one of their accepted targets.
  func exactMatches(_ parameters: ParameterVector<Float>) -> TaskScore {
    let some = sample.examples.prefix(Self.mostWritten)
    let right = some.count { example in
      let batch = pack([example])
      let target = withoutEnd(batch.targetTokens(of: 0))
      let written = write(parameters, longest: longest(target: target.count, in: example))
      return written.symbols == target
        || example.alternatives.contains { withoutEnd($0[...]) == written.symbols }
    }
    return TaskScore(
      right: right, count: some.count, sequences: some.count, isHeldOut: sample.isHeldOut,
      baseline: always(some))
  }

  /// What is scored by writing the training set's most frequent target whatever the input is.
  private func always(_ examples: ArraySlice<Example>) -> TaskBaseline? {
    guard let most = mostFrequentTarget, !examples.isEmpty else { return nil }
    let right = examples.count { example in
      withoutEnd(example.target.classes[...]) == most
        || example.alternatives.contains { withoutEnd($0[...]) == most }
    }
    let isLong = most.count > Self.longestNamed
    let shown = most.prefix(Self.longestNamed).map { outputName($0) }
    let gap = shown.allSatisfy { $0.count <= 1 } ? "" : " "
    let name = shown.joined(separator: gap) + (isLong ? "…" : "")
    return TaskBaseline(
      name: "always “\(name)”", value: Double(right) / Double(examples.count))
  }

  /// Symbols of a target that are named.
  private static let longestNamed = 12

  /// The target that the most training examples have, the earlier one of two; nil where no target
  /// comes twice, and answering one of them is no method.
  static func mostFrequentTarget(of data: DataSet, end: Int32?) -> [Int32]? {
    guard case .examples(let examples) = data else { return nil }
    var counts: [[Int32]: (count: Int, first: Int)] = [:]
    for (index, example) in examples.enumerated() {
      counts[example.target.classes.prefix { $0 != end }.map { $0 }, default: (0, index)].count += 1
    }
    let most = counts.max { a, b in
      (a.value.count, -a.value.first) < (b.value.count, -b.value.first)
    }
    return most.flatMap { $0.value.count > 1 ? $0.key : nil }
  }

  /// A source, its target, what the network writes, and where it looked while it did.
  func translation(
    _ example: Example, _ parameters: ParameterVector<Float>, step: Int
  ) -> TranslationFrame {
    let batch = pack([example])
    let target = withoutEnd(batch.targetTokens(of: 0))
    let written = write(parameters, longest: longest(target: target.count, in: example))
    let weights = written.attention.prefix(written.symbols.count)
    // A recording has no names for its steps; only attention needs every one of them.
    let source =
      task.inputVocabulary == nil && weights.isEmpty
      ? [example.text] : (0..<example.input.steps).map { symbol(batch, 0, $0) }
    var frame = TranslationFrame(
      step: step, source: source, target: target.map { outputName($0) },
      output: written.symbols.map { outputName($0) },
      attention: weights.flatMap { $0.map { Float($0) } })
    frame.score = exactMatches(parameters)
    return frame
  }

  /// An image or a vector, the right text under it and the network's.
  func caption(
    _ example: Example, _ parameters: ParameterVector<Float>, step: Int
  ) -> CaptionFrame {
    let batch = pack([example])
    let target = withoutEnd(batch.targetTokens(of: 0))
    let written = write(parameters, longest: longest(target: target.count, in: example))
    var frame = CaptionFrame(
      step: step, width: batch.inputWidth, height: example.input.steps,
      pixels: Array(batch.inputValues(of: 0)), target: text(target), output: text(written.symbols))
    if case .vector = example.input { frame.pixels = inkRange(frame.pixels) }
    frame.score = exactMatches(parameters)
    return frame
  }

  /// What the network writes for the packed source, the likeliest symbol at every step.
  func write(_ parameters: ParameterVector<Float>, longest: Int) -> DecodedSequence {
    hypotheses(parameters, longest: longest, width: 1).first ?? DecodedSequence()
  }

  /// The best of several hypotheses kept side by side, best first.
  func hypotheses(
    _ parameters: ParameterVector<Float>, longest: Int, width: Int
  ) -> [DecodedSequence] {
    if network.objective == .connectionistTemporalClassification {
      return AlignmentDecoding.sequences(
        outputs(parameters), steps: part.batch.steps, sequence: 0, width: width)
    }
    guard let model = part.model as? any GeneratingModel<Float> else { return [] }
    var options = DecodingOptions()
    options.beamWidth = width
    options.maximumLength = longest
    options.endSymbol = task.outputVocabulary?.end
    options.keepsAttention = true
    return Self.search(model, part.batch, parameters, options)
  }

  private static func search(
    _ model: any GeneratingModel<Float>, _ batch: PackedBatch,
    _ parameters: ParameterVector<Float>, _ options: DecodingOptions
  ) -> [DecodedSequence] {
    BeamSearch(model).decode(batch, parameters: parameters, options: options).first ?? []
  }

  /// Room for outputs that are too long, but not for endless ones.
  private func longest(target: Int, in example: Example) -> Int {
    guard task.outputVocabulary?.end != nil else { return target }
    return min(Self.longestOutput, 2 * max(target, example.input.steps) + 10)
  }

  private func withoutEnd(_ symbols: ArraySlice<Int32>) -> [Int32] {
    let end = task.outputVocabulary?.end
    return Array(symbols.prefix { $0 != end })
  }

  private func text(_ symbols: [Int32]) -> String {
    task.outputVocabulary?.text(symbols) ?? ""
  }

  /// Numbers of any size brought to 0…1.
  private func inkRange(_ values: [Float]) -> [Float] {
    guard let low = values.min(), let high = values.max(), high > low else { return values }
    return values.map { ($0 - low) / (high - low) }
  }
}
