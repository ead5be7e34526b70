import Dispatch
import Glibc
import Runs
import Training

/// Trains the runs of a sweep, a few at a time, each in a process of its own: what one of them breaks
/// breaks no other, and what is on disk is a run like any other.
///
/// A process that ends while its runs train, however it ends, leaves them saved: each is bound to it by
/// a pipe. Whoever goes on with the sweep goes on with them.
actor SweepRunner {
  /// What happened to a run.
  enum News: Sendable {
    case started(SweepPlan.Member)
    case ended(SweepResults.Row)
  }

  private let folder: SweepFolder
  private let jobs: Int
  private let threads: Int
  private let report: @Sendable (News) -> Void
  private var processes: Set<Int32> = []
  private var isStopping = false

  /// - Parameters:
  ///   - jobs: runs that train at a time
  ///   - threads: of each run; results do not depend on it
  ///   - report: told what happens, on the runner
  init(
    _ folder: SweepFolder, jobs: Int, threads: Int, report: @escaping @Sendable (News) -> Void
  ) {
    (self.folder, self.jobs, self.threads, self.report) = (folder, jobs, threads, report)
  }

  /// Trains these combinations until a step, or to their end.
  /// - Returns: what came of each, in the same order
  func train(_ members: [SweepPlan.Member], until step: Int?) async -> [SweepResults.Row] {
    var rows: [Int: SweepResults.Row] = [:]
    await withTaskGroup(of: (Int, SweepResults.Row).self) { group in
      var next = 0
      func start() {
        guard next < members.count else { return }
        let (index, member) = (next, members[next])
        next += 1
        group.addTask { (index, await self.train(member, until: step)) }
      }
      for _ in 0..<jobs { start() }
      for await (index, row) in group {
        rows[index] = row
        start()
      }
    }
    return members.indices.compactMap { rows[$0] }
  }

  /// Asks every run to save and to end; none is begun any more.
  func stop() {
    isStopping = true
    for process in processes { kill(process, SIGTERM) }
  }

  private func train(_ member: SweepPlan.Member, until step: Int?) async -> SweepResults.Row {
    let path = folder.path(of: member)
    // A run that another process still saves is waited for.
    while RunFolder.isHeld(path), !isStopping { try? await Task.sleep(for: .seconds(0.05)) }
    let before = Self.row(member, path)
    guard !isStopping, Self.isToTrain(before, until: step) else { return before }
    let problem: String?
    do {
      let (process, line) = try DetachedProgram.start(arguments(of: member, until: step))
      processes.insert(process)
      report(.started(member))
      problem = await Self.end(of: process, saying: line)
      processes.remove(process)
    } catch {
      problem = "\(error)"
    }
    var row = Self.row(member, path)
    row.problem = problem
    report(.ended(row))
    return row
  }

  private static func row(_ member: SweepPlan.Member, _ path: String) -> SweepResults.Row {
    SweepResults.Row(member: member, path: path, summary: try? RunSummary(path))
  }

  private static func isToTrain(_ row: SweepResults.Row, until step: Int?) -> Bool {
    switch row.summary?.state {
    case .completed, .diverged: return false
    case .stopped: return step.map { row.summary?.step ?? 0 < $0 } ?? true
    case .running, .paused, .crashed, .unknown, nil: return true
    }
  }

  private func arguments(of member: SweepPlan.Member, until step: Int?) -> [String] {
    let path = folder.path(of: member)
    var arguments = ["train", "--report", "{report}", "--bound", "--threads", "\(threads)"]
    if let step { arguments += ["--until", "\(step)"] }
    // What was cut off before its first snapshot begins anew where it stands.
    if RunFolder.isRecord(path), !RunDirectory.isCutOff(path) {
      return arguments + ["--resume", path]
    }
    arguments += [folder.plan.preset, "--out", path]
    if let steps = folder.plan.steps { arguments += ["--steps", "\(steps)"] }
    for setting in member.settings { arguments += ["--set", setting] }
    return arguments
  }

  /// Waits on a thread of its own until a process has ended. Our end of its pipe stays open until then:
  /// closing it would end the process.
  /// - Returns: why it failed; nil when it did not
  private static func end(of process: Int32, saying descriptor: Int32) async -> String? {
    await withCheckedContinuation { continuation in
      DispatchQueue(label: "unfold sweep").async {
        let line = Starter.line(from: descriptor)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        close(descriptor)
        continuation.resume(returning: problem(line, status))
      }
    }
  }

  private static func problem(_ line: Starter.Line, _ status: Int32) -> String? {
    if case .failed(let text) = line { return text }
    let (signal, code) = (status & 0x7F, (status >> 8) & 0xFF)
    if signal != 0 { return "its process was killed by signal \(signal)" }
    // Asked to end, it ends as any program does that is terminated.
    guard code != ExitStatus.done, code != ExitStatus.signal(SIGTERM) else { return nil }
    if case .none = line { return "its process did not start (status \(code))" }
    return "its process ended with status \(code)"
  }
}
