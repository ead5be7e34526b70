import Foundation
import Runs
import Synchronization
import Testing
import TrainingEvents

@testable import Sessions

/// Runs and jobs without a terminal, with results and messages in files.
@Suite(.serialized) struct HeadlessSessionTests {
  /// What a session said, and how it ended.
  struct Outcome {
    var status: Int32
    var results: [String]
    var errors: String

    /// The events of one kind, as they were printed.
    func events(_ kind: String) -> [String] {
      results.filter { $0.hasPrefix(#"{"event":"\#(kind)""#) }
    }
  }

  private static func outputs(_ twin: SessionTwin) -> OutputDescriptors {
    func open(_ name: String) -> Int32 {
      Glibc.open("\(twin.folder)/\(name)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    }
    var descriptors = OutputDescriptors()
    (descriptors.results, descriptors.errors) = (open("results"), open("errors"))
    return descriptors
  }

  private static func outcome(
    _ twin: SessionTwin, _ body: (OutputDescriptors) async throws -> Int32
  ) async throws -> Outcome {
    let descriptors = outputs(twin)
    defer {
      close(descriptors.results)
      close(descriptors.errors)
    }
    var status: Int32
    var failure = ""
    do {
      status = try await body(descriptors)
    } catch let error as RunFailure {
      (status, failure) = (error.status, error.description)
    }
    return Outcome(
      status: status, results: try twin.read("results").split(separator: "\n").map(String.init),
      errors: try twin.read("errors") + failure)
  }

  static func train(
    _ twin: SessionTwin, _ options: TrainingOptions, starter: Starter? = nil,
    before: (RunSetup) throws -> Void = { _ in }
  ) async throws -> Outcome {
    let setup = try RunSetup(options, canGoBack: false)
    try before(setup)
    return try await outcome(twin) {
      try await HeadlessSession(setup, starter: starter, to: $0).run()
    }
  }

  @Test func everyStepIsPrintedAndRecordedAndTheEndComesLast() async throws {
    let twin = try SessionTwin()
    let outcome = try await Self.train(
      twin, twin.options("tiny", ["training.steps=30", "training.validate-every=10"]))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
    #expect(outcome.events("step").count == 30 && outcome.events("validation").count == 3)
    #expect(outcome.events("step").last?.contains(#""step":30,"#) == true)
    let last = try #require(outcome.results.last)
    #expect(last.hasPrefix(#"{"event":"finished","reason":"completed","step":30"#), "\(last)")
    let place = "\(twin.run("tiny-1"))/snapshots/step-00000030"
    #expect(outcome.events("snapshot").contains { $0.contains(#""path":"\#(place)""#) })
    #expect(try twin.recordedSteps(of: "tiny-1") == Array(1...30))
    // The snapshot's own curve has every step.
    let metrics = try twin.read("runs/tiny-1/snapshots/step-00000030/metrics.csv")
    #expect(metrics.split(whereSeparator: \.isNewline).count >= 31)
  }

  /// Without a dashboard, too, a run need not end with its terminal.
  @Test func aLostTerminalEndsARunUnlessItIsToTrainOn() async throws {
    let twin = try SessionTwin()
    let process = getpid()
    let signals = Task {
      func wait(_ what: String, _ isFulfilled: @escaping (Int) -> Bool) async throws -> Int {
        var count = 0
        try await Condition.wait(what) {
          count = (try? twin.recordedSteps(of: "tiny-1").count) ?? 0
          return isFulfilled(count)
        }
        return count
      }
      _ = try await wait("steps") { $0 > 5 }
      kill(process, SIGHUP)
      try await Condition.wait("a word") { try twin.read("errors").contains("training on") }
      let count = try await wait("a count") { $0 > 0 }
      _ = try await wait("more steps") { $0 > count }
      kill(process, SIGTERM)
    }
    let settings = ["training.steps=1000000000", "training.on-hangup=detach"]
    let outcome = try await Self.train(twin, twin.options("tiny", settings))
    try await signals.value
    #expect(outcome.status == 143 && outcome.results.last?.contains(#""reason":"stopped""#) == true)
    let steps = try twin.recordedSteps(of: "tiny-1")
    #expect(steps == Array(1...max(1, steps.count)))
  }

  @Test func aRunGoesOnWithItsCurvesAndSaysWhatChanged() async throws {
    let twin = try SessionTwin()
    _ = try await Self.train(twin, twin.options("tiny", ["training.steps=10"]))
    var options = twin.options("", ["training.batch=8", "training.optimizer.learning-rate=0.01"])
    (options.preset, options.resume, options.steps) = (nil, twin.run("tiny-1"), 15)
    let outcome = try await Self.train(twin, options) { setup in
      #expect(setup.firstStep == 10 && setup.earlier?.steps.last == 10)
      #expect(setup.directory.path == twin.run("tiny-1"))
    }
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("changed on resuming: training.batch 16 → 8\n"))
    #expect(
      outcome.errors.contains("changed on resuming: training.optimizer.learning-rate 0.03 → 0.01\n")
    )
    #expect(outcome.events("step").count == 5)
    #expect(outcome.events("step").allSatisfy { $0.contains(#""learningRate":0.01"#) })
    #expect(outcome.events("warning").filter { $0.contains("changed on resuming") }.count >= 2)
    #expect(try twin.recordedSteps(of: "tiny-1") == Array(1...15))
    // The snapshot holds the curves from before as well.
    let metrics = try twin.read("runs/tiny-1/snapshots/step-00000015/metrics.csv")
    #expect(metrics.split(whereSeparator: \.isNewline).count >= 16)
  }

  @Test func aRunThatWasCutOffBeginsAnew() async throws {
    let twin = try SessionTwin()
    _ = try await Self.train(twin, twin.options("tiny", ["training.steps=10"]))
    try twin.obstructSnapshots(of: "tiny-1", false)
    // A session lets go of its run's directory a moment after it has ended.
    let end = ContinuousClock.now + .seconds(20)
    while !RunDirectory.isCutOff(twin.run("tiny-1")), ContinuousClock.now < end {
      try await Task.sleep(for: .milliseconds(5))
    }
    var options = twin.options("")
    (options.preset, options.resume) = (nil, twin.run("tiny-1"))
    let outcome = try await Self.train(twin, options) { #expect($0.firstStep == 0) }
    #expect(outcome.status == 0)
    #expect(
      outcome.errors.contains(
        "\(twin.run("tiny-1")): the run was cut off before its first snapshot: it begins anew\n"))
    #expect(twin.snapshots(of: "tiny-1") == ["step-00000010"])
  }

  @Test func parametersToBeginWithAreTakenOverUnderOtherNames() async throws {
    let twin = try SessionTwin()
    _ = try await Self.train(twin, twin.options("tiny", ["training.steps=10"]))
    var options = twin.options("tiny")
    options.initial = twin.run("tiny-1") + "/snapshots/step-00000010/model.safetensors"
    options.steps = 1
    let outcome = try await Self.train(twin, options)
    func loss(_ outcome: Outcome) throws -> Double {
      let first = try #require(outcome.events("step").first?.components(separatedBy: #""loss":"#))
      return try #require(Double(first[1].prefix { $0 != "," }))
    }
    // What was learned is there: the first loss is not that of an untrained network.
    let untrained = try await Self.train(twin, twin.options("tiny", ["training.steps=1"]))
    #expect(try loss(outcome) < loss(untrained) - 0.01)
    var wrong = options
    wrong.settings = ["network.hidden=4"]
    #expect {
      try RunSetup(wrong, canGoBack: false)
    } throws: { error in
      "\(error)".hasPrefix(options.initial ?? "-")
    }
    #expect(twin.names(in: "runs") == ["tiny-1", "tiny-2", "tiny-3"], "a mistake leaves nothing")
  }

  @Test func aRunThatDivergesFails() async throws {
    let twin = try SessionTwin()
    let outcome = try await Self.train(
      twin,
      twin.options(
        "tiny",
        [
          "training.steps=1000", "training.optimizer.name=sgd",
          "training.optimizer.learning-rate=1e30",
        ]))
    #expect(outcome.status == 1 && outcome.errors.hasPrefix("training diverged: "), "\(outcome)")
    #expect(!outcome.errors.hasPrefix("training diverged: diverged"))
    #expect(
      outcome.results.last?.hasPrefix(#"{"event":"finished","reason":"diverged""#) == true)
  }

  @Test func aSnapshotThatCannotBeWrittenFailsTheRun() async throws {
    let twin = try SessionTwin()
    let outcome = try await Self.train(twin, twin.options("tiny", ["training.steps=5"])) { _ in
      try twin.obstructSnapshots(of: "tiny-1")
    }
    #expect(outcome.status == 1 && outcome.errors.hasPrefix("no snapshot was written"))
    #expect(outcome.events("step").count == 5)
    #expect(outcome.results.last?.contains(#""reason":"completed""#) == true)
  }

  @Test func aReaderThatGoesAwayStopsTheRun() async throws {
    signal(SIGPIPE, SIG_IGN)
    let twin = try SessionTwin()
    let setup = try RunSetup(twin.options("tiny", ["training.steps=100000"]), canGoBack: false)
    let outcome = try await Self.outcome(twin) { descriptors in
      let pipe = Pipe()
      try pipe.fileHandleForReading.close()
      var descriptors = descriptors
      descriptors.results = pipe.fileHandleForWriting.fileDescriptor
      return try await HeadlessSession(setup, to: descriptors).run()
    }
    #expect(outcome.status == 141)
    let place = "\(twin.run("tiny-1"))/snapshots/step-"
    #expect(outcome.errors.contains("nobody reads it any more: stopped at step "))
    #expect(outcome.errors.contains("saved in \(place)"), "\(outcome.errors)")
    #expect(twin.snapshots(of: "tiny-1").count == 1)
  }

  /// Who asks a run in the background to stop from its dashboard leaves once it has.
  @Test func aDashboardAttachesToItAndStopsIt() async throws {
    try await SessionTwin.run { twin in
      let setup = try RunSetup(twin.options("tiny", ["training.steps=100000"]), canGoBack: true)
      let report = Pipe()
      let starter = Starter(dup(report.fileHandleForWriting.fileDescriptor))
      try report.fileHandleForWriting.close()
      let descriptors = Self.outputs(twin)
      let session = HeadlessSession(setup, starter: starter, to: descriptors)
      let running = Task { try await session.run() }
      let line = try #require(try report.fileHandleForReading.readToEnd())
      #expect(String(decoding: line, as: UTF8.self) == "ready \(twin.run("tiny-1"))\n")
      let path = twin.run("tiny-1")
      twin.watch(try RunConnection(path), of: path)
      try await twin.terminal.wait("training", until: Screen.isPast(2))
      twin.terminal.type(" ")
      try await twin.terminal.wait(for: "PAUSED")
      twin.terminal.type("qs")
      let end = try await twin.end()
      #expect(end.status == 0 && end.report.isEmpty)
      #expect(try await running.value == 0)
      #expect(twin.snapshots(of: "tiny-1").count == 1)
      #expect(try twin.read("results").contains(#""reason":"stopped""#))
      close(descriptors.results)
      close(descriptors.errors)
    }
  }

  // MARK: Jobs

  private static func job(_ script: String, _ twin: SessionTwin) -> JobOptions {
    JobOptions(command: ["sh", "-c", script], out: twin.folder + "/job")
  }

  @Test func aJobsEventsAndItsOutputGoTheirOwnWays() async throws {
    let twin = try SessionTwin()
    let script = """
      echo '{"step": 1, "loss": 2}'; printf 'half\\rwhole\\n'; echo words; printf 'last'; exit 4
      """
    let outcome = try await Self.outcome(twin) {
      let session = try JobHeadlessSession(Self.job(script, twin), to: $0)
      #expect(session.directory == twin.folder + "/job")
      return try await session.run()
    }
    #expect(outcome.status == 4)
    #expect(outcome.results.first == #"{"event":"step","step":1,"loss":2}"#)
    // A line that is written over is shown as it stood in the end, each once.
    let lines = outcome.errors.split(separator: "\n").filter { !$0.hasPrefix("{") }
    #expect(lines == ["whole", "words", "last"], "\(outcome.errors)")
  }

  @Test func aJobInTheBackgroundTellsWhoStartedIt() async throws {
    let twin = try SessionTwin()
    let report = Pipe()
    let starter = Starter(dup(report.fileHandleForWriting.fileDescriptor))
    try report.fileHandleForWriting.close()
    let status = try await JobHostSession(Self.job("exit 3", twin)).run(starter)
    #expect(status == 3)
    let line = try #require(try report.fileHandleForReading.readToEnd())
    #expect(String(decoding: line, as: UTF8.self) == "ready \(twin.folder)/job\n")
  }
}
