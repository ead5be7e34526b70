import RecurrentNetworks
import TrainingEvents

extension ModelBuilder.Variant {
  /// The network of the lecture that settings and a task ask for; nil where weights are set by hand
  /// and there is none to train.
  init?(_ network: NetworkConfiguration, for task: TaskKind, hasOneVector: Bool) {
    switch task {
    case .handBuilt: return nil
    case _ where network.recurrence == .output: self = .outputRecurrence
    case .languageModel, .sequenceLabelling: self = .everyStep
    case .forecasting: self = network.output == .final ? .final : .everyStep
    case .sequenceClassification:
      self = network.imageReading == .twoDimensional ? .imageFinal : .final
    case .autonomous: self = .autonomous
    case .sequenceToSequence, .captioning:
      if hasOneVector {
        self = .vectorToSequence
      } else if network.loss == .connectionistTemporalClassification {
        self = .everyStep
      } else {
        self = network.attention == .none ? .encoderDecoder : .attentionDecoder
      }
    }
  }
}
