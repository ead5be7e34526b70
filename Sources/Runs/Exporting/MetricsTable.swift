import FileFormats
import TrainingEvents

/// A run's history as a table: one row a step, validations in the row of their step.
enum MetricsTable {
  private static let standard = [
    "step", "epoch", "loss", "smoothed_loss", "gradient_norm", "learning_rate", "elapsed_seconds",
    "validation_loss", "validation_metric",
  ]

  static func columns(_ history: RunHistory) -> [String] {
    standard
      + history.extra.compactMap { series in
        guard let column = standard.firstIndex(of: series.name) else { return series.name }
        // A series named as a column stands in it; no other number is a step.
        return column == 0 ? "step (logged)" : nil
      }
  }

  /// Hands the table to `write` piece by piece, so that a million steps cost no memory.
  static func write(
    _ history: RunHistory, of run: RunDescription? = nil,
    to write: ([UInt8]) throws(RunError) -> Void
  ) throws(RunError) {
    var table = CSVWriter(columns: columns(history))
    try forEachRow(history, of: run) { (row: [CSVWriter.Field]) throws(RunError) in
      table.append(row)
      if table.bytes.count > 1 << 16 { try write(table.takeBytes()) }
    }
    try write(table.takeBytes())
  }

  /// The same rows as JSON, one object a line; empty fields are left out.
  static func writeLines(
    _ history: RunHistory, of run: RunDescription? = nil,
    to write: ([UInt8]) throws(RunError) -> Void
  ) throws(RunError) {
    let columns = columns(history)
    var bytes: [UInt8] = []
    try forEachRow(history, of: run) { (row: [CSVWriter.Field]) throws(RunError) in
      var object = JSONObject()
      for (column, field) in zip(columns, row) {
        if let value = json(field) { object.append(column, value) }
      }
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

  static func forEachRow(
    _ history: RunHistory, of run: RunDescription?,
    _ body: ([CSVWriter.Field]) throws(RunError) -> Void
  ) throws(RunError) {
    var validations = history.validations[...]
    var positions = [Int](repeating: 0, count: history.extra.count)
    // The column of the table that a series fills by its name.
    let shared = history.extra.map { series in
      standard.firstIndex(of: series.name).flatMap { $0 > 0 ? $0 : nil }
    }
    // Where a log has no loss, another curve stands in its place on the screen, but not here.
    let isLoss = run?.lossName.map { ForeignNames.role(of: $0) == .loss } ?? true
    for step in allSteps(history) {
      var row = own(step, history)
      if !isLoss { (row[2], row[3]) = (.empty, .empty) }
      if let validation = validations.first, validation.step == step {
        row += [number(validation.loss), validation.metric.map(CSVWriter.Field.number) ?? .empty]
        validations.removeFirst()
      } else {
        row += [.empty, .empty]
      }
      for index in history.extra.indices {
        let at = positions[index]
        var field = CSVWriter.Field.empty
        if at < history.extra[index].steps.count, history.extra[index].steps.step(at: at) == step {
          field = .number(history.extra[index].number(at: at))
          positions[index] += 1
        }
        guard let column = shared[index] else {
          row.append(field)
          continue
        }
        if field != .empty { row[column] = field }
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

  /// A number that is exactly one of 32 bits has no more digits than that.
  private static func number(_ value: Double) -> CSVWriter.Field {
    Double(Float(value)) == value ? number(Float(value)) : .number(value)
  }

  /// A 32-bit number with no more digits than it has; empty where there is none.
  private static func number(_ value: Float?) -> CSVWriter.Field {
    guard let value else { return .empty }
    guard value.isFinite else { return .number(Double(value)) }
    return .number(Double(value.description) ?? Double(value))
  }
}
