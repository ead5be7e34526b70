import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

extension TrainedNetwork {
  /// Judges the network on held-out data of the task that it was trained on.
  ///
  /// Nothing is drawn at random and the network stays as it is, so that the same snapshot always
  /// scores the same, on any number of threads and processes.
  ///
  /// - Parameters:
  ///   - task: the task with its data, as `TaskLoader` loads it
  ///   - options: on which part of it, and how
  ///   - group: ranks that judge together, each of which calls this on its communicator's thread; rank 0
  ///     alone gets the figures of all. nil for one process.
  /// - Throws: `PresetError` when there is no held-out data, or when the data has other symbols or
  ///   widths than the network was made for; `RankFailure` when a rank is lost.
  public func evaluate(
    _ task: TaskData, options: EvaluationOptions = EvaluationOptions(), group: RankGroup? = nil
  ) throws -> Evaluation {
    try check(task)
    let (part, data) = try task.heldOut(options.part)
    FloatingPointMode.useOneBLASThread()
    let judges = group.map { RankJudges($0) }
    let evaluation = try FloatingPointMode.flushingDenormals { () throws(PresetError) in
      try judge(task, part, data, options, judges)
    }
    if let failure = judges?.channel.failure { throw failure }
    return evaluation
  }

  private func judge(
    _ task: TaskData, _ part: Evaluation.Part, _ data: DataSet, _ options: EvaluationOptions,
    _ judges: RankJudges?
  ) throws(PresetError) -> Evaluation {
    let pool = WorkerPool(threads: options.threads)
    var evaluation = Evaluation(
      task: task.kind, part: part, sequences: data.count, targets: data.targetCount,
      targetName: task.targetName, longest: data.longest)
    if let decay = preset.training.averageWeights {
      evaluation.notes.append(
        "of weights averaged over the updates (training.average-weights: "
          + "\(YAMLScalar.number(decay)))")
    }
    let evaluator = try Evaluator(
      network: network, pool: pool, training: preset.training, channel: judges?.channel)
    let batches = BatchedExamples(
      network: network, parameters: parameters, pool: pool,
      batchSize: preset.training.judgedBatch,
      memory: preset.training.memoryMegabytes.map { _ in network.stateMemory(bytes: 0) },
      judges: judges)
    guard case .examples(let examples) = data, task.kind != .languageModel else {
      evaluation.figures = symbols(evaluator.judge(data, parameters), data, task)
      return evaluation
    }
    if network.objective == .connectionistTemporalClassification || writes {
      let loss = evaluator.judge(data, parameters)
      evaluation.figures =
        WritingEvaluation(task: task, network: network, batches: batches)
        .figures(examples, beamWidth: options.beamWidth)
        + [Evaluation.Figure(.nats, loss.mean)]
      if loss.unreachable > 0 {
        let first = examples.first { !$0.canBeAligned }
        evaluation.notes.append(
          Example.unalignedNote(loss.unreachable, first: first, of: examples.count))
      }
    } else if network.objective == .crossEntropy {
      evaluation.figures = ClassEvaluation(task: task, network: network, batches: batches)
        .figures(examples)
    } else {
      evaluation.figures = numbers(examples, batches, task, part)
    }
    return evaluation
  }

  private var writes: Bool { task.kind == .sequenceToSequence || task.kind == .captioning }

  private func symbols(
    _ loss: LossTotal, _ data: DataSet, _ task: TaskData
  ) -> [Evaluation.Figure] {
    let simple = SimpleBaselines(task: task, lineEnd: network.lineEnd).ofSymbols(data)
    func figure(_ measure: Measure, _ unit: (Double) -> Double) -> Evaluation.Figure {
      Evaluation.Figure(
        measure, unit(loss.mean),
        baselines: task.baselines.filter { $0.measure == measure }
          + (simple.map { [Baseline($0.name, measure, unit($0.nats))] } ?? []))
    }
    return [
      figure(.bitsPerCharacter) { InformationMeasures.bits(nats: $0) },
      figure(.perplexity) { InformationMeasures.perplexity(nats: $0) }, figure(.nats) { $0 },
    ]
  }

  /// The error of numbers, or the loss of answers that are yes or no.
  private func numbers(
    _ examples: [Example], _ batches: BatchedExamples, _ task: TaskData, _ part: Evaluation.Part
  ) -> [Evaluation.Figure] {
    let ways: [(name: String, forcing: TeacherForcing?)] =
      network.variant == .outputRecurrence
      ? [("free-running", network.alone), ("teacher forced", .always)] : [("", nil)]
    let isSquared = network.objective == .squaredError
    let baselines =
      isSquared ? SimpleBaselines(task: task, lineEnd: network.lineEnd).ofNumbers(part) : []
    return ways.map { way in
      let loss = batches.map(examples) { worker in
        network.objective.evaluate(
          worker.outputs(way.forcing), worker.part.batch, scale: 0)
      }.reduce(LossTotal(), +)
      return Evaluation.Figure(
        isSquared ? .meanSquaredError : .nats, loss.mean, condition: way.name,
        baselines: baselines)
    }
  }

  /// Numbers of symbols mean something in the vocabulary only that the network was trained with.
  func check(_ task: TaskData) throws(PresetError) {
    let mine = self.task
    guard task.kind == mine.kind, task.inputVocabulary == mine.inputVocabulary,
      task.outputVocabulary == mine.outputVocabulary, task.inputWidth == mine.inputWidth,
      task.outputWidth == mine.outputWidth
    else {
      throw PresetError(
        description: "the data is not what the network was trained on: found "
          + "\(task.inputWidth) inputs and \(task.outputWidth) outputs"
          + (task.inputWidth == mine.inputWidth && task.outputWidth == mine.outputWidth
            ? " under other names" : "")
          + ", expected \(mine.inputWidth) and \(mine.outputWidth) as in the snapshot")
    }
  }
}

extension TaskData {
  /// The part that was asked for; without a wish the test set, or else the validation set.
  func heldOut(
    _ wish: Evaluation.Part?
  ) throws(PresetError) -> (part: Evaluation.Part, data: DataSet) {
    for part in wish.map({ [$0] }) ?? [.test, .validation] {
      let data = part == .test ? test : validation
      if !data.isEmpty { return (part, data) }
    }
    func reason(_ part: Evaluation.Part) -> String {
      TaskData.EmptyPart(rawValue: part.rawValue).flatMap { whyEmpty[$0] }
        ?? "task.split.\(part.rawValue) is 0"
    }
    throw PresetError(
      description: wish.map { "there is no \($0.rawValue) data: \(reason($0))" }
        ?? (whyEmpty.isEmpty
          ? "there is no data to judge by: both shares of task.split are 0"
          : "there is no data to judge by: \(reason(.test)); \(reason(.validation))"))
  }

  /// Examples that were not trained on: of the test set, or else of the validation set.
  public var heldOutExamples: [Example] {
    guard case .examples(let examples)? = try? heldOut(nil).data else { return [] }
    return examples
  }
}
