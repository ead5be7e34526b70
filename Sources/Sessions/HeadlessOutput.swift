import Foundation
import Glibc
import Runs
import TerminalGraphics
import TrainingEvents

/// Where a run without a terminal says what it says.
package struct OutputDescriptors: Sendable {
  /// Results, a JSON object a line.
  package var results = STDOUT_FILENO
  /// What a person should know.
  package var errors = STDERR_FILENO

  package init() {}
}

/// What a run without a terminal says: results on standard output, what a person should know on
/// standard error. Neither holds up the run, whoever reads or does not.
final class HeadlessOutput: Sendable {
  /// Standard error.
  let errors: LineOutput
  private let results: LineOutput

  /// - Parameters:
  ///   - run: where the run is recorded, for messages
  ///   - descriptors: where it is said
  ///   - readerGone: called when nobody reads the results any more
  init(
    run: String, to descriptors: OutputDescriptors, readerGone: @escaping @Sendable () -> Void
  ) {
    let errors = LineOutput(descriptors.errors, name: "standard error", limit: 1 << 16) {
      lines, _ in
      Array("unfold: \(lines) messages were not read\n".utf8)
    }
    self.errors = errors
    results = LineOutput(
      descriptors.results, name: "standard output",
      note: { lines, step in
        let text = "\(lines) \(lines == 1 ? "line was" : "lines were") not taken"
        return EventLine.encode(
          .warning(
            WarningRecord(
              step: step, kind: "output", text: text, advice: "The run's record has them.")),
          for: .standardOutput)
      },
      report: { trouble in
        switch trouble {
        case .readerGone: readerGone()
        case .refused(let error):
          errors.write(
            ExitStatus.message("\(error); the run goes on, and its record in \(run) has every line")
          )
        }
      })
  }

  /// Says a line on standard error.
  func say(_ text: String) { errors.write(ExitStatus.message(text)) }

  /// Prints an event where it is one of those that are printed.
  func write(_ event: TrainingEvent, step: Int) {
    results.write(EventLine.encode(event, for: .standardOutput), step: step)
  }

  /// Waits for whoever reads, as long as that makes sense.
  ///
  /// - Parameter isPatient: whether nobody waits for the program's end
  /// - Returns: what became of the results
  func finish(isPatient: Bool) async -> LineOutput.Outcome {
    let outcome = await results.finish(
      patience: isPatient ? 5 : 0.5, longest: isPatient ? 60 : 2)
    if outcome.untaken > 0, outcome.trouble == nil {
      say("standard output: \(outcome.untaken) lines were not taken")
    }
    return outcome
  }

  /// Ends standard error, too.
  func finishErrors() async { _ = await errors.finish(patience: 1, longest: 2) }
}

/// What a command answers, on standard output.
package enum SafeOutput {
  /// Writes a text and a line end. A pipe gets every byte; a terminal gets nothing that it would
  /// obey, since texts, names and symbols come from files.
  ///
  /// - Throws: `RunFailure` when standard output takes no more: what was asked for was not given.
  package static func show(_ text: String) throws {
    let shown = isatty(STDOUT_FILENO) == 1 ? harmless(text) : text
    guard !ExitStatus.write(shown + "\n", to: STDOUT_FILENO) else { return }
    let code = errno
    throw RunFailure(
      description: "standard output: \(reason(code))",
      status: code == EPIPE ? ExitStatus.signal(SIGPIPE) : ExitStatus.failed)
  }

  private static func reason(_ code: Int32) -> String {
    switch code {
    case EPIPE: "nobody reads it any more"
    case EBADF: "it is closed"
    default: RunError.reason(code)
    }
  }

  /// Line ends and tabs stay; other control characters and direction marks are replaced.
  package static func harmless(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isLayout = scalar == "\n" || scalar == "\t"
      result.append(isLayout ? scalar : CharacterWidth.printable(scalar))
    }
    return String(result)
  }
}

/// One line on standard error, while that is a terminal and standard output is not.
final class ProgressLine: Sendable {
  private let isShown: Bool
  private let errors: LineOutput

  /// - Parameter errors: what `descriptors` says of standard error
  init(on errors: LineOutput, of descriptors: OutputDescriptors) {
    isShown = isatty(descriptors.errors) == 1 && isatty(descriptors.results) == 0
    self.errors = errors
  }

  /// Shows the newest step; a terminal that does not keep up misses some.
  func show(_ record: StepRecord?, of total: Int?) {
    guard isShown, errors.isIdle, let record else { return }
    let steps = total.map { "step \(record.step) of \($0)" } ?? "step \(record.step)"
    let loss = String(format: "%.4f", record.loss)
    let rate = record.tokensPerSecond.map { String(format: "  %.0f targets/s", $0) } ?? ""
    errors.write(Array("\r\(steps)  loss \(loss)\(rate)\u{1B}[K".utf8))
  }

  func end() {
    if isShown { errors.write([0x0A]) }
  }
}
