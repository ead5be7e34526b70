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
    let baseline = simple(examples)
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
    _ scores: SequenceScores, condition: String, baseline: (name: String, scores: SequenceScores)?
  ) -> [Evaluation.Figure] {
    func figure(
      _ measure: Measure, _ value: (SequenceScores) -> Double
    ) -> Evaluation.Figure {
      Evaluation.Figure(
        measure, value(scores), condition: condition,
        baselines: task.baselines.filter { $0.measure == measure }
          + (baseline.map { [Baseline($0.name, measure, value($0.scores))] } ?? []))
    }
    let whole =
      task.targetName == "phone"
      ? figure(.wordErrorRate, \.sequenceErrorRate) : figure(.exactMatch, \.exactMatch)
    return [whole, figure(symbolMeasure, \.symbolErrorRate)]
  }

  /// What a method that learns nothing but counts or examples scores.
  private func simple(_ examples: [Example]) -> (name: String, scores: SequenceScores)? {
    let (name, answer): (String, (Example) -> [Int32])
    if let letters = LetterByLetter(task) {
      (name, answer) = (LetterByLetter.name, letters.answer)
    } else if let nearest = NearestExample(task, judging: examples) {
      (name, answer) = (NearestExample.name, nearest.answer)
    } else {
      return nil
    }
    let parts = batches.map(examples) { worker in
      worker.examples.reduce(into: SequenceScores()) { scores, example in
        scores.add(answer(example), accepted: accepted(example))
      }
    }
    return (name, parts.reduce(into: SequenceScores()) { $0.add($1) })
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
    var options = DecodingOptions()
    options.beamWidth = beamWidth
    options.endSymbol = task.outputVocabulary?.end
    options.maximumLengths = worker.examples.map { longest($0) }
    return worker.written(network.objective, options).map { $0.first?.symbols ?? [] }
  }

  /// Room for outputs that are too long, but not for endless ones. What nothing but its length ends is
  /// as long as its target.
  private func longest(_ example: Example) -> Int {
    let target = example.target.steps
    guard task.outputVocabulary?.end != nil else { return min(target, Self.longestOutput) }
    return min(Self.longestOutput, 2 * max(target, example.input.steps) + 10)
  }

  private func accepted(_ example: Example) -> [[Int32]] {
    let end = task.outputVocabulary?.end
    return example.accepted.map { Array($0.prefix { $0 != end }) }
  }
}
