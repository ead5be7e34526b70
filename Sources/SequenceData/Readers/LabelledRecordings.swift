/// The arrays `X`, `y` and perhaps `lengths` of an `npz` file.
struct LabelledRecordings {
  let file: String
  /// Of each recording, step by step, `width` numbers a step.
  private(set) var values: [[Float]] = []
  private(set) var labels: [Int32] = []
  private(set) var width = 0

  init(_ path: String) throws(DataError) {
    file = path
    let archive = try ZipArchive(file: path, bytes: FileBytes.read(path))
    func array(_ name: String) throws(DataError) -> NumPyArray? {
      guard let content = try archive.content(of: name + ".npy") else { return nil }
      return try NumPyArray(content, file: path, name: name)
    }
    guard let steps = try array("X"), let classes = try array("y") else {
      throw DataError(
        path, "there are no arrays “X” and “y”",
        found: archive.names.isEmpty
          ? "no array" : DataError.quote(archive.names.prefix(12).joined(separator: ", ")),
        expected: "X, y and lengths")
    }
    guard steps.shape.count == 2 || steps.shape.count == 3, (steps.shape.last ?? 0) > 0 else {
      throw DataError(
        path, "the array “X” is not steps × width", found: "\(steps.shape)",
        expected: "2 axes, or 3 without “lengths”")
    }
    guard let classes = classes.integers else {
      throw DataError(path, "the array “y” holds fractions", expected: "one integer a recording")
    }
    try cut(steps, classes, lengths: try lengths(of: steps, try array("lengths")))
  }

  /// How many steps each recording has.
  private func lengths(
    of steps: NumPyArray, _ array: NumPyArray?
  ) throws(DataError) -> [Int] {
    if steps.shape.count == 3, array == nil {
      return [Int](repeating: steps.shape[1], count: steps.shape[0])
    }
    guard steps.shape.count == 2, let lengths = array?.integers else {
      throw DataError(
        file, "the array “lengths” is missing or does not belong here",
        expected: "it, as integers, beside an “X” of 2 axes")
    }
    return lengths
  }

  private mutating func cut(
    _ steps: NumPyArray, _ classes: [Int], lengths: [Int]
  ) throws(DataError) {
    guard lengths.count == classes.count, !lengths.isEmpty else {
      throw DataError(
        file, "there is not one label for each recording", found: "\(classes.count) labels",
        expected: "\(max(1, lengths.count))")
    }
    let width = steps.shape.last ?? 0
    let floats = steps.floats
    if let index = floats.firstIndex(where: { !$0.isFinite }) {
      throw DataError(
        file, "the array “X” has a number that is not finite",
        found: "\(floats[index]) in step \(index / width + 1)")
    }
    let total = floats.count / width
    self.width = width
    var at = 0
    for (index, length) in lengths.enumerated() {
      guard length > 0, length <= min(total - at, DataLimits.steps) else {
        throw DataError(
          file, "recording \(index + 1) has an impossible length", found: "\(length)",
          expected: "1 to \(min(total - at, DataLimits.steps)) steps")
      }
      guard (0..<DataLimits.symbols).contains(classes[index]) else {
        throw DataError(
          file, "recording \(index + 1) has no class as its label", found: "\(classes[index])",
          expected: "an integer from 0 to \(DataLimits.symbols - 1)")
      }
      values.append(Array(floats[at * width..<(at + length) * width]))
      labels.append(Int32(classes[index]))
      at += length
    }
    guard at == total else {
      throw DataError(
        file, "“lengths” does not add up to the steps of “X”", found: "\(at)",
        expected: "\(total)")
    }
  }
}
