import Foundation
import Testing

/// Real jobs in a real terminal, under the keys.
@Suite(.serialized, .enabled(if: Terminal.isUsable)) struct JobSessionTests {
  /// A loop that a dashboard can do everything with, without torch.
  private static let loop = """
    import time
    import unfold
    watch = unfold.watch(name="loop", total_steps=100000)
    rate = watch.knob("learning-rate", 0.5)
    watch.read(lambda text: "reversed " + text[::-1])

    @watch.snapshot
    def save(path):
        with open(path, "w") as file:
            file.write("saved")

    for batch in watch.steps(range(100000)):
        watch.log(loss=1 / (batch + 1))
        print(f"\\rstep {batch} at rate {rate.value}", end="", flush=True)
        time.sleep(0.02)
    """

  private func step(_ terminal: Terminal) throws -> Int {
    try #require(Terminal.step(in: terminal.screen))
  }

  @Test func aPythonJobIsPausedSteppedSetSavedLeftAttachedAndStopped() throws {
    let program = try Program()
    defer { program.remove() }
    _ = try program.shell("\"$UNFOLD\" python > unfold.py")
    try program.write(Self.loop, to: "loop.py")
    let terminal = try Terminal(program)
    try terminal.type(line: "\"$UNFOLD\" run --out run -- python3 loop.py; echo left $?")
    try terminal.wait("steps") { (Terminal.step(in: $0) ?? 0) > 5 }
    try terminal.press("Space")
    try terminal.wait(for: "PAUSED")
    let paused = try step(terminal)
    usleep(400_000)
    #expect(try step(terminal) == paused)
    try terminal.press(".")
    try terminal.wait("one step") { Terminal.step(in: $0) == paused + 1 && $0.contains("PAUSED") }
    try terminal.press("+")
    try terminal.wait(for: "learning rate 0.5 → 1")
    try terminal.press(".")
    // The job itself prints the rate that it uses.
    try terminal.wait(for: "at rate 1.0")
    try terminal.press("s")
    try terminal.wait(for: ".pt 5 B")
    #expect(program.names(in: "run/snapshots").count == 1)
    try terminal.press("e")
    try terminal.type(line: "abc")
    try terminal.press("6")
    try terminal.wait(for: "reversed cba")
    try terminal.press("Space", "q")
    try terminal.wait(for: "leave it running")
    try terminal.press("l")
    try terminal.wait(for: "left 0")
    #expect(try program.shell("\"$UNFOLD\" runs .").output.contains("running"))
    try terminal.type(line: "clear; \"$UNFOLD\" attach run; echo left $?")
    try terminal.wait("the run again") { (Terminal.step(in: $0) ?? 0) > paused + 2 }
    try terminal.press("q", "s")
    try terminal.wait(for: "left 0")
    try terminal.wait("its end") { _ in
      try program.shell("pgrep -f [l]oop.py; true").output.isEmpty && !program.exists("run/socket")
    }
    // Every step once and in order, by whichever dashboard it was watched.
    let steps = try program.shell(
      "grep '\"event\":\"step\"' run/events.jsonl | sed 's/.*\"step\":\\([0-9]*\\).*/\\1/'"
    )
    .lines.compactMap { Int($0) }
    #expect(steps == Array(1...max(1, steps.count)))
    #expect(steps.count > paused)
  }

  @Test func aShellJobThatKnowsNothingIsStoppedByTheSystemAndItsStatusIsOurs() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(
      #"""
      printf '\033[31mred\033[0m\033]0;title\007\n'
      sleep 2
      for i in $(seq 1 500); do echo "{\"step\": $i, \"loss\": 2.5}"; sleep 0.02; done
      exit 3
      """#, to: "job.sh")
    let terminal = try Terminal(program)
    try terminal.type(line: "\"$UNFOLD\" run -- bash job.sh; echo left $?")
    try terminal.wait("colour") { $0.contains("red") }
    #expect(!terminal.screen.contains("[31m"))
    try terminal.wait("steps") { (Terminal.step(in: $0) ?? 0) > 5 }
    try terminal.press("Space")
    try terminal.wait(for: "PAUSED")
    try terminal.wait(for: "SIGSTOP", seconds: 5)
    // What the job had written before it was stopped may still be on its way to the screen.
    var steps = [try step(terminal)]
    repeat {
      usleep(400_000)
      steps.append(try step(terminal))
    } while steps.count < 6 && steps[steps.count - 1] != steps[steps.count - 2]
    #expect(steps[steps.count - 1] == steps[steps.count - 2])
    try terminal.press(".")
    try terminal.wait(for: "cannot train single steps")
    try terminal.press("Space")
    try terminal.wait(for: "exit status 3", seconds: 60)
    #expect(terminal.screen.contains("Console"))
    try terminal.press("q")
    try terminal.wait(for: "left 3")
  }

  @Test func withoutATerminalTheJobsLinesAndItsOutputGoTheirOwnWays() throws {
    let program = try Program()
    defer { program.remove() }
    let run = try program.run(
      [
        "run", "--out", "r", "--", "sh", "-c",
        "echo '{\"step\": 1, \"loss\": 2}'; echo words; exit 4",
      ])
    #expect(run.status == 4)
    #expect(run.lines.first == #"{"event":"step","step":1,"loss":2}"#)
    #expect(run.lines.allSatisfy { $0.hasPrefix("{\"event\":") })
    #expect(run.errors.contains("words\n"))
    for (arguments, words) in [
      (["run"], "run needs a command behind --"),
      (
        ["run", "--", "no-such-program"], "no-such-program: cannot start: no such file or directory"
      ),
      (["run", "--log", "a", "--logdir", "b", "--", "true"], "use either"),
      (["attach", "r"], "no process serves this run"), (["attach", "nowhere"], "nowhere"),
      (["runs", "stop", "r"], "no process serves this run"),
    ] {
      let wrong = try program.run(arguments)
      #expect(wrong.status == 2, "\(arguments)")
      #expect(wrong.errors.contains(words), "\(wrong.errors)")
      #expect(wrong.errors.split(separator: "\n").count <= 2)
    }
    #expect(program.names(in: "runs").isEmpty)
  }

  @Test func trainingInTheBackgroundIsAttachedAndStopped() throws {
    let program = try Program()
    defer { program.remove() }
    let small =
      "--set network.hidden=6 --set training.batch=2 --set training.sequence-length=6 --steps 1000000"
    let started = try program.shell("\"$UNFOLD\" train words --out run --detach \(small)")
    #expect(started.status == 0 && started.output.contains("unfold attach run"))
    let terminal = try Terminal(program)
    try terminal.type(line: "\"$UNFOLD\" attach run; echo left $?")
    try terminal.wait("steps") { (Terminal.step(in: $0) ?? 0) > 5 }
    try terminal.press("Space")
    try terminal.wait(for: "PAUSED")
    let paused = try step(terminal)
    try terminal.press(".")
    try terminal.wait("one step") { Terminal.step(in: $0) == paused + 1 }
    // Killing the dashboard ends nothing.
    _ = try program.shell("pkill -9 -f '[u]nfold attach run'; true")
    try terminal.wait(for: "left 137")
    let stopped = try program.shell("\"$UNFOLD\" runs stop run")
    #expect(stopped.output.contains("run: stopped"))
    #expect(!program.exists("run/socket"))
    #expect(program.names(in: "run/snapshots").contains { $0.hasPrefix("step-") })
  }

  /// The window is closed under the dashboard: the run trains on, is found, and has every step once.
  @Test func aRunWhoseTerminalIsLostTrainsOn() throws {
    let program = try Program()
    defer { program.remove() }
    // So many steps that it is not over before somebody attaches to it.
    let small =
      "--set network.hidden=6 --set training.batch=2 --set training.sequence-length=6 --steps 1000000"
    let terminal = try Terminal(program)
    try terminal.type(
      line: "\"$UNFOLD\" train words --out run \(small) --set training.on-hangup=detach")
    try terminal.wait("steps") { (Terminal.step(in: $0) ?? 0) > 5 }
    let before = try step(terminal)
    try terminal.close()
    let again = try Terminal(program)
    try again.wait("a run in the background") { _ in
      try program.run(["runs", "."]).output.contains("running")
    }
    try again.type(line: "\"$UNFOLD\" attach run; echo left $?")
    try again.wait("more steps", until: { (Terminal.step(in: $0) ?? 0) > before + 5 })
    try again.press("q", "s")
    try again.wait(for: "left 0")
    let steps = try program.shell(
      "grep '\"event\":\"step\"' run/events.jsonl | sed 's/.*\"step\":\\([0-9]*\\).*/\\1/'"
    )
    .lines.compactMap { Int($0) }
    #expect(steps == Array(1...max(1, steps.count)) && steps.count > before)
    #expect(!program.exists("run/socket"))
  }
}
