import SequenceData
import TrainingEvents

/// What a trained network scores on held-out data, each figure beside what simple methods score.
public struct Evaluation: Sendable, Equatable {
  /// Which data it was judged on.
  public enum Part: String, Sendable, CaseIterable {
    /// What training was validated on, which chose the best snapshot.
    case validation
    /// What training never saw.
    case test
  }

  /// One measure under one way of letting the network answer.
  public struct Figure: Sendable, Equatable {
    /// What is measured, such as accuracy.
    public var measure: Measure
    /// How the outputs came about where there is more than one way, such as `free-running` or
    /// `beam of 5`; empty otherwise.
    public var condition: String
    /// The network's, in the measure's own unit.
    public var value: Double
    /// The same measure of methods that learn nothing, or next to nothing.
    public var baselines: [Baseline]

    /// A figure with its condition and baselines, where there are some.
    public init(
      _ measure: Measure, _ value: Double, condition: String = "", baselines: [Baseline] = []
    ) {
      self.measure = measure
      self.value = value
      self.condition = condition
      self.baselines = baselines
    }
  }

  /// What the network learned.
  public var task: TaskKind
  /// The data that it was judged on.
  public var part: Part
  /// Examples or lines; 1 for a text.
  public var sequences: Int
  /// Targets that count.
  public var targets: Int
  /// Singular name of a target, such as `character`.
  public var targetName: String
  /// Steps of the longest input.
  public var longest: Int
  /// The most telling figure first.
  public var figures: [Figure] = []
  /// One-line remarks, such as what could not be judged.
  public var notes: [String] = []

  /// The first figure of a measure, under the given condition where one is named.
  public func value(_ measure: Measure, _ condition: String? = nil) -> Double? {
    figures.first { $0.measure == measure && (condition == nil || $0.condition == condition) }?
      .value
  }
}

/// How a network is judged.
public struct EvaluationOptions: Sendable, Equatable {
  /// The part of the data; nil takes the test set, or the validation set where there is none.
  public var part: Evaluation.Part?
  /// Threads that share the sequences; 1 or more.
  public var threads = 1
  /// Hypotheses kept where a network writes; 1 is greedy alone.
  public var beamWidth = 5

  public init() {}
}
