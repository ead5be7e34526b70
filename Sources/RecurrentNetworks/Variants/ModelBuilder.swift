import LinearAlgebra

/// Turns a preset's network, what it is for and the sizes of its data into the network of the
/// lecture that fits, and says what that network's outputs stand over and are judged by.
public struct ModelBuilder: Sendable, Equatable {
  /// The lecture's networks.
  public enum Variant: Sendable, Equatable {
    case everyStep
    case final
    case outputRecurrence
    case vectorToSequence
    case encoderDecoder
    case attentionDecoder
    case autonomous
    case imageFinal
  }

  public let configuration: NetworkConfiguration
  public let task: ModelTask
  public let sizes: ModelSizes
  public let variant: Variant

  /// - Throws: `ImpossibleNetwork` when settings exclude each other.
  public init(
    _ configuration: NetworkConfiguration, task: ModelTask, sizes: ModelSizes
  ) throws(ImpossibleNetwork) {
    try NetworkRules(network: configuration, task: task, sizes: sizes).check()
    self.configuration = configuration
    self.task = task
    self.sizes = sizes
    variant = Self.variant(configuration, task, hasOneVector: sizes.hasOneVector)
  }

  /// The network of the lecture that settings and a task ask for.
  public static func variant(
    _ network: NetworkConfiguration, _ task: ModelTask, hasOneVector: Bool
  ) -> Variant {
    if network.recurrence == .output { return .outputRecurrence }
    return switch task {
    case .languageModel, .sequenceLabelling: .everyStep
    case .forecasting: network.output == .final ? .final : .everyStep
    case .sequenceClassification: network.imageReading == .twoDimensional ? .imageFinal : .final
    case .autonomous: .autonomous
    case .sequenceToSequence, .captioning:
      if hasOneVector {
        .vectorToSequence
      } else if network.loss == .connectionistTemporalClassification {
        .everyStep
      } else {
        network.attention == .none ? .encoderDecoder : .attentionDecoder
      }
    }
  }

  /// What training lowers.
  public var objective: Objective {
    configuration.loss ?? (sizes.targets == .symbols ? .crossEntropy : .squaredError)
  }

  /// What targets stand over in a batch.
  public var targetRows: TargetRows {
    switch variant {
    case .everyStep where objective == .connectionistTemporalClassification: .targetSteps
    case .everyStep, .outputRecurrence, .vectorToSequence, .autonomous: .steps
    case .final, .imageFinal: .sequences
    case .encoderDecoder, .attentionDecoder: .targetSteps
    }
  }

  /// Scalars of one row of outputs: with CTC one more than there are symbols, for the blank.
  public var outputWidth: Int {
    sizes.outputs + (objective == .connectionistTemporalClassification ? 1 : 0)
  }

  /// A network with memory of its own; all of one builder's have the same layout.
  public func makeModel<Scalar: NetworkScalar>(
    _ type: Scalar.Type = Scalar.self
  ) -> any SequenceModel<Scalar> {
    var sizes = sizes
    sizes.outputs = outputWidth
    return switch variant {
    case .everyStep where configuration.unsharedSteps != nil:
      UnsharedSteps<Scalar>(configuration, sizes: sizes)
    case .everyStep: EveryStepOutput<Scalar>(configuration, sizes: sizes)
    case .final: FinalOutput<Scalar>(configuration, sizes: sizes)
    case .outputRecurrence: OutputRecurrence<Scalar>(configuration, sizes: sizes)
    case .vectorToSequence: VectorToSequence<Scalar>(configuration, sizes: sizes)
    case .encoderDecoder: EncoderDecoder<Scalar>(configuration, sizes: sizes)
    case .attentionDecoder: AttentionDecoder<Scalar>(configuration, sizes: sizes)
    case .autonomous: AutonomousSystem<Scalar>(configuration, outputs: sizes.outputs)
    case .imageFinal: ImageFinalOutput<Scalar>(configuration, sizes: sizes)
    }
  }
}
