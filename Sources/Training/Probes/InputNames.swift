import SequenceData

/// What is read at a time step, as a person sees it.
struct InputNames: Sendable {
  private let task: TaskData
  private let isAdding: Bool

  /// - Parameter name: the made-up data that they are; nil for others
  init(_ task: TaskData, synthetic name: String?) {
    self.task = task
    isAdding = name == "adding"
  }

  func name(ofToken token: Int32) -> String { task.inputVocabulary?.name(of: token) ?? "" }

  /// What sequence `n` of a batch has at time step `t`.
  func name(_ batch: DataBatch, _ n: Int, _ t: Int) -> String {
    let at = batch.inputStarts[n] + t
    if batch.inputTokens.indices.contains(at) { return name(ofToken: batch.inputTokens[at]) }
    guard batch.inputWidth > 0, batch.inputValues.indices.contains(at * batch.inputWidth) else {
      return ""
    }
    if isAdding, batch.inputWidth == 2 {
      let isMarked = batch.inputValues[at * 2 + 1] > 0.5
      return short(batch.inputValues[at * 2]) + (isMarked ? "*" : "")
    }
    guard batch.inputWidth == 1 else { return "\(t + 1)" }
    // A series is read in its own units.
    let value = batch.inputValues[at]
    guard task.series != nil else { return short(value) }
    return short(task.normalisation?.restore(value, channel: 0) ?? value)
  }

  /// At most two digits behind the point, and few enough cells for a column.
  private func short(_ value: Float) -> String {
    guard value.isFinite, abs(value) < 1e6 else { return "…" }
    let size = abs(value)
    let scale: Float = size >= 100 ? 1 : size >= 10 ? 10 : 100
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}
