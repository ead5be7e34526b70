import RecurrentNetworks
import SequenceData
import TrainingEvents

extension Trainer {
  /// What a reader needs to know before the first step.
  var description: RunDescription {
    RunDescription(
      name: preset.name, title: preset.title, lecture: preset.lecture, task: task.kind,
      network: preset.networkName, parameterCount: parameters.layout.parameterCount,
      optimizer: preset.training.optimizer.name.rawValue, totalSteps: preset.training.steps,
      firstStep: step, clipNorm: settings.training.clipNorm, learningRate: baseLearningRate,
      lossUnit: network.objective == .squaredError ? .squaredError : .natsPerTarget,
      metric: metric, targetName: task.targetName,
      architecture: network.architecture,
      hyperparameters: LiveHyperparameters.all(of: self), readsText: task.inputVocabulary != nil)
  }

  private var metric: MetricDescription? {
    switch task.kind {
    case .sequenceClassification, .sequenceLabelling, .sequenceToSequence, .captioning:
      MetricDescription(name: "accuracy", unit: "%", higherIsBetter: true)
    case .languageModel, .forecasting, .autonomous, .handBuilt: nil
    }
  }
}
