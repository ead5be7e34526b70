import Foundation
import FuzzedReaders
import SequenceData
import Testing

/// What a person brings to a trained network.
@Suite struct QueryReaderTests {
  private func reader(
    width: Int = 2, _ format: DataSource.Format = .jsonl, vector: Bool = false
  ) -> QueryReader {
    var task = TaskData(
      kind: .sequenceClassification, train: .examples([]), inputWidth: width, outputWidth: 2,
      targetName: "label")
    task.normalisation =
      format == .npz ? Normalisation(mean: [1, 2], standardDeviation: [2, 4]) : nil
    return QueryReader(task, source: DataSource(format: format, location: ""), hasOneVector: vector)
  }

  private func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("unfold-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let url = folder.appendingPathComponent(name)
    try Data(bytes).write(to: url)
    return url.path
  }

  @Test func rowsComeInTheScaleOfTheNetwork() throws {
    let reader = reader(.npz)
    let wanted = SequenceInput.vectors([0, 0, 1, -1], width: 2)
    #expect(try reader.query("[[1, 2], [3, -2]]", from: "x").input == wanted)
    #expect(try reader.query("{\"inputs\": [[1,2],[3,-2]]}", from: "x").input == wanted)
    let path = try file("rows.csv", Array("a,b\n1,2\n3,-2\n".utf8))
    #expect(try reader.query(path, from: "x").input == wanted)
    #expect(try reader.queries(inFile: path)?.map(\.input) == [wanted])
    let lines = try file("rows.txt", Array("[[1,2]]".utf8))
    #expect(try reader.queries(inFile: lines) == nil)
  }

  @Test func numbersThatAreNoneAreRefused() throws {
    let reader = reader()
    for line in ["[[1]]", "[1,2]", "[[1,1e39]]", "[[1,nan]]", "[[1,2]", "{}", "#1", "  ", "a b"] {
      #expect(throws: DataError.self, "\(line)") { try reader.query(line, from: "x", line: 3) }
    }
    do {
      _ = try reader.query("[[1,2,3]]", from: "rows", line: 3)
    } catch {
      #expect(error.description.hasPrefix("rows:3: "))
      #expect(error.description.contains("found 3 numbers a step, expected 2 a step"))
    }
  }

  @Test func oneVectorIsARowOfNumbers() throws {
    let reader = reader(width: 3, vector: true)
    let wanted = SequenceInput.vector([1, 2, 3])
    for line in ["[1,2,3]", "1 2 3", "{\"vector\":[1,2,3]}"] {
      #expect(try reader.query(line, from: "x").input == wanted)
    }
    #expect(throws: DataError.self) { try reader.query("1 2", from: "x") }
  }

  /// Ink is large in arrays and dark in pictures.
  @Test func picturesAreReadAsTasksHaveThem() throws {
    let reader = reader(width: 3, .idx)
    let wanted = SequenceInput.image([255, 0, 255, 0, 255, 0], width: 3, height: 2)
    let text = Array("P2\n# a remark\n3 2\n15\n0 15 0 15 0 15\n".utf8)
    let binary = Array("P5 3 2 255\n".utf8) + [0, 255, 0, 255, 0, 255]
    let wide = Array("P5 3 2 65535 ".utf8) + [0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255]
    let array = NumPyFile.array("|u1", [2, 3], [255, 0, 255, 0, 255, 0])
    let idx: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 255, 0, 255, 0, 255, 0]
    for bytes in [text, binary, wide, array, idx] {
      let path = try file("image", bytes)
      #expect(try reader.query(path, from: "x").input == wanted)
      #expect(try reader.queries(inFile: path)?.count == 1)
    }
    let two = try file("two", Array(idx[..<7]) + [2] + Array(idx[8...]) + [9, 9, 9, 9, 9, 9])
    #expect(try reader.queries(inFile: two)?.count == 2)
    #expect(throws: DataError.self) { try reader.query(two, from: "x") }
  }

  @Test func damagedPicturesAreRefused() throws {
    let reader = reader(width: 3, .idx)
    for bad in [
      "P5 3 2 255\n\0\0", "P5", "P2 3 2 9 1 2 3", "P2 3 2 9 10 0 0 0 0 0", "P5 0 2 255\n",
      "P5 99999999999 2 255\n", "P2 2 1 9 0 0", "P5 3 2 0\n", "P6 3 2 255\n", "\0\0\u{8}\u{3}",
    ] {
      let path = try file("image", Array(bad.utf8))
      #expect(throws: DataError.self, "\(bad)") { try reader.query(path, from: "x") }
    }
  }

  @Test func countsPredictWhatFollowed() {
    // Order 2 on "a b a b": after a came b twice, one kind of symbol.
    var model = NgramModel(order: 2, symbols: 3)
    for symbol: Int32 in [0, 1, 0, 1] { model.learn(symbol) }
    model.beginText()
    // p(a) = (2 + 2 · 1/3) / (4 + 2)
    let alone = (2 + 2.0 / 3) / 6
    #expect(abs(model.judge(0) + log(alone)) < 1e-12)
    // p(b | a) = (2 + 1 · p(b)) / (2 + 1), p(b) = p(a)
    #expect(abs(model.judge(1) + log((2 + alone) / 3)) < 1e-12)
    // An unseen symbol falls back to the shorter context: p(c | b) = 1 · p(c) / (1 + 1)
    let unseen = (0 + 2.0 / 3) / 6
    #expect(abs(model.judge(2) + log(unseen / 2)) < 1e-12)
  }
}
