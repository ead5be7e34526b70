import FileFormats
import Foundation
import SequenceData
import TrainingEvents

/// Says what the readers of data make of files, one JSON object a line, for comparison with other
/// tools' readers. Each line of standard input is a format and a path, and perhaps a separator, a
/// decimal mark and whether there is a header, separated by tabs.
@main enum ReadingProgram {
  static func main() {
    while let line = readLine() {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard fields.count > 1, let format = DataSource.Format(rawValue: fields[0]) else { continue }
      print(answer(format, fields))
    }
  }

  private static func answer(_ format: DataSource.Format, _ fields: [String]) -> String {
    var configuration = TaskConfiguration()
    configuration.data = DataSource(format: format, location: fields[1])
    configuration.kind =
      format == .csv || format == .npy ? .forecasting : .sequenceClassification
    (configuration.validationShare, configuration.testShare) = (0, 0)
    func field(_ index: Int) -> String { fields.count > index ? fields[index] : "" }
    configuration.data.table = .init(
      separator: .init(rawValue: field(2)), decimal: .init(rawValue: field(3)),
      header: .init(rawValue: field(4)))
    var answer = JSONObject()
    do throws(DataError) {
      let task = try TaskLoader.load(configuration, seed: 1, dataDirectories: [])
      answer["notes"] = .array(task.notes.map { .string($0) })
      if let series = task.series {
        answer["names"] = .array(series.names.map { .string($0) })
        answer["values"] = .array(series.values.map { .number(Double($0)) })
      } else if case .examples(let examples) = task.train {
        answer["classes"] = .array(task.classNames.map { .string($0) })
        answer["labels"] = .array(examples.map { label($0, task) })
        answer["inputs"] = .array(examples.map { inputs($0, task) })
      }
    } catch {
      answer["error"] = .string(error.description)
    }
    return String(decoding: JSONValue.object(answer).encoded(), as: UTF8.self)
  }

  private static func label(_ example: Example, _ task: TaskData) -> JSONValue {
    guard case .label(let label) = example.target else { return .null }
    return .string(task.outputVocabulary?.name(of: label) ?? "")
  }

  /// Numbers in the file's own units.
  private static func inputs(_ example: Example, _ task: TaskData) -> JSONValue {
    guard case .vectors(let values, let width) = example.input else { return .null }
    return .array(
      values.enumerated().map { index, value in
        let own = task.normalisation?.restore(value, channel: index % width) ?? value
        return .number(Double(own))
      })
  }
}
