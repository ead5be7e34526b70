import Glibc
import NcursesTerminal
import Runs
import Synchronization
import TrainingEvents

/// A started job without a dashboard: one JSON object a line on standard output, the job's own
/// output on standard error, a record on disk, and a socket that dashboards attach to.
package final class JobHeadlessSession: Sendable {
  private struct State {
    var step = 0
    /// The last line of the console that may still change.
    var line: ConsoleLine?
    var requests = 0
  }

  private let job: JobRun
  private let output: HeadlessOutput
  private let console: LineOutput
  private let errors: Int32
  private let state = Mutex(State())
  private let messages: AsyncStream<RunMessage>

  /// - Parameter descriptors: where it says how it goes
  package init(_ options: JobOptions, to descriptors: OutputDescriptors = .init()) throws {
    errors = descriptors.errors
    let (messages, continuation) = AsyncStream.makeStream(of: RunMessage.self)
    self.messages = messages
    job = try JobRun(options) { continuation.yield($0) }
    let stop = { @Sendable [job] in job.perform(.stop) }
    output = HeadlessOutput(run: job.directory.path, to: descriptors, readerGone: stop)
    console = LineOutput(descriptors.errors, name: "standard error") { lines, _ in
      Array("unfold: \(lines) lines of the job were not taken\n".utf8)
    }
  }

  /// Where the run is recorded.
  package var directory: String { job.directory.path }

  /// Runs the job to its end.
  /// - Returns: its exit status
  package func run() async throws -> Int32 {
    let signals = ProcessSignals(hasScreen: false) { [job] number in
      // A reader that went away is told of by the output; everything else asks the job to stop.
      if ProcessSignals.isEnding(number) { job.perform(.stop) }
    }
    try job.start()
    var status: Int32 = 1
    for await message in messages {
      show(message)
      if case .exit(let exit) = message {
        status = Int32(exit.status)
        break
      }
    }
    _ = await job.wait()
    if let line = state.withLock(\.line) { write(line) }
    _ = await console.finish(patience: 1, longest: 2)
    let outcome = await output.finish(isPatient: true)
    await output.finishErrors()
    signals?.cancel()
    if case .refused = outcome.trouble, status == 0 { return ExitStatus.failed }
    return status
  }

  private func show(_ message: RunMessage) {
    switch message {
    case .event(let event):
      let step = state.withLock { state in
        if case .steps(let batch) = event { state.step = batch.records.last?.step ?? state.step }
        return state.step
      }
      output.write(event, step: step)
      if case .refused(let text) = event { output.say(text) }
    case .console(let line):
      // A line is shown once the next one has begun: until then a progress bar writes over it.
      let whole = state.withLock { state in
        defer { state.line = line }
        return state.line.flatMap { $0.number < line.number ? $0 : nil }
      }
      if let whole { write(whole) }
    case .hello, .usage, .exit, .past: break
    }
  }

  /// Colours are all that a line of the console holds beside text; a file gets the text alone.
  private func write(_ line: ConsoleLine) {
    guard !(line.text.isEmpty && line.number == 0) else { return }
    let text = isatty(errors) == 1 ? line.text : line.plainText
    console.write(Array((text + "\n").utf8))
  }
}

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
