import Testing

@testable import SequenceData

struct LinesReaderTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test func linesAreItems() throws {
    let path = try scratch.write("one\r\n\ntwo\nthrée")
    let task = try load(configuration(.languageModel, .lines, path))
    let table = try #require(task.train.table)
    let vocabulary = try #require(task.inputVocabulary)
    #expect(table.count == 3)
    #expect(vocabulary.end == 0)
    #expect(vocabulary.symbols[0] == "\n")
    #expect((0..<3).map { vocabulary.text(table.item($0)) } == ["one", "two", "thrée"])
    #expect(task.train.targetCount == 14)
    #expect(task.train.longest == 6)
  }

  @Test func hugeVocabulariesKeepTheirNumbers() throws {
    let symbols = (0x4E00..<0x4E00 + 400).compactMap { Unicode.Scalar($0).map { String($0) } }
    let path = try scratch.write(symbols.joined(separator: "\n"))
    let task = try load(configuration(.languageModel, .lines, path))
    let table = try #require(task.train.table)
    #expect(task.inputWidth == 401)
    #expect(table.item(399) == [400])
  }

  @Test func theDictionaryHasItsWords() throws {
    let task = try load(
      configuration(.languageModel, .lines, "words", validation: 0.1, test: 0.1))
    let vocabulary = try #require(task.inputVocabulary)
    #expect(
      vocabulary.symbols == ["\n", "'", "-", "."] + (97...122).map { String(Unicode.Scalar($0)) })
    #expect(task.train.count + task.validation.count + task.test.count == 126_052)
    #expect(task.validation.count == 12_605)
    let table = try #require(task.test.table)
    let words = (0..<table.count).map { vocabulary.text(table.item($0)) }
    #expect(Set(words).count == words.count)
    #expect(words.allSatisfy { !$0.isEmpty && !$0.contains("(") && !$0.contains(" ") })
  }

  @Test func splitsDependOnTheSeedAlone() throws {
    let path = try scratch.write((0..<50).map { "item\($0)" }.joined(separator: "\n"))
    let task = configuration(.languageModel, .lines, path, validation: 0.2, test: 0.1)
    let (one, same, other) = (
      try load(task, seed: 3), try load(task, seed: 3), try load(task, seed: 4)
    )
    #expect(one.train == same.train && one.validation == same.validation && one.test == same.test)
    #expect(one.test != other.test)
    #expect((one.train.count, one.validation.count, one.test.count) == (35, 10, 5))
  }

  @Test func badFilesAreNamed() throws {
    #expect(
      try message(configuration(.languageModel, .lines, scratch.write("\n\n")), in: scratch)
        == "file: there is no item in the file: expected one item a line")
    let long = String(repeating: "a", count: 100_001)
    #expect(
      try message(configuration(.languageModel, .lines, scratch.write("a\n\(long)")), in: scratch)
        == "file:2: the line is too long for one item: found 100001 bytes, "
        + "expected at most 100000; is it a text?")
  }

  @Test func dictionaryEntriesLoseVariantsAndRemarks() throws {
    let text = try UTF8Text(
      file: "d",
      bytes: Array(";;; remark\na(2) B\nread R EH1 D # past\nread(2) R IY1 D\n(x) Y\n".utf8))
    var seen: [String] = []
    try PronouncingDictionary.forEachEntry(of: text) { entry throws(DataError) in
      seen.append(
        String(decoding: entry.word, as: UTF8.self) + "|"
          + String(decoding: entry.phones, as: UTF8.self))
    }
    #expect(seen == ["a| B", "read| R EH1 D ", "read| R IY1 D", "(x)| Y"])
  }
}
