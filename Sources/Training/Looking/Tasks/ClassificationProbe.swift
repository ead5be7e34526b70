import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

extension Probe {
  /// Examples that a confusion matrix counts: enough for percents, few enough to be looked at while
  /// training goes on.
  private static let mostExamples = 300
  private static let mostSteps = 20_000
  private static let batchSize = 32
  private static let mostMistakes = 12

  /// Truth against prediction over the first held-out examples, and the surest mistakes.
  func classification(
    _ examples: [Example], _ parameters: ParameterVector<Float>, step: Int
  ) -> ConfusionFrame? {
    guard network.objective == .crossEntropy, network.rows.targets == .sequenceEnd,
      task.outputWidth <= ConfusionMatrix.mostClasses
    else {
      return nil
    }
    var matrix = ConfusionMatrix(classes: task.outputWidth)
    var mistakes: [ConfusionFrame.Mistake] = []
    let count = affordable(examples)
    for start in stride(from: 0, to: count, by: Self.batchSize) {
      let some = Array(examples[start..<min(start + Self.batchSize, count)])
      pack(some)
      let outputs = outputs(parameters)
      Float.softmax(
        rows: outputs.rows, columns: outputs.columns, x: outputs.base, stride: outputs.stride)
      for (row, n) in part.batch.steps.order.enumerated() {
        guard case .label(let truth) = some[n].target else { continue }
        let best = outputs.row(row).indexOfLargest(count: outputs.columns)
        matrix.add(truth: Int(truth), prediction: best)
        guard best != Int(truth) else { continue }
        mistakes.append(
          ConfusionFrame.Mistake(
            text: some[n].text.isEmpty ? "example \(start + n + 1)" : some[n].text,
            truth: outputName(truth), prediction: outputName(Int32(best)),
            confidence: Double(outputs[row, best])))
      }
    }
    mistakes.sort { $0.confidence > $1.confidence }
    return ConfusionFrame(
      step: step, classes: task.classNames, counts: matrix.counts,
      mistakes: Array(mistakes.prefix(Self.mostMistakes)))
  }

  /// How many of the examples are read: at least one.
  private func affordable(_ examples: [Example]) -> Int {
    var (count, steps) = (0, 0)
    for example in examples.prefix(Self.mostExamples) {
      steps += example.input.steps
      if count > 0, steps > Self.mostSteps { break }
      count += 1
    }
    return count
  }
}
