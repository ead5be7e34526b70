import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// Answers many inputs at a time: weights are laid out once, and products have many rows.
///
/// What is answered does not depend on what else is in a batch.
struct BatchedPredictions {
  /// Inputs that a thread answers together.
  static let batch = 64

  private let probe: Probe
  private let batches: BatchedExamples

  /// nil where inputs are answered one by one: texts and systems that go on by themselves, and
  /// networks that read what fills a batch up.
  init?(_ probe: Probe, parameters: ParameterVector<Float>, threads: Int) {
    let network = probe.network
    guard !network.rows.readsPadding else { return nil }
    switch network.answer(to: probe.task.kind) {
    case .writing, .labels: break
    case .probabilities where network.rows.targets == .sequences: break
    case .numbers, .probabilities: return nil
    }
    self.probe = probe
    batches = BatchedExamples(
      network: network, parameters: parameters, pool: WorkerPool(threads: threads),
      batchSize: Self.batch)
  }

  func predict(_ examples: [Example], step: Int) -> [Prediction] {
    let (probe, states) = (probe, HiddenStateFrame(step: step, symbols: [], maps: []))
    let parts: [[Prediction]?] = batches.results(examples.map { probe.asRead($0) }) { worker in
      var answers = [Prediction](
        repeating: Prediction(states: states), count: worker.examples.count)
      Self.answer(worker, probe, &answers)
      return answers
    }
    var answers = parts.flatMap { $0 ?? [] }
    for (index, example) in zip(answers.indices, examples) {
      answers[index].text = example.text
      answers[index].truth = probe.truth(of: example)
    }
    return answers
  }

  private static func answer(
    _ worker: BatchedExamples.Worker, _ probe: Probe, _ answers: inout [Prediction]
  ) {
    let (network, task, steps) = (probe.network, probe.task, worker.part.batch.steps)
    switch network.answer(to: task.kind) {
    case .labels:
      let outputs = worker.outputs(network.alone)
      for (n, k) in steps.places.enumerated() {
        let rows = (0..<steps.lengths[k]).map { steps.row(step: $0, sequence: k) }
        answers[n].take(labelsOf: outputs, rows: rows, of: task)
      }
    case .probabilities:
      let outputs = worker.outputs(network.alone)
      Float.softmax(
        rows: outputs.rows, columns: outputs.columns, x: outputs.base, stride: outputs.stride)
      for (n, k) in steps.places.enumerated() {
        answers[n].take(probabilitiesOf: outputs, row: k, of: task)
      }
    case .numbers: break
    case .writing:
      var options = DecodingOptions()
      options.beamWidth = probe.beamWidth
      options.endSymbol = task.outputVocabulary?.end
      options.maximumLengths = worker.examples.map {
        Prediction.room(afterInput: $0.input.steps)
      }
      for (n, hypotheses) in worker.written(network.objective, options).enumerated() {
        answers[n].take(written: hypotheses, beamWidth: probe.beamWidth, of: task)
      }
    }
  }
}
