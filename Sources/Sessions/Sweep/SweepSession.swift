import FileFormats
import Glibc
import NcursesTerminal
import Runs
import Synchronization
import Training

/// A sweep without a terminal: one JSON object a line on standard output for what becomes of each run,
/// and tables and a picture of all of them in the sweep's directory.
package final class SweepSession: Sendable {
  /// How a sweep is trained.
  package struct Options: Sendable {
    /// Runs at a time.
    package var jobs = 1
    /// Threads of each run.
    package var threads = 1
    /// Whether the worse half is given up again and again, long before its end.
    package var halves = false

    package init() {}
  }

  private let folder: SweepFolder
  private let options: Options
  private let output: LineOutput
  private let runner: SweepRunner
  private let signal = Mutex<Int32?>(nil)
  private let rows: Mutex<[SweepResults.Row]>

  package init(
    _ folder: SweepFolder, _ options: Options, to descriptors: OutputDescriptors = .init()
  ) {
    (self.folder, self.options) = (folder, options)
    let output = LineOutput(descriptors.results, name: "standard output") { _, _ in [] }
    self.output = output
    let rows = folder.members.map { member in
      let path = folder.path(of: member)
      return SweepResults.Row(member: member, path: path, summary: try? RunSummary(path))
    }
    self.rows = Mutex(rows)
    let news = Mailbox()
    runner = SweepRunner(folder, jobs: options.jobs, threads: options.threads) { news.hand($0) }
    news.use { [weak self] in self?.take($0) }
  }

  /// Gives news to somebody who is made later.
  private final class Mailbox: Sendable {
    private let taker: Mutex<(@Sendable (SweepRunner.News) -> Void)?> = Mutex(nil)
    func use(_ body: @escaping @Sendable (SweepRunner.News) -> Void) {
      taker.withLock { $0 = body }
    }
    func hand(_ news: SweepRunner.News) { taker.withLock { $0 }?(news) }
  }

  /// Trains everything that is not trained yet.
  ///
  /// - Parameter starter: who started this process in the background, if anybody did
  /// - Returns: the status to leave with
  /// - Throws: `RunFailure` when a run failed, or the results could not be written.
  package func run(starter: Starter? = nil) async throws -> Int32 {
    let signals = ProcessSignals(hasScreen: false) { [self] number in
      guard ProcessSignals.isEnding(number) else { return }
      let isFirst = signal.withLock { signal in
        defer { signal = signal ?? number }
        return signal == nil
      }
      // The runs are bound to this process, and save themselves when it ends.
      if !isFirst, number == SIGINT || number == SIGQUIT { _exit(ExitStatus.signal(number)) }
      Task { await runner.stop() }
    }
    defer { signals?.cancel() }
    write([
      "event": "started", "runs": .integer(folder.members.count), "path": .string(folder.path),
      "jobs": .integer(options.jobs),
    ])
    starter?.tell(ready: folder.path)
    for rung in SweepHalving.rungs(folder.members, halves: options.halves) {
      let going = rows.withLock { $0 }.filter { !$0.isGivenUp }
      let ended = await runner.train(going.map(\.member), until: rung)
      guard signal.withLock({ $0 }) == nil else { break }
      let kept = rung == nil ? ended : SweepHalving.better(half: ended)
      for row in ended {
        var row = row
        row.isGivenUp = !kept.contains { $0.member.name == row.member.name }
        keep(row)
        if row.isGivenUp { tell(row) }
      }
    }
    return try await finish()
  }

  private func finish() async throws -> Int32 {
    let rows = rows.withLock { $0 }
    let files = try SweepResults(plan: folder.plan, rows: rows).write(into: folder.path)
    let failed = rows.filter { $0.problem != nil }
    let stopped = signal.withLock { $0 }
    write([
      "event": "finished", "reason": .string(stopped == nil ? "completed" : "stopped"),
      "runs": .integer(rows.count),
      "completed": .integer(rows.count { $0.state == "completed" }),
      "givenUp": .integer(rows.count { $0.isGivenUp }),
      "failed": .integer(failed.count + rows.count { $0.state == "diverged" }),
      "files": .array(files.map(JSONValue.string)),
    ])
    _ = await output.finish(
      patience: stopped == nil ? 5 : 0.5, longest: stopped == nil ? 60 : 2)
    if let stopped { return ExitStatus.signal(stopped) }
    if let first = failed.first {
      throw RunFailure(
        description: "\(failed.count) of \(rows.count) runs failed; \(first.member.name): "
          + (first.problem ?? ""))
    }
    return rows.contains { $0.state == "diverged" } ? ExitStatus.failed : ExitStatus.done
  }

  // MARK: What is told

  private func take(_ news: SweepRunner.News) {
    switch news {
    case .started(let member):
      write([
        "event": "run", "run": .string(member.name), "state": "training",
        "path": .string(folder.path(of: member)),
      ])
    case .ended(let row):
      keep(row)
      tell(row)
      // Somebody may look at the tables while the rest trains.
      _ = try? SweepResults(plan: folder.plan, rows: rows.withLock { $0 }).write(into: folder.path)
    }
  }

  private func keep(_ row: SweepResults.Row) {
    rows.withLock { rows in
      if let index = rows.firstIndex(where: { $0.member.name == row.member.name }) {
        rows[index] = row
      }
    }
  }

  private func tell(_ row: SweepResults.Row) {
    var object: JSONObject = [
      "event": "run", "run": .string(row.member.name), "state": .string(row.state),
      "path": .string(row.path),
    ]
    object["step"] = row.summary.map { .integer($0.step) }
    object["bestLoss"] = row.summary?.best.map { .real($0.loss) }
    object["bestStep"] = row.summary?.best.map { .integer($0.step) }
    object["loss"] = row.summary?.last.map { .real($0.loss) }
    object["elapsed"] = row.summary?.elapsed.map(JSONValue.real)
    object["problem"] = row.problem.map(JSONValue.string)
    write(object)
  }

  private func write(_ object: JSONObject) {
    output.write(JSONValue.object(object).encoded() + [0x0A])
  }
}
