/// Examples for predicting a series one step ahead.
enum ForecastingTask {
  /// More training windows than this start further apart.
  static let windowLimit = 4096
  /// Held-out parts longer than this are judged in pieces.
  static let pieceLimit = 10_000

  /// Training reads windows of `window` steps; validation and test read on from what precedes
  /// them, and only their own steps are scored. Numbers are brought to mean 0 and variance 1 by
  /// the training part.
  static func make(_ series: Series, window: Int, source: String) throws(DataError) -> TaskData {
    let width = series.names.count
    let testStart = series.trainCount + series.validationCount
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
    let stride = max(1, last / windowLimit)
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
    return task
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
