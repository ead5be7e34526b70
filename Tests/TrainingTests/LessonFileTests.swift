import Foundation
import Testing
import TrainingEvents

@testable import Training

@Suite struct LessonFileTests {
  private static let good = """
    ---
    title: A title
    slides: [9, 11-12]
    preset: tiny
    settings: { network.hidden: 4 }
    minutes: 5
    ---
    What it is about.

    ## First

    An idea.

    > s = tanh a

    ```yaml
    begin: 3
    after: 9
    ask: How much?
    answer: loss / before(loss)
    within: 10 %
    look: there
    found: It is {loss} now.
    ```
    """

  private func read(_ text: String) throws(PresetError) -> Lesson {
    try LessonFile.lesson(text, file: "mine.md", name: "mine")
  }

  @Test func aLessonIsReadWhole() throws {
    let lesson = try read(Self.good)
    #expect(lesson.slides == [9, 11, 12])
    #expect(lesson.slideText == "slides 9, 11–12")
    #expect(lesson.settings == ["network.hidden=4"])
    #expect(lesson.text == "What it is about.")
    let step = try #require(lesson.steps.first)
    #expect(step.equation == "s = tanh a")
    #expect(step.begin == 3 && step.reveal == 9)
    #expect(step.found.count == 3)
    guard case .number(let number) = step.task else { return #expect(Bool(false)) }
    #expect(number.tolerance == .share(0.1))
    #expect(number.answer.kept == [try LessonExpression("loss")])
  }

  /// What is wrong, and the one line that says where and what.
  @Test(arguments: [
    ("slides: [9, 11-12]", "slides: nine", "mine.md:3: slides: found nine"),
    ("preset: tiny", "preset: tin", "did you mean tiny?"),
    (
      "preset: tiny", "preset: tiny\nvew: graph",
      "mine.md:5: there is no key “vew”; did you mean view?"
    ),
    ("network.hidden: 4", "network.hiden: 4", "mine.md:5: settings:"),
    (
      "answer: loss / before(loss)", "answer: los / 2",
      "mine.md:20: answer: there is no quantity los; did you mean loss?"
    ),
    (
      "answer: loss / before(loss)", "answer: (loss",
      "mine.md:20: answer: found the end, expected )"
    ),
    ("within: 10 %", "within: much", "mine.md:21: within: within: found much"),
    ("ask: How much?", "", "expected the key ask"),
    ("begin: 3", "begin: soon", "mine.md:17: begin: found soon, expected a whole number"),
    ("```\n", "", "found"),
    (
      "An idea.", String(repeating: "word ", count: 61),
      "found an idea of 61 words, expected at most 60"
    ),
    ("{loss}", "{loss", "a brace is not closed"),
    ("---\ntitle", "title", "mine.md:1: expected keys between two lines of ---"),
  ])
  func whatIsWrongIsSaidInOneLine(_ from: String, _ to: String, _ message: String) throws {
    let text = Self.good.replacingFirst(from, with: to)
    do {
      _ = try read(text)
      if from != "```\n" { Issue.record("read what is wrong: \(to)") }
    } catch {
      #expect(error.description.contains(message), "\(error)")
      #expect(!error.description.contains("\n"))
    }
  }
}

@Suite struct LessonExpressionTests {
  private struct Numbers: LessonExpression.Source {
    func quantity(_ name: String, _ arguments: [LessonArgument]) -> Double? {
      switch name {
      case "loss": 2
      case "lag.at": arguments.first?.number.map { $0 * 10 }
      case "norm": arguments.first?.text == "W" ? 3 : nil
      default: nil
      }
    }
    func before(_ expression: LessonExpression) -> Double? { 8 }
    var other: (any LessonExpression.Source)? { nil }
  }

  @Test(arguments: [
    ("1 + 2 * 3", 7.0), ("(1 + 2) * 3", 9), ("2 ^ 3 ^ 2", 512), ("10 - 2 - 3", 5),
    ("-2 ^ 2", -4), ("loss / before(loss)", 0.25), ("lag.at(3)", 30), ("norm(\"W\")", 3),
    ("loss == 2 and not (1 > 2)", 1), ("loss < 2 or loss > 1.5", 1), ("abs(0 - 3)", 3),
    ("max(1, 4, 2)", 4), ("loss != 2", 0), ("8 / 2 / 2", 2), ("1 - 2 < 0", 1),
  ])
  func formulasAreComputed(_ text: String, _ value: Double) throws {
    #expect(try LessonExpression(text).value(in: Numbers()) == value)
  }

  @Test(arguments: ["norm(\"Q\")", "other(loss)", "1 / 0", "loss + rho"])
  func whatIsNotMeasuredHasNoValue(_ text: String) throws {
    #expect(try LessonExpression(text).value(in: Numbers()) == nil)
  }

  @Test(arguments: ["", "1 +", "loss(2)", "norm(2)", "nonsense", "1 2", "((1)", "\"open", "a = b"])
  func whatIsNoFormulaIsRefused(_ text: String) {
    #expect(throws: LessonMistake.self) { try LessonExpression(text) }
  }
}

extension String {
  fileprivate func replacingFirst(_ old: String, with new: String) -> String {
    guard let range = range(of: old) else { return self }
    return replacingCharacters(in: range, with: new)
  }
}
