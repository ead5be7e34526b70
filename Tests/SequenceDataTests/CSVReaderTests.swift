import Testing
import TrainingEvents

@testable import SequenceData

struct CSVReaderTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func task(
    _ content: String, validation: Double = 0, test: Double = 0,
    change: (inout DataSource) -> Void = { _ in }
  ) throws -> TaskData {
    try load(
      configuration(
        .forecasting, .csv, try scratch.write(content), validation: validation, test: test
      ) { change(&$0.data) })
  }

  private func failure(_ content: String, columns: [String] = []) throws -> String {
    message(
      configuration(.forecasting, .csv, try scratch.write(content)) {
        $0.data.columns = columns
      }, in: scratch)
  }

  @Test func columnsAreChosenByNameOrNumber() throws {
    let content = "\u{FEFF}\"YEAR\",\"a, b\",c\r\n1,10,5\r\n2,20,7\r\n3,30,6\r\n4,40,9"
    let named = try task(content) { $0.columns = ["a, b"] }
    #expect(named.series?.values == [10, 20, 30, 40])
    #expect(named.series?.names == ["a, b"])
    let numbered = try task(content) { $0.columns = ["3", "YEAR"] }
    #expect(numbered.series?.values == [5, 1, 7, 2, 6, 3, 9, 4])
    #expect(numbered.inputWidth == 2)
    #expect(try task(content).series?.names == ["YEAR", "a, b", "c"])
    #expect(try task("1;2\n3;4\n5;6").series?.names == ["column 1", "column 2"])
  }

  @Test func theNetworkSaysTheNextRow() throws {
    let task = try task("x\n1\n2\n3\n4\n5\n") { $0.length = 2 }
    let scale = try #require(task.normalisation)
    #expect(scale.mean == [3])
    #expect(abs(scale.standardDeviation[0] - Float(2).squareRoot()) < 1e-6)
    #expect(task.train.count == 3)
    let example = task.train.examples[1]
    guard case .vectors(let inputs, 1) = example.input,
      case .values(let targets, 1) = example.target
    else {
      Issue.record("not a series")
      return
    }
    #expect(inputs.map { scale.restore($0).rounded() } == [2, 3])
    #expect(targets.map { scale.restore($0).rounded() } == [3, 4])
    #expect(example.text == "rows 3–4")
  }

  @Test func everyHeldOutRowIsScoredOnce() throws {
    let rows = (0..<100).map { "\($0 * $0)" }.joined(separator: "\n")
    let task = try task(rows, validation: 0.1, test: 0.2) { $0.length = 5 }
    #expect(task.validation.targetCount == 10)
    #expect(task.test.targetCount == 20)
    let example = try #require(task.test.examples.first)
    let scale = try #require(task.normalisation)
    guard case .values(let targets, _) = example.target else { return }
    #expect(scale.restore(targets[example.scoredFrom]).rounded() == 80 * 80)
    #expect(scale.restore(targets[targets.count - 1]).rounded() == 99 * 99)
    #expect(example.scoredFrom == 20)
    #expect(task.baselines.map(\.name) == ["persistence", "AR(9)"])
  }

  @Test func longWindowsDoNotMultiplyTheSeries() throws {
    let rows = (0..<20_000).map { "\($0 % 7)" }.joined(separator: "\n")
    let task = try task(rows) { $0.length = 5_000 }
    let steps = task.train.examples.reduce(0) { $0 + $1.input.steps }
    #expect(steps <= 2_100_000)
    #expect(task.train.count > 100)
  }

  @Test func mistakesAreNamed() throws {
    let missing = "or task.data.missing=hold, interpolate or drop"
    #expect(
      try failure("a,b\n1,2\n3\n4,5\n")
        == "file:3: a row of another width: found 1 fields, expected 2 as in the other rows")
    #expect(
      try failure("a,b\n1,2\n2,x\n")
        == "file:3:2: not a number in the column “b”: found “x”, expected a finite number")
    #expect(
      try failure("a,b\n1,2\n2,\n")
        == "file:3:2: not a number in the column “b”: found nothing, expected a finite number, "
        + missing)
    #expect(
      try failure("a\n1\nNaN\n")
        == "file:3:1: not a number in the column “a”: found “NaN”, expected a finite number, "
        + missing)
    #expect(
      try failure("a\n1\n1e39\n")
        == "file:3:1: not a number in the column “a”: found “1e39”, expected a finite number")
    #expect(
      try failure("a\n1\n-inf\n")
        == "file:3:1: not a number in the column “a”: found “-inf”, expected a finite number")
    #expect(try failure("") == "file: there is no row of numbers: expected one row a time step")
    #expect(
      try failure("a,b\n") == "file: there is no row of numbers: expected one row a time step")
    #expect(
      try failure("1\n2\n")
        == "file: the series is too short: found 2 rows, expected at least 3 for training")
    #expect(
      try failure("year,sunspots\n1,2", columns: ["sunspot"])
        == "file: no such column: found “sunspot”, expected year, sunspots; did you mean sunspots?")
    #expect(
      try failure("day,name\n2020-01-01,x\n")
        == "file: there is no column of numbers: found “day” (dates), “name” (text), "
        + "expected one row a time step")
    #expect(
      try failure("day,a\n2020-01-01,1\n2020-01-02,2\nTotal,3\n")
        .hasPrefix("file:4:1: not a date in the column “day”: found “Total”"))
    #expect(try failure("a,\"b\n1,2") == "file:1: a quote that is never closed")
  }

  @Test func sunspotsHaveBaselines() throws {
    let task = try load(
      configuration(.forecasting, .csv, "sunspots", validation: 0.1, test: 0.2) {
        $0.data.columns = ["SUNACTIVITY"]
      })
    #expect(task.series?.count == 309)
    #expect(task.series?.values.prefix(3) == [5, 11, 16])
    let persistence = try #require(task.baselines.first)
    let linear = try #require(task.baselines.last)
    #expect(linear.value < persistence.value)
    // Computed with numpy.linalg.lstsq.
    #expect(abs(persistence.value - 0.908017) < 1e-4)
    #expect(abs(linear.value - 0.322867) < 1e-4)
  }
}
