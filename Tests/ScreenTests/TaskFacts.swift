import TrainingEvents

@testable import Dashboard

/// What the numbers of the task's own panel must be, counted again from its frame.
enum TaskFacts {
  static func of(_ run: ToldRun) -> [Fact] {
    guard let task: TaskFrame = run.frames.newest() else { return [] }
    let facts =
      switch task {
      case .classification(let frame): confusion(frame, run)
      case .translation(let frame): frame.score.map { score($0, "exact match") } ?? []
      case .caption(let frame): frame.score.map { score($0, "exact match") } ?? []
      case .forecast(let frame): forecast(frame)
      case .answers(let frame): answers(frame)
      case .labelling(let frame): labelling(frame)
      case .stack(let frame): stack(frame)
      }
    return [Fact("\(task.heading)  at step ", Double(task.step))] + facts
  }

  /// A share, or a count where a share would say too much, with what it stands beside.
  private static func score(_ score: TaskScore, _ name: String, row: String? = nil) -> [Fact] {
    let share = Double(score.right) / Double(max(1, score.count))
    let isFew = score.count < 50
    // The first line is the score's own.
    let others = row == nil ? ["from memory: ", "on its own outputs: "] : []
    var facts = [
      Fact("\(name) ", share, .share, row: row, notRow: others, isRequired: !isFew),
      Fact(
        " of \(score.count) correct", Double(score.right), isBehind: true, row: row,
        notRow: others, isRequired: isFew),
      Fact("n = ", Double(score.count), row: row, notRow: others),
    ]
    if let baseline = score.baseline {
      // A name that wraps may stand in two lines.
      facts.append(
        Fact(
          "\(baseline.name): ", baseline.value, .share, row: row, notRow: others,
          isRequired: row == nil))
    }
    if score.sequences != score.count {
      facts.append(Fact(" in ", Double(score.sequences), row: " sequences", isRequired: false))
    }
    return facts
  }

  private static func confusion(_ frame: ConfusionFrame, _ run: ToldRun) -> [Fact] {
    let count = frame.classes.count
    let right = (0..<count).reduce(0) { $0 + frame.counts[$1 * count + $1] }
    let total = frame.counts.reduce(0, +)
    var facts = score(
      TaskScore(right: right, count: total, sequences: total, baseline: frame.baseline), "accuracy")
    // The matrix and the logged accuracy are one number.
    if frame.isHeldOut, let metric = run.validations.last?.metric, total >= 50 {
      facts.append(Fact("accuracy ", metric / 100, .share))
    }
    for (row, name) in frame.classes.enumerated() {
      let cells = frame.counts[(row * count)..<((row + 1) * count)]
      // A dot stands for no example.
      let numbers = cells.prefix { $0 > 0 }.map { Fact.Number(values: [Double($0)]) }
      if !numbers.isEmpty { facts.append(Fact("│ \(name) ", each: numbers)) }
    }
    for mistake in frame.mistakes {
      let words = " \(mistake.prediction), is \(mistake.truth)"
      let alike = frame.mistakes.filter {
        $0.prediction == mistake.prediction && $0.truth == mistake.truth
      }
      var fact = Fact(words, anyOf: alike.map(\.confidence), .share)
      fact.isBehind = true
      facts.append(fact)
    }
    return facts
  }

  private static func forecast(_ frame: ForecastFrame) -> [Fact] {
    func error(_ guess: (Int) -> Float) -> (mean: Double, count: Int)? {
      let errors = (frame.scoredFrom..<frame.series.count).compactMap { step -> Double? in
        let difference = Double(abs(frame.series[step] - guess(step)))
        return difference.isFinite ? difference : nil
      }
      return errors.isEmpty ? nil : (errors.reduce(0, +) / Double(errors.count), errors.count)
    }
    let own = error { $0 < frame.predicted.count ? frame.predicted[$0] : .nan }
    let mean = frame.series.reduce(0, +) / Float(max(1, frame.series.count))
    return [
      Fact("mean absolute error ", own?.mean), Fact("n = ", own.map { Double($0.count) }),
      frame.isFreeRunning
        ? Fact("always the mean: ", error { _ in mean }?.mean)
        : Fact("persistence: ", error { $0 > 0 ? frame.series[$0 - 1] : .nan }?.mean),
    ]
  }

  private static func answers(_ frame: AnswersFrame) -> [Fact] {
    let squares = frame.answers.map { Double($0.answer - $0.truth) * Double($0.answer - $0.truth) }
    let shown = frame.answers[frame.shown]
    var facts = [
      Fact("mean squared error ", squares.reduce(0, +) / Double(max(1, squares.count))),
      Fact("n = ", Double(frame.answers.count)), Fact("example ", Double(frame.shown + 1)),
      Fact("  \(frame.unit) ", Double(shown.truth), row: "example "),
      Fact("predicted ", Double(shown.answer), row: "example "),
    ]
    if let baseline = frame.baseline {
      facts.append(Fact("\(baseline.name): ", baseline.value))
    }
    return facts
  }

  private static func labelling(_ frame: LabellingFrame) -> [Fact] {
    var facts =
      frame.score.map { score($0, frame.inputs.isEmpty ? "exact match" : "accuracy") } ?? []
    if let free = frame.freeScore {
      facts.append(
        Fact(
          "own outputs: accuracy ", Double(free.right) / Double(max(1, free.count)), .share,
          isRequired: free.count >= 50))
    }
    if let recall = frame.recall {
      facts += score(recall.score, "from memory: accuracy", row: "from memory")
      let delay = recall.asked.lowerBound - recall.kept.lowerBound
      facts.append(Fact("to repeat ", Double(delay)))
    }
    return facts
  }

  private static func stack(_ frame: StackFrame) -> [Fact] {
    [Fact("greatest depth ", Double(frame.rows.compactMap { $0.held?.count }.max() ?? 0))]
  }

  // MARK: Tables

  /// Rows of numbers without labels of their own that are not those of the frame.
  static func tables(_ rows: [String], _ run: ToldRun) -> [String] {
    switch run.frames.newest(TaskFrame.self) {
    case .stack(let frame): stackRows(rows, frame)
    case .answers(let frame): answerRows(rows, frame)
    default: []
    }
  }

  private static func stackRows(_ rows: [String], _ frame: StackFrame) -> [String] {
    guard let head = rows.firstIndex(where: { $0.contains("symbol") }) else {
      return ["the stack has no table"]
    }
    let shown = rows[(head + 1)...].dropLast()
    let known = frame.rows.suffix(shown.count)
    return zip(shown, known).compactMap { text, row in
      let depth = rows[head].contains("depth") ? row.held.map { [Double($0.count)] } ?? [] : []
      let number = rows[head].contains("number") ? [row.stack] + row.units : []
      let isRight = agree(numbers(text), with: depth + number, atLeast: depth.isEmpty ? 1 : 2)
      return isRight ? nil : "the stack's row is \(depth + number): \(text)"
    }
  }

  private static func answerRows(_ rows: [String], _ frame: AnswersFrame) -> [String] {
    guard let head = rows.firstIndex(where: { $0.contains("true  predicted   error") }) else {
      return rows.count < 12 ? [] : ["no answers are listed"]
    }
    let known = (0..<frame.answers.count).map { row in
      let answer = frame.answers[(frame.shown + row) % frame.answers.count]
      return [answer.truth, answer.answer, answer.answer - answer.truth].map(Double.init)
    }
    return zip(rows[(head + 1)...].dropLast(), known).compactMap { text, row in
      agree(numbers(text).suffix(3), with: row, atLeast: 3) ? nil : "the answer is \(row): \(text)"
    }
  }

  /// The words of a row that are numbers and nothing else.
  private static func numbers(_ row: String) -> [ShownNumber] {
    row.split(whereSeparator: { " │┃".contains($0) }).filter { word in
      word.contains(where: \.isNumber) && word.allSatisfy { $0.isNumber || ".,−e…".contains($0) }
    }.compactMap { ShownNumber($0) }
  }

  private static func agree(
    _ shown: some Collection<ShownNumber>, with values: [Double], atLeast count: Int
  ) -> Bool {
    shown.count >= count
      && zip(shown, values).allSatisfy { number, value in number.isCut || number.means(value) }
  }
}
