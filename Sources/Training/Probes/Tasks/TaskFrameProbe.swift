import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

extension Probe {
  /// What the network makes of examples that it was not trained on, or of training ones where none
  /// are held out.
  ///
  /// - Parameter sequence: which example to show where only one is; wraps around.
  /// - Returns: nil where the task has no picture of its own, as a language model.
  func taskFrame(
    _ parameters: ParameterVector<Float>, step: Int, sequence: Int
  ) -> TaskFrame? {
    let examples = heldOutExamples
    guard !examples.isEmpty else { return nil }
    let shown = sequences.examples.isEmpty ? examples : sequences.examples
    let example = shown[((sequence % shown.count) + shown.count) % shown.count]
    return switch task.kind {
    case .sequenceClassification:
      classification(parameters, step: step).map { .classification($0) }
    case .sequenceLabelling: .labelling(labelling(example, parameters, step: step))
    case .sequenceToSequence: .translation(translation(example, parameters, step: step))
    case .captioning: .caption(caption(example, parameters, step: step))
    case .forecasting where network.rows.targets == .sequences:
      .answers(endForecasts(parameters, step: step, sequence: sequence))
    case .forecasting where answersInput:
      .forecast(forecast(example, parameters, step: step, channel: sequence))
    case .forecasting:
      .forecast(forecast(examples[0], parameters, step: step, channel: sequence))
    case .autonomous: .forecast(autonomousForecast(examples[0], parameters, step: step))
    case .languageModel, .handBuilt: nil
    }
  }

  var heldOutExamples: [Example] {
    for part in [task.validation, task.train] {
      if case .examples(let examples) = part, !examples.isEmpty { return examples }
    }
    return []
  }

  /// Packs examples into the probe's batch, sequence n being example n.
  /// - Returns: the same in the reader's order.
  @discardableResult
  func pack(_ examples: [Example]) -> DataBatch {
    var source = BatchSource(
      .examples(examples), batch: examples.count, sequenceLength: nil, seed: 0, order: .asGiven,
      lineEnd: network.lineEnd)
    var batch = DataBatch()
    source.next(into: &batch)
    part.batch.carried = nil
    part.packer.pack(batch, sequences: 0..<batch.count, into: part.batch)
    return batch
  }

  /// Runs the packed examples forward; valid until the next run.
  func outputs(
    _ parameters: ParameterVector<Float>, forcing: TeacherForcing? = nil
  ) -> Matrix<Float> {
    part.arena.reset()
    let pass = Pass(parameters: parameters, arena: part.arena, teacherForcing: forcing)
    return part.model.outputs(part.batch, pass)
  }

  /// What stands for an output symbol or class in a terminal.
  func outputName(_ symbol: Int32) -> String {
    task.outputName(symbol)
  }
}
