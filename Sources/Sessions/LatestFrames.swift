import TrainingEvents

/// The newest frame of each kind, for a snapshot's pictures.
struct LatestFrames {
  private(set) var hiddenStates: HiddenStateFrame?
  private(set) var gradientByLag: GradientByLag?
  private(set) var samples: SampleFrame?
  private(set) var statistics: NetworkStatistics?

  mutating func keep(_ event: TrainingEvent) {
    switch event {
    case .hiddenStates(let frame): hiddenStates = frame
    case .gradientByLag(let frame): gradientByLag = frame
    case .samples(let frame): samples = frame
    case .statistics(let frame): statistics = frame
    default: break
    }
  }
}

extension TrainingEvent {
  /// Whether a person waits for it: an answer to a key rather than the run's steady flow.
  var isUrgent: Bool {
    switch self {
    case .state, .command, .refused, .snapshot, .reading, .trace, .finished, .started: true
    default: false
    }
  }
}
