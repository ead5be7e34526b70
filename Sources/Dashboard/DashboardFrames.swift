import TrainingEvents

/// The newest frames, where panels look for them.
extension DashboardState {
  var hiddenStates: HiddenStateFrame? { frames.newest() }
  var gradientByLag: GradientByLag? { frames.newest() }
  var statistics: NetworkStatistics? { frames.newest() }
  var samples: SampleFrame? { frames.newest() }
  var task: TaskFrame? { frames.newest() }
  var trace: GraphTrace? { frames.newest() }
}
