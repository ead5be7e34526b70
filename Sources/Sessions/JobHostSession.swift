import NcursesTerminal
import Runs

/// A started job in a process of its own, away from any terminal: recorded, and served to the
/// dashboards that attach.
package struct JobHostSession {
  private let job: JobRun

  package init(_ options: JobOptions) throws { job = try JobRun(options) }

  /// Runs the job to its end.
  /// - Returns: its exit status
  package func run(_ starter: Starter) async throws -> Int32 {
    let signals = ProcessSignals(hasScreen: false) { [job] number in
      if ProcessSignals.isEnding(number) { job.perform(.stop) }
    }
    try job.start()
    starter.tell(ready: job.directory.path)
    let status = await job.wait()
    signals?.cancel()
    return Int32(status)
  }
}
