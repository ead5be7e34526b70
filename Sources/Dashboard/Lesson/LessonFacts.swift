import TrainingEvents

/// The run's own numbers, as a lesson's formulas name them.
struct LessonFacts: LessonExpression.Source {
  /// As it is now, whatever past step a person looks at.
  let state: DashboardState
  private let cursor: Int?
  private let kept: [(expression: LessonExpression, value: Double)]

  init(_ state: DashboardState, _ lesson: LessonState?) {
    self.state = state.present
    cursor = state.chart.cursor
    kept = lesson?.kept ?? []
  }

  func before(_ expression: LessonExpression) -> Double? {
    kept.first { $0.expression == expression }?.value
  }

  var other: (any LessonExpression.Source)? {
    state.companions.first.map { LessonFacts($0, nil) }
  }

  func quantity(_ name: String, _ arguments: [LessonArgument]) -> Double? {
    let numbers = arguments.compactMap(\.number)
    let texts = arguments.compactMap(\.text)
    return training(name, numbers) ?? network(name, numbers, texts) ?? states(name, numbers, texts)
      ?? walk(name, numbers, texts) ?? task(name, numbers) ?? screen(name, texts)
  }

  private func truth(_ value: Bool) -> Double { value ? 1 : 0 }

  // MARK: Training

  private func training(_ name: String, _ numbers: [Double]) -> Double? {
    let history = state.history
    switch name {
    case "step": return Double(state.currentStep)
    case "loss": return loss(at: history.count - 1)
    case "loss.at":
      return numbers.first.flatMap { loss(at: history.steps.firstIndex(notBelow: $0)) }
    case "loss.halved":
      guard let start = loss(at: min(19, history.count - 1)) else { return nil }
      let first = (0..<history.count).first { (loss(at: $0) ?? .infinity) <= start / 2 }
      return first.flatMap { history.steps.step(at: $0) }.map(Double.init)
    case "validation": return history.validations.last?.loss
    case "validation.best": return history.best?.loss
    case "validation.best.step": return history.best.map { Double($0.step) }
    case "metric": return history.validations.last?.metric
    case "gradient": return history.last?.gradientNorm
    case "gradient.largest":
      let count = Int(min(max(numbers.first ?? 1, 1), 1e6))
      let first = max(0, history.gradientNorm.count - count)
      return (first..<max(first, history.gradientNorm.count)).map {
        Double(history.gradientNorm[$0])
      }
      .filter(\.isFinite).max()
    case "clipped": return history.clippedShare
    case "learning.rate": return state.learningRate
    case "clip.norm": return state.clipNorm
    case "speed": return state.rates.stepsPerSecond
    case "cursor": return cursor.map(Double.init)
    default: return nil
    }
  }

  /// The mean of the twenty steps up to one, counted from 0.
  private func loss(at index: Int) -> Double? {
    let loss = state.history.loss
    guard index >= 0, loss.count > 0 else { return nil }
    let last = min(index, loss.count - 1)
    let values = (max(0, last - 19)...last).map { Double(loss[$0]) }.filter(\.isFinite)
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  // MARK: The network

  /// Whether a frame is of the network as it is now.
  func isNow(_ step: Int) -> Bool { step == state.currentStep }

  private func network(_ name: String, _ numbers: [Double], _ texts: [String]) -> Double? {
    let architecture = state.run?.architecture
    switch name {
    case "parameters": return state.run.map { Double($0.parameterCount) }
    case "hidden": return architecture.map { Double($0.hiddenSize) }
    case "inputs": return architecture.map { Double($0.inputSize) }
    case "outputs": return architecture.map { Double($0.outputSize) }
    case "edited": return state.hyperparameterBoard.edited(texts.first ?? "")
    case "layers": return architecture.map { Double($0.layers) }
    case "setting":
      guard let hyperparameter = state.hyperparameterBoard.hyperparameter(named: texts.first ?? "")
      else { return nil }
      return state.hyperparameterBoard.value(of: hyperparameter) ?? nil
    default: break
    }
    if let lag = state.gradientByLag, isNow(lag.step), let curve = lag.curves.first {
      if let value = lagValue(name, curve.norms, numbers) { return value }
    }
    if let dynamics = state.dynamics, isNow(dynamics.step) {
      switch name {
      case "lambda": return dynamics.lyapunov.first
      case "dimensions": return dynamics.dimension
      case "fixed.points":
        guard let found = dynamics.fixedPoints, isNow(found.step) else { return nil }
        return Double(found.points.count { $0.kind == texts.first })
      default: break
      }
    }
    guard let statistics = state.statistics, isNow(statistics.step) else { return nil }
    switch name {
    case "rho": return statistics.spectralRadius
    case "sigma": return statistics.largestSingularValue
    case "jacobian": return statistics.jacobianRadius
    case "slope": return statistics.meanSlope
    case "saturated": return statistics.saturated
    case "norm": return statistics.parameters.first { $0.symbol == texts.first }?.norm
    case "gradient.of":
      return statistics.parameters.first { $0.symbol == texts.first }?.gradientNorm
    default: return nil
    }
  }

  private func lagValue(_ name: String, _ norms: [Float], _ numbers: [Double]) -> Double? {
    let known = norms.drop { !($0 > 0) }.map(Double.init)
    guard let start = known.first else { return nil }
    switch name {
    case "lag.factor": return LagFit(norms).factorPerStep
    case "lag.length": return Double(known.count - 1)
    case "lag.at":
      let lag = Int(min(max(numbers.first ?? 0, 0), 1e6))
      return known.indices.contains(lag) ? known[lag] / start : nil
    case "lag.reach":
      let share = numbers.first ?? 0.01
      let last = known.lastIndex { $0 >= share * start } ?? 0
      return Double(last + 1)
    default: return nil
    }
  }

  // MARK: States

  private func states(_ name: String, _ numbers: [Double], _ texts: [String]) -> Double? {
    guard let frame = state.hiddenStates, isNow(frame.step), let map = frame.maps.first else {
      return nil
    }
    func column(_ number: Double?) -> Int? {
      number.flatMap { $0 >= 1 && $0 <= Double(map.columns) ? Int($0) - 1 : nil }
    }
    switch name {
    case "columns": return Double(frame.symbols.count)
    case "state":
      guard numbers.count == 2, let t = column(numbers[1]), numbers[0] >= 0,
        numbers[0] < Double(map.units)
      else { return nil }
      return Double(map.values[t * map.units + Int(numbers[0])])
    case "gate":
      guard let gate = frame.maps.first(where: { $0.name.contains(texts.first ?? "") }),
        !gate.values.isEmpty
      else { return nil }
      return gate.values.reduce(0) { $0 + Double($1) } / Double(gate.values.count)
    case "position.loss":
      guard let number = numbers.first, number >= 1, number <= Double(frame.loss.count) else {
        return nil
      }
      return Double(frame.loss[Int(number) - 1])
    case "position.worst":
      let known = frame.loss.indices.filter { frame.loss[$0].isFinite }
      return known.max { frame.loss[$0] < frame.loss[$1] }.map { Double($0 + 1) }
    case "period": return period(map)
    case "change":
      guard let t = column(numbers.first), t > 0 else { return nil }
      let sum = (0..<map.units).reduce(0.0) { sum, unit in
        let gap = Double(map.values[t * map.units + unit] - map.values[(t - 1) * map.units + unit])
        return sum + gap * gap
      }
      return sum.squareRoot()
    default: return nil
    }
  }

  /// Steps from peak to peak of the unit that moves most, on average.
  private func period(_ map: StateMap) -> Double? {
    guard map.columns > 4 else { return nil }
    func series(_ unit: Int) -> [Float] {
      (0..<map.columns).map { map.values[$0 * map.units + unit] }
    }
    let liveliest = (0..<map.units).max { a, b in
      let (x, y) = (series(a), series(b))
      return (x.max() ?? 0) - (x.min() ?? 0) < (y.max() ?? 0) - (y.min() ?? 0)
    }
    return liveliest.flatMap { period(series($0)) }
  }

  /// Steps from peak to peak of a series, on average.
  func period(_ values: [Float]) -> Double? {
    guard let high = values.max(), let low = values.min() else { return nil }
    // Where the middle is passed upwards.
    let middle = (high + low) / 2
    let rising = (1..<values.count).filter { values[$0 - 1] < middle && values[$0] >= middle }
    guard let first = rising.first, let last = rising.last, rising.count > 1 else { return nil }
    return Double(last - first) / Double(rising.count - 1)
  }

  // MARK: The walk

  private func walk(_ name: String, _ numbers: [Double], _ texts: [String]) -> Double? {
    switch name {
    case "node.column": return state.walkNode.map { Double($0.column + 1) }
    case "walking": return truth(state.graph.isWalking)
    case "walking.back": return truth(state.walkNode?.direction == .backward)
    case "at": return truth(state.walkWords?.symbol == texts.first)
    default: break
    }
    guard let trace = state.trace, isNow(trace.step) else { return nil }
    func column(_ number: Double?) -> GraphTrace.Column? {
      number.flatMap {
        $0 >= 1 && $0 <= Double(trace.columns.count) ? trace.columns[Int($0) - 1] : nil
      }
    }
    switch name {
    case "walk.steps": return Double(trace.columns.count)
    case "walk.stops": return Double(trace.nodes.count)
    case "probability": return column(numbers.first)?.probability
    case "column.loss": return column(numbers.first)?.loss
    case "node":
      guard let words = trace.words(named: texts.first) else { return nil }
      return words.node.terms.first {
        words.label($0) == texts.last || words.symbol($0) == texts.last
      }?.value
    case "node.unit":
      let words = trace.words(named: texts.first)
      let unit = words?.node.values.first { words?.label($0.variable) == texts.last }
      guard let index = numbers.first, index >= 0, let unit, index < Double(unit.values.count)
      else { return nil }
      return Double(unit.values[Int(index)])
    default: return nil
    }
  }

  // MARK: The screen

  private func screen(_ name: String, _ texts: [String]) -> Double? {
    switch name {
    case "paused": truth(state.trainingState == .paused)
    case "training": truth(state.trainingState == .training)
    case "view": truth(state.view.word == texts.first)
    case "focused":
      truth(state.focusedPanel?.drawing.name.lowercased() == texts.first?.lowercased())
    case "folded": truth(state.graph.isFolded)
    default: nil
    }
  }
}
