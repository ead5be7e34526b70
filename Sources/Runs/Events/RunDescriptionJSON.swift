import FileFormats
import TrainingEvents

/// A run's description as the first line of its record.
enum RunDescriptionJSON {
  static func object(_ run: RunDescription) -> JSONValue {
    var object: JSONObject = [
      "event": "started", "name": .string(run.name), "title": .string(run.title),
      "lecture": .string(run.lecture), "task": .string(run.task.rawValue),
      "network": .string(run.network), "parameterCount": .integer(run.parameterCount),
      "optimizer": .string(run.optimizer), "firstStep": .integer(run.firstStep),
    ]
    object["totalSteps"] = run.totalSteps.map(JSONValue.integer)
    object["clipNorm"] = run.clipNorm.map(JSONValue.real)
    object["learningRate"] = run.learningRate.map(JSONValue.real)
    object["lossUnit"] = .string(lossUnits.first { $0.unit == run.lossUnit }?.word ?? "nats")
    object["lossName"] = run.lossName.map(JSONValue.string)
    object["targetName"] = .string(run.targetName)
    object["metric"] = run.metric.map { metric in
      [
        "name": .string(metric.name), "unit": .string(metric.unit),
        "higherIsBetter": .bool(metric.higherIsBetter),
      ]
    }
    object["architecture"] = run.architecture.map(architecture)
    object["readsText"] = .bool(run.readsText)
    object["ownData"] = run.ownData.map(JSONValue.string)
    object["directory"] = run.directory.map(JSONValue.string)
    if run.averagesWeights { object["averagesWeights"] = true }
    if !run.hosts.isEmpty { object["hosts"] = .array(run.hosts.map(JSONValue.string)) }
    return .object(object)
  }

  /// The description in an object; what is missing takes the value of a run nobody described.
  static func description(_ object: JSONObject) -> RunDescription {
    func text(_ key: String, _ fallback: String = "") -> String { object[key]?.string ?? fallback }
    func count(_ key: String) -> Int? {
      object[key]?.int.flatMap { SaneNumbers.steps.contains($0) ? $0 : nil }
    }
    let metric = object["metric"]?.object.map { metric in
      MetricDescription(
        name: metric["name"]?.string ?? "metric", unit: metric["unit"]?.string ?? "",
        higherIsBetter: metric["higherIsBetter"]?.bool ?? true)
    }
    var run = RunDescription(
      name: text("name", "run"), title: text("title"), lecture: text("lecture"),
      task: TaskKind(rawValue: text("task")) ?? .languageModel, network: text("network"),
      parameterCount: count("parameterCount") ?? 0, optimizer: text("optimizer"),
      totalSteps: count("totalSteps"), firstStep: count("firstStep") ?? 0,
      clipNorm: object["clipNorm"]?.double,
      learningRate: object["learningRate"]?.double.flatMap { $0.isFinite ? $0 : nil },
      lossUnit: lossUnits.first { $0.word == text("lossUnit") }?.unit ?? .natsPerTarget,
      lossName: object["lossName"]?.string,
      metric: metric, targetName: text("targetName", "step"),
      architecture: object["architecture"]?.object.map(architecture),
      directory: object["directory"]?.string, readsText: object["readsText"]?.bool ?? false)
    run.ownData = object["ownData"]?.string
    run.averagesWeights = object["averagesWeights"]?.bool ?? false
    run.hosts = object["hosts"]?.array?.map { $0.string ?? "" } ?? []
    return run
  }

  private static let lossUnits: [(unit: LossUnit, word: String)] = [
    (.natsPerTarget, "nats"), (.squaredError, "squared-error"), (.unknown, "unknown"),
  ]

  private static func architecture(_ value: Architecture) -> JSONValue {
    var object: JSONObject = [
      "shape": .string(value.shape.rawValue), "cell": .string(value.cell),
      "inputSize": .integer(value.inputSize), "hiddenSize": .integer(value.hiddenSize),
      "outputSize": .integer(value.outputSize), "layers": .integer(value.layers),
      "bidirectional": .bool(value.bidirectional), "attention": .bool(value.attention),
      "twoDimensional": .bool(value.twoDimensional),
    ]
    object["teacherForcing"] = value.teacherForcing.map(JSONValue.real)
    if value.isAligned { object["aligned"] = true }
    if value.isResidual { object["residual"] = true }
    object["unsharedSteps"] = value.unsharedSteps.map { .integer($0) }
    object["grid"] = value.grid.map { grid in
      [
        "rows": .integer(grid.rows), "columns": .integer(grid.columns),
        "corners": .array(grid.corners.map { .string($0) }), "sum": .bool(grid.isSum),
      ]
    }
    return .object(object)
  }

  /// Nil where it names no place that could be drawn.
  private static func grid(_ value: JSONValue?) -> Architecture.Grid? {
    guard let rows = value?["rows"]?.int, let columns = value?["columns"]?.int,
      (1...4096).contains(rows), (1...4096).contains(columns), rows * columns <= 1 << 14
    else { return nil }
    let corners = (value?["corners"]?.array ?? []).compactMap(\.string)
      .filter { ["↘", "↖", "↙", "↗"].contains($0) }
    guard !corners.isEmpty, Set(corners).count == corners.count else { return nil }
    return Architecture.Grid(
      rows: rows, columns: columns, corners: corners, isSum: value?["sum"]?.bool ?? false)
  }

  private static func architecture(_ object: JSONObject) -> Architecture {
    /// Sizes from a file are held within what a drawing can use.
    func size(_ key: String, _ fallback: Int) -> Int {
      min(max(object[key]?.int ?? fallback, 0), 1 << 30)
    }
    return Architecture(
      shape: Architecture.Shape(rawValue: object["shape"]?.string ?? "") ?? .everyStep,
      cell: object["cell"]?.string ?? "", inputSize: size("inputSize", 0),
      hiddenSize: size("hiddenSize", 0), outputSize: size("outputSize", 0),
      layers: size("layers", 1), isResidual: object["residual"]?.bool ?? false,
      bidirectional: object["bidirectional"]?.bool ?? false,
      attention: object["attention"]?.bool ?? false,
      twoDimensional: object["twoDimensional"]?.bool ?? false,
      teacherForcing: object["teacherForcing"]?.double,
      isAligned: object["aligned"]?.bool ?? false,
      unsharedSteps: object["unsharedSteps"]?.int, grid: grid(object["grid"]))
  }
}
