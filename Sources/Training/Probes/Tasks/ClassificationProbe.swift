import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

extension Probe {
  private static let batchSize = 32

  /// Truth against prediction over random held-out examples, and the surest mistakes. Once there
  /// was a validation, its own counts stand in this frame's place: see `Evaluator`.
  func classification(
    _ parameters: ParameterVector<Float>, step: Int
  ) -> ConfusionFrame? {
    guard network.objective == .crossEntropy, network.rows.targets == .sequences,
      task.outputWidth <= ConfusionMatrix.mostClasses
    else {
      return nil
    }
    var answers = ClassAnswers(classes: task.outputWidth)
    for start in stride(from: 0, to: sample.examples.count, by: Self.batchSize) {
      let some = sample.examples[start..<min(start + Self.batchSize, sample.examples.count)]
      pack(Array(some))
      answers.add(ClassAnswers.read(outputs(parameters), part.batch), from: start)
    }
    return confusion(answers, examples: sample.examples, isHeldOut: sample.isHeldOut, step: step)
  }

  /// Counted answers as a frame.
  /// - Parameter examples: those that were judged, in the order of their numbers
  func confusion(
    _ answers: ClassAnswers, examples: [Example], isHeldOut: Bool, step: Int
  ) -> ConfusionFrame {
    let matrix = answers.matrix
    var frame = ConfusionFrame(
      step: step, classes: task.classNames, counts: matrix.counts,
      mistakes: answers.mistakes.compactMap { mistake in
        guard examples.indices.contains(mistake.example) else { return nil }
        let text = examples[mistake.example].text
        return ConfusionFrame.Mistake(
          text: text.isEmpty ? "example \(mistake.example + 1)" : text,
          truth: outputName(Int32(mistake.truth)),
          prediction: outputName(Int32(mistake.prediction)),
          confidence: Double(mistake.confidence))
      }, isHeldOut: isHeldOut)
    if let most = mostFrequentLabel, matrix.total > 0 {
      frame.baseline = TaskBaseline(
        name: "always “\(outputName(most))”",
        value: Double(matrix.truths(of: Int(most))) / Double(matrix.total))
    }
    return frame
  }
}
