import Foundation
import FuzzedReaders
import Testing
import TrainingEvents

@testable import SequenceData

struct IDXReaderTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func idx(_ shape: [Int], _ data: [UInt8]) -> [UInt8] {
    [0, 0, 8, UInt8(shape.count)] + shape.flatMap { NumPyFile.little($0, 4).reversed() } + data
  }

  private func write(images: [UInt8], labels: [UInt8], part: String = "train") throws {
    _ = try scratch.write(images, to: "\(part)-images-idx3-ubyte")
    _ = try scratch.write(labels, to: "\(part)-labels-idx1-ubyte")
  }

  private var failure: String {
    message(configuration(.sequenceClassification, .idx, scratch.directory), in: scratch)
      .replacingOccurrences(of: scratch.directory, with: "DIR")
  }

  @Test func imagesAreRead() throws {
    try write(
      images: idx([2, 1, 3], [0, 51, 255, 1, 2, 3]), labels: idx([2], [1, 0]))
    try write(images: idx([1, 1, 3], [9, 9, 9]), labels: idx([1], [1]), part: "t10k")
    _ = try scratch.write("boot\r\nbag", to: "classes.txt")
    let task = try load(configuration(.sequenceClassification, .idx, scratch.directory))
    #expect(task.classNames == ["boot", "bag"])
    #expect(task.train.examples[0].input == .image([0, 51, 255], width: 3, height: 1))
    #expect(task.train.examples.map(\.target) == [.label(1), .label(0)])
    #expect(task.test.count == 1)
    #expect(task.inputWidth == 3)
    var batch = SequenceBatch()
    batch.append(task.train.examples[0], index: 0)
    #expect(batch.inputValues == [0, 0.2, 1])
    #expect(batch.inputWidth == 3 && batch.inputLengths == [1])
  }

  @Test func oneImageIsEnough() throws {
    try write(images: idx([1, 2, 3], [1, 2, 3, 4, 5, 6]), labels: idx([1], [0]))
    let task = try load(configuration(.sequenceClassification, .idx, scratch.directory))
    #expect(task.train.examples.count == 1 && task.inputWidth == 3 && task.outputWidth == 1)
  }

  @Test func filesMayBeGzipped() throws {
    // zlib: the images file above, gzipped.
    _ = try scratch.write(
      Array(
        try #require(Data(base64Encoded: "H4sIAAAAAAACA2Ng4GBmYGBgAmJGIGZmMP7PyMQMAJ8IPVwWAAAA"))),
      to: "train-images-idx3-ubyte.gz")
    _ = try scratch.write(idx([2], [1, 0]), to: "train-labels-idx1-ubyte")
    let task = try load(configuration(.sequenceClassification, .idx, scratch.directory))
    #expect(task.train.examples[1].input == .image([1, 2, 3], width: 3, height: 1))
    #expect(task.test.isEmpty)
  }

  @Test func mistakesAreNamed() throws {
    #expect(
      failure == "train-images-idx3-ubyte: is missing: expected it, or it gzipped")
    func problem(
      _ images: [UInt8], _ labels: [UInt8], test: UInt8? = nil
    ) throws -> String {
      try write(images: images, labels: labels)
      if let test {
        try write(images: idx([1, 1, 1], [0]), labels: idx([1], [test]), part: "t10k")
      }
      return self.failure
    }
    let image = idx([1, 1, 1], [7])
    #expect(
      try problem([1, 2, 3], idx([1], [0]))
        == "train-images-idx3-ubyte: is not an IDX file of bytes: expected 3 axes")
    #expect(
      try problem(idx([2, 1, 1], [7]), idx([2], [0, 0]))
        == "train-images-idx3-ubyte: does not have the size its header says: "
        + "found 1 bytes, expected 2")
    #expect(
      try problem(idx([0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], []), idx([1], [0]))
        .contains("has an impossible size"))
    #expect(
      try problem(image, idx([2], [0, 0]))
        == "train-images-idx3-ubyte: not one label for each image: found 2 labels, expected 1")
    #expect(try problem(idx([1, 0, 1], []), idx([1], [0])).contains("the images are empty"))
    #expect(try problem([0x1F, 0x8B, 8, 0], idx([1], [0])).contains("does not unpack"))
    #expect(
      try problem(image, idx([1], [1]), test: 2)
        == "DIR: item 1 has a label that no training item has: found 2, expected 0 to 1")
    _ = try scratch.write("a\n\nb\n", to: "classes.txt")
    #expect(
      try problem(image, idx([1], [1]), test: 1)
        == "classes.txt:2: an empty or repeated name of a class")
    _ = try scratch.write("a\n", to: "classes.txt")
    #expect(
      try problem(image, idx([1], [1]), test: 1)
        == "classes.txt: not one name for each class: found 1, expected 2")
  }
}

struct HangulReaderTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private let rows = "8000" + String(repeating: "0", count: 56) + "000F"

  @Test func glyphsHaveTheirNamesAsCaptions() throws {
    let path = try scratch.write("가\tga\t\(rows)\r\n각\tgag\t\(rows)")
    let task = try load(configuration(.captioning, .hangul, path))
    let letters = try #require(task.outputVocabulary)
    #expect(letters.symbols == ["\n", "a", "g"])
    #expect(letters.end == 0)
    #expect(task.train.examples.map(\.target) == [.labels([2, 1, 0]), .labels([2, 1, 2, 0])])
    #expect(task.train.examples.map(\.text) == ["가", "각"])
    guard case .image(let pixels, 16, 16) = task.train.examples[0].input else {
      Issue.record("no image")
      return
    }
    #expect(pixels.indices.filter { pixels[$0] == 255 } == [0, 252, 253, 254, 255])
    checkSane(task)
  }

  @Test func mistakesAreNamed() throws {
    func failure(_ content: String) throws -> String {
      message(configuration(.captioning, .hangul, try scratch.write(content)), in: scratch)
    }
    #expect(
      try failure("가\tga")
        == "file:1: not a glyph: found 2 fields, "
        + "expected character, name and rows, separated by tabs")
    #expect(
      try failure("가\tga\t\(rows)\n나\tna\t12")
        == "file:2:3: not a bitmap: found “12”, expected 64 hexadecimal digits")
    #expect(try failure("가\tga\tx\(rows.dropFirst())").contains("not a bitmap"))
    #expect(try failure("") == "file: there is no glyph in the file: expected one a line")
  }
}
