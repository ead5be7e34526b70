import SequenceData
import TrainingEvents

extension FuzzedReader {
  /// The readers of data sets, each with the tasks that its format serves.
  static let tasks = [
    task("csv", .csv, [.forecasting]),
    task("ts", .ts, [.sequenceClassification]),
    task("tsv", .tsv, [.sequenceClassification, .sequenceToSequence]),
    task("jsonl", .jsonl, [.sequenceLabelling, .sequenceClassification, .sequenceToSequence]),
    task("npy", .npy, [.forecasting]),
    task("npz", .npz, [.sequenceClassification, .sequenceLabelling]),
    task("hangul", .hangul, [.captioning]),
    task("dictionary", .dictionary, [.sequenceToSequence]),
    task("text", .text, [.languageModel]),
    task("lines", .lines, [.languageModel]),
    // Arrays behind right checksums, which a changed archive hardly ever has.
    FuzzedReader(name: "npz-array") { input in
      for name in ["X", "lengths", "y"] {
        var arrays = twoRecordings
        arrays[name] = input
        let path = ScratchFile.write(NumPyFile.archive(arrays), to: "arrays.npz")
        for kind in [TaskKind.sequenceClassification, .sequenceLabelling] {
          if let found = load(.npz, kind, path) { return "\(name) for \(kind): \(found)" }
        }
      }
      return nil
    },
    FuzzedReader(name: "idx") { input in images(input, labels: twoLabels) },
    FuzzedReader(name: "idx-labels") { input in images(twoImages, labels: input) },
  ]

  private static let twoRecordings = [
    "X": NumPyFile.floats([1, -2, 3, 4, 5, 6, 7, 8, 9, 0.5], [5, 2]),
    "y": NumPyFile.integers([0, 2], [2]), "lengths": NumPyFile.integers([2, 3], [2]),
  ]

  private static let twoImages: [UInt8] = [
    0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4,
  ]
  private static let twoLabels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 2, 0, 1]

  private static func task(
    _ name: String, _ format: DataSource.Format, _ kinds: [TaskKind]
  ) -> FuzzedReader {
    FuzzedReader(name: name) { input in
      let path = ScratchFile.write(input, to: name)
      for kind in kinds {
        if let found = load(format, kind, path) { return "\(kind): \(found)" }
      }
      return nil
    }
  }

  private static func images(_ images: [UInt8], labels: [UInt8]) -> String? {
    _ = ScratchFile.write(images, to: "train-images-idx3-ubyte")
    _ = ScratchFile.write(labels, to: "train-labels-idx1-ubyte")
    return load(.idx, .sequenceClassification, ScratchFile.directory)
  }

  private static func load(
    _ format: DataSource.Format, _ kind: TaskKind, _ path: String
  ) -> String? {
    var configuration = TaskConfiguration()
    configuration.kind = kind
    configuration.data = DataSource(format: format, location: path)
    configuration.validationShare = 0.2
    configuration.testShare = 0.2
    do throws(DataError) {
      let task = try TaskLoader.load(configuration, seed: 1, dataDirectories: [])
      return insanity(of: task)
    } catch {
      let line = error.description
      let isPlaced = line.hasPrefix(path) || line.hasPrefix("task.")
      return isPlaced ? complaint(about: line) : "no place in: \(line)"
    }
  }
}
