import Foundation
import Testing

@testable import SequenceData

struct TextReaderTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func text(_ bytes: [UInt8], validation: Double = 0, test: Double = 0) throws
    -> TaskConfiguration
  {
    configuration(
      .languageModel, .text, try scratch.write(bytes), validation: validation, test: test)
  }

  private func text(_ content: String) throws -> TaskConfiguration {
    try text(Array(content.utf8))
  }

  @Test func charactersAreSymbols() throws {
    let task = try load(text("naïve 日本\n"))
    let vocabulary = try #require(task.inputVocabulary)
    #expect(vocabulary.symbols == ["\n", " ", "a", "e", "n", "v", "ï", "日", "本"])
    #expect(vocabulary.text(task.train.streamed) == "naïve 日本\n")
    #expect(task.inputWidth == 9)
    #expect(task.train.targetCount == 8)
    #expect(vocabulary.name(of: 0) == "⏎")
    #expect(vocabulary.name(of: 1) == "␣")
    #expect(vocabulary.name(of: 99) == "\u{FFFD}")
  }

  @Test func combiningCharactersAreOneSymbol() throws {
    let family = "👩‍👩‍👧"
    let task = try load(text("e\u{301}a\(family)b\u{1112}\u{1161}\u{11AB}x"))
    let vocabulary = try #require(task.inputVocabulary)
    #expect(task.train.streamed.count == 6)
    #expect(vocabulary.symbols.contains(family))
    #expect(vocabulary.id(of: "\u{E9}") == vocabulary.id(of: "e\u{301}"))
    #expect(try vocabulary.encode("a\(family)\u{E9}").count == 3)
  }

  @Test func agreesWithTheStandardLibrary() throws {
    let content = "¡Olé! — ℝ² ∀x 한국어 ภาษาไทย हिन्दी\r\nﷺ 🇫🇷🇩🇪 ❤️x\u{0300}\n\u{0300}\r\n\rz"
    let task = try load(text(content))
    let expected = content.map { $0 == "\r\n" || $0 == "\r" ? "\n" : String($0) }
    let vocabulary = try #require(task.inputVocabulary)
    #expect(task.train.streamed.map { vocabulary.symbols[Int($0)] } == expected)
  }

  @Test func byteOrderMarkAndCRLFAreNotSymbols() throws {
    let task = try load(text([0xEF, 0xBB, 0xBF] + Array("ab\r\nab".utf8)))
    #expect(task.inputVocabulary?.symbols == ["\n", "a", "b"])
    #expect(task.train.streamed == [1, 2, 0, 1, 2])
  }

  @Test func wideCharactersAndOldLineEndsAreReadAsWhatTheyAre() throws {
    let content = "naïve 日本\n👩‍👩‍👧 end\n"
    let plain = try load(text(content))
    let units = Array(content.utf16)
    var (little, big): ([UInt8], [UInt8]) = ([0xFF, 0xFE], [0xFE, 0xFF])
    for unit in units {
      little += [UInt8(unit & 0xFF), UInt8(unit >> 8)]
      big += [UInt8(unit >> 8), UInt8(unit & 0xFF)]
    }
    let old = Array(content.replacingOccurrences(of: "\n", with: "\r").utf8)
    let windows = Array(content.replacingOccurrences(of: "\n", with: "\r\n").utf8)
    for bytes in [little, big, old, windows] {
      let task = try load(text(bytes))
      #expect(task.inputVocabulary == plain.inputVocabulary)
      #expect(task.train == plain.train)
    }
  }

  @Test func partsFollowEachOther() throws {
    let content = (0..<100).map { String($0 % 10) }.joined().utf8
    let task = try load(text(Array(content), validation: 0.05, test: 0.1))
    #expect(task.train.streamed.count == 170 / 2)
    #expect(task.validation.streamed == [5, 6, 7, 8, 9])
    #expect(task.test.streamed == Array(0..<10))
  }

  @Test func invalidUTF8IsRefused() throws {
    let bad: [([UInt8], Int)] = [
      ([0x61, 0x0A, 0xFF, 0x62], 2), ([0x61, 0xC3], 1), ([0xC0, 0x80, 0x61], 0),
      ([0x61, 0xED, 0xA0, 0x80], 1), ([0xF4, 0x90, 0x80, 0x80], 0), ([0xE2, 0x82, 0x41], 0),
      ([0x80], 0), ([0xF0, 0x9F, 0x98], 0),
    ]
    for (bytes, offset) in bad {
      #expect(UTF8Text.firstInvalid(bytes) == offset)
    }
    #expect(
      try message(text([0x61, 0x0A, 0xFF, 0x62]), in: scratch)
        == "file:2: byte 2 is not valid UTF-8: found 0xFF, expected UTF-8 text")
    #expect(
      try message(text([0x61, 0x0A, 0x62, 0, 0x63]), in: scratch)
        == "file:2: byte 3 is 0, which no text has: expected UTF-8 text")
    #expect(
      try message(text([0x61, 0, 0x62, 0]), in: scratch)
        == "file:1: byte 1 is 0, which no text has: found perhaps UTF-16 without a mark, "
        + "expected UTF-8 text")
    #expect(
      try message(text([0xFF, 0xFE, 0x61, 0, 0x0A, 0, 0x00, 0xD8]), in: scratch)
        == "file:2: byte 6 is half a character of UTF-16: found 0xD800, expected UTF-8 text")
    #expect(
      try message(text([0xFF, 0xFE, 0x61]), in: scratch)
        == "file:1: the file begins as UTF-16 does and is none: found an odd number of bytes, "
        + "expected UTF-8 text")
  }

  @Test func textsWithNothingToPredictAreRefused() throws {
    #expect(try message(text(""), in: scratch) == "file: the file is empty: expected text")
    #expect(
      try message(text("aaaa"), in: scratch)
        == "file: there is nothing to predict in a text of one symbol: found only “a”, "
        + "expected at least two different characters")
    #expect(try message(text("ab"), in: scratch) == "no error")
    #expect(
      try message(text(Array("abc".utf8), validation: 0.3, test: 0.3), in: scratch)
        == "file: the text is too short: found 3 characters, expected at least two for training")
  }

  @Test func filesThatCannotBeReadAreNamed() {
    #expect(
      message(configuration(.languageModel, .text, "/nowhere/x.txt"))
        == "/nowhere/x.txt: cannot be opened (No such file or directory)")
    #expect(
      message(configuration(.languageModel, .text, "/"))
        == "/: is a directory: expected a file")
    #expect(
      message(configuration(.languageModel, .text, "/dev/zero"))
        == "/dev/zero: is a device: expected a file")
    let pipe = NSTemporaryDirectory() + "unfold-pipe-\(UUID().uuidString)"
    defer { unlink(pipe) }
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(
      message(configuration(.languageModel, .text, pipe)) == "\(pipe): is a pipe: expected a file")
    #expect(
      message(configuration(.languageModel, .text, "wrods"))
        == "task.data: neither a file nor the name of data that comes with unfold: found “wrods”, "
        + "expected a path or a name; did you mean words?")
    #expect(
      message(configuration(.languageModel, .text, "shakespeare"))
        == "task.data: shakespeare is not here yet; bring it with: presets/fetch shakespeare")
  }

  @Test func promptsWithUnknownSymbolsAreNamed() throws {
    let task = try load(text("abc"))
    #expect(throws: DataError.self) { try task.inputVocabulary?.encode("abz") }
  }
}
