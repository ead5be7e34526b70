import FileFormats
import TrainingEvents

/// A run's history as a table: one row a step, validations in the row of their step.
enum MetricsTable {
  static func columns(_ history: RunHistory) -> [String] {
    [
      "step", "epoch", "loss", "smoothed_loss", "gradient_norm", "learning_rate",
      "elapsed_seconds", "validation_loss", "validation_metric",
    ] + history.extra.map(\.name)
  }

  /// Hands the table to `write` piece by piece, so that a million steps cost no memory.
  static func write(
    _ history: RunHistory, to write: ([UInt8]) throws(RunError) -> Void
  ) throws(RunError) {
    var table = CSVWriter(columns: columns(history))
    try forEachRow(history) { (row: [CSVWriter.Field]) throws(RunError) in
      table.append(row)
      if table.bytes.count > 1 << 16 { try write(table.takeBytes()) }
    }
    try write(table.takeBytes())
  }

  /// The same rows as JSON, one object a line; empty fields are left out.
  static func writeLines(
    _ history: RunHistory, to write: ([UInt8]) throws(RunError) -> Void
  ) throws(RunError) {
    let columns = columns(history)
    var bytes: [UInt8] = []
    try forEachRow(history) { (row: [CSVWriter.Field]) throws(RunError) in
      var object = JSONObject()
      for (column, field) in zip(columns, row) { object[column] = json(field) }
      JSONValue.object(object).encode(into: &bytes)
      bytes.append(0x0A)
      guard bytes.count > 1 << 16 else { return }
      try write(bytes)
      bytes.removeAll(keepingCapacity: true)
    }
    try write(bytes)
  }

  private static func json(_ field: CSVWriter.Field) -> JSONValue? {
    switch field {
    case .empty: nil
    case .text(let text): .string(text)
    case .integer(let value): .integer(value)
    case .number(let value): .real(value)
    case .bool(let value): .bool(value)
    }
  }

  private static func forEachRow(
    _ history: RunHistory, _ body: ([CSVWriter.Field]) throws(RunError) -> Void
  ) throws(RunError) {
    var validations = history.validations[...]
    var extra = history.extra.map { ($0, 0) }
    for step in allSteps(history) {
      var row = own(step, history)
      if let validation = validations.first, validation.step == step {
        row += [.number(validation.loss), validation.metric.map(CSVWriter.Field.number) ?? .empty]
        validations.removeFirst()
      } else {
        row += [.empty, .empty]
      }
      for position in extra.indices {
        let (series, at) = extra[position]
        guard at < series.steps.count, series.steps.step(at: at) == step else {
          row.append(.empty)
          continue
        }
        row.append(number(series.values[at]))
        extra[position].1 += 1
      }
      try body(row)
    }
  }

  private static func own(_ step: Int, _ history: RunHistory) -> [CSVWriter.Field] {
    let index = history.steps.firstIndex(notBelow: Double(step))
    guard index < history.count, history.steps.step(at: index) == step else {
      return [.integer(step)] + Array(repeating: .empty, count: 6)
    }
    return [
      .integer(step), number(history.epoch[index]), number(history.loss[index]),
      number(history.smoothedLoss[index]), number(history.gradientNorm.value(at: index)),
      number(history.learningRate.value(at: index)), number(history.elapsed[index]),
    ]
  }

  /// The steps of every series, each once. Usually those of the training curve, without a copy.
  private static func allSteps(_ history: RunHistory) -> AnySequence<Int> {
    let own = (0..<history.count).lazy.compactMap { history.steps.step(at: $0) }
    let others = history.extra.flatMap { series in
      (0..<series.steps.count).compactMap { series.steps.step(at: $0) }
    }
    let strange = (history.validations.map(\.step) + others).filter { step in
      let index = history.steps.firstIndex(notBelow: Double(step))
      return index >= history.count || history.steps.step(at: index) != step
    }
    guard !strange.isEmpty else { return AnySequence(own) }
    return AnySequence(Set(own).union(strange).sorted())
  }

  /// A 32-bit number with no more digits than it has; empty where there is none.
  private static func number(_ value: Float?) -> CSVWriter.Field {
    guard let value else { return .empty }
    guard value.isFinite else { return .number(Double(value)) }
    return .number(Double(value.description) ?? Double(value))
  }
}
