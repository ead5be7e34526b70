import TrainingEvents

@testable import Dashboard

/// Frames of every kind of task, the same on every machine.
enum SyntheticTasks {
  static let languages = ["English", "French", "German", "Italian", "Japanese", "Polish"]

  static let confusion: TaskFrame = {
    let count = languages.count
    let counts = (0..<(count * count)).map { index in
      let (row, column) = (index / count, index % count)
      return row == column ? 180 + 13 * row : (index * 37) % 19
    }
    let mistakes = [
      ("Marchand", "German", "French", 0.993), ("Kowal", "Polish", "English", 0.971),
      ("Sato", "Japanese", "Italian", 0.964), ("Lambert", "English", "French", 0.912),
      ("Bianchi-Weisz von Hohenfels zu Oberstdorf", "German", "Italian", 0.871),
    ].map {
      ConfusionFrame.Mistake(text: $0.0, truth: $0.1, prediction: $0.2, confidence: $0.3)
    }
    return .classification(
      ConfusionFrame(step: 12_000, classes: languages, counts: counts, mistakes: mistakes))
  }()

  static let translation: TaskFrame = {
    let source = "acclaimed".map { String($0) }
    let target = ["AH0", "K", "L", "EY1", "M", "D"]
    let output = ["AH0", "K", "L", "IY1", "M", "D"]
    let attention = output.indices.flatMap { row -> [Float] in
      let center = Float(row) * 1.5 + 0.5
      return source.indices.map { max(0, 1 - abs(Float($0) - center) / 2) }
    }
    return .translation(
      TranslationFrame(
        step: 12_000, source: source, target: target, output: output, attention: attention))
  }()

  /// A ring with a bar, like a Hangul letter.
  static let caption: TaskFrame = {
    let side = 28
    let pixels = (0..<(side * side)).map { index -> Float in
      let (x, y) = (Float(index % side) - 13.5, Float(index / side) - 16)
      let radius = (x * x + y * y).squareRoot()
      return (radius > 6 && radius < 9) || (y < -11 && abs(x) < 9) ? 1 : 0
    }
    return .caption(
      CaptionFrame(
        step: 12_000, width: side, height: side, pixels: pixels, target: "hok", output: "hot"))
  }()

  static let forecast: TaskFrame = {
    func wave(_ t: Int) -> Float {
      let phase = Float(t) / 11 + Float(t % 100) / 700
      return 80 * abs(phase - phase.rounded()) * 2 * (1 + Float(t % 33) / 66)
    }
    let series = (0..<240).map(wave)
    return .forecast(
      ForecastFrame(
        step: 12_000, series: series,
        predicted: series.indices.map { $0 == 0 ? .nan : series[$0 - 1] * 0.9 + 6 },
        continuation: (240..<280).map { wave($0) * 0.8 + 8 }, unit: "sunspots"))
  }()

  static let answers: TaskFrame = {
    let answers = (0..<60).map { index -> AnswersFrame.Answer in
      let truth = Float(index * 37 % 60) / 30
      return AnswersFrame.Answer(
        truth: truth, answer: 1 + (truth - 1) * 0.7 + Float(index % 5) / 40,
        text: "0.25 at step 9, 0.75 at 31")
    }
    return .answers(
      AnswersFrame(
        step: 12_000, answers: answers, shown: 3,
        inputs: (0..<40).map { Float($0 * 7 % 20) / 20 },
        marks: (0..<40).map { [8, 30].contains($0) },
        unit: "sum", baseline: TaskBaseline(name: "always 1", value: 1.0 / 6)))
  }()

  static let labelling: TaskFrame = {
    let bits = (0..<90).map { ($0 * 7 + $0 / 3) % 3 == 0 ? 1 : 0 }
    var parity = 0
    let truth = bits.map { bit -> String in
      parity ^= bit
      return "\(parity)"
    }
    return .labelling(
      LabellingFrame(
        step: 12_000, inputs: bits.map { "\($0)" }, truth: truth,
        prediction: truth.enumerated().map { $0.offset == 40 ? "?" : $0.element },
        freeRunning: truth.enumerated().map { $0.offset < 40 ? $0.element : "1" },
        score: TaskScore(
          right: 89, count: 90, sequences: 6,
          baseline: TaskBaseline(name: "always “0”", value: 0.52)),
        freeScore: TaskScore(right: 61, count: 90, sequences: 6)))
  }()

  static let stack: TaskFrame = {
    var depth = 0
    let rows = "(()(()))".map { symbol -> StackFrame.Row in
      depth += symbol == "(" ? 1 : -1
      let q = (0..<depth).reduce(1.0) { value, _ in value / 2 }
      return StackFrame.Row(
        symbol: String(symbol), stack: q, units: [symbol == "(" ? q : 0, symbol == ")" ? q : 0, 0],
        accepted: depth == 0, held: String(repeating: "(", count: depth))
    }
    return .stack(
      StackFrame(
        step: 0, language: "balanced parentheses", unitNames: ["p", "r", "e"], rows: rows,
        caution: "Beyond a depth of 26 the number no longer tells stacks apart in Double."))
  }()

  static let all: [(name: String, task: TaskKind, frame: TaskFrame)] = [
    ("confusion", .sequenceClassification, confusion),
    ("translation", .sequenceToSequence, translation), ("caption", .captioning, caption),
    ("forecast", .forecasting, forecast), ("answers", .forecasting, answers),
    ("labelling", .sequenceLabelling, labelling),
    ("stack", .handBuilt, stack),
  ]

  static let reading: ReadingFrame = {
    var run = SyntheticRun()
    var states = run.hiddenStates(step: 12_480, units: 64, columns: 12)
    states.symbols = "unbelievabl".map { String($0) } + ["e"]
    return ReadingFrame(
      text: "unbelievable", answer: "⏎ the word ends",
      alternatives: [
        ("\n", 0.62), ("s", 0.13), ("d", 0.09), ("n", 0.05), ("r", 0.04), ("l", 0.02),
        ("t", 0.01), ("m", 0.004),
      ], states: states)
  }()

  /// A run of a kind of task that stands in its task view.
  static func state(_ task: TaskKind, _ frame: TaskFrame?) -> DashboardState {
    var description = SyntheticRun.description
    description.task = task
    let readers: [TaskKind] = [
      .languageModel, .sequenceClassification, .sequenceLabelling, .sequenceToSequence,
    ]
    description.readsText = readers.contains(task)
    var state = DashboardState()
    state.apply(.started(description))
    var run = SyntheticRun()
    state.apply(.steps(StepBatch((1...300).map { run.record($0) })))
    state.apply(.frame(.hiddenStates(run.hiddenStates(step: 300))))
    state.apply(.frame(.samples(SyntheticRun.samples)))
    if let frame { state.apply(.frame(.task(frame))) }
    state.show(view: .task)
    state.advance(to: 60)
    return state
  }
}
