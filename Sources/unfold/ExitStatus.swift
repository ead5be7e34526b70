import ArgumentParser
import Glibc
import RecurrentNetworks
import Runs
import SequenceData
import Training

/// How the program ends: 0 done, 1 the run failed, 2 wrong usage or bad input, 128 + signal when
/// it was killed.
enum ExitStatus {
  static let done: Int32 = 0
  static let failed: Int32 = 1
  static let badInput: Int32 = 2

  static func signal(_ number: Int32) -> Int32 { 128 + number }

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

  static func say(_ text: String) { write(message(text), to: STDERR_FILENO) }

  /// A line for standard error.
  static func message(_ text: String) -> [UInt8] {
    // Messages quote files and arguments, which may hold what a terminal obeys.
    Array("unfold: \(SafeOutput.harmless(text))\n".utf8)
  }

  /// Writes all of a text, whatever the descriptor takes at a time.
  @discardableResult
  static func write(_ text: String, to descriptor: Int32) -> Bool {
    write(Array(text.utf8), to: descriptor)
  }

  /// Seconds for which nobody has to read standard error before a message is given up.
  private static let patience: Int32 = 2

  /// - Returns: false when the other end is gone.
  @discardableResult
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var bytes = bytes[...]
    while !bytes.isEmpty {
      // A reader of results may take its time; messages must not keep a program from its end.
      var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      let isReady = poll(&ready, 1, descriptor == STDERR_FILENO ? 1000 * patience : -1)
      if isReady < 0, errno == EINTR { continue }
      guard isReady != 0 else { return false }
      // What a pipe with room takes whole, so that this write does not wait either.
      let count = bytes.prefix(4096).withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return false }
      bytes.removeFirst(count)
    }
    return true
  }
}

/// A run that could not go on, with the status to leave with.
struct RunFailure: Error, CustomStringConvertible {
  var description: String
  var status = ExitStatus.failed
}
