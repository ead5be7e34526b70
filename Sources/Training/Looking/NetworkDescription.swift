import RecurrentNetworks
import SequenceData
import TrainingEvents

extension Learner {
  /// What a reader needs to know before the first step.
  var description: RunDescription {
    let network = preset.network
    return RunDescription(
      name: preset.name, title: preset.title, lecture: preset.lecture, task: task.kind,
      network: networkName, parameterCount: parameters.layout.parameterCount,
      optimizer: preset.training.optimizer.name.rawValue, totalSteps: preset.training.steps,
      firstStep: step, clipNorm: clipNorm, learningRate: baseLearningRate,
      lossUnit: self.network.objective == .squaredError ? .squaredError : .natsPerTarget,
      metric: metric, targetName: task.targetName,
      architecture: Architecture(
        shape: shape, cell: network.cell.rawValue, inputSize: task.inputWidth,
        hiddenSize: network.hidden, outputSize: task.outputWidth, layers: network.layers,
        bidirectional: network.direction == .bidirectional,
        attention: network.attention != .none,
        twoDimensional: network.imageReading == .twoDimensional && task.kind == .captioning),
      knobs: Knob.all(of: self))
  }

  private var networkName: String {
    let network = preset.network
    var words = [network.cell.rawValue]
    words.append(
      network.layers > 1 ? "\(network.layers)×\(network.hidden)" : "\(network.hidden)")
    if network.direction == .bidirectional { words.append("bidirectional") }
    if network.attention != .none { words.append("attention") }
    return words.joined(separator: " ")
  }

  private var metric: MetricDescription? {
    switch task.kind {
    case .sequenceClassification, .sequenceLabelling, .sequenceToSequence, .captioning:
      MetricDescription(name: "accuracy", unit: "%", higherIsBetter: true)
    case .languageModel, .forecasting, .autonomous, .handBuilt: nil
    }
  }

  private var shape: Architecture.Shape {
    switch task.kind {
    case .sequenceClassification: .final
    case .sequenceToSequence: .encoderDecoder
    case .captioning: preset.task.data.format == .jsonl ? .vectorToSequence : .encoderDecoder
    case .autonomous: .autonomous
    case .handBuilt: .handBuilt
    case .languageModel, .sequenceLabelling, .forecasting:
      preset.network.recurrence == .output
        ? .outputRecurrence : preset.network.output == .final ? .final : .everyStep
    }
  }
}
