import LinearAlgebra
import TrainingEvents

/// Labelled recordings in an `npz` file: `X` holds all their steps one behind the other
/// (steps × width), `lengths` how many each has, `y` their labels.
///
/// With `joined: 2…5`, recordings are put together at random, and every step is labelled with the
/// recording it belongs to.
enum NumPyReader {
  private struct Recordings {
    var values: [[Float]]
    var labels: [Int32]
    var width: Int
  }

  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
    let path = try request.locator.path(of: request.data.location)
    let recordings = try read(path)
    var test: Recordings?
    if let location = request.data.test {
      let testPath = try request.locator.path(of: location, key: "task.data.test")
      let own = try read(testPath)
      guard own.width == recordings.width else {
        throw DataError(
          testPath, "steps of another width", found: "\(own.width)",
          expected: "\(recordings.width)")
      }
      test = own
    }
    let counted = Int((recordings.labels + (test?.labels ?? [])).max() ?? 0) + 1
    if let classes = request.configuration.classes, classes < counted {
      throw DataError(
        "task.classes", "fewer classes than labels in the data", found: "\(classes)",
        expected: "at least \(counted)")
    }
    let classes = request.configuration.classes ?? counted
    let split = request.split(recordings.labels.count, ownTest: test != nil)
    let scale = Normalisation(
      measuring: split.train.lazy.map { recordings.values[$0] }, width: recordings.width)
    func part(_ source: Recordings, _ chosen: [Int], stream: UInt64) throws(DataError) -> DataSet {
      let examples = chosen.map { index -> Example in
        var values = source.values[index]
        scale.apply(to: &values)
        return Example(
          input: .vectors(values, width: source.width), target: .label(source.labels[index]),
          text: "recording \(index + 1)")
      }
      guard request.kind == .sequenceLabelling else { return .examples(examples) }
      return .examples(
        try join(examples, request.data.joined, seed: request.seed, stream: stream))
    }
    var task = TaskData(
      kind: request.kind, train: try part(recordings, split.train, stream: 1),
      validation: try part(recordings, split.validation, stream: 2),
      test: try test.map { own throws(DataError) in
        try part(own, Array(own.labels.indices), stream: 3)
      } ?? part(recordings, split.test, stream: 3),
      outputVocabulary: .integers(classes), inputWidth: recordings.width, outputWidth: classes,
      targetName: request.kind == .sequenceLabelling ? "frame" : "label")
    task.normalisation = scale
    return task
  }

  private static func read(_ path: String) throws(DataError) -> Recordings {
    let archive = try ZipArchive(file: path, bytes: FileBytes.read(path))
    func array(_ name: String) throws(DataError) -> NumPyArray {
      guard let content = try archive.content(of: name + ".npy") else {
        throw DataError(
          path, "there is no array “\(name)”",
          found: archive.names.prefix(12).joined(separator: ", "), expected: "X, y and lengths")
      }
      return try NumPyArray(content, file: path, name: name)
    }
    let (steps, labels, lengths) = (try array("X"), try array("y"), try array("lengths"))
    guard steps.shape.count == 2, steps.shape[1] > 0 else {
      throw DataError(
        path, "the array “X” is not steps × width", found: "\(steps.shape)", expected: "2 axes")
    }
    guard let lengths = lengths.integers, let labels = labels.integers,
      lengths.count == labels.count, !lengths.isEmpty
    else {
      throw DataError(
        path, "“y” and “lengths” do not go together", expected: "one integer a recording in each")
    }
    let width = steps.shape[1]
    let floats = steps.floats
    guard floats.allSatisfy({ $0.isFinite }) else {
      throw DataError(path, "the array “X” has a NaN or an infinity in it")
    }
    var recordings = Recordings(values: [], labels: [], width: width)
    var at = 0
    for (index, length) in lengths.enumerated() {
      guard length > 0, length <= min(steps.shape[0] - at, DataLimits.steps) else {
        throw DataError(
          path, "recording \(index + 1) has an impossible length", found: "\(length)",
          expected: "1 to \(min(steps.shape[0] - at, DataLimits.steps))")
      }
      guard (0..<DataLimits.symbols).contains(labels[index]) else {
        throw DataError(
          path, "recording \(index + 1) has no class as its label", found: "\(labels[index])",
          expected: "an integer from 0")
      }
      recordings.values.append(Array(floats[at * width..<(at + length) * width]))
      recordings.labels.append(Int32(labels[index]))
      at += length
    }
    guard at == steps.shape[0] else {
      throw DataError(
        path, "“lengths” does not add up to the steps of “X”", found: "\(at)",
        expected: "\(steps.shape[0])")
    }
    return recordings
  }

  /// As many joined sequences as there are recordings, each of them drawn anew.
  private static func join(
    _ recordings: [Example], _ joined: ClosedRange<Int>?, seed: UInt64, stream: UInt64
  ) throws(DataError) -> [Example] {
    let joined = joined ?? 1...1
    guard joined.lowerBound > 0, joined.upperBound <= 100 else {
      throw DataError(
        "task.data.joined", "not a number of recordings", found: "\(joined)",
        expected: "1 to 100")
    }
    var random = SeededRandom(seed: seed, stream: stream)
    return recordings.indices.map { index in
      let count = joined.lowerBound + random.index(below: joined.count)
      var (values, labels, width): ([Float], [Int32], Int) = ([], [], 0)
      for part in 0..<count {
        let drawn = joined == 1...1 && part == 0 ? index : random.index(below: recordings.count)
        guard case .vectors(let steps, let size) = recordings[drawn].input,
          case .label(let label) = recordings[drawn].target
        else { continue }
        values += steps
        labels += repeatElement(label, count: steps.count / max(size, 1))
        width = size
      }
      return Example(
        input: .vectors(values, width: width), target: .labels(labels), text: "\(count) recordings")
    }
  }
}
