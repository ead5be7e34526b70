import Foundation
import Testing
import TrainingEvents

@testable import Runs

/// A job of several processes, as torchrun starts them, with `unfold.py` in each: a launcher stands in,
/// and no torch is needed.
@Suite(.serialized) struct RankTests {
  private static let helper = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("presets").path

  /// Starts itself once for each rank, as torchrun does; a rank that fails does not end the others.
  private static let launcher = """
    import os, subprocess, sys
    count = int(sys.argv[1])
    ranks = [subprocess.Popen([sys.executable, "job.py"], close_fds=False, env={
        **os.environ, "RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(count),
        "LOCAL_WORLD_SIZE": str(count), "MASTER_PORT": "29500"}) for rank in range(count)]
    open("pids", "w").write(" ".join(str(rank.pid) for rank in ranks))
    sys.exit(max(rank.wait() for rank in ranks))
    """

  private static let job = """
    import os, time
    import unfold
    rank = os.environ["RANK"]
    watch = unfold.watch(name="ranks")
    rate = watch.knob("learning-rate", 0.5)
    with open("steps-" + rank, "w") as file:
        for step in watch.steps(range(int(os.environ["STEPS"]))):
            time.sleep(0.012 if rank == "1" else 0.003)
            watch.log(loss=1 / (step + 1))
            print(step + 1, rate.value, file=file, flush=True)
            if os.environ.get("DIES") == rank and step == 20:
                os._exit(0)
    """

  private func start(
    _ count: Int, steps: Int, dies: Int? = nil, in place: TemporaryDirectory
  ) throws -> JobTests.Started {
    try Self.launcher.write(
      toFile: place.path + "/launch.py", atomically: false, encoding: .utf8)
    try Self.job.write(toFile: place.path + "/job.py", atomically: false, encoding: .utf8)
    let environment = ["PYTHONPATH=\(Self.helper)", "STEPS=\(steps)", "TMPDIR=\(place.path)"]
    return try JobTests.Started(
      ["/usr/bin/env", "-C", place.path] + environment + (dies.map { ["DIES=\($0)"] } ?? [])
        + ["python3", "-B", "launch.py", "\(count)"], in: place)
  }

  /// Steps that a rank did, and the rate of its last one.
  private func steps(_ rank: Int, _ place: TemporaryDirectory) -> (steps: [Int], rate: Double) {
    let text = (try? String(contentsOfFile: place.path + "/steps-\(rank)", encoding: .utf8)) ?? ""
    let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
    return (
      lines.compactMap { $0.first.flatMap { Int($0) } },
      lines.last?.last.flatMap { Double($0) } ?? .nan
    )
  }

  private func lanes(_ started: JobTests.Started) -> [NamedValues] {
    started.events.flatMap {
      if case .values(let values) = $0 { values } else { [] as [NamedValues] }
    }
  }

  @Test func allRanksPauseAndStepTogetherAndDoEachStepOnce() async throws {
    let place = try TemporaryDirectory()
    let started = try start(2, steps: 400, in: place)
    try await started.wait("steps") { ($0.history.last?.step ?? 0) > 10 }
    started.job.perform(.pause)
    try await started.wait("the pause") { $0.events.contains(.state(.paused)) }
    try await started.wait("both at one step") { _ in
      steps(0, place).steps.count == steps(1, place).steps.count
    }
    let paused = steps(0, place).steps.count
    started.job.perform(.step(count: 3))
    try await started.wait("three steps of both") { _ in
      (0...1).allSatisfy { steps($0, place).steps.count == paused + 3 }
    }
    started.job.perform(.set(key: "learning-rate", value: "0.25"))
    started.job.perform(.resume)
    #expect(await started.job.wait() == 0)
    for rank in 0...1 {
      let (done, rate) = steps(rank, place)
      #expect(done == Array(1...400) && rate == 0.25, "rank \(rank): \(done.count), \(rate)")
    }
    #expect(started.history.count == 400 && started.history.last?.step == 400)
    // Each rank has a lane, and the slowest is named.
    let lanes = lanes(started)
    let names = Set(lanes.map(\.name).filter { $0.contains("rank") })
    #expect(names == ["rank 0 step time", "rank 1 step time", "slowest rank"])
    let slowest = lanes.filter { $0.name == "slowest rank" }.flatMap(\.numbers)
    #expect(slowest.count { $0 == 1 } > slowest.count / 2, "\(slowest)")
    #expect(!place.names().contains { $0.hasPrefix("unfold-") }, "no socket is left")
  }

  @Test func aRankThatDiesIsWaitedForNoMore() async throws {
    let place = try TemporaryDirectory()
    let started = try start(3, steps: 120, dies: 2, in: place)
    #expect(await started.job.wait() == 0)
    #expect(steps(0, place).steps == Array(1...120) && steps(1, place).steps == Array(1...120))
    #expect(steps(2, place).steps.count == 21)
    #expect(started.console.contains { $0.contains("rank 2 has ended and is waited for no more") })
  }

  @Test func withoutTheFirstRankTheOthersGoOnAlsoFromAPause() async throws {
    let place = try TemporaryDirectory()
    let started = try start(2, steps: 150, in: place)
    try await started.wait("steps") { ($0.history.last?.step ?? 0) > 10 }
    started.job.perform(.pause)
    try await started.wait("the pause") { $0.events.contains(.state(.paused)) }
    let pids = try String(contentsOfFile: place.path + "/pids", encoding: .utf8)
      .split(separator: " ").compactMap { pid_t($0) }
    kill(try #require(pids.first), SIGKILL)
    try await started.wait("the other rank's end") { _ in steps(1, place).steps.count == 150 }
    #expect(steps(1, place).steps == Array(1...150))
    _ = await started.job.wait()
  }

  /// Nobody watches: ranks are as if there were no helper.
  @Test func withoutADashboardNobodyWaits() throws {
    let place = try TemporaryDirectory()
    try Self.launcher.write(toFile: place.path + "/launch.py", atomically: false, encoding: .utf8)
    try Self.job.write(toFile: place.path + "/job.py", atomically: false, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-B", "launch.py", "2"]
    process.currentDirectoryURL = URL(fileURLWithPath: place.path)
    process.environment = ProcessInfo.processInfo.environment
      .filter { !$0.key.hasPrefix("UNFOLD_") }
      .merging(["PYTHONPATH": Self.helper, "STEPS": "20"]) { $1 }
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(steps(0, place).steps.count == 20 && steps(1, place).steps.count == 20)
  }
}
