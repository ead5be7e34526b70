/// A NumPy array of steps × numbers, or of steps, as one series: `data: { npy: FILE }`.
enum NumPySeriesReader {
  /// The rows follow each other in time; the parts are cut by position, training first.
  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
    let path = try request.locator.path(of: request.data.location)
    let array = try NumPyArray(
      FileBytes.read(path), file: path, name: String(path.split(separator: "/").last ?? ""))
    let width = array.shape.count == 1 ? 1 : array.shape.last ?? 0
    guard (1...2).contains(array.shape.count), width > 0 else {
      throw DataError(
        path, "the array is not a series", found: "\(array.shape)", expected: "steps × numbers")
    }
    let values = array.floats
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw DataError(
        path, "a number that is not finite", found: "\(values[index]) in row \(index / width + 1)")
    }
    return try ForecastingTask.make(
      values, names: (1...width).map { "column \($0)" }, request, source: path)
  }
}
