import TrainingEvents

extension DashboardState {
  /// Shows another moment of a recorded run.
  /// - Parameters:
  ///   - history: the curves up to that moment
  ///   - events: what else had happened by then: the run's start, commands, the newest frames
  public mutating func jump(to history: RunHistory, events: [TrainingEvent]) {
    log.forgetRun()
    (markers, finish, lastSnapshot) = ([], nil, nil)
    alerts = StandingAlerts()
    for event in events { apply(event, isPast: true) }
    let smoothing = self.history.smoothing
    self.history = history
    if history.smoothing != smoothing { self.history.smooth(weight: smoothing) }
    learningRate = history.last?.learningRate ?? learningRate
    rates.reset()
    // What flashed up then is old news now.
    message = nil
    needsRedraw = true
  }
}
