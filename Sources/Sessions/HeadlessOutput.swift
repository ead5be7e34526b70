import Glibc
import Runs
import TrainingEvents

/// What a run without a terminal says: results on standard output, what a person should know on
/// standard error. Neither holds up the run, whoever reads or does not.
final class HeadlessOutput: Sendable {
  /// Standard error.
  let errors: LineOutput
  private let results: LineOutput

  /// - Parameters:
  ///   - run: where the run is recorded, for messages
  ///   - readerGone: called when nobody reads the results any more
  init(run: String, readerGone: @escaping @Sendable () -> Void) {
    let errors = LineOutput(STDERR_FILENO, name: "standard error", limit: 1 << 16) { lines, _ in
      Array("unfold: \(lines) messages were not taken\n".utf8)
    }
    self.errors = errors
    results = LineOutput(
      STDOUT_FILENO, name: "standard output",
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
