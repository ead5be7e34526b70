import LinearAlgebra
import RecurrentNetworks
import SequenceData

/// Judges classes, one a sequence or one a step.
struct ClassEvaluation {
  let task: TaskData
  let network: TaskNetwork
  let batches: BatchedExamples

  private struct Counts: Codable {
    var matrix: ConfusionMatrix
    var loss = LossTotal()
    var sequences = 0
    var exact = 0
  }

  func figures(_ examples: [Example]) -> [Evaluation.Figure] {
    // Without its own outputs to read there is only one way to run.
    let ways: [(name: String, forcing: TeacherForcing?)] =
      network.variant == .outputRecurrence
      ? [("free-running", network.alone), ("teacher forced", .always)] : [("", nil)]
    let baseline = mostFrequent(examples)
    return ways.flatMap { way in
      figures(count(examples, way.forcing), condition: way.name, baseline: baseline)
    }
  }

  private func figures(
    _ counts: Counts, condition: String, baseline: ConfusionMatrix?
  ) -> [Evaluation.Figure] {
    let name = "most frequent \(task.targetName)"
    func figure(
      _ measure: Measure, _ value: Double, _ simple: Double? = nil
    ) -> Evaluation.Figure {
      // Figures that the task knows by itself, such as chance, come first; this one is measured.
      let known = task.baselines.filter { $0.measure == measure && $0.name != name }
      return Evaluation.Figure(
        measure, value, condition: condition,
        baselines: known + (simple.map { [Baseline(name, measure, $0)] } ?? []))
    }
    let right = Double(counts.loss.correct) / Double(max(1, counts.loss.targets))
    var figures = [figure(.accuracy, right, baseline?.accuracy)]
    if counts.matrix.classes > 0 {
      figures.append(figure(.macroF1, counts.matrix.macroF1, baseline?.macroF1))
    }
    if network.rows.targets == .steps {
      let share = Double(counts.exact) / Double(max(1, counts.sequences))
      figures.append(figure(.exactMatch, share))
    }
    figures.append(figure(.nats, counts.loss.mean))
    return figures
  }

  private func count(_ examples: [Example], _ forcing: TeacherForcing?) -> Counts {
    let classes = task.outputWidth <= ConfusionMatrix.mostClasses ? task.outputWidth : 0
    let parts = batches.map(examples) { worker in
      var counts = Counts(matrix: ConfusionMatrix(classes: classes))
      let batch = worker.part.batch
      let outputs = worker.outputs(forcing)
      counts.sequences = batch.sequenceCount
      var isRight = [Bool](repeating: true, count: batch.sequenceCount)
      forEachTarget(of: batch) { row, sequence in
        let truth = Int(batch.targets[row])
        guard truth >= 0 else { return }
        let best = outputs.row(row).indexOfLargest(count: outputs.columns)
        counts.matrix.add(truth: truth, prediction: best)
        if best != truth { isRight[sequence] = false }
      }
      counts.exact = isRight.count { $0 }
      // Last, because it puts gradients in the outputs' place.
      counts.loss = network.objective.evaluate(outputs, batch, scale: 0)
      return counts
    }
    return parts.reduce(into: Counts(matrix: ConfusionMatrix(classes: classes))) { sum, part in
      sum.matrix.add(part.matrix)
      sum.loss = sum.loss + part.loss
      sum.sequences += part.sequences
      sum.exact += part.exact
    }
  }

  /// Every row of targets with the place of its sequence.
  private func forEachTarget(of batch: PackedBatch, _ body: (_ row: Int, _ sequence: Int) -> Void) {
    guard network.rows.targets == .steps else {
      for row in 0..<batch.sequenceCount { body(row, row) }
      return
    }
    for t in 0..<batch.steps.stepCount {
      for k in 0..<batch.steps.active[t] { body(batch.steps.row(step: t, sequence: k), k) }
    }
  }

  /// The most frequent class of the training set, always given as the answer.
  private func mostFrequent(_ examples: [Example]) -> ConfusionMatrix? {
    guard task.outputWidth <= ConfusionMatrix.mostClasses, case .examples(let training) = task.train
    else {
      return nil
    }
    var seen = [Int](repeating: 0, count: task.outputWidth)
    for label in training.lazy.flatMap(\.target.classes) where seen.indices.contains(Int(label)) {
      seen[Int(label)] += 1
    }
    guard let most = seen.indices.max(by: { (seen[$0], $1) < (seen[$1], $0) }), seen[most] > 0
    else { return nil }
    var matrix = ConfusionMatrix(classes: task.outputWidth)
    for example in examples {
      for label in example.target.classes.dropFirst(example.scoredFrom) {
        matrix.add(truth: Int(label), prediction: most)
      }
    }
    return matrix
  }
}

extension Target {
  /// Its classes, one after the other; none where it is no class.
  var classes: [Int32] {
    switch self {
    case .label(let label): [label]
    case .labels(let labels): labels
    case .none, .values: []
    }
  }
}
