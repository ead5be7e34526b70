import FileFormats
import FuzzedReaders
import Testing
import TrainingEvents

@testable import SequenceData

/// What a person brings next is read as what was learnt was written.
struct NextFileTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Reads a table as one that a network of `width` numbers a step is asked with.
  private func next(
    _ text: String, width: Int, _ wish: TableDialect.Wish
  ) throws -> [Float] {
    var source = DataSource(format: .csv, location: "")
    source.table = wish
    let path = try scratch.write(text, to: "next.csv")
    return try CSVTable.reading(path, as: source, width: width).values
  }

  @Test func theDialectOfATableIsFoundAndKept() throws {
    let rows = (0..<30).map { "\(10 + $0 % 7),\(10 + $0)" }
    let path = try scratch.write("Wert\n" + rows.joined(separator: "\n") + "\n", to: "one.csv")
    let task = try load(configuration(.forecasting, .csv, path))
    var wish = TableDialect.Wish()
    wish.keep(try #require(task.dialect))
    #expect(wish == .init(decimal: .comma))
    // By itself it can be read in two ways.
    #expect(throws: DataError.self) { try next("10,25\n11,5\n", width: 1, .init()) }
    #expect(try next("10,25\n11,5\n", width: 1, wish) == [10.25, 11.5])
    #expect(try next("Wert\n10,25\n11,5\n", width: 1, wish) == [10.25, 11.5])
    // What is said stays.
    var said = TableDialect.Wish(separator: .pipe, decimal: .point)
    said.keep(try #require(task.dialect))
    #expect(said == .init(separator: .pipe, decimal: .point))
  }

  @Test func aNextFileThatIsWrittenOtherwiseIsReadAsItTells() throws {
    let wish = TableDialect.Wish(separator: .semicolon, decimal: .comma)
    #expect(try next("1,5;2,5\n3,5;4\n", width: 2, wish) == [1.5, 2.5, 3.5, 4])
    #expect(try next("a,b\n1.5,2.5\n3.5,4\n", width: 2, wish) == [1.5, 2.5, 3.5, 4])
    let english = TableDialect.Wish(separator: .comma, decimal: .point)
    let german = "a;b\n" + (0..<9).map { "1,\($0);2,5\n" }.joined()
    #expect(try next(german, width: 2, english).prefix(4) == [1, 2.5, 1.1, 2.5])
    // What neither way gives is refused in the words of the first.
    #expect(throws: DataError.self) { try next("1,5;x\n3,5;4\n", width: 2, wish) }
  }

  @Test func dataThatComesWithTheProgramSaysNothingOfAPerson() throws {
    #expect(try load(configuration(.forecasting, .csv, "sunspots")).dialect == nil)
  }

  @Test func numbersOnALineHaveTheSameDecimalMark() throws {
    let task = TaskData(
      kind: .forecasting, train: .examples([]), inputWidth: 1, outputWidth: 1, targetName: "step")
    func numbers(_ line: String, _ decimal: TableDialect.DecimalMark?) throws -> SequenceInput {
      var source = DataSource(format: .csv, location: "")
      source.table.decimal = decimal
      return try QueryReader(task, source: source, hasOneVector: false).query(line, from: "input")
        .input
    }
    #expect(try numbers("14,92 15,1", .comma) == .vectors([14.92, 15.1], width: 1))
    #expect(try numbers("14,92;15", .comma) == .vectors([14.92, 15], width: 1))
    #expect(try numbers("14.92, 15", .comma) == .vectors([14.92, 15], width: 1))
    #expect(try numbers("14,92", .point) == .vectors([14, 92], width: 1))
  }

  @Test func aTableMayBeCalledTSV() throws {
    var source = DataSource(format: .csv, location: "")
    source.table = .init(separator: .tab, decimal: .comma)
    let task = TaskData(
      kind: .forecasting, train: .examples([]), inputWidth: 2, outputWidth: 2, targetName: "step")
    let reader = QueryReader(task, source: source, hasOneVector: false)
    let path = try scratch.write("1,5\t2\n3\t4,25\n", to: "next.tsv")
    #expect(
      try reader.queries(inFile: path)?.map(\.input) == [.vectors([1.5, 2, 3, 4.25], width: 2)])
  }
}

/// Arrays and JSON lines in further shapes that people save them in.
struct ArrayVariantsTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func recordings(_ arrays: [String: [UInt8]]) throws -> TaskData {
    let path = try scratch.write(NumPyFile.archive(arrays), to: "a.npz")
    return try load(configuration(.sequenceClassification, .npz, path))
  }

  private func numbers(_ task: TaskData) -> [[Float]] {
    task.train.examples.map { example in
      guard case .vectors(let values, let width) = example.input else { return [] }
      return values.enumerated().map {
        (task.normalisation?.restore($0.element, channel: $0.offset % width) ?? $0.element)
          .rounded()
      }
    }
  }

  /// 0, 10, 20 are read as the numbers of 21 classes, which hardly anybody means.
  @Test func classesThatNeverOccurAreCounted() throws {
    let steps = NumPyFile.floats([1, 2, 3, 4, 5, 6], [6, 1, 1])
    let gaps = try recordings(["X": steps, "y": NumPyFile.integers([0, 10, 20, 0, 10, 20], [6])])
    #expect(gaps.outputWidth == 21)
    #expect(gaps.notes.contains { $0.hasPrefix("only 3 of the 21 classes occur in the data") })
    let whole = try recordings(["X": steps, "y": NumPyFile.integers([0, 1, 2, 0, 1, 2], [6])])
    #expect(whole.outputWidth == 3 && !whole.notes.contains { $0.hasPrefix("only") })
  }

  @Test func stepsOfNaNAtTheEndArePadding() throws {
    let nan = Float.nan
    let labels = NumPyFile.integers([0, 1], [2])
    let task = try recordings([
      "X": NumPyFile.floats([1, 2, 3, 4, 5, 6, 7, 8, nan, nan, nan, nan], [2, 3, 2]), "y": labels,
    ])
    #expect(numbers(task) == [[1, 2, 3, 4, 5, 6], [7, 8]])
    #expect(
      task.notes == [
        "1 of 2 recordings end in steps of NaN alone, which are taken for padding"
      ])
    // One in the middle is none.
    #expect(throws: DataError.self) {
      try recordings(["X": NumPyFile.floats([1, nan, 3, 4, 5, 6], [2, 3]), "y": labels])
    }
  }

  @Test func aRowOfLabelsIsOneLabelEach() throws {
    let task = try recordings([
      "X": NumPyFile.floats([1, 2, 3, 4, 5, 6], [3, 2]),
      "y": NumPyFile.integers([2, 0, 1], [1, 3]),
    ])
    #expect(task.train.examples.map(\.target) == [.label(2), .label(0), .label(1)])
  }

  @Test func aTransposedSeriesIsNamed() throws {
    let path = try scratch.write(
      NumPyFile.floats([Float](repeating: 1, count: 80), [2, 40]), to: "a.npy")
    #expect(
      message(configuration(.forecasting, .npy, path), in: scratch)
        == "a.npy: the series is too short: found [2, 40], "
        + "expected steps × numbers; transposed? x.T turns it")
  }

  @Test func truthIsAClassAndMinusOneIsNamed() throws {
    let rows = [true, false, true].map { "{\"inputs\": [[1], [2]], \"target\": \($0)}" }
    let path = try scratch.write(rows.joined(separator: "\n"), to: "a.jsonl")
    let task = try load(configuration(.sequenceClassification, .jsonl, path))
    #expect(task.classNames == ["false", "true"])
    #expect(task.train.examples.map(\.target) == [.label(1), .label(0), .label(1)])
    let other = try scratch.write("{\"tokens\": [1, 2], \"targets\": [-1, 2]}", to: "b.jsonl")
    #expect(
      message(configuration(.sequenceLabelling, .jsonl, other), in: scratch)
        == "b.jsonl:1: a number in “targets” is not a symbol: found -1, "
        + "expected an integer from 0 to 999999, or -100 for no target")
  }

  @Test func timesOfChannelsMustAgree() throws {
    func said(_ second: String) throws -> String {
      let lines = (0..<4).map {
        "(0,1.5),(1,2.5):(0,\($0)),(\(second),2):\($0 % 2 == 0 ? "a" : "b")"
      }
      let text = "@timeStamps true\n@classLabel true a b\n@data\n" + lines.joined(separator: "\n")
      let path = try scratch.write(text, to: "a.ts")
      return message(configuration(.sequenceClassification, .ts, path), in: scratch)
    }
    #expect(try said("1") == "no error")
    #expect(
      try said("3")
        == "a.ts:4:24: channel 2 was measured at another time: found “3”, expected “1”")
  }
}
