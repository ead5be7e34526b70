import LinearAlgebra
import RecurrentNetworks
import SequenceData

/// Judges sequences that a network writes: translations, pronunciations, captions, and the labels
/// that a CTC network spells.
///
/// Where several answers are right, such as a word's listed pronunciations, the nearest one counts.
struct WritingEvaluation {
  private static let longestOutput = 2_000

  let task: TaskData
  let network: TaskNetwork
  let batches: BatchedExamples

  func figures(_ examples: [Example], beamWidth: Int) -> [Evaluation.Figure] {
    let baseline = LetterByLetter(task).map { simple in
      examples.reduce(into: SequenceScores()) { scores, example in
        scores.add(simple.answer(to: example), accepted: accepted(example))
      }
    }
    var figures = figures(
      scores(examples, beamWidth: 1), condition: "greedy", baseline: baseline)
    // Without an end symbol a hypothesis has no length of its own to be ranked by.
    if beamWidth > 1, isSpelling || task.outputVocabulary?.end != nil {
      figures += self.figures(
        scores(examples, beamWidth: beamWidth), condition: "beam of \(beamWidth)",
        baseline: baseline)
    }
    return figures
  }

  private var isSpelling: Bool { network.objective == .connectionistTemporalClassification }

  private func figures(
    _ scores: SequenceScores, condition: String, baseline: SequenceScores?
  ) -> [Evaluation.Figure] {
    func figure(
      _ measure: Measure, _ value: (SequenceScores) -> Double
    ) -> Evaluation.Figure {
      Evaluation.Figure(
        measure, value(scores), condition: condition,
        baselines: task.baselines.filter { $0.measure == measure }
          + (baseline.map { [Baseline(LetterByLetter.name, measure, value($0))] } ?? []))
    }
    let whole =
      task.targetName == "phone"
      ? figure(.wordErrorRate, \.sequenceErrorRate) : figure(.exactMatch, \.exactMatch)
    return [whole, figure(symbolMeasure, \.symbolErrorRate)]
  }

  private var symbolMeasure: Measure {
    if task.targetName == "phone" { return .phoneErrorRate }
    let isText = task.outputVocabulary?.unit == .character && !isSpelling
    return isText ? .characterErrorRate : .symbolErrorRate
  }

  private func scores(_ examples: [Example], beamWidth: Int) -> SequenceScores {
    let parts = batches.map(examples) { worker in
      var scores = SequenceScores()
      for (written, example) in zip(write(worker, beamWidth: beamWidth), worker.examples) {
        scores.add(written, accepted: accepted(example))
      }
      return scores
    }
    return parts.reduce(into: SequenceScores()) { $0.add($1) }
  }

  /// What the network makes of each example of the worker's batch.
  private func write(_ worker: BatchedExamples.Worker, beamWidth: Int) -> [[Int32]] {
    let batch = worker.part.batch
    guard !isSpelling else {
      let outputs = worker.outputs(nil)
      return worker.examples.indices.map { index in
        let place = batch.steps.places[index - worker.examples.startIndex]
        guard beamWidth > 1 else {
          return AlignmentDecoding.bestPath(outputs, steps: batch.steps, sequence: place)
        }
        return AlignmentDecoding.prefixBeam(
          outputs, steps: batch.steps, sequence: place, width: beamWidth
        ).first?.symbols ?? []
      }
    }
    var options = DecodingOptions()
    options.beamWidth = beamWidth
    options.endSymbol = task.outputVocabulary?.end
    options.maximumLength = longest(worker.examples)
    let decoded = worker.decode(options) ?? []
    return zip(decoded, worker.examples).map { hypotheses, example in
      let written = hypotheses.first?.symbols ?? []
      // Nothing ends such a sequence but the length that was asked for.
      return options.endSymbol == nil ? Array(written.prefix(example.target.steps)) : written
    }
  }

  /// Room for outputs that are too long, but not for endless ones.
  private func longest(_ examples: ArraySlice<Example>) -> Int {
    let target = examples.reduce(0) { max($0, $1.target.steps) }
    guard task.outputVocabulary?.end != nil else { return min(target, Self.longestOutput) }
    let input = examples.reduce(0) { max($0, $1.input.steps) }
    return min(Self.longestOutput, 2 * max(target, input) + 10)
  }

  private func accepted(_ example: Example) -> [[Int32]] {
    let end = task.outputVocabulary?.end
    return example.accepted.map { Array($0.prefix { $0 != end }) }
  }
}

/// A writer that knows no context: every source symbol becomes what most often stood at its place in
/// the training set's targets.
struct LetterByLetter {
  static let name = "symbol by symbol"

  private let written: [Int32: Int32]

  /// Nil where sources are no symbols.
  init?(_ task: TaskData) {
    guard case .examples(let examples) = task.train, task.inputVocabulary != nil else { return nil }
    let end = task.outputVocabulary?.end
    var counts: [Int32: [Int32: Int]] = [:]
    for example in examples {
      guard case .tokens(let source) = example.input else { continue }
      let target = example.target.classes.filter { $0 != end }
      guard !target.isEmpty else { continue }
      for (place, symbol) in source.enumerated() {
        counts[symbol, default: [:]][target[place * target.count / source.count], default: 0] += 1
      }
    }
    written = counts.compactMapValues { seen in
      seen.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
  }

  func answer(to example: Example) -> [Int32] {
    guard case .tokens(let source) = example.input else { return [] }
    return source.compactMap { written[$0] }
  }
}
