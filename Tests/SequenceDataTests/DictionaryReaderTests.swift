import Testing
import TrainingEvents

@testable import SequenceData

struct DictionaryReaderTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func task(_ content: String, test: Double = 0) throws -> TaskData {
    try load(
      configuration(.sequenceToSequence, .dictionary, try scratch.write(content), test: test))
  }

  @Test func variantsTrainButAreAskedOnce() throws {
    let content = "read R EH1 D\nread(2) R IY1 D # verb\nred R EH1 D\nrid R IH1 D\n"
    let task = try task(content)
    let phones = try #require(task.outputVocabulary)
    #expect(phones.symbols == ["\n", "D", "EH", "IH", "IY", "R"])
    #expect(task.train.examples.map(\.text) == ["read", "read", "red", "rid"])
    #expect(
      task.train.examples.prefix(2).map(\.target) == [
        .labels([5, 2, 1, 0]), .labels([5, 4, 1, 0]),
      ])
    #expect(task.targetName == "phone")
    #expect(task.measures == [.wordErrorRate, .phoneErrorRate])
    let everything = try self.task(content, test: 0.99)
    #expect(
      everything.train.count + everything.test.count == 3 + (everything.train.count > 1 ? 1 : 0))
    for example in everything.test.examples where example.text == "read" {
      #expect(example.accepted == [[5, 2, 1, 0], [5, 4, 1, 0]])
    }
    checkSane(task)
  }

  /// Only a number in parentheses behind a word says which variant it is.
  @Test func parenthesesAreALetterLikeAnyOther() throws {
    let task = try task("pad(a) P\npad(12) P AE\npad(1a) AE\n(1) D\npad) AE P\n")
    #expect(
      task.train.examples.map(\.text) == ["pad(a)", "pad", "pad(1a)", "(1)", "pad)"])
  }

  @Test func variantsThatDifferInStressAloneAreOne() throws {
    let task = try task("a AH0\na(2) AH1\na(3) EY1")
    #expect(task.train.count == 2)
  }

  @Test func mistakesAreNamed() throws {
    func failure(_ content: String) throws -> String {
      message(
        configuration(.sequenceToSequence, .dictionary, try scratch.write(content)), in: scratch)
    }
    #expect(
      try failure("a AH0\nb\n")
        == "file:2: not a dictionary entry: found “b”, expected a word, a blank and its phones")
    #expect(
      try failure("a # AH0")
        == "file:1: a word without phones: found “a”, expected a word, a blank and its phones")
    #expect(
      try failure(";;; only a remark")
        == "file: there is no word in the dictionary: expected one entry a line")
  }
}
