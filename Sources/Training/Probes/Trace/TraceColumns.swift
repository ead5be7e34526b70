import RecurrentNetworks
import SequenceData
import TrainingEvents

/// What stands under and over each column of a walk: symbols, targets, losses, likeliest outputs.
struct TraceColumns {
  let probe: Probe
  let pass: Probe.TracedPass
  let batch: DataBatch
  let sequence: Int

  private var objective: Objective { probe.network.objective }

  /// A step that reads the data.
  func reading(_ t: Int, part: String, outputRow: Int?) -> GraphTrace.Column {
    let input =
      probe.network.variant == .autonomous ? "" : probe.symbol(batch, sequence, t)
    return column(part, t, input: input, outputRow: outputRow)
  }

  /// A step that reads the symbol written before.
  func writing(_ t: Int, part: String) -> GraphTrace.Column {
    let before = t > 0 ? target(t - 1) : nil
    return column(part, t, input: before.map(probe.outputName) ?? "⊢", outputRow: t)
  }

  /// A block of an image.
  static func block(_ cell: GraphTrace.Cell, part: String) -> GraphTrace.Column {
    GraphTrace.Column(part: part, time: 0, input: "", cell: cell)
  }

  /// The one output behind an image.
  func output() -> GraphTrace.Column { column("output", -1, input: "", outputRow: 0) }

  private func target(_ row: Int) -> Int32? {
    guard row < probe.part.batch.targets.count else { return nil }
    let target = probe.part.batch.targets[row]
    return target >= 0 ? target : nil
  }

  private func column(
    _ part: String, _ t: Int, input: String, outputRow row: Int?
  ) -> GraphTrace.Column {
    var column = GraphTrace.Column(part: part, time: t + 1, input: input)
    guard let row, pass.outputs.indices.contains(row) else { return column }
    let output = pass.outputs[row]
    switch objective {
    case .squaredError, .binaryCrossEntropy:
      if pass.losses[row].isFinite { column.loss = pass.losses[row] }
      column.output = output.first.map { ShortNumber.text(Double($0)) } ?? ""
    case .crossEntropy:
      if let target = target(row) {
        column.target = probe.outputName(target)
        if pass.losses[row].isFinite { column.loss = pass.losses[row] }
      }
      fillLikeliest(&column, output)
    case .connectionistTemporalClassification:
      fillLikeliest(&column, output)
    }
    return column
  }

  private func fillLikeliest(_ column: inout GraphTrace.Column, _ output: [Float]) {
    let shares = output.softmax
    let best = shares.indices.max { shares[$0] < shares[$1] } ?? 0
    let isBlank =
      objective == .connectionistTemporalClassification && best == output.count - 1
    column.output = isBlank ? "–" : probe.outputName(Int32(best))
    column.probability = shares.indices.contains(best) ? Double(shares[best]) : nil
  }
}
