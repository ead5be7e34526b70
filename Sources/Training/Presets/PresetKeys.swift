import FileFormats
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// The table of all keys. Files, `--set`, messages and the resolved preset are all made from it.
enum PresetKeys {
  /// In the order in which a resolved preset lists them.
  static let all: [PresetKey] =
    [.text("name", \.name), .text("title", \.title), .text("lecture", \.lecture)] + task + network
    + training

  /// Those that can change while a network trains, the optimiser's first.
  static let live: [PresetKey] = {
    let live = all.filter { $0.live != nil }
    let isFirst = { (key: PresetKey) in key.path.hasPrefix("training.optimizer.") }
    return live.filter(isFirst) + live.filter { !isFirst($0) }
  }()

  static let byPath = Dictionary(uniqueKeysWithValues: all.map { ($0.path, $0) })

  /// Keys that hold further keys, such as `training.optimizer`.
  static let groups: Set<String> = {
    var groups: Set<String> = []
    for key in all {
      let parts = key.path.split(separator: ".")
      for count in 1..<max(1, parts.count) {
        groups.insert(parts.prefix(count).joined(separator: "."))
      }
    }
    return groups
  }()

  private static let task: [PresetKey] =
    [.choice("task.kind", \.task.kind)]
    + DataSource.Format.allCases.map(data)
    + [
      optionalText("task.data.test", \.task.data.test),
      .integer("task.data.length", \.task.data.length, 1...100_000),
      .integer("task.data.held-out-length", \.task.data.heldOutLength, 1...100_000),
      .integer("task.data.judged-up-to", \.task.data.judgedUpTo, 1...64),
      .integer("task.data.bits", \.task.data.bits, 1...8),
      names("task.data.columns", \.task.data.columns),
      .choice(
        "task.data.separator", \.task.data.table.separator,
        spelled: [
          ",": .comma, ";": .semicolon, "\t": .tab, "\\t": .tab, "|": .pipe, "space": .blank,
        ]),
      .choice(
        "task.data.decimal", \.task.data.table.decimal, spelled: [".": .point, ",": .comma]),
      .choice("task.data.header", \.task.data.table.header),
      .choice("task.data.missing", \.task.data.missing),
      range("task.data.joined", \.task.data.joined, 1...1000),
      .choice("task.data.symbols", \.task.data.symbols),
      .integer("task.data.minimum-count", \.task.data.minimumCount, 1...1_000_000),
      .integer("task.classes", \.task.classes, 2...1_000_000),
      .number("task.split.validation", \.task.validationShare, .shareBelowOne),
      .number("task.split.test", \.task.testShare, .shareBelowOne),
    ]

  private static let network: [PresetKey] = [
    .choice("network.cell", \.network.cell),
    .integer("network.hidden", \.network.hidden, 1...16_384),
    .integer("network.projection-size", \.network.projectionSize, 1...16_384),
    .flag("network.peepholes", \.network.peepholes),
    .integer("network.layers", \.network.layers, 1...64),
    .flag("network.residual", \.network.residual),
    .flag("network.layer-norm", \.network.layerNorm),
    .choice("network.direction", \.network.direction),
    .choice("network.output", \.network.output),
    .choice("network.recurrence", \.network.recurrence),
    .number("network.teacher-forcing", \.network.teacherForcing, .share)
      .live(.teacherForcing) {
        $0.network.variant == .outputRecurrence
          ? nil : "only a recurrence through the output can be forced or run free"
      },
    .integer("network.embedding", \.network.embedding, 1...16_384),
    .flag("network.tie-weights", \.network.tieWeights),
    .choice("network.attention", \.network.attention),
    .number("network.dropout", \.network.dropout, .shareBelowOne)
      .live(.dropout) {
        $0.preset.network.layers > 1
          ? nil : "values are dropped between layers, and this network has one"
      },
    .number("network.recurrent-dropout", \.network.recurrentDropout, .shareBelowOne),
    .number("network.embedding-dropout", \.network.embeddingDropout, .shareBelowOne),
    .number("network.zoneout", \.network.zoneout, .shareBelowOne),
    .choice("network.initial-state", \.network.initialState),
    .choice("network.image-reading", \.network.imageReading),
    .integer("network.image-block", \.network.imageBlock, 1...64),
    .integer("network.image-corners", \.network.imageCorners, 1...4),
    .choice("network.corner-combination", \.network.cornerCombination),
    loss,
    .choice("network.initialization", \.network.initialization),
    .number("network.forget-bias", \.network.forgetBias, .atLeast(-100)),
    .integer("network.unshared-steps", \.network.unsharedSteps, 1...1000),
  ]

  private static let training: [PresetKey] = [
    .integer("training.batch", \.training.batch, 1...65_536),
    .integer("training.sequence-length", \.training.sequenceLength, 1...100_000)
      .live(.truncation) {
        $0.source.sequenceLength == nil
          ? "this run reads whole sequences: no gradient is cut on its way back" : nil
      },
    .integer("training.truncated-bptt", \.training.truncatedBPTT, 1...100_000),
    .number("training.memory-megabytes", \.training.memoryMegabytes, .above(0)),
    .choice("training.padding", \.training.padding),
    .integer("training.steps", \.training.steps, 0...1_000_000_000_000),
    .choice("training.optimizer.name", \.training.optimizer.name),
    .number("training.optimizer.learning-rate", \.training.optimizer.learningRate, .above(0))
      .live(.learningRate),
    .number("training.optimizer.momentum", \.training.optimizer.momentum, .shareBelowOne),
    .number("training.optimizer.beta1", \.training.optimizer.beta1, .shareBelowOne),
    .number("training.optimizer.beta2", \.training.optimizer.beta2, .shareBelowOne),
    .number("training.optimizer.decay", \.training.optimizer.decay, .shareBelowOne),
    .number("training.optimizer.epsilon", \.training.optimizer.epsilon, .above(0)),
    .number("training.optimizer.weight-decay", \.training.optimizer.weightDecay, .atLeast(0))
      .live("weight decay", .factor),
    .choice("training.schedule.name", \.training.schedule.name),
    .integer("training.schedule.warm-up", \.training.schedule.warmUp, 0...1_000_000_000),
    .number("training.schedule.factor", \.training.schedule.factor, .above(0)),
    .integer("training.schedule.every", \.training.schedule.every, 1...1_000_000_000),
    .integer("training.schedule.patience", \.training.schedule.patience, 0...1_000_000),
    .number("training.schedule.minimum", \.training.schedule.minimum, .atLeast(0)),
    .number("training.clip-norm", \.training.clipNorm, .above(0)).live(.clipNorm),
    .number("training.clip-value", \.training.clipValue, .above(0)).live(.clipValue),
    seed,
    .integer("training.parts", \.training.parts, 1...64),
    .integer("training.validate-every", \.training.validateEvery, 1...1_000_000_000),
    .integer("training.snapshot-every", \.training.snapshotEvery, 1...1_000_000_000),
    .number("training.snapshot-minutes", \.training.snapshotMinutes, .above(0)),
    .integer("training.keep-snapshots", \.training.keepSnapshots, 1...1_000_000),
    .number("training.frame-megabytes", \.training.frameMegabytes, .atLeast(0)),
    .choice("training.on-hangup", \.training.onHangUp),
    .number("training.gradient-noise", \.training.gradientNoise, .atLeast(0)),
    .number("training.label-smoothing", \.training.labelSmoothing, .shareBelowOne),
    .number("training.average-weights", \.training.averageWeights, .shareBelowOne),
    .number("training.pace", \.training.pace, .above(0)),
  ]

  // MARK: Keys of a kind of their own

  /// `task.data.FORMAT: LOCATION` says both what the data is and where.
  private static func data(_ format: DataSource.Format) -> PresetKey {
    PresetKey(
      path: "task.data.\(format.rawValue)", expected: "a path, or the name of data in presets/",
      read: { $0.task.data.format == format ? YAMLScalar.text($0.task.data.location) : nil },
      write: { preset, value in
        guard case .scalar(let location) = value else { return false }
        preset.task.data.format = format
        preset.task.data.location = location
        return true
      })
  }

  private static func optionalText(
    _ path: String, _ place: PresetKey.Place<String?>
  ) -> PresetKey {
    PresetKey(
      path: path, expected: "a path or none",
      read: { $0[keyPath: place].flatMap(YAMLScalar.text) },
      write: { preset, value in
        switch value {
        case .absent: preset[keyPath: place] = nil
        case .scalar(let text): preset[keyPath: place] = text
        case .list: return false
        }
        return true
      })
  }

  private static func names(_ path: String, _ place: PresetKey.Place<[String]>) -> PresetKey {
    PresetKey(
      path: path, expected: "a list of column names or numbers",
      read: { preset in
        let names = preset[keyPath: place].compactMap(YAMLScalar.text)
        return names.isEmpty ? nil : "[" + names.joined(separator: ", ") + "]"
      },
      write: { preset, value in
        switch value {
        case .absent: preset[keyPath: place] = []
        case .scalar(let text):
          preset[keyPath: place] = text.split(separator: ",").map { String($0).trimmingSpaces }
        case .list(let items): preset[keyPath: place] = items
        }
        return true
      })
  }

  private static func range(
    _ path: String, _ place: PresetKey.Place<ClosedRange<Int>?>, _ bounds: ClosedRange<Int>
  ) -> PresetKey {
    PresetKey(
      path: path, expected: "two whole numbers such as 2-5, at least \(bounds.lowerBound)",
      read: { $0[keyPath: place].map { "\($0.lowerBound)-\($0.upperBound)" } },
      write: { preset, value in
        if value == .absent {
          preset[keyPath: place] = nil
          return true
        }
        guard case .scalar(let text) = value else { return false }
        let ends = text.split(separator: "-").map { Int(String($0).trimmingSpaces) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
          first <= last, bounds.contains(first), bounds.contains(last)
        else { return false }
        preset[keyPath: place] = first...last
        return true
      })
  }

  private static let loss = PresetKey(
    path: "network.loss",
    expected: Objective.allCases.map(\.rawValue).joined(separator: ", ") + " or none",
    choices: Objective.allCases.map(\.rawValue), read: { $0.network.loss?.rawValue },
    write: { preset, value in
      if value == .absent {
        preset.network.loss = nil
        return true
      }
      guard case .scalar(let name) = value, let loss = Objective(rawValue: name) else {
        return false
      }
      preset.network.loss = loss
      return true
    })

  private static let seed = PresetKey(
    path: "training.seed", expected: "a whole number from 0 to 18446744073709551615",
    read: { String($0.training.seed) },
    write: { preset, value in
      guard case .scalar(let text) = value, let seed = UInt64(text) else { return false }
      preset.training.seed = seed
      return true
    })
}
