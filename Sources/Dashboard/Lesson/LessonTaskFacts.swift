import TrainingEvents

/// What the task's own panel shows, as a lesson's formulas name it.
extension LessonFacts {
  func task(_ name: String, _ numbers: [Double]) -> Double? {
    if let value = typed(name) { return value }
    guard let task = state.task else { return nil }
    // A classifier is judged by its newest validation; everything else as it is now.
    if case .classification = task {} else if !isNow(task.step) { return nil }
    switch task {
    case .labelling(let frame):
      switch name {
      case "accuracy": return frame.score?.share
      case "free.accuracy": return frame.freeScore?.share
      default: return nil
      }
    case .translation(let frame): return translation(name, numbers, frame)
    case .classification(let frame):
      guard name == "accuracy" else { return nil }
      let total = frame.counts.reduce(0, +)
      let right = frame.classes.indices.reduce(0) {
        $0 + frame.counts[$1 * frame.classes.count + $1]
      }
      return total > 0 ? Double(right) / Double(total) : nil
    case .caption(let frame): return name == "accuracy" ? frame.score?.share : nil
    case .forecast(let frame):
      if name == "forecast.period" { return period(frame.predicted.filter(\.isFinite)) }
      guard name == "forecast.error" else { return nil }
      let pairs = zip(frame.series, frame.predicted).filter { $0.0.isFinite && $0.1.isFinite }
      guard !pairs.isEmpty else { return nil }
      return pairs.reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) } / Double(pairs.count)
    case .stack(let frame):
      let row = numbers.first.flatMap {
        $0 >= 1 && $0 <= Double(frame.rows.count) ? frame.rows[Int($0) - 1] : nil
      }
      switch name {
      case "stack": return row?.stack
      case "depth": return row?.held.map { Double($0.count) }
      case "accepted": return frame.rows.last.map { $0.accepted ? 1 : 0 }
      default: return nil
      }
    case .answers: return nil
    }
  }

  private func translation(
    _ name: String, _ numbers: [Double], _ frame: TranslationFrame
  ) -> Double? {
    let width = frame.source.count
    let row = numbers.first.map { Int(min(max($0, 1), 1e6)) - 1 } ?? 0
    let weights =
      width > 0 && (row + 1) * width <= frame.attention.count
      ? Array(frame.attention[(row * width)..<((row + 1) * width)]) : []
    switch name {
    case "accuracy": return frame.score?.share
    case "source.length": return Double(width)
    case "output.length": return Double(frame.output.count)
    case "attention.peak":
      return weights.indices.max { weights[$0] < weights[$1] }.map { Double($0 + 1) }
    case "attention.share": return weights.max().map(Double.init)
    default: return nil
    }
  }

  /// The text that was typed.
  private func typed(_ name: String) -> Double? {
    guard let reading = state.reading else { return nil }
    switch name {
    case "read.length": return Double(reading.text.count)
    case "read.accepted": return reading.answer == "accepted" ? 1 : 0
    case "read.probability": return reading.alternatives.first?.probability
    case "read.stack":
      guard let map = reading.states.maps.first, map.columns > 0 else { return nil }
      return (0..<map.columns).map { t in
        (0..<map.units).reduce(0.0) { $0 + Double(map.values[t * map.units + $1]) }
      }.max()
    default: return nil
    }
  }
}
