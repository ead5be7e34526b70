import FileFormats
import Foundation
import Testing
import TrainingEvents

@testable import SequenceData

/// Small real-life tables, each of a kind that people have, with what their authors mean.
enum Cases {
  static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Cases").path

  static func path(_ name: String) -> String { directory + "/" + name }

  /// The message of the error that a case throws, its directory cut off; `read` without one.
  static func message(_ configuration: TaskConfiguration) -> String {
    do {
      _ = try load(configuration)
      return "read"
    } catch { return "\(error)".replacingOccurrences(of: directory + "/", with: "") }
  }

  /// Names of all cases that begin so.
  static func names(_ prefixes: String...) -> Set<String> {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return Set(all.filter { name in prefixes.contains { name.hasPrefix($0) } })
  }
}

struct TableCasesTests {
  /// What a table holds: the columns of numbers, how many rows, the first and the last.
  struct Meaning: Sendable {
    var names: [String]
    var rows: Int
    var first: [Float]
    var last: [Float]
  }

  static let meanings: [String: Meaning] = [
    "csv_comment_line.csv": .init(
      names: ["time", "value"], rows: 200, first: [0, 10.07], last: [199, 14.92]),
    "csv_constant_column.csv": .init(
      names: ["a", "b"], rows: 200, first: [10.07, 7], last: [14.92, 7]),
    "csv_date_header.csv": .init(names: ["passengers"], rows: 200, first: [10.1], last: [14.9]),
    "csv_date_noheader.csv": .init(names: ["column 2"], rows: 200, first: [10.1], last: [14.9]),
    "csv_footer_note.csv": .init(names: ["Passengers"], rows: 144, first: [100], last: [243]),
    "csv_pandas_index_noname.csv": .init(
      names: ["open", "close"], rows: 200, first: [10.07, 11.07], last: [14.92, 15.92]),
    "csv_percent_currency.csv": .init(
      names: ["Close/Last", "Change"], rows: 200, first: [10.07, 1], last: [14.92, 1.5]),
    "csv_quoted_newline_header.csv": .init(
      names: ["day number", "value"], rows: 200, first: [0, 10.07], last: [199, 14.92]),
    "csv_semicolon_decimal_comma.csv": .init(
      names: ["Temperatur"], rows: 200, first: [10.07], last: [14.92]),
    "csv_semicolon_decimal_comma_noheader.csv": .init(
      names: ["column 1", "column 2"], rows: 200, first: [10.07, 20.14], last: [14.92, 29.84]),
    "csv_semicolon_header_comma.csv": .init(
      names: ["t", "speed, km/h"], rows: 200, first: [0, 1000], last: [199, 1431.4]),
    "csv_semicolon_one_comma_in_remark.csv": .init(
      names: ["value"], rows: 200, first: [1000], last: [1431.4]),
    "csv_semicolon_text_with_comma.csv": .init(
      names: ["value"], rows: 200, first: [1000], last: [1431.4]),
    "csv_sep_line.csv": .init(
      names: ["time", "value"], rows: 200, first: [0, 10.07], last: [199, 14.92]),
    "csv_single_decimal_comma_header.csv": .init(
      names: ["Wert"], rows: 200, first: [10.07], last: [14.92]),
    "csv_single_decimal_comma_noheader.csv": .init(
      names: ["column 1"], rows: 200, first: [10.07], last: [14.92]),
    "csv_spaces.csv": .init(
      names: ["time", "value"], rows: 200, first: [0, 10.07], last: [199, 14.92]),
    "csv_tab_decimal_comma.csv": .init(
      names: ["day", "sales"], rows: 200, first: [0, 1000], last: [199, 1431.4]),
    "csv_thousands_quoted.csv": .init(
      names: ["day", "sales, total"], rows: 200, first: [0, 10070.23], last: [199, 14920.35]),
    "csv_trailing_comma.csv": .init(
      names: ["time", "value"], rows: 200, first: [0, 10.07], last: [199, 14.92]),
    "min_decimal_comma.csv": .init(
      names: ["t", "v"], rows: 60, first: [1, 1.15], last: [60, 4.05]),
  ]

  /// Tables with a number missing: what is said, and the row before, in and after the gap as held
  /// and as interpolated.
  static let gaps: [String: String] = [
    "csv_missing_cell.csv":
      "csv_missing_cell.csv:52:2: not a number in the column “value”: found nothing, ",
    "csv_missing_qmark.csv":
      "csv_missing_qmark.csv:52:2: not a number in the column “value”: found “?”, ",
    "csv_missing_first_row_noheader.csv":
      "csv_missing_first_row_noheader.csv:1:1: not a number in the column “column 1”: found “NA”, ",
    "csv_nan_word.csv": "csv_nan_word.csv:32:1: not a number in the column “value”: found “nan”, ",
  ]

  private func task(_ name: String, _ missing: MissingValues? = nil) throws -> TaskData {
    try load(
      configuration(.forecasting, .csv, Cases.path(name), validation: 0.1, test: 0.1) {
        $0.data.missing = missing
      })
  }

  @Test func everyTableIsInTheList() {
    let listed = Set(Self.meanings.keys).union(Self.gaps.keys)
    #expect(Cases.names("csv_", "min_") == listed)
  }

  @Test(arguments: meanings.keys.sorted()) func tablesAreReadAsTheirAuthorsMean(
    name: String
  ) throws {
    let meaning = try #require(Self.meanings[name])
    let task = try task(name)
    let series = try #require(task.series)
    #expect(series.names == meaning.names)
    #expect(series.count == meaning.rows)
    #expect(Array(series.values.prefix(meaning.names.count)) == meaning.first)
    #expect(Array(series.values.suffix(meaning.names.count)) == meaning.last)
    // How it was read is said first, in one line.
    let note = try #require(task.notes.first)
    #expect(note.hasPrefix(name + ": ") && note.contains("decimal"))
    for example in task.train.examples {
      guard case .vectors(let values, _) = example.input else { continue }
      #expect(values.allSatisfy { $0.isFinite && abs($0) < 10 })
    }
  }

  @Test(arguments: gaps.keys.sorted()) func gapsAreNamedOrFilled(name: String) throws {
    let path = Cases.path(name)
    let said = Cases.message(configuration(.forecasting, .csv, path))
    #expect(said.hasPrefix(try #require(Self.gaps[name])))
    #expect(said.hasSuffix("or task.data.missing=hold, interpolate or drop"))
    let dropped = try #require(try task(name, .drop).series)
    let held = try #require(try task(name, .hold).series)
    let line = try #require(try task(name, .interpolate).series)
    let hasStart = name.contains("first_row")
    #expect(dropped.count == 199)
    #expect(held.count == (hasStart ? 199 : 200))
    #expect(line.count == held.count)
    guard !hasStart else { return }
    let gap = try #require(zip(held.values, dropped.values).enumerated().first { $1.0 != $1.1 })
      .offset
    #expect(held.values[gap] == held.values[gap - 1])
    #expect(line.values[gap] == (held.values[gap - 1] + held.values[gap + 1]) / 2)
    #expect(try task(name, .hold).notes.contains { $0.contains("1 missing number held") })
  }

  /// The same numbers in every dialect near a case's: what separates, what marks decimals and
  /// thousands, quotes, line ends, a header, dates, an index, remarks.
  @Test func neighbouringDialectsHoldTheSameNumbers() throws {
    let numbers: [[Double]] = (0..<40).map { row in
      let first = 1000 + 37.25 * Double(row % 11) - 0.5 * Double(row)
      return [first, -3.5 + 0.25 * Double(row % 7)]
    }
    let expected: [Float] = numbers.flatMap { $0 }.map { Float($0) }
    var read = 0
    for separator in TableDialect.Separator.allCases {
      for decimal in [",", "."] {
        for thousands in ["", decimal == "," ? "." : ",", "'", "\u{A0}", "\u{202F}"] {
          for (index, lineEnd) in ["\n", "\r\n", "\r"].enumerated() {
            let mark = Self.bytes[separator] ?? " "
            let quotes = index == 1 || mark == decimal || mark == thousands
            let dates = index == 2
            var lines = index == 0 ? ["# by hand"] : []
            let names: [String] = (dates ? ["Datum"] : []) + ["a b", "c"]
            lines.append(names.map { "\"\($0)\"" }.joined(separator: mark))
            for (row, pair) in numbers.enumerated() {
              var fields: [String] = dates ? ["\(row % 28 + 1).02.2021"] : []
              fields += pair.map { Self.text($0, decimal, thousands) }
              if quotes { fields = fields.map { "\"\($0)\"" } }
              lines.append(fields.joined(separator: mark))
            }
            let content = lines.joined(separator: lineEnd) + (index == 0 ? "" : lineEnd)
            let table = try NumericTable(Array(content.utf8)[...])
            let chosen = table.columns.indices.filter { table.columns[$0].kind == .numbers }
            let place = "\(separator) \(decimal) \(thousands) \(index)"
            #expect(try table.values(of: chosen).numbers == expected, "\(place)")
            #expect(chosen.map { table.columns[$0].name } == ["a b", "c"], "\(place)")
            read += 1
          }
        }
      }
    }
    #expect(read == 150)
  }

  private static let bytes: [TableDialect.Separator: String] = [
    .comma: ",", .semicolon: ";", .tab: "\t", .pipe: "|", .blank: "  ",
  ]

  private static func text(_ value: Double, _ decimal: String, _ thousands: String) -> String {
    let digits = String(format: "%.2f", abs(value)).split(separator: ".")
    var whole = String(digits[0])
    if whole.count > 3 {
      whole.insert(contentsOf: thousands, at: whole.index(whole.endIndex, offsetBy: -3))
    }
    return (value < 0 ? "-" : "") + whole + decimal + digits[1]
  }
}

struct TabSeparatedCasesTests {
  private func classification(
    _ name: String, test: String? = nil
  ) -> TaskConfiguration {
    configuration(.sequenceClassification, .tsv, Cases.path(name)) {
      $0.data.symbols = .word
      $0.data.test = test.map(Cases.path)
    }
  }

  @Test func everyFileIsTested() {
    #expect(
      Cases.names("tsv_", "ucr_") == [
        "tsv_cr_only.tsv", "tsv_empty_text.tsv", "tsv_header_row.tsv",
        "tsv_label_unseen_in_test_test.tsv", "tsv_label_unseen_in_test_train.tsv",
        "tsv_quotes_tab_inside.tsv", "tsv_rare_label.tsv", "tsv_text_then_label.tsv", "ucr_tab.tsv",
      ])
  }

  @Test func labelsAndTextsAreReadAsMeant() throws {
    for name in ["tsv_cr_only.tsv", "tsv_header_row.tsv", "tsv_text_then_label.tsv"] {
      let task = try load(classification(name))
      #expect(task.classNames == ["neg", "pos"], "\(name)")
      #expect(task.train.count == 60, "\(name)")
      #expect(task.train.examples.allSatisfy { $0.text.split(separator: " ").count > 3 }, "\(name)")
    }
    #expect(
      try load(classification("tsv_header_row.tsv")).notes == [
        "tsv_header_row.tsv: line 1 is a header and left out: “label”, “text”"
      ])
    let rare = try load(classification("tsv_rare_label.tsv"))
    #expect(rare.classNames == ["pos", "rare"])
    #expect(rare.notes.first?.contains("“rare” has one row alone") == true)
  }

  @Test func whatIsNoExampleIsNamedByItsLine() {
    #expect(
      Cases.message(classification("tsv_empty_text.tsv"))
        == "tsv_empty_text.tsv:61:2: an empty field: "
        + "expected some text, or task.data.missing=drop")
    #expect(
      Cases.message(classification("tsv_quotes_tab_inside.tsv"))
        == "tsv_quotes_tab_inside.tsv:31: wrong number of fields: found 3, "
        + "expected 2, separated by one tab")
    #expect(
      Cases.message(
        classification(
          "tsv_label_unseen_in_test_train.tsv", test: "tsv_label_unseen_in_test_test.tsv")
      ).hasPrefix("tsv_label_unseen_in_test_test.tsv:2: a label that no training row has"))
  }

  @Test func aHeaderOfUnknownWordsIsNoClassEither() throws {
    let scratch = try Scratch()
    let rows = (0..<20).map { "\($0 % 2 == 0 ? "joy" : "fear")\tsome words \($0)" }
    func task(_ first: String) throws -> TaskData {
      let path = try scratch.write(([first] + rows).joined(separator: "\n"))
      return try load(configuration(.sequenceClassification, .tsv, path))
    }
    #expect(try task("mood\tremark").classNames == ["fear", "joy"])
    let rare = try task("anger\tsome other words")
    #expect(rare.classNames == ["anger", "fear", "joy"])
    #expect(rare.notes.first?.contains("line 1 may be a header") == true)
    #expect(try task("joy\tremark").train.count == 21)
  }

  @Test func recordingsOfTheArchiveAreNumbersOverTime() throws {
    let task = try load(classification("ucr_tab.tsv"))
    #expect(task.classNames == ["1", "2"])
    #expect(task.inputWidth == 1)
    #expect(task.train.count == 60)
    #expect(task.train.examples.allSatisfy { $0.input.steps == 8 })
    let scale = try #require(task.normalisation)
    guard case .vectors(let values, 1) = task.train.examples[0].input else {
      Issue.record("no numbers")
      return
    }
    #expect(abs(scale.restore(values[0]) - 0.514) < 1e-5)
    #expect(task.train.examples[0].target == .label(1))
  }

  /// Days in one number each, in whatever order, are dates; other whole numbers are not.
  @Test func compactDaysAreDates() throws {
    let days = "day,x\n20240305,1.5\n20240301,2.5\n20231231,4\n20240229,8"
    let table = try NumericTable(Array(days.utf8)[...])
    #expect(table.columns.map(\.kind) == [.dates, .numbers])
    let others = days.replacing("20240229", with: "20249929")
    #expect(try NumericTable(Array(others.utf8)[...]).columns[0].kind == .numbers)
  }

  /// The names that a data frame has without any, above the index that it writes.
  @Test func countedNamesStandAboveAnIndex() throws {
    let frame = ",0,1\n0,1.5,2.5\n1,0.5,4\n2,3,1"
    let table = try NumericTable(Array(frame.utf8)[...])
    #expect(table.rowCount == 3 && table.columns.map(\.kind) == [.index, .numbers, .numbers])
    #expect(table.columns.dropFirst().map(\.name) == ["0", "1"])
  }

  /// A first line that names the separator, as spreadsheets write it, is none of the table's.
  @Test(arguments: ["sep=;", "SEP=;", "\"sep=;\""], ["\n", "\r\n"])
  func theLineThatNamesTheSeparatorIsTaken(line: String, end: String) throws {
    let rows = [line, "a;b", "1,5;2", "3;4,5", "5;6"].joined(separator: end)
    let table = try NumericTable(Array(rows.utf8)[...])
    #expect(table.columns.map(\.name) == ["a", "b"] && table.remarks.isEmpty)
    #expect(try table.values(of: [0, 1]).numbers == [1.5, 2, 3, 4.5, 5, 6])
    // One column, whatever else could separate.
    let other = try NumericTable(Array("sep=;\n1,5\n2,5\n3,5".utf8)[...])
    #expect(other.columns.count == 1 && other.rowCount == 3)
  }

  /// A first row with a word among a day and a fraction is a row with a slip, and no names of columns.
  @Test func aRowOfDataWithAWordIsNoHeader() throws {
    let rows = "ten,2024-01-01,1.5\n3,2024-01-02,2.5\n4,2024-01-03,0.5\n5,2024-01-04,3.5"
    let table = try? NumericTable(Array(rows.utf8)[...])
    #expect(table?.columns.map(\.name).contains("ten") != true)
  }

  /// R writes names of rows and no name for them.
  @Test func theFirstColumnOfRHasNoName() throws {
    for names in [["1", "2", "3"], ["Oslo", "Rome", "Bonn"]] {
      let rows = zip(names, ["1.5 2", "2.5 4", "0.5 8"]).map { "\"\($0)\" \($1)" }
      let content = (["\"a\" \"b\""] + rows).joined(separator: "\n")
      let table = try NumericTable(Array(content.utf8)[...])
      #expect(table.columns.map(\.name) == ["column 1", "a", "b"], "\(names)")
      #expect(try table.values(of: [1, 2]).numbers == [1.5, 2, 2.5, 4, 0.5, 8])
    }
    // A measured number is no name: here a separator is missing at the rows' ends.
    let table = try NumericTable(Array("a b\n0.1 1 2\n0.1 3 4\n0.3 5 6".utf8)[...])
    #expect(table.columns.map(\.name) != ["column 1", "a", "b"])
  }
}
