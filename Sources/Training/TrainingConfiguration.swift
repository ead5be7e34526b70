import RecurrentNetworks
import TrainingEvents

/// Everything a preset's `training` block can say.
public struct TrainingConfiguration: Sendable, Equatable {
  /// Sequences in a batch.
  public var batch = 32
  /// Steps of a chunk of truncated backpropagation; nil reads whole sequences.
  public var sequenceLength: Int?
  /// Steps after which the gradient's way back through a sequence is cut; nil goes back to its
  /// start. The state goes on either way.
  public var truncatedBPTT: Int?
  /// What becomes of the end of a sequence that is shorter than others of its batch.
  public var padding: Padding = .masked
  /// Steps of the whole run; nil goes on until it is stopped.
  public var steps: Int?
  /// The `optimizer` block.
  public var optimizer = OptimizerConfiguration()
  /// How the learning rate changes over the steps.
  public var schedule = ScheduleConfiguration()
  /// Longest gradient before it is shortened; nil does not clip.
  public var clipNorm: Double?
  /// Largest component of a gradient; nil does not clip.
  public var clipValue: Double?
  /// Of all random numbers: first weights, order of the data, dropout, teacher forcing.
  public var seed: UInt64 = 1
  /// Megabytes that weights, gradients and states of a step may take: where the states of all time
  /// steps take more, they are kept at the borders of segments alone, and computed again on the way
  /// back (checkpointed backpropagation through time). No step depends on it. Nil keeps all of them.
  public var memoryMegabytes: Double?
  /// Parts that every batch is split into, whatever the number of threads.
  public var parts = 2
  /// Steps between validations; nil chooses by the size of the data.
  public var validateEvery: Int?
  /// Steps between scheduled snapshots; nil writes none.
  public var snapshotEvery: Int?
  /// Minutes of training between scheduled snapshots; nil writes none by the clock.
  public var snapshotMinutes: Double?
  /// Scheduled snapshots kept, beside the best one.
  public var keepSnapshots = 5
  /// Megabytes of probe frames that the record takes for a million steps, so that the states, gradients
  /// and samples of a past step can be looked at; nil takes the usual 50, 0 none.
  public var frameMegabytes: Double?
  /// What becomes of the run when its terminal is gone; nil leaves it to the dashboard's settings, and
  /// saves and ends where there is no dashboard.
  public var onHangUp: HangUpAction?
  /// Standard deviation of noise added to the first step's gradients; later ones receive less
  /// (Neelakantan et al. 2015). 0 adds none.
  public var gradientNoise = 0.0
  /// Share of each label's probability that the gradient of cross-entropy gives to all classes alike
  /// (Szegedy et al. 2016); what is told of losses stays plain.
  public var labelSmoothing = 0.0
  /// Decay of the average of the weights that the network is judged by, from 0 to below 1; nil judges
  /// the weights of the newest step.
  public var averageWeights: Double?
  /// Steps a second at most in the dashboard, so that a person can look; nil trains as fast as it
  /// can. Without a dashboard it means nothing, and it never changes a result.
  public var pace: Double?

  public init() {}

  /// What a network with one output at the end reads after a short sequence's own end.
  public enum Padding: String, Sendable, CaseIterable {
    /// A sequence ends at its own end, as PyTorch's packed sequences do.
    case masked
    /// The mask is taken away: zeros up to the longest sequence of the batch are read as input.
    case read
  }
}
