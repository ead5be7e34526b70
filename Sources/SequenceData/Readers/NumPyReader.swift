import LinearAlgebra
import TrainingEvents

/// Labelled recordings in an `npz` file: `X` holds all their steps one behind the other
/// (steps × width), `lengths` how many each has, `y` their labels. Recordings of one length may
/// also stand as recordings × steps × width, without `lengths`.
///
/// With `joined: 2-5`, recordings are put together at random, and every step is labelled with the
/// recording it belongs to.
enum NumPyReader {
  static func load(_ request: LoadRequest) throws(DataError) -> TaskData {
    let path = try request.locator.path(of: request.data.location)
    let recordings = try LabelledRecordings(path)
    var test: LabelledRecordings?
    if let location = request.data.test {
      let own = try LabelledRecordings(
        request.locator.path(of: location, key: "task.data.test"))
      guard own.width == recordings.width else {
        throw DataError(
          own.file, "steps of another width", found: "\(own.width)",
          expected: "\(recordings.width)")
      }
      test = own
    }
    let classes = try request.classes(
      recordings.labels, test?.labels, files: (path, test?.file ?? path))
    let split = request.split(recordings.labels.count, ownTest: test != nil)
    let scale = Normalisation(
      measuring: split.train.lazy.map { recordings.values[$0] }, width: recordings.width)
    func part(
      _ source: LabelledRecordings, _ chosen: [Int], stream: UInt64
    ) throws(DataError) -> DataSet {
      let examples = chosen.map { index -> Example in
        var values = source.values[index]
        scale.apply(to: &values)
        return Example(
          input: .vectors(values, width: source.width), target: .label(source.labels[index]),
          text: "recording \(index + 1)")
      }
      guard request.kind == .sequenceLabelling else { return .examples(examples) }
      var random = SeededRandom(seed: request.seed, stream: stream)
      return .examples(try JoinedRecordings.make(examples, request.data.joined, &random))
    }
    let testing = test ?? recordings
    let tested = test.map { Array($0.labels.indices) } ?? split.test
    var task = TaskData(
      kind: request.kind, train: try part(recordings, split.train, stream: 1),
      validation: try part(recordings, split.validation, stream: 2),
      test: try part(testing, tested, stream: 3), outputVocabulary: .integers(classes),
      inputWidth: recordings.width, outputWidth: classes,
      targetName: request.kind == .sequenceLabelling ? "frame" : "label")
    task.normalisation = scale
    return task
  }
}
