import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

extension Probe {
  /// Every step's label, true and predicted, and how many are right over random examples. With CTC,
  /// whose labels stand at no step of their own, the two label sequences.
  func labelling(
    _ example: Example, _ parameters: ParameterVector<Float>, step: Int
  ) -> LabellingFrame {
    let batch = pack([example])
    let truth = batch.targetTokens(of: 0)
    if network.objective == .connectionistTemporalClassification {
      let labels = AlignmentDecoding.bestPath(
        outputs(parameters), steps: part.batch.steps, sequence: 0)
      return LabellingFrame(
        step: step, inputs: [], truth: truth.map { outputName($0) },
        prediction: labels.map { outputName($0) }, score: exactMatches(parameters))
    }
    let isFedBack = network.variant == .outputRecurrence
    var frame = LabellingFrame(
      step: step, inputs: (0..<example.input.steps).map { symbol(batch, 0, $0) },
      truth: truth.map { outputName($0) },
      prediction: names(outputs(parameters, forcing: isFedBack ? .always : nil)))
    if isFedBack { frame.freeRunning = names(outputs(parameters, forcing: network.alone)) }
    let tally = tally(parameters, forcing: isFedBack ? .always : nil)
    frame.score = score(tally.right, tally)
    if isFedBack {
      frame.freeScore = score(self.tally(parameters, forcing: network.alone).right, tally)
    }
    if isSynthetic("copy"), let asked = truth.firstIndex(where: { $0 != 0 }) {
      // Blanks need no memory. The symbols at the end are those of the beginning.
      frame.recall = LabellingFrame.Recall(
        kept: 0..<(truth.endIndex - asked), asked: (asked - truth.startIndex)..<truth.count,
        score: TaskScore(
          right: tally.recalled, count: tally.asked, sequences: sample.examples.count,
          isHeldOut: sample.isHeldOut,
          baseline: TaskBaseline(name: "chance", value: 1 / Double(max(1, task.outputWidth - 1)))))
    }
    return frame
  }

  /// Right labels over the sample.
  private struct LabelTally {
    var right = 0
    var count = 0
    /// Those of the most frequent label of the training set.
    var most = 0
    /// Labels other than the first one, such as a blank, and those of them that are right.
    var asked = 0
    var recalled = 0
  }

  private static let labelBatch = 16

  private func tally(
    _ parameters: ParameterVector<Float>, forcing: TeacherForcing?
  ) -> LabelTally {
    var tally = LabelTally()
    let most = mostFrequentLabel ?? -1
    for start in stride(from: 0, to: sample.examples.count, by: Self.labelBatch) {
      let end = min(start + Self.labelBatch, sample.examples.count)
      pack(Array(sample.examples[start..<end]))
      let outputs = outputs(parameters, forcing: forcing)
      for row in 0..<outputs.rows {
        let truth = part.batch.targets[row]
        guard truth >= 0 else { continue }
        let isRight = outputs.row(row).indexOfLargest(count: outputs.columns) == Int(truth)
        tally.count += 1
        if isRight { tally.right += 1 }
        if truth == most { tally.most += 1 }
        guard truth != 0 else { continue }
        tally.asked += 1
        if isRight { tally.recalled += 1 }
      }
    }
    return tally
  }

  private func score(_ right: Int, _ tally: LabelTally) -> TaskScore {
    TaskScore(
      right: right, count: tally.count, sequences: sample.examples.count,
      isHeldOut: sample.isHeldOut,
      baseline: mostFrequentLabel.map {
        TaskBaseline(
          name: "always “\(outputName($0))”",
          value: Double(tally.most) / Double(max(1, tally.count)))
      })
  }

  /// The likeliest symbol of every row.
  private func names(_ outputs: Matrix<Float>) -> [String] {
    (0..<outputs.rows).map {
      outputName(Int32(outputs.row($0).indexOfLargest(count: outputs.columns)))
    }
  }
}
