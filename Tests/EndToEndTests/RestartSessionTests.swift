import Foundation
import Testing

@Suite(.serialized, .enabled(if: Terminal.isUsable, "needs tmux"))
struct RestartSessionTests {
  /// Finish, begin again, learn faster, finish at the same step: the second model is on disk, too.
  @Test func aRestartedRunThatEndsAtTheSameStepLeavesASecondModel() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try Terminal(program)
    try terminal.type(line: "$UNFOLD train tiny --out run --set training.steps=60")
    try terminal.wait("the end") { $0.contains("FINISHED") && Terminal.step(in: $0) == 60 }
    try terminal.press("R")
    try terminal.wait(for: "Start over?")
    try terminal.press("Enter")
    try terminal.wait("the beginning") { (Terminal.step(in: $0) ?? 60) < 60 }
    // The rate doubles with each.
    try terminal.press("+", "+")
    try terminal.wait(seconds: 60, "the second end") { screen in
      if screen.contains("PAUSED") { try terminal.press("Space") }
      return screen.contains("FINISHED") && Terminal.step(in: screen) == 60
    }
    try terminal.press("q")
    try terminal.wait(for: "unfold train --resume run/snapshots/")
    let names = program.names(in: "run/snapshots").filter { $0 != "best" }
    let models = try names.map { name in
      try Data(
        contentsOf: program.directory.appendingPathComponent(
          "run/snapshots/\(name)/model.safetensors"))
    }
    #expect(names.count == 2 && names.allSatisfy { $0.hasPrefix("step-00000060") }, "\(names)")
    #expect(Set(models).count == 2)
  }
}
