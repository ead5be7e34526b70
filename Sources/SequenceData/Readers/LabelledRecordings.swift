import FileFormats

/// The recordings of an `npz` file with their labels: `X`, `y` and perhaps `lengths`, or the names
/// that other tools give them.
///
/// `X` is recordings × steps × width; with `lengths`, what stands behind a recording's length is
/// padding. With 2 axes it is steps × width, all recordings one behind the other, where there are
/// `lengths`, and recordings × steps of one number else. Labels are whole numbers, words, or one-hot
/// rows.
struct LabelledRecordings {
  enum Labels {
    case integers([Int])
    /// One-hot rows: numbers below so many classes.
    case oneHot([Int], classes: Int)
    case words([String])

    var count: Int {
      switch self {
      case .integers(let labels), .oneHot(let labels, _): labels.count
      case .words(let labels): labels.count
      }
    }
  }

  let file: String
  /// Of each recording, step by step, `width` numbers a step.
  private(set) var values: [[Float]] = []
  private(set) var labels: Labels = .integers([])
  private(set) var width = 0
  /// How it was read, a line each.
  private(set) var notes: [String] = []
  /// Names of the arrays.
  private let names: (steps: String, labels: String, lengths: String)

  /// What people call the arrays; the first pair that is there is taken.
  private static let pairs: [(steps: String, labels: String)] =
    ["", "_train"].flatMap { part in
      ["X", "x"].flatMap { steps in ["y", "Y"].map { (steps + part, $0 + part) } }
    }
    + [("train_x", "train_y"), ("train_X", "train_y"), ("train_data", "train_labels")]
    + ["data", "inputs", "features", "sequences", "samples"].flatMap { steps in
      ["labels", "label", "targets", "target", "classes", "y"].map { (steps, $0) }
    } + [("X", "labels"), ("x", "labels"), ("arr_0", "arr_1")]

  /// Reads a file's recordings, and those of its test set where it has one of its own.
  static func read(
    _ path: String
  ) throws(DataError) -> (LabelledRecordings, test: LabelledRecordings?) {
    let bytes = try FileBytes.read(path)
    let archive = try unzipping(path) { () throws(ZipError) in try ZipArchive(bytes) }
    let there = Set(archive.names)
    func has(_ name: String) -> Bool { there.contains(name + ".npy") }
    guard let pair = pairs.first(where: { has($0.steps) && has($0.labels) }) else {
      throw DataError(
        path, "there are no arrays “X” and “y”",
        found: archive.names.isEmpty
          ? "no array" : DataError.quote(archive.names.prefix(12).joined(separator: ", ")),
        expected: "X and y, or x_train and y_train, or data and labels, and perhaps lengths")
    }
    let all = try LabelledRecordings(path, archive, pair)
    func test(_ name: String) -> String {
      var letters = name
      for (part, other) in [("_train", "_test"), ("train_", "test_")] {
        if let range = letters.firstRange(of: part) { letters.replaceSubrange(range, with: other) }
      }
      return letters == name ? name + "_test" : letters
    }
    let own = (steps: test(pair.steps), labels: test(pair.labels))
    guard has(own.steps), has(own.labels) else { return (all, nil) }
    return (all, try LabelledRecordings(path, archive, own))
  }

  private static func unzipping<Content>(
    _ path: String, _ body: () throws(ZipError) -> Content
  ) throws(DataError) -> Content {
    do throws(ZipError) {
      return try body()
    } catch {
      throw DataError(
        path, "\(error)",
        expected: error == .notAnArchive ? "an npz file as NumPy saves it" : nil)
    }
  }

  private init(
    _ path: String, _ archive: ZipArchive, _ pair: (steps: String, labels: String)
  ) throws(DataError) {
    file = path
    let part = pair.steps.contains("train") ? "_train" : pair.steps.contains("test") ? "_test" : ""
    let lengthNames = ["lengths", "length", "seq_lengths", "lens"]
      .flatMap { part.isEmpty ? [$0] : [$0 + part, part.dropFirst() + "_" + $0] }
    let lengths = lengthNames.first { archive.names.contains($0 + ".npy") }
    names = (pair.steps, pair.labels, lengths ?? "lengths")
    let (steps, classes) = (pair.steps, pair.labels)
    func array(_ name: String) throws(DataError) -> NumPyArray {
      let content = try Self.unzipping(path) { () throws(ZipError) in
        try archive.content(of: name + ".npy", limit: FileBytes.unpackedLimit)
      }
      guard let content else { throw DataError(path, "there is no array “\(name)”") }
      return try NumPyArray(Array(content), file: path, name: name)
    }
    let numbers = try array(steps)
    guard numbers.texts == nil, numbers.shape.count == 2 || numbers.shape.count == 3,
      (numbers.shape.last ?? 0) > 0
    else {
      throw DataError(
        path, "the array “\(steps)” is not recordings × steps × width",
        found: "\(numbers.shape)", expected: "3 axes of numbers, or 2")
    }
    labels = try Self.labels(of: try array(classes), path, classes)
    var ownLengths: NumPyArray?
    if let lengths { ownLengths = try array(lengths) }
    try cut(numbers, lengths: ownLengths)
  }

  private static func labels(
    of array: NumPyArray, _ file: String, _ name: String
  ) throws(DataError) -> Labels {
    // One label each, however the array lies.
    let isColumn = array.shape.count == 2 && (array.shape[1] == 1 || array.shape[0] == 1)
    guard array.shape.count == 1 || array.shape.count == 2 else {
      throw DataError(
        file, "the array “\(name)” is not one label a recording", found: "\(array.shape)",
        expected: "1 axis, or one-hot rows")
    }
    if let words = array.texts {
      guard array.shape.count == 1 || isColumn, words.allSatisfy({ !$0.isEmpty }) else {
        throw DataError(file, "the array “\(name)” is not one word a recording")
      }
      return .words(words)
    }
    guard let numbers = array.wholeNumbers else {
      throw DataError(
        file, "the array “\(name)” holds fractions", expected: "one integer a recording")
    }
    if array.shape.count == 1 || isColumn { return .integers(numbers) }
    let classes = array.shape[1]
    var labels: [Int] = []
    for row in 0..<array.shape[0] {
      let hot = numbers[row * classes..<(row + 1) * classes].enumerated().filter { $0.element != 0 }
      guard hot.count == 1, hot[0].element == 1 else {
        throw DataError(
          file, "row \(row + 1) of “\(name)” is not one-hot", found: "\(hot.count) numbers",
          expected: "a single 1 among zeros")
      }
      labels.append(hot[0].offset)
    }
    return .oneHot(labels, classes: classes)
  }

  /// The steps of a recording up to those that hold NaN alone; all of them where there are no
  /// others.
  private static func length(
    _ floats: [Float], of recording: Int, most: Int, _ width: Int
  ) -> Int {
    let own = floats[recording * most * width..<(recording + 1) * most * width]
    let padding = own.reversed().prefix(while: \.isNaN).count / width
    return padding == most ? most : most - padding
  }

  private mutating func cut(
    _ steps: NumPyArray, lengths array: NumPyArray?
  ) throws(DataError) {
    let isPadded = steps.shape.count == 3
    let isSingle = steps.shape.count == 2 && array == nil
    let width = isSingle ? 1 : steps.shape.last ?? 0
    let count: Int
    let own: [Int]
    if let array {
      guard let numbers = array.wholeNumbers, array.shape.count == 1 || array.shape.last == 1 else {
        throw DataError(
          file, "the array “\(names.lengths)” is not one whole number a recording",
          found: "\(array.shape)")
      }
      (own, count) = (numbers, isPadded ? steps.shape[0] : numbers.count)
    } else {
      count = steps.shape[0]
      let floats = steps.floats
      own = (0..<count).map { Self.length(floats, of: $0, most: steps.shape[1], width) }
      let short = own.filter { $0 < steps.shape[1] }.count
      if short > 0 {
        notes.append(
          "\(short) of \(count) recordings end in steps of NaN alone, which are taken for padding")
      }
    }
    guard own.count == count, labels.count == count, count > 0 else {
      throw DataError(
        file, "there is not one label for each recording", found: "\(labels.count) labels",
        expected: "\(max(1, isPadded ? count : own.count))")
    }
    let floats = steps.floats
    let total = floats.count / width
    self.width = width
    var at = 0
    for (index, length) in own.enumerated() {
      if isPadded { at = index * steps.shape[1] }
      let most = min(isPadded ? steps.shape[1] : total - at, DataLimits.steps)
      guard length > 0, length <= most else {
        throw DataError(
          file, "recording \(index + 1) has an impossible length", found: "\(length)",
          expected: "1 to \(most) steps")
      }
      let recording = Array(floats[at * width..<(at + length) * width])
      if let bad = recording.firstIndex(where: { !$0.isFinite }) {
        throw DataError(
          file, "the array “\(names.steps)” has a number that is not finite",
          found: "\(recording[bad]) in step \(bad / width + 1) of recording \(index + 1)")
      }
      values.append(recording)
      at += length
    }
    guard isPadded || at == total else {
      throw DataError(
        file, "“\(names.lengths)” does not add up to the steps of “\(names.steps)”", found: "\(at)",
        expected: "\(total)")
    }
  }
}

/// Numbers for the classes that labels of a file name.
struct LabelCoding {
  let vocabulary: Vocabulary
  private(set) var labels: [Int32] = []
  private(set) var testLabels: [Int32]?

  /// Whole numbers from 0 stand for themselves; those that begin elsewhere near, at 1 or −1, for
  /// their place among the numbers from the first on.
  ///
  /// - Throws: `DataError` for a label that only the test set has, or more than `task.classes`.
  init(
    _ recordings: LabelledRecordings, _ test: LabelledRecordings?, classes: Int?
  ) throws(DataError) {
    let file = recordings.file
    switch (recordings.labels, test?.labels) {
    case (.words(let words), .words?), (.words(let words), nil):
      let names = RecordingsTask.sorted(Set(words))
      vocabulary = Vocabulary(symbols: names, unit: .word)
      labels = words.map { vocabulary.id(of: $0) ?? 0 }
      if case .words(let own)? = test?.labels {
        testLabels = []
        for (index, word) in own.enumerated() {
          guard let label = vocabulary.id(of: word) else {
            throw DataError(
              test?.file ?? file, "item \(index + 1) has a label that no training item has",
              found: DataError.quote(word), expected: "one of \(vocabulary.summary)")
          }
          testLabels?.append(label)
        }
      }
    case (let own, let other):
      guard let numbers = Self.numbers(own), other == nil || other.flatMap(Self.numbers) != nil
      else {
        throw DataError(
          test?.file ?? file, "labels of another kind than the training set's",
          expected: "words or whole numbers in both")
      }
      let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 0)
      let first = low < 0 || low == 1 && (classes ?? 0) <= high ? low : 0
      var count = high - first + 1
      if case .oneHot(_, let width) = own { count = width }
      guard low > -DataLimits.symbols, high < DataLimits.symbols else {
        let index = numbers.firstIndex { abs($0) >= DataLimits.symbols } ?? 0
        throw DataError(
          file, "recording \(index + 1) has no class as its label", found: "\(numbers[index])",
          expected: "an integer from 0 to \(DataLimits.symbols - 1)")
      }
      let all = classes ?? count
      guard all >= count else {
        throw DataError(
          "task.classes", "fewer classes than labels in the data", found: "\(all)",
          expected: "at least \(count)")
      }
      vocabulary =
        first == 0
        ? .integers(all)
        : Vocabulary(symbols: (first..<first + all).map { String($0) }, unit: .word)
      labels = numbers.map { Int32($0 - first) }
      if let own = other.flatMap(Self.numbers) {
        if let index = own.firstIndex(where: { !(first..<first + all).contains($0) }) {
          throw DataError(
            test?.file ?? file, "item \(index + 1) has a label that no training item has",
            found: "\(own[index])", expected: "\(first) to \(first + all - 1)")
        }
        testLabels = own.map { Int32($0 - first) }
      }
    }
  }

  private static func numbers(_ labels: LabelledRecordings.Labels) -> [Int]? {
    switch labels {
    case .integers(let numbers), .oneHot(let numbers, _): numbers
    case .words: nil
    }
  }
}
