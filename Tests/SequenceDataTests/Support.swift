import Foundation
import Testing
import TrainingEvents

@testable import SequenceData

/// Writes files for one test and loads tasks from them.
final class Scratch {
  let directory: String

  init() throws {
    directory = NSTemporaryDirectory() + "sequence-data-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  func write(_ content: String, to name: String = "file") throws -> String {
    try write(Array(content.utf8), to: name)
  }

  func write(_ bytes: [UInt8], to name: String = "file") throws -> String {
    let path = directory + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }
}

/// The data that comes with the program.
let packagedData: String = {
  var url = URL(fileURLWithPath: #filePath)
  for _ in 0..<3 { url.deleteLastPathComponent() }
  return url.appendingPathComponent("presets/data").path
}()

func configuration(
  _ kind: TaskKind, _ format: DataSource.Format, _ location: String, validation: Double = 0,
  test: Double = 0, change: (inout TaskConfiguration) -> Void = { _ in }
) -> TaskConfiguration {
  var configuration = TaskConfiguration()
  configuration.kind = kind
  configuration.data = DataSource(format: format, location: location)
  configuration.validationShare = validation
  configuration.testShare = test
  change(&configuration)
  return configuration
}

func load(_ configuration: TaskConfiguration, seed: UInt64 = 1) throws -> TaskData {
  try TaskLoader.load(configuration, seed: seed, dataDirectories: [packagedData])
}

/// The message of the error that loading throws, the scratch directory cut off.
func message(_ configuration: TaskConfiguration, in scratch: Scratch? = nil) -> String {
  do {
    _ = try load(configuration)
    return "no error"
  } catch {
    let text = "\(error)"
    guard let scratch else { return text }
    return text.replacingOccurrences(of: scratch.directory + "/", with: "")
  }
}

extension DataSet {
  var examples: [Example] {
    if case .examples(let examples) = self { return examples }
    return []
  }

  var table: ItemTable? {
    if case .lines(let table) = self { return table }
    return nil
  }

  var streamed: [Int32] {
    guard case .stream(let tokens) = self else { return [] }
    return (0..<tokens.count).map { tokens[$0] }
  }
}
