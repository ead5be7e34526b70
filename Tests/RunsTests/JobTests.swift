import Foundation
import Glibc
import Synchronization
import Testing
import TrainingEvents

@testable import Runs

/// Jobs that are started: what they say in any way, what they are asked, and how they misbehave.
@Suite(.serialized) struct JobTests {
  /// A job with everything it told.
  final class Started: Sendable {
    let job: JobRun
    let messages: Mutex<[RunMessage]>

    init(_ command: [String], in place: TemporaryDirectory, log: String? = nil) throws {
      let box = Box()
      messages = Mutex([])
      job = try JobRun(JobOptions(command: command, out: place.path + "/run", log: log)) {
        box.hand($0)
      }
      box.use { [weak self] message in self?.messages.withLock { $0.append(message) } }
      try job.start()
    }

    /// Gives what comes to somebody who is made later.
    final class Box: Sendable {
      private let taker: Mutex<(@Sendable (RunMessage) -> Void)?> = Mutex(nil)
      func use(_ body: @escaping @Sendable (RunMessage) -> Void) { taker.withLock { $0 = body } }
      func hand(_ message: RunMessage) { taker.withLock { $0 }?(message) }
    }

    var events: [TrainingEvent] {
      messages.withLock { messages in
        messages.compactMap { if case .event(let event) = $0 { event } else { nil } }
      }
    }

    var history: RunHistory {
      var history = RunHistory()
      for case .steps(let batch) in events { history.append(batch) }
      return history
    }

    var console: [String] {
      var lines = ConsoleLines()
      for case .console(let line) in messages.withLock({ $0 }) { lines.set(line) }
      return lines.lines.map(\.plainText)
    }

    /// Looks until a condition holds.
    func wait(_ what: String, seconds: Double = 30, until isFulfilled: (Started) -> Bool)
      async throws
    {
      let end = ContinuousClock.now + .seconds(seconds)
      while !isFulfilled(self) {
        guard ContinuousClock.now < end else {
          Issue.record("waited in vain for \(what)")
          return
        }
        try await Task.sleep(for: .milliseconds(10))
      }
    }
  }

  private func shell(_ script: String, in place: TemporaryDirectory) throws -> Started {
    try Started(["/bin/bash", "-c", script], in: place)
  }

  /// A program that does nothing uses no processor, whatever time went by between two looks.
  @Test func aSleepingTreeUsesNoProcessor() throws {
    let sleep = Process()
    sleep.executableURL = URL(filePath: "/bin/sleep")
    sleep.arguments = ["60"]
    try sleep.run()
    defer { sleep.terminate() }
    var tree = ProcessTree(sleep.processIdentifier)
    let started = tree.look(at: 0)
    let first = try #require(started)
    #expect(first.processors == nil && first.processes == 1 && first.threads == 1)
    // Any program needs some kilobytes, and this one not more than some megabytes.
    #expect((64 << 10...64 << 20).contains(first.memoryBytes))
    // One tick of the clock, at most, was spent on starting it.
    let second = tree.look(at: 0.001)
    #expect((second?.processors).map { (0...20).contains($0) } == true)
  }

  @Test func linesOfItsOutputBecomeCurvesAndTheRestStandsInTheConsole() async throws {
    let place = try TemporaryDirectory()
    let started = try shell(
      #"echo hello; echo '{"step": 1, "loss": 2.5}'; echo 'INFO {"step": 2, "loss": 2.25} end'; echo 'f() { x }'; printf '10%%\r20%%\r\n'; exit 3"#,
      in: place)
    #expect(await started.job.wait() == 3)
    #expect(started.history.count == 2)
    #expect(started.history.last?.loss == 2.25)
    #expect(started.console.first == "hello")
    #expect(started.console.contains("20%"))
    #expect(started.events.last == .finished(FinishRecord(reason: .stopped, step: 2)))
    #expect(started.messages.withLock { $0.last } == .exit(JobExit(status: 3)))
    // Nothing was complained of: that a line is no number is no news.
    let warnings = started.events.compactMap { event -> String? in
      if case .warning(let record) = event { record.kind } else { nil }
    }
    #expect(warnings == ["exit"])
    let names = place.names("/run")
    #expect(names.contains("console.log") && names.contains("events.jsonl"))
    #expect(!names.contains("socket") && !names.contains("job-socket"))
    #expect(try RecordedRun(place.path + "/run").history.count == 2)
  }

  /// What stands in the loss's place has the name that the job gave it.
  @Test func theLossKeepsTheJobsNameForIt() async throws {
    let place = try TemporaryDirectory()
    let started = try shell(
      #"echo '{"step": 1, "train_nll": 2.5}'; echo '{"step": 2, "train_nll": 2.25}'"#, in: place)
    #expect(await started.job.wait() == 0)
    let names = started.events.compactMap { event -> String? in
      if case .started(let run) = event { run.lossName } else { nil }
    }
    #expect(names.last == "train_nll" && started.history.count == 2)
    // It is told before the first number that stands there.
    let told = started.events.compactMap { event -> String? in
      switch event {
      case .started(let run): run.lossName
      case .steps: "steps"
      default: nil
      }
    }
    let (name, steps) = (told.firstIndex(of: "train_nll"), told.firstIndex(of: "steps"))
    #expect((name ?? .max) < (steps ?? 0), "\(told)")
  }

  @Test func aJobThatSpeaksIsAskedAndAnswers() async throws {
    let place = try TemporaryDirectory()
    // A dozen lines of the protocol, in shell.
    let script = #"""
      exec 9<>/dev/null; eval "exec 9<&$UNFOLD_FD 8>&$UNFOLD_FD"
      echo '{"event":"hello","protocol":1,"can":["pause","step","set","stop"],"knobs":[{"key":"learning-rate","value":0.5}]}' >&8
      echo '{"step":1,"loss":3}' >&8
      while read -r line <&9; do
        echo "heard $line"
        case "$line" in
          *stop*) echo '{"event":"finished","reason":"stopped","step":1}' >&8; exit 0;;
          *set*) echo '{"event":"command","step":1,"name":"learning-rate","text":"lr","value":0.25,"previous":"0.5"}' >&8;;
          *pause*) echo '{"event":"state","state":"paused"}' >&8;;
        esac
      done
      """#
    let started = try shell(script, in: place)
    try await started.wait("the job's line") { $0.history.count == 1 }
    started.job.perform(.scaleLearningRate(by: 0.5))
    try await started.wait("the new rate") { started in
      started.events.contains { if case .command(let r) = $0 { r.value == 0.25 } else { false } }
    }
    try await started.wait("what the job heard") { started in
      started.console.contains { $0.contains(#""key":"learning-rate","value":0.25"#) }
    }
    started.job.perform(.pause)
    try await started.wait("the pause") { $0.events.contains(.state(.paused)) }
    started.job.perform(.read(text: "x"))
    #expect(started.events.last == .refused("this job cannot read"))
    started.job.perform(.stop)
    #expect(await started.job.wait() == 0)
    #expect(started.events.last == .finished(FinishRecord(reason: .stopped, step: 1)))
  }

  @Test func aJobThatDoesNotSpeakIsStoppedAndContinuedByTheSystem() async throws {
    let place = try TemporaryDirectory()
    let started = try shell(
      #"for i in $(seq 1 1000); do echo "{\"step\": $i, \"loss\": 1}"; sleep 0.02; done"#, in: place
    )
    try await started.wait("steps") { $0.history.count > 3 }
    started.job.perform(.pause)
    try await started.wait("the pause") { $0.events.contains(.state(.paused)) }
    try await Task.sleep(for: .milliseconds(300))
    let count = started.history.count
    try await Task.sleep(for: .milliseconds(400))
    #expect(started.history.count == count)
    started.job.perform(.step(count: 1))
    #expect(started.events.last == .refused("this job cannot step"))
    started.job.perform(.resume)
    try await started.wait("more steps") { $0.history.count > count }
    // Stopped while its processes stand still.
    started.job.perform(.pause)
    started.job.perform(.stop)
    #expect(await started.job.wait() == 128 + 15)
  }

  @Test func whoIgnoresSIGTERMIsKilledAndLeavesNothing() async throws {
    let place = try TemporaryDirectory()
    let started = try shell(
      "trap '' TERM HUP; (trap '' TERM HUP; sleep 77.5) & echo child $!; while :; do sleep 0.1; done",
      in: place)
    try await started.wait("the child") { $0.console.contains { $0.hasPrefix("child ") } }
    let line = started.console.first { $0.hasPrefix("child ") } ?? ""
    let child = try #require(Int32(line.dropFirst(6)))
    started.job.perform(.stop)
    #expect(await started.job.wait() == 128 + 9)
    #expect(started.events.contains(.refused("the job ignores SIGTERM: it is killed")))
    try await started.wait("the child's end", seconds: 5) { _ in kill(child, 0) != 0 }
  }

  @Test func aFloodIsReadAndBounded() async throws {
    let place = try TemporaryDirectory()
    let started = try shell(
      "yes 0123456789012345678901234567890 | head -c 200000; echo; echo end", in: place)
    #expect(await started.job.wait() == 0)
    #expect(started.console.contains("end"))
    #expect(started.console.count <= ConsoleLines.capacity + 1_000)
  }

  @Test func garbageAndAClosedEndEndNothing() async throws {
    let place = try TemporaryDirectory()
    let started = try shell(
      #"eval "exec 8>&$UNFOLD_FD 9<&$UNFOLD_FD"; head -c 20000 /dev/urandom >&8; echo >&8; echo '{"event":"hello","protocol":9,"can":["pause","fly"]}' >&8; echo '{"step":4,"loss":1}' >&8; echo '{"event":"step","loss":"x"}' >&8; exec 8>&- 9>&-; eval "exec $UNFOLD_FD>&-"; sleep 0.3; echo alive"#,
      in: place)
    #expect(await started.job.wait() == 0)
    #expect(started.history.last?.step == 4)
    #expect(started.console.contains("alive"))
    #expect(
      started.messages.withLock { $0 }.contains {
        if case .hello(let abilities) = $0 {
          abilities.can == [.pause, .stop] && !abilities.pausesBySignal
        } else {
          false
        }
      })
  }

  @Test func launchersThatCloseDescriptorsFindTheSocketByName() async throws {
    let place = try TemporaryDirectory()
    let script = """
      import os, socket
      fd = int(os.environ["UNFOLD_FD"]); os.close(fd)
      s = socket.socket(socket.AF_UNIX); s.connect(os.environ["UNFOLD_SOCKET"])
      s.sendall(b'{"event":"hello","protocol":1,"can":["pause"]}\\n{"step":5,"loss":1}\\n')
      """
    let started = try Started(["/usr/bin/env", "python3", "-c", script], in: place)
    #expect(await started.job.wait() == 0)
    #expect(started.history.last?.step == 5)
  }

  @Test func whatCannotBeStartedLeavesNothing() throws {
    let place = try TemporaryDirectory()
    do {
      _ = try Started(["no-such-program"], in: place)
      Issue.record("it was started")
    } catch {
      #expect("\(error)" == "no-such-program: cannot start: no such file or directory")
    }
    #expect(place.names().isEmpty)
  }

  @Test func runsAreNamedAfterTheirScripts() {
    for (command, name) in [
      (["python3", "-u", "train.py", "--epochs", "3"], "train"), (["./a.out"], "a"),
      (["/usr/bin/python3.11", "/x/char_rnn.py"], "char_rnn"), (["bash", "-c", "echo hi"], "bash"),
      (["torchrun", "--nproc", "2"], "torchrun"),
    ] { #expect(JobOptions(command: command).name == name) }
  }

  /// A job that closes its line goes on; what it can be asked then is what any process can.
  @Test func aJobThatClosesItsLineIsStoppedAsAnyProcess() async throws {
    let place = try TemporaryDirectory()
    let script = """
      import os, socket, sys
      s = socket.socket(socket.AF_UNIX); s.connect(os.environ["UNFOLD_SOCKET"])
      s.sendall(b'{"event": "hello", "can": ["pause", "step", "stop"]}\\n')
      s.sendall(b'{"event": "step", "step": 4, "loss": 1.5}\\n'); s.close()
      sys.stdin.read()
      """
    let started = try Started(["/usr/bin/env", "python3", "-c", script], in: place)
    try await started.wait("the end of the line") { started in
      started.events.contains {
        if case .command(let record) = $0 { record.text.contains("closed its line") } else { false }
      }
    }
    let hellos = started.messages.withLock { messages in
      messages.compactMap { if case .hello(let abilities) = $0 { abilities } else { nil } }
    }
    #expect(hellos.contains { $0.can.contains(.step) } && hellos.last == .processes)
    started.job.perform(.stop)
    _ = await started.job.wait()
  }

  /// What a job prints need not be whole lines of numbers; what it says of itself is passed on.
  @Test func onlyWhatTheJobSaysIsAWarning() throws {
    var numbers = JobNumbers()
    func take(_ line: String) {
      let bytes = Array(line.utf8)
      bytes.withUnsafeBufferPointer { numbers.take(output: $0) }
    }
    take(#"{"step": 1, "loss": 2.5} {"oops"#)
    take(#"{"event":"warning","step":1,"kind":"data","text":"a row was skipped"}"#)
    var got = Gathered()
    got.take(numbers.drain())
    #expect(got.steps == [1] && got.history.loss.last == 2.5)
    #expect(got.warnings == ["a row was skipped"])
  }
}
