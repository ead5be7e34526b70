import TrainingEvents

/// Turns a preset's `task` block into data.
public enum TaskLoader {
  /// Reads, checks and splits a task's data. The same configuration, seed and files give the same
  /// result.
  ///
  /// Data that comes with the program, or was fetched, is looked for in `dataDirectories`, in this
  /// order; a path in the configuration is taken as it stands. Throws a `DataError`, one line that
  /// says what to mend.
  public static func load(
    _ configuration: TaskConfiguration, seed: UInt64, dataDirectories: [String]
  ) throws(DataError) -> TaskData {
    try check(configuration)
    var task = try read(
      LoadRequest(
        configuration: configuration, seed: seed,
        locator: DataLocator(directories: dataDirectories)))
    if task.inputVocabulary == nil, task.inputWidth > DataLimits.width {
      throw DataError(
        configuration.data.location, "rows too wide", found: "\(task.inputWidth) numbers",
        expected: "at most \(DataLimits.width)")
    }
    let hasClasses =
      configuration.kind == .sequenceClassification || configuration.kind == .sequenceLabelling
    if hasClasses, task.baselines.isEmpty, let baseline = task.mostFrequentClass() {
      task.baselines = [baseline]
    }
    if hasClasses, configuration.classes == nil, let absent = task.absentClasses() {
      task.notes.append(absent)
    }
    if configuration.kind != .handBuilt { explainEmptyParts(&task, configuration) }
    return task
  }

  /// Says why a share of the data that is not 0 holds nothing to judge by.
  private static func explainEmptyParts(_ task: inout TaskData, _ configuration: TaskConfiguration)
  {
    let parts: [(TaskData.EmptyPart, DataSet, Double)] = [
      (.validation, task.validation, configuration.validationShare),
      (.test, task.test, configuration.testShare),
    ]
    for (part, data, share) in parts where data.isEmpty && share > 0 {
      let reason: String
      if case .stream(let tokens) = data {
        let all = [task.train, task.validation, task.test].reduce(0) { sum, set in
          if case .stream(let tokens) = set { sum + tokens.count } else { sum }
        }
        reason =
          "\(share) of \(all) \(task.targetName)s is \(tokens.count), and a part needs 2 for one to "
          + "be predicted"
      } else {
        let count = task.series?.count ?? task.train.count + task.validation.count + task.test.count
        reason = "\(count) \(count == 1 ? "sequence is" : "sequences are") too few to hold any out"
      }
      task.whyEmpty[part] = "task.split.\(part.rawValue) is \(share), but \(reason)"
      task.notes.append("there is no \(part.rawValue) data: \(task.whyEmpty[part] ?? "")")
    }
  }

  private static func read(_ request: LoadRequest) throws(DataError) -> TaskData {
    switch request.data.format {
    case .text: return try TextReader.load(request)
    case .lines: return try LinesReader.load(request)
    case .tsv: return try TabSeparatedReader.load(request)
    case .jsonl: return try JSONLinesReader.load(request)
    case .csv: return try CSVReader.load(request)
    case .ts: return try TimeSeriesReader.load(request)
    case .npz: return try NumPyReader.load(request)
    case .idx: return try IDXReader.load(request)
    case .dictionary: return try DictionaryReader.load(request)
    case .hangul: return try HangulReader.load(request)
    case .npy: return try NumPySeriesReader.load(request)
    case .synthetic: return try SyntheticTask.load(request)
    case .grammar: return try GrammarTask.load(request)
    }
  }

  private static func check(_ configuration: TaskConfiguration) throws(DataError) {
    for (key, share) in [
      ("validation", configuration.validationShare), ("test", configuration.testShare),
    ] where !(0..<1).contains(share) {
      throw DataError(
        "task.split.\(key)", "not a share", found: "\(share)", expected: "at least 0, below 1")
    }
    let held = configuration.validationShare + configuration.testShare
    guard held < 1 else {
      throw DataError(
        "task.split", "nothing is left to train on", found: "\(held) held out",
        expected: "less than 1 in all")
    }
    if let classes = configuration.classes, !(1...DataLimits.symbols).contains(classes) {
      throw DataError(
        "task.classes", "not a number of classes", found: "\(classes)",
        expected: "1 to \(DataLimits.symbols)")
    }
    let format = configuration.data.format
    guard format.kinds.contains(configuration.kind) else {
      throw DataError(
        "task.data", "\(format.rawValue) data does not fit the task",
        found: configuration.kind.rawValue,
        expected: format.kinds.map(\.rawValue).joined(separator: " or "))
    }
  }
}

/// What a reader is asked for.
struct LoadRequest {
  var configuration: TaskConfiguration
  var seed: UInt64
  var locator: DataLocator

  var data: DataSource { configuration.data }
  var kind: TaskKind { configuration.kind }

  /// Splits `count` items by the configuration's shares; without a test part when the task brings
  /// its own.
  func split(_ count: Int, ownTest: Bool = false) -> Split {
    Split(
      count: count, validationShare: configuration.validationShare,
      testShare: ownTest ? 0 : configuration.testShare, seed: seed)
  }

  /// Number of classes of data whose labels are integers.
  ///
  /// - Throws: `DataError` for more labels than `task.classes`, or for one that only the test set
  ///   has.
  func classes(
    _ labels: [Int32], _ testLabels: [Int32]?, files: (String, String)
  ) throws(DataError) -> Int {
    let counted = Int(labels.max() ?? 0) + 1
    if configuration.classes == nil {
      try DataLimits.check(largestLabel: counted - 1, of: labels.count, file: files.0)
    }
    let classes = configuration.classes ?? counted
    guard classes >= counted else {
      throw DataError(
        "task.classes", "fewer classes than labels in the data", found: "\(classes)",
        expected: "at least \(counted)")
    }
    if let index = testLabels?.firstIndex(where: { $0 >= classes }), let testLabels {
      throw DataError(
        files.1, "item \(index + 1) has a label that no training item has",
        found: "\(testLabels[index])", expected: "0 to \(classes - 1)")
    }
    return classes
  }

  /// Cuts `examples` into the parts of `task`, the task's own test examples winning.
  func distribute(_ examples: [Example], ownTest: [Example]?, into task: inout TaskData) {
    let split = split(examples.count, ownTest: ownTest != nil)
    task.train = .examples(split.train.map { examples[$0] })
    task.validation = .examples(split.validation.map { examples[$0] })
    task.test = .examples(ownTest ?? split.test.map { examples[$0] })
  }
}

/// Sizes beyond which a file is taken for a mistake instead of being allocated for.
enum DataLimits {
  /// Different symbols or classes: each costs a row in a weight matrix.
  static let symbols = 1_000_000
  /// Steps of one sequence: each costs a state in every workspace.
  static let steps = 100_000
  /// Numbers in one step: each costs a column in a weight matrix.
  static let width = 65_536
  /// Labels up to here need no explanation, however few items there are.
  private static let plainLabels = 1_000
  private static let plainTokens = 65_536
  /// Beyond that, classes or symbols for each item or token of a file.
  private static let share = 100

  /// A label counts the classes, and each class costs weights: one slip of the pen must not make a
  /// million of them.
  static func check(largestLabel: Int, of count: Int, file: String) throws(DataError) {
    let most = max(plainLabels, share * count)
    guard largestLabel >= most else { return }
    throw DataError(
      file, "a label that makes far more classes than there are labels", found: "\(largestLabel)",
      expected: "at most \(most - 1) for \(count) labels, or task.classes")
  }

  static func check(largestToken: Int, of count: Int, file: String) throws(DataError) {
    let most = max(plainTokens, share * count)
    guard largestToken >= most else { return }
    throw DataError(
      file, "a token that makes far more symbols than there are tokens", found: "\(largestToken)",
      expected: "at most \(most - 1) for \(count) tokens")
  }
}

extension DataSource.Format {
  /// The kinds of task that this format can feed.
  var kinds: [TaskKind] {
    switch self {
    case .text, .lines: [.languageModel]
    case .tsv: [.sequenceClassification, .sequenceToSequence, .sequenceLabelling]
    case .csv, .npy: [.forecasting]
    case .ts: [.sequenceClassification]
    case .jsonl:
      [
        .languageModel, .sequenceClassification, .sequenceLabelling, .sequenceToSequence,
        .captioning, .forecasting,
      ]
    case .npz: [.sequenceClassification, .sequenceLabelling]
    case .idx: [.sequenceClassification]
    case .dictionary: [.sequenceToSequence]
    case .hangul: [.captioning]
    case .synthetic:
      SyntheticTask.allCases.map(\.kind).reduce(into: []) { kinds, kind in
        if !kinds.contains(kind) { kinds.append(kind) }
      }
    case .grammar: [.handBuilt]
    }
  }
}
