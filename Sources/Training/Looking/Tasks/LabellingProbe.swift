import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

extension Probe {
  /// Every step's label, true and predicted. With CTC, whose labels stand at no step of their own,
  /// the two label sequences.
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
        prediction: labels.map { outputName($0) })
    }
    let isFedBack = network.variant == .outputRecurrence
    let given = names(outputs(parameters, forcing: isFedBack ? .always : nil))
    let alone = isFedBack ? names(outputs(parameters, forcing: network.alone)) : []
    return LabellingFrame(
      step: step, inputs: (0..<example.input.steps).map { symbol(batch, 0, $0) },
      truth: truth.map { outputName($0) }, prediction: given, freeRunning: alone)
  }

  /// The likeliest symbol of every row.
  private func names(_ outputs: Matrix<Float>) -> [String] {
    (0..<outputs.rows).map {
      outputName(Int32(outputs.row($0).indexOfLargest(count: outputs.columns)))
    }
  }
}
