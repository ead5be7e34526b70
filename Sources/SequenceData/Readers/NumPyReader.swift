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
    var (recordings, test) = try LabelledRecordings.read(path)
    if let location = request.data.test {
      test = try LabelledRecordings.read(
        request.locator.path(of: location, key: "task.data.test")
      ).0
    }
    if let own = test, own.width != recordings.width {
      throw DataError(
        own.file, "steps of another width", found: "\(own.width)",
        expected: "\(recordings.width)")
    }
    let coding = try LabelCoding(recordings, test, classes: request.configuration.classes)
    let split = request.split(coding.labels.count, ownTest: test != nil)
    let scale = Normalisation(
      measuring: split.train.lazy.map { recordings.values[$0] }, width: recordings.width)
    func part(
      _ source: LabelledRecordings, _ labels: [Int32], _ chosen: [Int], stream: UInt64
    ) throws(DataError) -> DataSet {
      let examples = chosen.map { index -> Example in
        var values = source.values[index]
        scale.apply(to: &values)
        return Example(
          input: .vectors(values, width: source.width), target: .label(labels[index]),
          text: "recording \(index + 1)")
      }
      guard request.kind == .sequenceLabelling else { return .examples(examples) }
      var random = SeededRandom(seed: request.seed, stream: stream)
      return .examples(try JoinedRecordings.make(examples, request.data.joined, &random))
    }
    let tested = coding.testLabels.map { Array($0.indices) } ?? split.test
    var task = TaskData(
      kind: request.kind, train: try part(recordings, coding.labels, split.train, stream: 1),
      validation: try part(recordings, coding.labels, split.validation, stream: 2),
      test: try part(test ?? recordings, coding.testLabels ?? coding.labels, tested, stream: 3),
      outputVocabulary: coding.vocabulary,
      inputWidth: recordings.width, outputWidth: coding.vocabulary.count,
      targetName: request.kind == .sequenceLabelling ? "frame" : "label")
    task.normalisation = scale
    task.notes = recordings.notes
    return task
  }
}
