import SequenceData

/// What simple methods score on one part of a task's data.
struct SimpleBaselines {
  /// Symbols that the counting model looks at, as many as in the figures published with the presets.
  private static let order = 6
  /// Counting more than this takes longer than it tells.
  private static let mostSymbols = 20_000_000

  let task: TaskData
  let lineEnd: Int32

  /// Of a forecaster: the task's own on its test set, measured anew on the validation set.
  func ofNumbers(_ part: Evaluation.Part) -> [Baseline] {
    let own = task.baselines.filter { $0.measure == .meanSquaredError }
    guard part == .validation, let series = task.series else { return own }
    var values = series.values
    task.normalisation?.apply(to: &values)
    let width = series.names.count
    let range = series.trainCount..<min(series.count, series.trainCount + series.validationCount)
    let linear = LinearPrediction.autoregression(
      order: 9, values, width: width, fitted: series.trainCount, over: range)
    return [
      Baseline(
        "persistence", .meanSquaredError,
        LinearPrediction.persistence(values, width: width, over: range))
    ] + (linear.map { [Baseline("AR(9)", .meanSquaredError, $0)] } ?? [])
  }

  /// Of a language model: a counting model's nats for each symbol; nil where there is nothing to
  /// count or too much.
  func ofSymbols(_ data: DataSet) -> (name: String, nats: Double)? {
    guard task.train.targetCount <= Self.mostSymbols else { return nil }
    var model = NgramModel(order: Self.order, symbols: task.outputWidth)
    go(over: task.train, &model) { model, symbol in model.learn(symbol) }
    var (sum, count) = (0.0, 0)
    model.beginText()
    go(over: data, &model) { model, symbol in
      sum += model.judge(symbol)
      count += 1
    }
    return count > 0 ? ("\(model.order)-gram counts", sum / Double(count)) : nil
  }

  /// Hands out every target of a language model's data in the order it is read in.
  private func go(
    over data: DataSet, _ model: inout NgramModel,
    _ target: (inout NgramModel, Int32) -> Void
  ) {
    switch data {
    case .stream(let tokens):
      guard tokens.count > 0 else { return }
      model.read(tokens[0])
      for index in 1..<max(1, tokens.count) { target(&model, tokens[index]) }
    case .lines(let table):
      model.read(lineEnd)
      for line in 0..<table.count {
        for symbol in table.item(line) { target(&model, symbol) }
        target(&model, lineEnd)
      }
    case .examples(let examples):
      for example in examples {
        model.beginText()
        if case .tokens(let tokens) = example.input, let first = tokens.first { model.read(first) }
        for symbol in example.target.classes { target(&model, symbol) }
      }
    }
  }
}
