import FileFormats
import Foundation
import Runs
import SequenceData
import Training

/// What `unfold evaluate` prints.
struct EvaluationListing {
  private let evaluation: Evaluation
  private let snapshot: LoadedSnapshot
  private let title: String
  private let seconds: Double

  init(
    _ evaluation: Evaluation, of snapshot: LoadedSnapshot, title: String, elapsed: Duration
  ) {
    self.evaluation = evaluation
    self.snapshot = snapshot
    self.title = title
    let (whole, parts) = elapsed.components
    seconds = Double(whole) + Double(parts) / 1e18
  }

  /// One object on one line; shares stay between 0 and 1.
  var json: String {
    let object: JSONValue = [
      "snapshot": .string(snapshot.path), "title": .string(title),
      "step": .integer(snapshot.checkpoint.state.step), "task": .string(evaluation.task.rawValue),
      "split": .string(evaluation.part.rawValue), "sequences": .integer(evaluation.sequences),
      "targets": .integer(evaluation.targets), "targetName": .string(evaluation.targetName),
      "longest": .integer(evaluation.longest), "seconds": .real(seconds),
      "measures": .array(
        evaluation.figures.map { figure in
          [
            "name": .string(figure.measure.rawValue), "condition": .string(figure.condition),
            "value": .real(figure.value),
            "higherIsBetter": .bool(figure.measure.higherIsBetter),
            "baselines": .array(
              figure.baselines.map { ["name": .string($0.name), "value": .real($0.value)] }),
          ]
        }),
      "notes": .array(evaluation.notes.map { .string($0) }),
    ]
    return String(decoding: object.encoded(), as: UTF8.self)
  }

  var text: String {
    let rows = evaluation.figures.map { figure in
      [
        figure.condition.isEmpty
          ? figure.measure.rawValue : "\(figure.measure.rawValue), \(figure.condition)",
        Self.number(figure.value, figure.measure),
        figure.baselines.map { "\($0.name) \(Self.number($0.value, figure.measure))" }
          .joined(separator: ", "),
      ]
    }
    let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      let line =
        row[0] + Self.blanks(widths[0] - row[0].count + 2 + widths[1] - row[1].count) + row[1]
      return row[2].isEmpty ? line : line + "   (" + row[2] + ")"
    }
    return ([title, size] + lines + evaluation.notes).joined(separator: "\n")
  }

  private var size: String {
    let count = { (number: Int, name: String) in "\(number) \(name)\(number == 1 ? "" : "s")" }
    return "step \(snapshot.checkpoint.state.step), \(evaluation.part.rawValue) set: "
      + "\(count(evaluation.sequences, "sequence")) of up to \(count(evaluation.longest, "step")), "
      + count(evaluation.targets, evaluation.targetName)
      + String(format: ", %.1f s", seconds)
  }

  private static func number(_ value: Double, _ measure: Measure) -> String {
    guard value.isFinite else { return "not finite" }
    if measure.isShare { return String(format: "%.2f %%", 100 * value) }
    // Small errors keep their digits.
    return abs(value) < 0.01 && value != 0
      ? String(format: "%.2e", value) : String(format: "%.4f", value)
  }

  private static func blanks(_ count: Int) -> String {
    String(repeating: " ", count: max(0, count))
  }
}
