/// Examples for predicting a series one step ahead.
enum ForecastingTask {
  /// More training windows than this start further apart, and so do fewer when they are long:
  /// neighbours overlap, and together they must not dwarf the series.
  static let windowLimit = 4096
  private static let numberLimit = 2_000_000
  /// Held-out parts longer than this are judged in pieces.
  static let pieceLimit = 10_000

  /// Training reads windows of `window` steps; validation and test read on from what precedes
  /// them, and only their own steps are scored. Numbers are brought to mean 0 and variance 1 by
  /// the training part.
  static func make(
    _ numbers: [Float], names: [String], _ request: LoadRequest, source: String
  ) throws(DataError) -> TaskData {
    let (width, window) = (names.count, request.data.length ?? 32)
    let sizes = Split.sizes(
      numbers.count / max(1, width), request.configuration.validationShare,
      request.configuration.testShare)
    let series = Series(
      values: numbers, names: names, trainCount: sizes.train, validationCount: sizes.validation)
    let testStart = sizes.train + sizes.validation
    guard series.trainCount > 2, width > 0 else {
      throw DataError(
        source, "the series is too short", found: "\(series.count) rows",
        expected: "at least 3 for training")
    }
    guard (1...DataLimits.steps).contains(window) else {
      throw DataError(
        "task.data.length", "not a window", found: "\(window) steps",
        expected: "1 to \(DataLimits.steps)")
    }
    let scale = Normalisation(
      measuring: CollectionOfOne(Array(series.values[..<(series.trainCount * width)])),
      width: width)
    var values = series.values
    scale.apply(to: &values)
    let rows = Rows(values: values, width: width)
    let length = min(window, series.trainCount - 1)
    let last = series.trainCount - 1 - length
    let windows = min(
      windowLimit, max(series.trainCount / length, numberLimit / (length * width)))
    let stride = max(1, last / max(1, windows))
    var train: [Example] = []
    for start in Swift.stride(from: 0, through: last, by: stride) {
      train.append(rows.example(start..<start + length, scoredFrom: 0))
    }
    var task = TaskData(
      kind: .forecasting, train: .examples(train), inputWidth: width, outputWidth: width,
      targetName: "step")
    task.validation = .examples(rows.held(series.trainCount..<testStart, warmUp: 4 * length))
    task.test = .examples(rows.held(testStart..<series.count, warmUp: 4 * length))
    task.normalisation = scale
    task.series = series
    task.baselines = baselines(values, width, series)
    let constant = names.indices.filter { column in
      let first = numbers[column]
      return (1..<series.trainCount).allSatisfy { numbers[$0 * width + column] == first }
    }
    if !constant.isEmpty {
      let shown = constant.prefix(8).map { "“\(names[$0])”" }.joined(separator: ", ")
      task.notes.append("\(shown) never changes in the training part")
    }
    return task
  }

  /// Persistence and, where there are rows enough to fit it, the linear model of order 9, both on
  /// the test rows in the network's scale.
  private static func baselines(_ values: [Float], _ width: Int, _ series: Series) -> [Baseline] {
    let test = series.trainCount + series.validationCount..<series.count
    guard !test.isEmpty else { return [] }
    let persistence = LinearPrediction.persistence(values, width: width, over: test)
    let linear = LinearPrediction.autoregression(
      order: 9, values, width: width, fitted: series.trainCount, over: test)
    return [Baseline("persistence", .meanSquaredError, persistence)]
      + (linear.map { [Baseline("AR(9)", .meanSquaredError, $0)] } ?? [])
  }

  private struct Rows {
    var values: [Float]
    var width: Int

    /// Reads the rows of `range` and says, for each, the row after it.
    func example(_ range: Range<Int>, scoredFrom: Int) -> Example {
      let input = values[range.lowerBound * width..<range.upperBound * width]
      let target = values[(range.lowerBound + 1) * width..<(range.upperBound + 1) * width]
      return Example(
        input: .vectors(Array(input), width: width), target: .values(Array(target), width: width),
        scoredFrom: scoredFrom, text: "rows \(range.lowerBound + 2)–\(range.upperBound + 1)")
    }

    /// Every row of `part` as a scored target once.
    func held(_ part: Range<Int>, warmUp: Int) -> [Example] {
      var examples: [Example] = []
      var start = part.lowerBound
      while start < part.upperBound {
        let end = min(start + pieceLimit, part.upperBound)
        let first = max(0, start - 1 - warmUp)
        examples.append(example(first..<end - 1, scoredFrom: start - 1 - first))
        start = end
      }
      return examples
    }
  }
}
