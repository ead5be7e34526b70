import Foundation
import TrainingEvents

/// What a person who looks elsewhere wants to be told: alerts, and the run's end.
enum Notice {
  /// One line; nil for events that are no news to somebody who does not look.
  static func text(of event: TrainingEvent, run: String) -> String? {
    switch event {
    case .warning(let warning):
      Alert(rawValue: warning.kind) == nil ? nil : "\(run), step \(warning.step): \(warning.text)"
    case .finished(let record): "\(run): \(record.reason.rawValue) at step \(record.step)"
    default: nil
    }
  }

  /// Runs a command by the shell, without a terminal; nobody waits for it.
  static func run(_ command: String, saying text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.environment = ProcessInfo.processInfo.environment.merging(["UNFOLD_NOTICE": text]) {
      $1
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    // Without a shell there is nothing that could be run, and no run ends for that.
    try? process.run()
  }
}
