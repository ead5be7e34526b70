import Foundation
import SequenceData
import Testing

@testable import Training

/// The smallest networks of each kind in the lecture, to be walked through.
struct TraceCase: CustomTestStringConvertible {
  var name: String
  var settings: [(String, String)]
  var data: String?
  /// The data where no file or maker gives them.
  var task: TaskData?

  var testDescription: String { name }

  private static let text = String(repeating: "the cat sat on the mat\n", count: 20)
  private static let pairs = (0..<12).map { "abc\($0 % 3)d\tx\($0 % 3)y" }.joined(separator: "\n")
  private static let classes = (0..<20).map { "\($0 % 2 == 0 ? "good" : "bad")\tab\($0 % 2)c" }
    .joined(separator: "\n")
  private static let captions = (0..<8).map {
    "{\"vector\": [0.5, \($0 % 3), -1], \"targets\": [1, \($0 % 3), 2, 0]}"
  }.joined(separator: "\n")
  private static let series = (["level"] + (0..<120).map { "\(1000 + ($0 % 7) * 10)" })
    .joined(separator: "\n")

  private static let language = [
    ("task.kind", "language-model"), ("task.data.text", "FILE"), ("training.sequence-length", "6"),
  ]
  private static let translation = [
    ("task.kind", "sequence-to-sequence"), ("task.data.tsv", "FILE"),
  ]
  private static let classification = [
    ("task.kind", "sequence-classification"), ("task.data.tsv", "FILE"),
    ("network.output", "final"),
  ]
  private static let parity = [
    ("task.kind", "sequence-labelling"), ("task.data.synthetic", "parity"),
    ("task.data.length", "6"),
  ]

  /// Every cell, and the options that make another one of an LSTM.
  private static let cells: [[(String, String)]] = {
    let kinds = ["tanh", "lstm", "gru", "mingru", "minlstm", "slstm", "lru"]
    let (projected, seen) = (("network.projection-size", "3"), ("network.peepholes", "true"))
    return kinds.map { [("network.cell", $0)] }
      + [[projected], [seen], [projected, seen]].map { [("network.cell", "lstm")] + $0 }
  }()

  static let all: [TraceCase] =
    cells.flatMap { cell -> [TraceCase] in
      // A decoder begins from s(0), which an LRU does not read.
      let writes = cell[0].1 != "lru"
      let both = [("network.direction", "bidirectional")]
      let deep = [("network.layers", "2")]
      return [
        TraceCase(name: "language", settings: language + cell, data: text),
        TraceCase(
          name: "embedded", settings: language + cell + [("network.embedding", "3")], data: text),
        TraceCase(name: "deep", settings: language + cell + deep, data: text),
        TraceCase(name: "final", settings: classification + cell, data: classes),
        TraceCase(
          name: "final both ways, deep", settings: classification + cell + both + deep,
          data: classes),
        TraceCase(name: "both ways", settings: parity + cell + both),
        TraceCase(
          name: "both ways, embedded", settings: parity + cell + both + [("network.embedding", "3")]
        ),
        TraceCase(name: "translation", settings: translation + cell, data: pairs),
        TraceCase(
          name: "translation both ways, deep", settings: translation + cell + both + deep,
          data: pairs),
        TraceCase(
          name: "attention", settings: translation + cell + [("network.attention", "additive")],
          data: pairs),
        TraceCase(
          name: "attention both ways, deep",
          settings: translation + cell + both + deep + [
            ("network.attention", "additive"), ("network.embedding", "3"),
          ], data: pairs),
        TraceCase(
          name: "caption",
          settings: [("task.kind", "captioning"), ("task.data.jsonl", "FILE")] + cell,
          data: captions),
        TraceCase(
          name: "caption, embedded",
          settings: [
            ("task.kind", "captioning"), ("task.data.jsonl", "FILE"), ("network.embedding", "3"),
          ] + cell, data: captions),
        TraceCase(
          name: "without input",
          settings: [
            ("task.kind", "autonomous"), ("task.data.synthetic", "oscillator"),
            ("task.data.length", "6"),
          ] + cell),
        TraceCase(
          name: "driven",
          settings: [
            ("task.kind", "forecasting"), ("task.data.csv", "FILE"), ("task.data.length", "6"),
          ] + cell, data: series),
      ].filter { test in
        writes || !["translation", "attention"].contains { test.name.hasPrefix($0) }
      }
    }
    + [
      TraceCase(
        name: "aligned", settings: translation + [("network.loss", "ctc")],
        data: (0..<12).map { "abcde\($0 % 3)f\tx\($0 % 3)" }.joined(separator: "\n")),
      TraceCase(
        name: "a number at the end",
        settings: [
          ("task.kind", "forecasting"), ("task.data.synthetic", "adding"),
          ("task.data.length", "6"), ("network.output", "final"),
        ]),
      TraceCase(
        name: "picture",
        settings: [("task.kind", "captioning"), ("network.image-reading", "rows")],
        task: pictures),
    ]
    + grids + residual + zoneout + normalised
    + [
      TraceCase(
        name: "tied weights",
        settings: language + [("network.embedding", "4"), ("network.tie-weights", "true")],
        data: text)
    ]
    + ["0", "0.5", "1"].map { share in
      TraceCase(
        name: "output recurrence, forced \(share)",
        settings: parity + [("network.recurrence", "output"), ("network.teacher-forcing", share)])
    }

  /// Units that keep some of their values of the step before.
  private static let zoneout: [TraceCase] = ["tanh", "relu", "gru", "lstm"].flatMap { cell in
    let kept = [("network.cell", cell), ("network.zoneout", "0.3")]
    let both = [("network.direction", "bidirectional"), ("network.layers", "2")]
    return [
      TraceCase(name: "zoneout", settings: language + kept, data: text),
      TraceCase(name: "zoneout both ways, deep", settings: parity + kept + both),
      TraceCase(
        name: "zoneout, attention",
        settings: translation + kept + [("network.attention", "additive")], data: pairs),
    ]
  }

  /// Cells whose sums are normalised.
  private static let normalised: [TraceCase] =
    [
      [("network.cell", "tanh")], [("network.cell", "gru")], [("network.cell", "lstm")],
      [("network.cell", "lstm"), ("network.peepholes", "true")],
      [("network.cell", "lstm"), ("network.zoneout", "0.3")],
      [("network.cell", "lstm"), ("network.projection-size", "3")],
    ].flatMap { cell in
      let cell = cell + [("network.layer-norm", "true")]
      let both = [("network.direction", "bidirectional"), ("network.layers", "2")]
      let looking = [("network.attention", "additive"), ("network.embedding", "3")]
      return [
        TraceCase(name: "normalised", settings: language + cell, data: text),
        TraceCase(name: "normalised both ways, deep", settings: parity + cell + both),
        TraceCase(
          name: "normalised translation", settings: translation + cell + both, data: pairs),
        TraceCase(
          name: "normalised attention", settings: translation + cell + looking, data: pairs),
        TraceCase(
          name: "normalised caption",
          settings: [("task.kind", "captioning"), ("task.data.jsonl", "FILE")] + cell,
          data: captions),
      ]
    }

  /// Layers that hand on their states plus what they read.
  private static let residual: [TraceCase] = {
    let deep = [("network.residual", "true"), ("network.layers", "3"), ("network.cell", "gru")]
    let both = [("network.direction", "bidirectional")]
    let looking = [("network.attention", "additive")]
    return [
      TraceCase(name: "residual", settings: language + deep, data: text),
      TraceCase(name: "residual both ways", settings: parity + deep + both),
      TraceCase(
        name: "residual, final both ways", settings: classification + deep + both, data: classes),
      TraceCase(
        name: "residual translation both ways", settings: translation + deep + both, data: pairs),
      TraceCase(
        name: "residual attention both ways", settings: translation + deep + both + looking,
        data: pairs),
      TraceCase(
        name: "residual caption",
        settings: [("task.kind", "captioning"), ("task.data.jsonl", "FILE")] + deep, data: captions),
      TraceCase(
        name: "residual without input",
        settings: [
          ("task.kind", "autonomous"), ("task.data.synthetic", "oscillator"),
          ("task.data.length", "6"),
        ] + deep),
    ]
  }()

  private static let overAnImage = [
    ("network.image-reading", "two-dimensional"), ("network.image-block", "2"),
  ]

  /// Recurrences over pictures of 4 × 5 pixels, 3 rows and 2 columns of blocks: to a class and to a
  /// text, from one corner to all four.
  private static let grids: [TraceCase] =
    [("1", "concatenation"), ("2", "concatenation"), ("4", "concatenation"), ("4", "sum")].flatMap {
      corners, combination in
      let corners =
        overAnImage + [
          ("network.image-corners", corners), ("network.corner-combination", combination),
        ]
      let name = "\(corners[2].1) corners, \(combination)"
      let writing = [("task.kind", "captioning")] + corners
      return [
        TraceCase(
          name: "grid, \(name)",
          settings: [("task.kind", "sequence-classification"), ("network.output", "final")]
            + corners, task: namedPictures),
        TraceCase(name: "grid to text, \(name)", settings: writing, task: pictures),
        TraceCase(
          name: "grid to text with attention, \(name)",
          settings: writing + [("network.attention", "additive"), ("network.cell", "gru")],
          task: pictures),
      ]
    }

  /// The same pictures with one class each.
  private static let namedPictures: TaskData = {
    guard case .examples(let examples) = pictures.train else { return pictures }
    let named = examples.enumerated().map { number, example in
      Example(input: example.input, target: .label(Int32(number % 3)))
    }
    return TaskData(
      kind: .sequenceClassification, train: .examples(named),
      outputVocabulary: Vocabulary(symbols: ["a", "b", "c"]), inputWidth: 4, outputWidth: 3,
      targetName: "picture")
  }()

  /// Pictures of five rows with three symbols each.
  static let pictures: TaskData = {
    let examples = (0..<8).map { (number: Int) -> Example in
      let pixels = (0..<20).map { (place: Int) -> UInt8 in UInt8((place * 37 + number * 91) % 256) }
      let answer: [Int32] = [1, Int32(number % 3), 0]
      return Example(
        input: .image(pixels, width: 4, height: 5), target: .labels(answer))
    }
    return TaskData(
      kind: .captioning, train: .examples(examples),
      outputVocabulary: Vocabulary(symbols: ["a", "b", "c"], end: 0), inputWidth: 4,
      outputWidth: 3, targetName: "symbol")
  }()

  /// A trainer that has done two steps, and what looks at it.
  func trainer(hidden: Int = 4) throws -> (trainer: Trainer, probe: Probe) {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("unfold-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    var preset = Preset()
    for (key, value) in settings {
      try preset.set(key, to: value.replacingOccurrences(of: "FILE", with: file.path))
    }
    try preset.set("network.hidden", to: "\(hidden)")
    try preset.set("training.batch", to: "3")
    if let data { try Data(data.utf8).write(to: file) }
    let task = try self.task ?? TaskLoader.load(preset.task, seed: 1, dataDirectories: [])
    let trainer = try Trainer(preset: preset, task: task, threads: 1)
    for _ in 0..<2 { _ = trainer.advance() }
    let probe = try Probe(
      network: trainer.network, task: task, source: preset.task.data, seed: 1)
    return (trainer, probe)
  }
}
