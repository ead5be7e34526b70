import Glibc

/// What a person answered to a step, and what the run says to it.
public struct LessonJudgement: Sendable, Equatable {
  /// Whether the answer is right, or near enough.
  public var isRight: Bool
  /// How close it was, in a sentence.
  public var reply: String
  /// The right number, or the right choice from 1; nil where the run says nothing.
  public var found: Double?

  public init(isRight: Bool, reply: String, found: Double?) {
    (self.isRight, self.reply, self.found) = (isRight, reply, found)
  }
}

extension Lesson.Task {
  /// What the run makes of an answer; nil as long as it cannot tell.
  /// - Parameters:
  ///   - answer: a number, or a choice from 1
  ///   - source: what the run's quantities are now
  public func judge(_ answer: Double, in source: any LessonExpression.Source) -> LessonJudgement? {
    switch self {
    case .number(let number):
      guard let right = number.answer.value(in: source) else { return nil }
      return number.judge(answer, right: right)
    case .choice(let choices):
      let verdicts = choices.map { $0.isRight.value(in: source) }
      guard let right = verdicts.firstIndex(where: { $0 != nil && $0 != 0 }) else {
        guard verdicts.allSatisfy({ $0 != nil }) else { return nil }
        return LessonJudgement(
          isRight: false, reply: "this time none of them is what happened", found: nil)
      }
      // What stands before it has to be known not to be right.
      guard verdicts[..<right].allSatisfy({ $0 != nil }) else { return nil }
      let chosen = Int(answer) - 1
      let isRight = verdicts.indices.contains(chosen) && (verdicts[chosen] ?? 0) != 0
      return LessonJudgement(
        isRight: isRight,
        reply: isRight ? "that is what happened" : "the run says: \(choices[right].text)",
        found: Double(right + 1))
    case .action(let action):
      guard let done = action.isDone.value(in: source) else { return nil }
      return LessonJudgement(
        isRight: done != 0, reply: done != 0 ? "done" : "not yet", found: nil)
    }
  }
}

extension Lesson.Task {
  /// The answer that the run gives itself; nil as long as it cannot tell.
  public func right(in source: any LessonExpression.Source) -> Double? {
    switch self {
    case .number(let number): number.answer.value(in: source)
    case .choice: judge(0, in: source)?.found
    case .action: 1
    }
  }

  /// An answer that is far from the right one.
  public func wrong(besides right: Double) -> Double {
    switch self {
    case .number: right == 0 ? 1_000 : -10 * right
    case .choice(let choices): right >= Double(choices.count) ? 1 : right + 1
    case .action: 0
    }
  }
}

extension Lesson.Number {
  /// How far an answer is from the measured number.
  func judge(_ answer: Double, right: Double) -> LessonJudgement {
    let gap = abs(answer - right)
    let isRight: Bool =
      switch tolerance {
      case .absolute(let limit): gap <= limit
      case .share(let share): gap <= share * abs(right)
      case .factor(let factor):
        answer * right > 0 && answer / right <= factor && right / answer <= factor
      }
    let measured = "measured \(Self.text(right))\(unit.isEmpty ? "" : " " + unit)"
    return LessonJudgement(
      isRight: isRight, reply: "\(measured); \(closeness(answer, right))", found: right)
  }

  private func closeness(_ answer: Double, _ right: Double) -> String {
    if Self.text(answer) == Self.text(right) { return "exact to the digits shown" }
    if case .absolute = tolerance { return "you are \(Self.text(abs(answer - right))) off" }
    guard right != 0, answer * right > 0 else {
      return "you are \(Self.text(abs(answer - right))) off"
    }
    let ratio = answer / right
    if ratio > 2 || ratio < 0.5 {
      return ratio > 1
        ? "yours is \(Self.text(ratio)) times too large"
        : "yours is \(Self.text(1 / ratio)) times too small"
    }
    return "you are \(Self.text((abs(ratio - 1) * 100).rounded())) % off"
  }

  /// Three digits that count, without zeros at the end.
  static func text(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "–" }
    let size = abs(value)
    let isPlain = size >= 1e-3 && size < 100
    let decimals = size < 0.1 ? 4 : size < 1 ? 3 : size < 10 ? 2 : 1
    var text = (isPlain ? AlertText.fixed(value, decimals) : AlertText.number(value))[...]
    if text.contains("."), !text.contains("e") {
      while text.last == "0" { text.removeLast() }
      if text.last == "." { text.removeLast() }
    }
    return String(text)
  }
}
