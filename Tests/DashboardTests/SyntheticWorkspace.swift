import TrainingEvents

@testable import Dashboard

/// A folder of runs that never were, with the same numbers on every machine.
enum SyntheticWorkspace {
  static let count = 14

  static func name(_ index: Int) -> String { "words-\(index + 1)" }

  static func settings(_ index: Int) -> [HyperparameterValue] {
    [
      HyperparameterValue("title", "Run \(index)"),
      HyperparameterValue("network.cell", ["tanh", "lstm", "gru"][index % 3]),
      HyperparameterValue("network.hidden", "\(32 << (index % 4))"),
      HyperparameterValue("training.batch", "32"),
      HyperparameterValue("training.optimizer.name", "adam"),
      HyperparameterValue("training.optimizer.learning-rate", "0.00\(1 + index % 5)"),
    ]
  }

  /// Everything that a run told.
  static func events(_ index: Int, steps: Int) -> [TrainingEvent] {
    var description = SyntheticRun.description
    description.network = "\(["tanh", "lstm", "gru"][index % 3]) \(32 << (index % 4))"
    var run = SyntheticRun()
    var events: [TrainingEvent] = [.started(description)]
    var batch = StepBatch()
    for step in 1...steps {
      var record = run.record(step)
      record.loss += Double(index) * 0.07
      batch.append(record)
    }
    events.append(.steps(batch))
    for step in stride(from: 200, through: steps, by: 200) where index % 5 != 4 {
      let loss = 2.3 + Double(index) * 0.07 + 1 / (1 + Double(step) / 300)
      events.append(.validation(ValidationRecord(step: step, loss: loss, isBest: true)))
    }
    return events
  }

  static func overview(_ index: Int) -> RunOverview {
    var run = RunOverview(id: "runs/\(name(index))", name: name(index))
    run.hyperparameters = settings(index)
    for event in events(index, steps: 600 + index * 40) { run.take(event) }
    run.state = [.finished, .live, .stopped, .finished, .failed, .killed, .paused][index % 7]
    if index == 11 {
      run = RunOverview(id: run.id, name: run.name)
      (run.state, run.problem) = (
        .unreadable, "runs/words-12: line 1: expected an object, found “x”"
      )
    }
    if index == 12 { (run.state, run.problem) = (.gone, "runs/words-13: it was here and is gone") }
    return run
  }

  static func curves(_ index: Int) -> RunCurves {
    var history = RunHistory()
    for event in events(index, steps: 600 + index * 40) {
      switch event {
      case .steps(let batch): history.append(batch)
      case .validation(let record): history.append(record)
      default: break
      }
    }
    for step in stride(from: 10, through: 600, by: 10) {
      history.append(Double(step) / 600 + Double(index), to: "eval/accuracy", step: step)
    }
    return RunCurves(
      id: "runs/\(name(index))", history: history,
      gradientByLag: SyntheticRun.gradientByLag(step: 1_000 * (index + 1)))
  }

  /// All runs, with the curves of the first few.
  static func state(curves count: Int = 5) -> WorkspaceState {
    var state = WorkspaceState(title: "runs")
    let runs = (0..<Self.count).map(overview)
    state.take(runs, order: runs.map { ($0.id, $0.name) }, unread: 0)
    state.take((0..<count).map(curves))
    return state
  }
}
