import ArgumentParser
import Glibc
import RecurrentNetworks
import Runs
import SequenceData
import Sessions
import Training
import TrainingEvents

extension ExitStatus {
  /// Says what went wrong in one line on standard error, and ends the program.
  static func leave(with error: any Error) -> Never {
    switch error {
    case let failure as RunFailure:
      say(failure.description)
      exit(failure.status)
    case is PresetError, is DataError, is ParameterMismatch, is RunError:
      say("\(error)")
      exit(badInput)
    default:
      let status = Unfold.exitCode(for: error)
      guard status != .success else { Unfold.exit(withError: error) }
      say(oneLine(Unfold.message(for: error)) + suggestion)
      exit(status == .validationFailure ? badInput : status.rawValue)
    }
  }

  /// A mistake in the arguments, without the usage that the parser says behind it.
  private static func oneLine(_ message: String) -> String {
    let lines = message.split(separator: "\n").map { String($0.drop { $0 == " " }) }
    return lines.first ?? "the arguments make no sense"
  }

  /// The command that a first word was meant to be, which is taken for a preset otherwise.
  private static var suggestion: String {
    guard let word = CommandLine.arguments.dropFirst().first, !word.hasPrefix("-") else {
      return ""
    }
    let names = Unfold.configuration.subcommands.compactMap { $0.configuration.commandName }
    guard !names.contains(word), PresetLibrary.text(of: word) == nil,
      let near = EditDistance.nearest(to: word, among: names)
    else { return "" }
    return "; did you mean `unfold \(near)`?"
  }
}
