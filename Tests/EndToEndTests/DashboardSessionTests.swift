import Foundation
import Testing

@Suite(.serialized, .enabled(if: Terminal.isUsable, "needs tmux"))
struct DashboardSessionTests {
  /// The main job, from the first key to the last.
  @Test func aSessionFromStartToEnd() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try Terminal(program)
    try terminal.type(line: "stty -a > before")
    try terminal.type(line: "$UNFOLD")
    try terminal.wait("training") { ($0.contains("TRAINING")) && (Terminal.step(in: $0) ?? 0) > 2 }

    try terminal.press("Space")
    let paused = try #require(Terminal.step(in: try terminal.wait(for: "PAUSED")))
    // The one wait that has to be: a pause is judged by nothing happening.
    usleep(1_000_000)
    #expect(Terminal.step(in: terminal.screen) == paused)

    try terminal.press(".")
    try terminal.wait("one step") { Terminal.step(in: $0) == paused + 1 && $0.contains("PAUSED") }

    try terminal.press("Space")
    try terminal.wait("training again") { (Terminal.step(in: $0) ?? 0) > paused + 3 }

    try terminal.press("s")
    try terminal.wait(for: "snapshot runs/words-1/snapshots/step-")
    let snapshot = try #require(program.names(in: "runs/words-1/snapshots").first)
    let files = Set(program.names(in: "runs/words-1/snapshots/" + snapshot))
    #expect(
      files.isSuperset(of: [
        "model.safetensors", "optimizer.safetensors", "state.json", "preset.yaml", "metrics.csv",
        "loss.svg", "gradients.svg", "hidden-state.svg", "screen.txt", "screen.svg",
      ]))

    try terminal.resize(width: 80, height: 24)
    try terminal.wait("a smaller screen") {
      $0.contains("Loss") && $0.split(separator: "\n").allSatisfy { $0.count <= 80 }
    }
    try terminal.resize(width: 20, height: 5)
    try terminal.wait(for: "60×16")
    try terminal.resize(width: 120, height: 40)
    try terminal.wait(for: "Hidden state")

    try terminal.press("C-z")
    try terminal.wait(for: "Stopped")
    try terminal.type(line: "fg")
    let back = try #require(
      Terminal.step(in: try terminal.wait("the dashboard") { $0.contains("TRAINING") }))
    try terminal.wait("training after fg") { (Terminal.step(in: $0) ?? 0) > back }

    try terminal.press("q")
    try terminal.wait(for: "save and quit")
    try terminal.press("s")
    try terminal.wait(for: "unfold train --resume runs/words-1/snapshots/")
    try terminal.type(line: "echo status=$?; stty -a > after; cmp before after && echo same")
    try terminal.wait(for: "status=0")
    try terminal.wait(for: "same")
  }

  @Test(arguments: [("TERM", 143), ("INT", 130), ("HUP", 129)])
  func aSignalSavesASnapshotAndGivesTheTerminalBack(signal: String, status: Int) throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try Terminal(program)
    // A name that no other process has on its command line.
    let run = "run-\(UUID().uuidString)"
    try terminal.type(line: "stty -a > before; $UNFOLD --out \(run)")
    try terminal.wait("training") { (Terminal.step(in: $0) ?? 0) > 2 }
    _ = try program.shell("pkill -\(signal) -f 'out \(run)'")
    try terminal.wait(for: "ready>")
    try terminal.type(line: "echo status=$?; stty -a > after; cmp before after && echo same")
    try terminal.wait(for: "status=\(status)")
    try terminal.wait(for: "same")
    #expect(program.names(in: run + "/snapshots").count == 1)
  }

  @Test func aCrashGivesTheTerminalBack() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try Terminal(program)
    // A name that no other process has on its command line.
    let run = "run-\(UUID().uuidString)"
    try terminal.type(line: "stty -a > before; $UNFOLD --out \(run)")
    try terminal.wait("training") { (Terminal.step(in: $0) ?? 0) > 2 }
    _ = try program.shell("pkill -SEGV -f 'out \(run)'")
    try terminal.wait(for: "Segmentation fault")
    try terminal.type(line: "echo status=$?; stty -a > after; cmp before after && echo same")
    try terminal.wait(for: "status=139")
    try terminal.wait(for: "same")
  }

  /// `xterm-direct` is described by Debian's ncurses-term, which CI installs.
  static let environments =
    [
      "NO_COLOR=1", "TERM=vt100", "TERM=linux", "TERM=screen", "TERM=tmux-256color",
      "TERM=xterm-256color", "LANG=C LC_ALL=C",
    ] + (Terminal.knows("xterm-direct") ? ["TERM=xterm-direct"] : [])

  @Test(arguments: environments)
  func everyTerminalGetsAScreenThatReads(environment: String) throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try Terminal(program)
    try terminal.type(line: "\(environment) $UNFOLD --out run")
    let screen = try terminal.wait("training") { (Terminal.step(in: $0) ?? 0) > 2 }
    for word in ["Loss", "Gradient norm", "Hidden state", "Samples", "TRAINING", "steps/s"] {
      #expect(screen.contains(word), "\(environment): \(word)")
    }
    if environment.contains("LC_ALL=C") {
      let foreign = screen.unicodeScalars.filter { !$0.isASCII }
      #expect(foreign.isEmpty, "\(foreign)")
    }
    try terminal.press("q")
    try terminal.wait(for: "save and quit")
    try terminal.press("q")
    try terminal.wait(for: "no snapshot was saved")
  }

  @Test func withoutATerminalItGoesHeadlessAndSaysSo() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try Terminal(program)
    try terminal.type(line: "TERM=dumb $UNFOLD --steps 3 --out run")
    let screen = try terminal.wait(for: "\"reason\":\"completed\"")
    #expect(screen.contains("TERM=dumb cannot move its cursor: training without the dashboard"))
  }
}
