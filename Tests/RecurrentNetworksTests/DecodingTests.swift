import Foundation
import LinearAlgebra
import RecurrentNetworks
import Testing

/// Writing sequences: greedy and beam search against exhaustive enumeration and forced passes.
@Suite struct DecodingTests {
  enum Kind: CaseIterable {
    case encoderDecoder
    case attention
    case deepAttention
    case vector
  }

  static let symbols = 4
  static let end: Int32 = 1

  /// A network with weights large enough that it has opinions, and three sources.
  static func network(_ kind: Kind, cell: CellKind = .lstm, sources: [Int] = [2, 4, 3])
    -> (model: any GeneratingModel<Double>, GradientCase)
  {
    var configuration = NetworkConfiguration()
    configuration.cell = cell
    configuration.hidden = 3
    if kind == .deepAttention {
      configuration.layers = 2
      configuration.direction = .bidirectional
      configuration.embedding = 2
    }
    let sizes = ModelSizes(symbols: 5, outputs: symbols)
    let model: any GeneratingModel<Double> =
      switch kind {
      case .encoderDecoder: EncoderDecoder<Double>(configuration, sizes: sizes)
      case .attention, .deepAttention: AttentionDecoder<Double>(configuration, sizes: sizes)
      case .vector:
        VectorToSequence<Double>(configuration, sizes: ModelSizes(width: 2, outputs: symbols))
      }
    let batch =
      kind == .vector
      ? RandomBatch.vectors(lengths: sources.map { _ in 1 }, width: 2, classes: symbols)
      : RandomBatch.translation(
        source: sources, target: sources.map { _ in 1 }, symbols: 5, classes: symbols)
    let check = GradientCase(model, batch, seed: 12)
    for i in 0..<check.parameters.count { check.parameters.base[i] *= 4 }
    return (model, check)
  }

  /// log p of one source's sequence by a forced pass, and each step's log probabilities.
  func forced(_ check: GradientCase, source n: Int, _ written: [Int32]) -> (Double, [[Double]]) {
    let batch = check.batch
    let lengths = (0..<batch.sequenceCount).map { $0 == n ? written.count : 1 }
    let isVector = batch.tokens.count == 0
    if isVector {
      // Vectors stand in the order of the steps, which the new lengths change.
      let old = batch.steps
      let rows = (0..<lengths.count).map { source in
        (0..<2).map { batch.vectors[old.places[source] * 2 + $0] }
      }
      batch.steps.assign(lengths: lengths)
      batch.vectors.assign(batch.steps.order.flatMap { rows[$0] })
    } else {
      batch.targetSteps.assign(lengths: lengths)
    }
    let steps = isVector ? batch.steps : batch.targetSteps
    batch.targets.resize(steps.rowCount)
    for row in 0..<steps.rowCount { batch.targets[row] = 0 }
    let rows = written.indices.map { steps.row(step: $0, sequence: steps.places[n]) }
    for (row, symbol) in zip(rows, written) { batch.targets[row] = symbol }
    let outputs = check.outputs()
    let perStep = rows.map { row in
      let logits = Array(outputs[row * Self.symbols..<(row + 1) * Self.symbols])
      let total = log(logits.reduce(0) { $0 + exp($1) })
      return logits.map { $0 - total }
    }
    return (zip(perStep, written).reduce(0) { $0 + $1.0[Int($1.1)] }, perStep)
  }

  @Test(arguments: Kind.allCases) func greedyTakesTheLikeliestSymbolOfEveryStep(_ kind: Kind) {
    let (model, check) = Self.network(kind)
    var options = DecodingOptions()
    options.maximumLength = 6
    options.endSymbol = Self.end
    let decoded = BeamSearch(model).decode(
      check.batch, parameters: check.parameters, options: options)
    #expect(decoded.map(\.count) == [1, 1, 1])
    #expect(Set(decoded.map { $0[0].logProbability }).count == 3, "sources must matter")
    #expect(decoded.contains { $0[0].symbols.count > 1 }, "the test must write something")
    for (n, sequences) in decoded.enumerated() {
      let sequence = sequences[0]
      let written = sequence.symbols + (sequence.isComplete ? [Self.end] : [])
      #expect(sequence.isComplete ? written.count <= 6 : written.count == 6)
      #expect(!sequence.symbols.contains(Self.end))
      let (logProbability, steps) = forced(check, source: n, written)
      #expect(abs(logProbability - sequence.logProbability) < 1e-10)
      for (step, symbol) in zip(steps, written) {
        #expect(step.max() == step[Int(symbol)])
      }
    }
  }

  /// Of a step's symbols a beam keeps the likeliest ones, whatever order they come in.
  @Test(arguments: Kind.allCases) func aNarrowBeamKeepsTheLikeliest(_ kind: Kind) {
    let (model, check) = Self.network(kind)
    func decoded(width: Int) -> [[[Int32]]] {
      var options = DecodingOptions()
      (options.maximumLength, options.beamWidth) = (1, width)
      return BeamSearch(model).decode(
        check.batch, parameters: check.parameters, options: options
      ).map { $0.map(\.symbols) }
    }
    let all = decoded(width: Self.symbols)
    #expect(all.allSatisfy { Set($0.joined()).count == Self.symbols })
    for width in 2..<Self.symbols {
      #expect(decoded(width: width) == all.map { Array($0.prefix(width)) })
    }
  }

  @Test(arguments: Kind.allCases, [0.0, 0.6, 2.0])
  func aWideBeamFindsWhatEnumerationFinds(_ kind: Kind, _ penalty: Double) {
    let (model, check) = Self.network(kind, cell: .gru, sources: [3, 2])
    var options = DecodingOptions()
    (options.maximumLength, options.endSymbol) = (3, Self.end)
    (options.beamWidth, options.lengthPenalty) = (64, penalty)
    let decoded = BeamSearch(model).decode(
      check.batch, parameters: check.parameters, options: options)
    let others = (0..<Int32(Self.symbols)).filter { $0 != Self.end }
    for n in 0..<2 {
      var all: [DecodedSequence] = []
      func enumerate(_ prefix: [Int32]) {
        for isComplete in [true, false] where isComplete || prefix.count == 3 {
          guard prefix.count + (isComplete ? 1 : 0) <= 3 else { continue }
          let written = prefix + (isComplete ? [Self.end] : [])
          var sequence = DecodedSequence()
          sequence.symbols = prefix
          sequence.isComplete = isComplete
          sequence.logProbability = forced(check, source: n, written).0
          sequence.score = options.score(
            logProbability: sequence.logProbability, length: written.count)
          all.append(sequence)
        }
        if prefix.count < 3 { for symbol in others { enumerate(prefix + [symbol]) } }
      }
      enumerate([])
      all.sort { ($0.isComplete ? 1 : 0, $0.score) > ($1.isComplete ? 1 : 0, $1.score) }
      #expect(decoded[n].map(\.symbols) == all.map(\.symbols))
      #expect(relativeError(decoded[n].map(\.score), all.map(\.score)) < 1e-10)
      // All probability is accounted for.
      #expect(abs(decoded[n].reduce(0) { $0 + exp($1.logProbability) } - 1) < 1e-10)
    }
  }

  /// Weights are laid out once for a search; those of the one before are none of its business.
  @Test(arguments: Kind.allCases) func aSearchReadsTheWeightsAsTheyAre(_ kind: Kind) {
    let (model, check) = Self.network(kind)
    var options = DecodingOptions()
    options.maximumLength = 4
    let search = BeamSearch(model)
    let before = search.decode(check.batch, parameters: check.parameters, options: options)
    for k in 0..<check.parameters.count { check.parameters.base[k] *= -1.5 }
    let after = search.decode(check.batch, parameters: check.parameters, options: options)
    let anew = BeamSearch(model).decode(
      check.batch, parameters: check.parameters, options: options)
    #expect(after.map { $0.map(\.logProbability) } == anew.map { $0.map(\.logProbability) })
    #expect(after.map { $0.map(\.logProbability) } != before.map { $0.map(\.logProbability) })
  }

  @Test func aBatchIsWrittenAsItsSourcesOneByOne() {
    let lengths = [2, 4, 3]
    let (model, check) = Self.network(.deepAttention, sources: lengths)
    var options = DecodingOptions()
    (options.maximumLength, options.endSymbol, options.beamWidth) = (5, Self.end, 3)
    let search = BeamSearch(model)
    let together = search.decode(check.batch, parameters: check.parameters, options: options)
    for n in lengths.indices {
      let single = SequenceBatch<Double>()
      single.steps.assign(lengths: [lengths[n]])
      let steps = check.batch.steps
      single.tokens.assign(
        (0..<lengths[n]).map {
          check.batch.tokens[steps.row(step: $0, sequence: steps.places[n])]
        })
      let alone = search.decode(single, parameters: check.parameters, options: options)
      #expect(alone[0].map(\.symbols) == together[n].map(\.symbols))
      #expect(
        relativeError(alone[0].map(\.logProbability), together[n].map(\.logProbability)) < 1e-12)
    }
  }

  @Test func attentionIsThatOfAForcedPass() throws {
    let (model, check) = Self.network(.deepAttention)
    var options = DecodingOptions()
    (options.maximumLength, options.endSymbol) = (5, Self.end)
    (options.keepsAttention, options.beamWidth) = (true, 2)
    let decoded = BeamSearch(model).decode(
      check.batch, parameters: check.parameters, options: options)
    let attending = try #require(model as? any AttendingModel<Double>)
    for (n, sequences) in decoded.enumerated() {
      for sequence in sequences {
        let written = sequence.symbols + (sequence.isComplete ? [Self.end] : [])
        _ = forced(check, source: n, written)
        let expected = attending.attentionWeights(sequence: n)
        #expect(sequence.attention.map(\.count) == expected.map(\.count))
        #expect(
          relativeError(sequence.attention.flatMap { $0 }, expected.flatMap { $0 }) < 1e-12)
      }
    }
  }

  @Test(arguments: Kind.allCases) func withoutAttentionThereIsNone(_ kind: Kind) {
    let (model, check) = Self.network(kind)
    var options = DecodingOptions()
    (options.maximumLength, options.endSymbol, options.keepsAttention) = (5, Self.end, true)
    let decoded = BeamSearch(model).decode(
      check.batch, parameters: check.parameters, options: options)
    for sequence in decoded.joined() {
      let attends = model is any AttendingModel<Double>
      #expect(sequence.attention.isEmpty == !attends)
    }
  }

  /// Each source of a batch has a length of its own at which it is cut.
  @Test(arguments: Kind.allCases) func sourcesAreCutAtTheirOwnLengths(_ kind: Kind) {
    let (model, check) = Self.network(kind)
    var options = DecodingOptions()
    options.beamWidth = 2
    options.maximumLengths = [4, 0, 2]
    let search = BeamSearch(model)
    let together = search.decode(check.batch, parameters: check.parameters, options: options)
    #expect(together.map { $0.map(\.symbols.count) } == [[4, 4], [0], [2, 2]])
    for (source, length) in [(0, 4), (2, 2)] {
      var alike = options
      (alike.maximumLengths, alike.maximumLength) = ([], length)
      let alone = search.decode(check.batch, parameters: check.parameters, options: alike)
      #expect(alone[source] == together[source])
    }
  }

  @Test func longerSequencesAreForgivenMore() {
    var options = DecodingOptions()
    options.lengthPenalty = 0
    #expect(options.score(logProbability: -3, length: 9) == -3)
    options.lengthPenalty = 1
    #expect(abs(options.score(logProbability: -3, length: 7) + 1.5) < 1e-15)
    #expect(options.score(logProbability: -3, length: 1) == -3)
  }

  @Test func nothingTrapsOnWeightsThatAreNoNumbersOrOnNothing() {
    let (model, check) = Self.network(.attention)
    check.parameters.base[0] = .nan
    for i in 0..<check.parameters.count { check.parameters.base[i] = .nan }
    var options = DecodingOptions()
    (options.maximumLength, options.endSymbol, options.beamWidth) = (4, Self.end, 3)
    let search = BeamSearch(model)
    let decoded = search.decode(check.batch, parameters: check.parameters, options: options)
    #expect(decoded.count == 3)
    options.maximumLength = 0
    #expect(
      search.decode(check.batch, parameters: check.parameters, options: options)
        .allSatisfy { $0.count == 1 && $0[0].symbols.isEmpty && !$0[0].isComplete })
    #expect(search.decode(SequenceBatch(), parameters: check.parameters).isEmpty)
  }
}
