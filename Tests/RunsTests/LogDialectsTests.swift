import Foundation
import Testing
import TrainingEvents

@testable import Runs

/// One log in every dialect that programs write it in: the same numbers at the same steps.
@Suite struct LogDialectsTests {
  private static let count = 60

  /// A call of a logger.
  private struct Row {
    var step: Int
    var loss: Double { 3.2 * exp(-Double(step) / 20) }
    var rate: Double { 0.001 * Double(step) }
    /// At every tenth step.
    var validation: Double? { step % 10 == 0 ? loss + 0.25 : nil }

    func values(_ names: Names) -> [(name: String, text: String?)] {
      [
        (names.step, "\(step)"), (names.loss, "\(loss)"), (names.rate, "\(rate)"),
        (names.validation, validation.map { "\($0)" }),
      ]
    }
  }

  struct Names: Sendable, CustomTestStringConvertible {
    var step = "step"
    var loss = "loss"
    var rate = "lr"
    var validation = "val_loss"
    var testDescription: String { "\(step), \(loss), \(rate), \(validation)" }
  }

  static let names = [
    Names(),
    Names(step: "global_step", loss: "train_loss", rate: "learning_rate", validation: "valid_loss"),
    Names(step: "iteration", loss: "train/loss", rate: "train/lr", validation: "eval/loss"),
    Names(step: "_step", loss: "Loss/train", rate: "lr-Adam", validation: "Loss/val"),
    Names(step: "Step", loss: "Training Loss", rate: "LR", validation: "Validation Loss"),
  ]

  private static let rows = (1...count).map(Row.init)

  private static func object(
    _ row: Row, _ names: Names, quote: String = "\"", isText: Bool = false, missing: String? = nil
  ) -> String {
    let members = row.values(names).compactMap { name, text -> String? in
      guard let text = text ?? missing else { return nil }
      return "\(quote)\(name)\(quote): \(isText && text != missing ? "\"\(text)\"" : text)"
    }
    return "{" + members.joined(separator: ", ") + "}"
  }

  private static func lines(_ line: (Row) -> String, end: String = "\n") -> String {
    rows.map { line($0) + end }.joined()
  }

  private static func table(_ separator: String, _ names: Names, decimal: String = ".") -> String {
    let header = [names.step, names.loss, names.rate, names.validation]
    let body = rows.map { row in
      row.values(names).map { ($0.text ?? "").replacingOccurrences(of: ".", with: decimal) }
    }
    return ([header] + body).map { $0.joined(separator: separator) + "\n" }.joined()
  }

  typealias Dialect = @Sendable (Names) -> String

  static let dialects: [String: (ending: String, text: Dialect)] = [
    "plain": ("jsonl", { names in lines { object($0, names) } }),
    "CRLF": ("jsonl", { names in lines({ object($0, names) }, end: "\r\n") }),
    "blank lines between": ("jsonl", { names in lines({ object($0, names) }, end: "\n\n") }),
    "a mark": ("jsonl", { names in "\u{FEFF}" + lines { object($0, names) } }),
    "no last line end": ("jsonl", { names in String(lines { object($0, names) }.dropLast()) }),
    "numbers as strings": ("jsonl", { names in lines { object($0, names, isText: true) } }),
    "null where nothing was": ("jsonl", { names in lines { object($0, names, missing: "null") } }),
    "Python's dictionaries": ("log", { names in lines { object($0, names, quote: "'") } }),
    "Python's None": (
      "log", { names in lines { object($0, names, quote: "'", missing: "None") } }
    ),
    "behind a logger's prefix": (
      "log", { names in lines { "[2024-05-01 10:00:00] INFO train: " + object($0, names) } }
    ),
    "behind tqdm": (
      "log",
      { names in
        lines { " 50%|█████     | \($0.step)/60 [00:01<00:01]\r\r" + object($0, names, quote: "'") }
      }
    ),
    "nested": (
      "jsonl",
      { names in
        lines { row in
          let values = row.values(names)
          let rest = values.dropFirst().compactMap { name, text in
            text.map { "\"\(name)\": \($0)" }
          }
          return "{\"\(names.step)\": \(row.step), \"metrics\": {\(rest.joined(separator: ", "))}}"
        }
      }
    ),
    "steps as floats": (
      "jsonl",
      { names in
        lines { row in
          object(row, names).replacingOccurrences(
            of: "\"\(names.step)\": \(row.step),", with: "\"\(names.step)\": \(row.step).0,")
        }
      }
    ),
    "validation in lines of its own": (
      "jsonl",
      { names in
        lines { row in
          let values = row.values(names)
          let own = values[..<3].map { "\"\($0.name)\": \($0.text ?? "")" }
          var text = "{\(own.joined(separator: ", "))}"
          if let validation = values[3].text {
            text += "\n{\"\(names.step)\": \(row.step), \"\(names.validation)\": \(validation)}"
          }
          return text
        }
      }
    ),
    "an array": (
      "json", { names in "[" + rows.map { object($0, names) }.joined(separator: ",\n") + "]" }
    ),
    "an array in one line": (
      "json", { names in "[" + rows.map { object($0, names) }.joined(separator: ", ") + "]" }
    ),
    "an array under a log's name": (
      "log", { names in "[" + rows.map { object($0, names) }.joined(separator: ", ") + "]" }
    ),
    "an indented array": (
      "json",
      { names in "[\n  " + rows.map { object($0, names) }.joined(separator: ",\n  ") + "\n]\n" }
    ),
    "log_history": (
      "json",
      { names in
        "{\"epoch\": 1.0, \"log_history\": [\n"
          + rows.map { object($0, names) }.joined(separator: ",\n  ") + "\n]}"
      }
    ),
    "commas": ("csv", { names in table(",", names) }),
    "semicolons and decimal commas": ("csv", { names in table(";", names, decimal: ",") }),
    "tabs": ("tsv", { names in table("\t", names) }),
    "pipes": ("csv", { names in table("|", names) }),
    "a table with a mark": ("csv", { names in "\u{FEFF}" + table(",", names) }),
    "a table with CRLF": (
      "csv", { names in table(",", names).replacingOccurrences(of: "\n", with: "\r\n") }
    ),
    "a table with quotes": (
      "csv",
      { names in
        table(",", names).split(separator: "\n").map { line in
          line.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "\"\($0)\"" }.joined(separator: ",") + "\n"
        }.joined()
      }
    ),
  ]

  @Test(arguments: dialects.keys.sorted(), names)
  func everyDialectHoldsTheSameCurves(_ dialect: String, _ names: Names) throws {
    let temporary = try TemporaryDirectory()
    let written = try #require(Self.dialects[dialect])
    let path = temporary.path + "/train." + written.ending
    try Data(written.text(names).utf8).write(to: URL(fileURLWithPath: path))
    let run = try RecordedRun.read(path)
    let history = run.history
    let steps = (0..<history.count).compactMap { history.steps.step(at: $0) }
    #expect(steps == Array(1...Self.count))
    for (index, row) in Self.rows.enumerated() where index < history.count {
      #expect(abs(Double(history.loss[index]) - row.loss) < 1e-6)
      #expect(abs(Double(history.learningRate.value(at: index) ?? -1) - row.rate) < 1e-8)
    }
    #expect(history.validations.map(\.step) == Array(stride(from: 10, through: 60, by: 10)))
    for record in history.validations {
      #expect(abs(record.loss - (Row(step: record.step).loss + 0.25)) < 1e-9)
    }
    #expect(run.description?.lossName?.hasSuffix(names.loss) == true)
    #expect(run.notes.isEmpty, "\(run.notes)")
  }

  /// Steps that are none: every row is there, in its order.
  @Test(arguments: [
    ("no step at all", "", 1), ("fractions", "\"step\": %g, ", 1),
    ("epochs only", "\"epoch\": %d, ", 0),
    ("all the same", "\"step\": 0, ", 0),
  ])
  func rowsWithoutStepsAreCounted(_ kind: String, _ format: String, _ first: Int) throws {
    let temporary = try TemporaryDirectory()
    let path = temporary.path + "/train.jsonl"
    let text = Self.rows.map { row in
      let index = row.step - 1
      let start =
        format.contains("%g")
        ? String(format: format, (Double(index) + 0.5) / 7)
        : format.contains("%d") ? String(format: format, index) : format
      return "{\(start)\"loss\": \(row.loss)}\n"
    }.joined()
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    let history = try RecordedRun.read(path).history
    #expect(
      (0..<history.count).compactMap { history.steps.step(at: $0) }
        == Array(first..<first + Self.count), "\(kind)")
    for (index, row) in Self.rows.enumerated() where index < history.count {
      #expect(abs(Double(history.loss[index]) - row.loss) < 1e-6)
    }
  }

  /// What a Windows shell writes when a program's output is sent into a file.
  @Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian], ["\r\n", "\n"])
  func wideTextHasTheSameCurve(encoding: String.Encoding, lineEnd: String) throws {
    let temporary = try TemporaryDirectory()
    let lines = (0..<Self.count).map {
      "{\"step\": \($0), \"精度\": 1, \"loss\": \(3 - 0.01 * Double($0))}"
    }
    let text = "\u{FEFF}" + lines.joined(separator: lineEnd) + lineEnd
    let path = temporary.path + "/log.jsonl"
    try #require(text.data(using: encoding)).write(to: URL(fileURLWithPath: path))
    let run = try RecordedRun.read(path)
    #expect(run.notes.isEmpty && run.history.count == Self.count)
    let own = run.history.extra.first { $0.name == "精度" }
    #expect(own?.values.count == Self.count && own?.last == 1)
    #expect((0..<Self.count).allSatisfy { run.history.loss[$0] == Float(3 - 0.01 * Double($0)) })
  }

  /// A list for each name: what is measured more seldom has a shorter one.
  @Test func listsOfUnequalLengthAreRead() throws {
    let temporary = try TemporaryDirectory()
    let path = temporary.path + "/history.json"
    try #"{"loss": [3.0, 2.0, 1.5], "val_loss": [2.5], "name": "a"}"#.write(
      toFile: path, atomically: true, encoding: .utf8)
    let history = try RecordedRun.read(path).history
    #expect((0..<history.steps.count).map { history.loss.value(at: $0) } == [3, 2, 1.5])
    #expect(history.validations.map(\.loss) == [2.5])
  }

  /// A fraction for a step stands for a row; what is measured beside it belongs to the same row.
  @Test func fractionsThatComeAgainAreOneRow() throws {
    let temporary = try TemporaryDirectory()
    let path = temporary.path + "/train.jsonl"
    let lines = (1...4).map { row in
      let step = Double(row) / 2 + 0.25
      return
        "{\"step\": \(step), \"loss\": \(row)}\n{\"step\": \(step), \"accuracy\": \(10 * row)}\n"
    }
    try lines.joined().write(toFile: path, atomically: true, encoding: .utf8)
    let history = try RecordedRun.read(path).history
    #expect((0..<history.count).map { history.loss[$0] } == [1, 2, 3, 4])
    let accuracy = try #require(history.extra.first { $0.name == "accuracy" })
    #expect((0..<accuracy.values.count).map { accuracy.values[$0] } == [10, 20, 30, 40])
    #expect(accuracy.steps == history.steps)
  }
}
