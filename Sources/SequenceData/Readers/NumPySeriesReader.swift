/// A NumPy array of steps × numbers, or of steps, as one series: `data: { npy: FILE }`.
enum NumPySeriesReader {
  /// The rows follow each other in time; the parts are cut by position, training first.
  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
    let path = try request.locator.path(of: request.data.location)
    let array = try NumPyArray(
      FileBytes.read(path), file: path, name: String(path.split(separator: "/").last ?? ""))
    let width = array.shape.count == 1 ? 1 : array.shape.last ?? 0
    guard (1...2).contains(array.shape.count), width > 0, array.texts == nil else {
      throw DataError(
        path, array.texts == nil ? "the array is not a series" : "the array holds words",
        found: array.shape.isEmpty ? "a single number" : "\(array.shape)",
        expected: "steps × numbers"
          + (array.shape.count == 3 ? "; one series, or reshape(-1, \(width))" : ""))
    }
    if array.shape.count == 2, array.shape[0] < 4, width > 8 * array.shape[0] {
      throw DataError(
        path, "the series is too short", found: "\(array.shape)",
        expected: "steps × numbers; transposed? x.T turns it")
    }
    var values = array.floats
    var notes: [String] = []
    if let first = values.firstIndex(where: \.isNaN), let policy = request.data.missing {
      let count = policy.fill(&values, width: width)
      notes.append("\(count.words(policy)); the first in row \(first / width + 1)")
    }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw DataError(
        path, "a number that is not finite", found: "\(values[index]) in row \(index / width + 1)",
        expected: values[index].isNaN
          ? "finite numbers, or task.data.missing=hold, interpolate or drop" : "finite numbers")
    }
    var task = try ForecastingTask.make(
      values, names: (1...width).map { "column \($0)" }, request, source: path)
    task.notes = notes + task.notes
    return task
  }
}
