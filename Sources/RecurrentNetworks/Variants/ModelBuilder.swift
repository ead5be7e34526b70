import LinearAlgebra

/// Builds one of the lecture's networks for the sizes of its data, and says what its outputs stand
/// over and are judged by.
public struct ModelBuilder: Sendable, Equatable {
  /// The lecture's networks.
  public enum Variant: Sendable, Equatable, CaseIterable {
    /// An output at every step (GBC fig. 10.3).
    case everyStep
    /// One output at each sequence's end (GBC fig. 10.5).
    case final
    /// Recurrence from the output before (GBC fig. 10.4).
    case outputRecurrence
    /// One vector conditions a whole sequence (GBC fig. 10.9).
    case vectorToSequence
    /// Encoder and decoder joined by one context (GBC fig. 10.12).
    case encoderDecoder
    /// The same with a context for each step (Bahdanau et al. 2015).
    case attentionDecoder
    /// No input: the state unrolls itself (GBC eq. 10.1).
    case autonomous
    /// One output for an image that is read in two dimensions.
    case imageFinal
  }

  /// The preset's `network` block.
  public let configuration: NetworkConfiguration
  /// Which network is built.
  public let variant: Variant
  /// What the data decides.
  public let sizes: ModelSizes

  /// Settings must be ones that the variant can have: output recurrence has one layer of cells
  /// without gates, and only an encoder and a chain of states run in both directions.
  public init(_ configuration: NetworkConfiguration, _ variant: Variant, sizes: ModelSizes) {
    self.configuration = configuration
    self.variant = variant
    self.sizes = sizes
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
