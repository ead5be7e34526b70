import Testing
import TrainingEvents

@testable import SequenceData

struct TabSeparatedReaderTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test func labelsAndTexts() throws {
    let path = try scratch.write("good\ta fine film\r\nbad\ta dull film\n")
    let task = try load(
      configuration(.sequenceClassification, .tsv, path) { $0.data.symbols = .word })
    let vocabulary = try #require(task.inputVocabulary)
    #expect(vocabulary.symbols == ["\u{FFFD}", "a", "film"])
    #expect(task.train.examples.map(\.input) == [.tokens([1, 0, 2]), .tokens([1, 0, 2])])
    #expect(task.train.examples.map(\.target) == [.label(1), .label(0)])
    #expect(task.classNames == ["bad", "good"])
    #expect(task.train.examples[0].text == "a fine film")
  }

  @Test func wordsOfTheTestSetAreUnknown() throws {
    let train = try scratch.write("a\txx yy\nb\tyy xx", to: "train")
    let test = try scratch.write("b\tzz xx", to: "test")
    let task = try load(
      configuration(.sequenceClassification, .tsv, train, test: 0.5) {
        $0.data.symbols = .word
        $0.data.test = test
      })
    #expect(task.train.count == 2)
    #expect(task.test.examples.map(\.input) == [.tokens([0, 1])])
    #expect(task.test.examples.map(\.target) == [.label(1)])
  }

  @Test func translationsEndWithTheEndSymbol() throws {
    let path = try scratch.write("ab\tça\nb\tc")
    let task = try load(configuration(.sequenceToSequence, .tsv, path))
    let target = try #require(task.outputVocabulary)
    #expect(task.inputVocabulary?.symbols == ["a", "b"])
    #expect(target.symbols == ["\n", "a", "c", "ç"])
    #expect(task.train.examples.map(\.target) == [.labels([3, 1, 0]), .labels([2, 0])])
    #expect(target.text([3, 1, 0, 2]) == "ça")
    #expect(task.targetName == "character")
  }

  @Test func labellingNeedsOneLabelASymbol() throws {
    let path = try scratch.write("abc\txyx")
    let task = try load(configuration(.sequenceLabelling, .tsv, path))
    #expect(task.train.examples.map(\.target) == [.labels([0, 1, 0])])
    #expect(
      try message(configuration(.sequenceLabelling, .tsv, scratch.write("abc\txy")), in: scratch)
        == "file:1: not one label for each symbol: found 2 labels, expected 3")
  }

  @Test func mistakesAreNamed() throws {
    func failure(_ content: String, test: String? = nil) throws -> String {
      let testPath = try test.map { try scratch.write($0, to: "test") }
      return message(
        configuration(.sequenceClassification, .tsv, try scratch.write(content)) {
          $0.data.test = testPath
        }, in: scratch)
    }
    #expect(
      try failure("a\tb\na\tb\tc")
        == "file:2: wrong number of fields: found 3, expected 2, separated by one tab")
    #expect(
      try failure("a b")
        == "file:1: wrong number of fields: found 1, expected 2, separated by one tab")
    #expect(
      try failure("a\t ")
        == "file:1:2: an empty field: expected some text, or task.data.missing=drop")
    #expect(
      try failure("")
        == "file: there is no row in the file: expected two fields a line")
    #expect(
      try failure("a\tx\na\ty")
        == "file: every row has the same label: found “a”, expected at least two labels")
    #expect(
      try failure("yes\tx\nno\ty", test: "yse\tx")
        == "test:1: a label that no training row has: found “yse”, expected one of no yes; "
        + "did you mean yes?")
  }

  /// Labels may stand behind the texts; it is said that they were taken from there.
  @Test func labelsOnTheRightAreFound() throws {
    let lines = (0..<12).map { "a film of \($0) hours\t\($0 % 2 == 0 ? "good" : "bad")" }
    let path = try scratch.write(lines.joined(separator: "\n"))
    let task = try load(
      configuration(.sequenceClassification, .tsv, path) { $0.data.symbols = .word })
    #expect(task.classNames == ["bad", "good"])
    #expect(task.train.examples[0].text == "a film of 0 hours")
    #expect(task.notes.contains { $0.contains("the labels stand on the right") })
  }

  /// Many short lines are a list, ten at least; long ones are a text.
  @Test(arguments: [
    (9, "word", false), (10, "word", true), (10, String(repeating: "w", count: 41), false),
  ])
  func aListIsManyShortLines(count: Int, line: String, isList: Bool) throws {
    let path = try scratch.write(String(repeating: line + "\n", count: count))
    #expect(FileShape.isList(path) == isList)
  }
}
