import Foundation
import Testing

/// Choosing presets in a real terminal, and what is kept from one start to the next.
@Suite(.serialized, .enabled(if: Terminal.isUsable, "needs tmux"))
struct ChooserSessionTests {
  @Test func aPresetIsChosenLeftAndAnotherOneStarted() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try Terminal(program)
    try terminal.type(line: "stty -a > before; $UNFOLD")
    let screen = try terminal.wait(for: "starts by itself in")
    for word in ["words", "pronounce", "Inventing English words", "tanh 128"] {
      #expect(screen.contains(word), "\(word)")
    }
    // Any key stops the clock; typing finds.
    try terminal.press("/")
    try terminal.press("-l", "speak")
    try terminal.wait("what is typed") { $0.contains("speakers") && !$0.contains("sunspots") }
    try terminal.press("Enter")
    try terminal.press("Enter")
    try terminal.wait("speakers training") {
      $0.contains("speakers ·") && (Terminal.step(in: $0) ?? 0) > 2
    }

    try terminal.press("P")
    try terminal.wait(for: "Leave this run?")
    try terminal.press("Enter")
    try terminal.wait(for: "choose what to train")
    let snapshots = program.names(in: "runs/speakers-1/snapshots").filter { $0 != "best" }
    #expect(snapshots.count == 1)
    // The cursor stands where it was left: at the preset that ran.
    try terminal.press("Enter")
    try terminal.wait("speakers again") {
      $0.contains("speakers ·") && (Terminal.step(in: $0) ?? 0) > 2
    }
    #expect(program.exists("runs/speakers-2/events.jsonl"))

    try terminal.press(":")
    try terminal.press("-l", "start words")
    try terminal.press("Enter")
    try terminal.wait("a question or a run") {
      $0.contains("Leave this run?") || $0.contains("words ·")
    }
    if terminal.screen.contains("Leave this run?") { try terminal.press("Enter") }
    try terminal.wait("words training") {
      $0.contains("words ·") && (Terminal.step(in: $0) ?? 0) > 2
    }

    try terminal.press("q")
    try terminal.wait(for: "save and quit")
    try terminal.press("s")
    // Each run leaves its report.
    try terminal.wait("three reports") {
      $0.components(separatedBy: "unfold train --resume").count == 4
    }
    try terminal.type(line: "stty -a > after; cmp before after && echo same")
    try terminal.wait(for: "same")
  }

  /// Looking at the presets ends no run.
  @Test func escInTheChooserLeadsBackToThePausedRun() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try Terminal(program)
    try terminal.type(line: "$UNFOLD --out run")
    try terminal.wait("training") { (Terminal.step(in: $0) ?? 0) > 2 }
    try terminal.press("P")
    try terminal.wait(for: "Leave this run?")
    try terminal.press("Enter")
    try terminal.wait(for: "esc back to the run")
    #expect(program.names(in: "run/snapshots").count == 1)
    try terminal.press("Escape")
    let step = try #require(Terminal.step(in: try terminal.wait(for: "PAUSED")))
    try terminal.press("Space")
    try terminal.wait("training on") { (Terminal.step(in: $0) ?? 0) > step }
    // A misspelt preset is answered on the prompt's line, and the run trains on.
    try terminal.press(":")
    try terminal.press("-l", "start wrods")
    try terminal.press("Enter")
    try terminal.wait(for: "there is no preset wrods; did you mean words?")
    try terminal.press("Escape")
    try terminal.press("q")
    try terminal.wait(for: "save and quit")
    try terminal.press("s")
    try terminal.wait(for: "unfold train --resume run/snapshots/")
    #expect(try program.shell("grep -c '\"started\"' run/events.jsonl").output == "1\n")
  }

  @Test func whoPressesNothingGetsTheDefaultPreset() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try Terminal(program)
    try terminal.type(line: "$UNFOLD")
    try terminal.wait(for: "starts by itself in")
    try terminal.wait("words training") {
      $0.contains("words ·") && (Terminal.step(in: $0) ?? 0) > 2
    }
  }

  @Test func settingsAndViewsAreKept() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try Terminal(program)
    try program.write("", to: "empty")
    try terminal.type(line: "mkdir -p config/unfold; echo 'theme: lihgt' > config/unfold/settings")
    try terminal.type(line: "$UNFOLD --out one")
    // A slip in the file is told where it is, and costs nothing else.
    try terminal.wait(for: "did you mean light?")
    try terminal.press("2")
    try terminal.wait(for: "Loss per time step")
    try terminal.press(",")
    try terminal.wait(for: "curves are made of")
    try terminal.press("Right")
    try terminal.press("Escape")
    try terminal.wait("steps that would be lost") { (Terminal.step(in: $0) ?? 0) > 2 }
    try terminal.press("q")
    try terminal.wait(for: "save and quit")
    try terminal.press("q")
    try terminal.wait(for: "no snapshot was saved")
    let text = try program.shell("cat config/unfold/settings").output
    #expect(text.contains("theme: light\n") && !text.contains("loss\n"), "\(text)")

    // A view looked at is no view that runs open in, until it is pinned.
    try terminal.type(line: "clear; $UNFOLD --out two")
    try terminal.wait(for: "[1 Overview]")
    try terminal.press("2")
    try terminal.press("p")
    try terminal.wait(for: "runs of words open in Loss")
    try terminal.wait("steps that would be lost") { (Terminal.step(in: $0) ?? 0) > 2 }
    try terminal.press("q")
    try terminal.wait(for: "save and quit")
    try terminal.press("q")
    try terminal.wait(for: "no snapshot was saved")
    try terminal.type(line: "clear; $UNFOLD --out three")
    try terminal.wait(for: "[2 Loss]")
  }

  @Test func aSessionIsRecordedForAsciinema() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try Terminal(program)
    try terminal.type(line: "$UNFOLD --out run --record run.cast")
    try terminal.wait("training") { (Terminal.step(in: $0) ?? 0) > 2 }
    try terminal.press("q")
    try terminal.wait(for: "save and quit")
    try terminal.press("q")
    try terminal.wait(for: "no snapshot was saved")
    let lines = try program.shell("cat run.cast").lines
    let header = try #require(
      try JSONSerialization.jsonObject(with: Data((lines.first ?? "").utf8)) as? [String: Any])
    #expect(header["version"] as? Int == 2 && header["width"] as? Int == 120)
    #expect(lines.count > 3 && lines.dropFirst().allSatisfy { $0.contains("\"o\"") })
  }
}
