import Foundation
import Testing

/// `unfold.py`, used by scripts of their own: no torch is needed here.
@Suite(.serialized) struct PythonHelperTests {
  static let python = "/usr/bin/env"

  @Test func itIsPrintedWholeAndServesALoopByItself() throws {
    let program = try Program()
    defer { program.remove() }
    let printed = try program.run(["python"])
    #expect(printed.status == 0)
    let file = Program.root.appendingPathComponent("presets/unfold.py")
    #expect(printed.output == (try String(contentsOf: file, encoding: .utf8)))
    try program.write(printed.output, to: "unfold.py")
    try program.write(
      """
      import random
      import unfold
      random.seed(3)
      before = random.getstate()
      watch = unfold.watch()
      rate = watch.knob("learning-rate", 0.5)
      for batch in watch.steps(range(3)):
          watch.log(loss=1.0 / (batch + 1), rate=rate.value)
      assert random.getstate() == before
      watch.log(step=7, loss=float("nan"))
      """, to: "loop.py")
    let run = try Program.run(Self.python, ["python3", "loop.py"], in: program.directory)
    #expect(run.status == 0, "\(run.errors)")
    let lines = try run.lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(lines.compactMap { $0["step"] as? Int } == [1, 2, 3, 7])
    #expect(lines.prefix(3).compactMap { $0["loss"] as? Double } == [1, 0.5, 1.0 / 3])
    // What is no number is null, so that every line is JSON.
    #expect(lines.last?["loss"] is NSNull)
    #expect(lines[0]["learning_rate"] as? Double == 0.5)
  }

  /// Looks are paid for out of a hundredth of the time, all of them: those of a training step itself, and
  /// a replay that its own step's costs have put above the budget.
  @Test func everyLookIsPaidFor() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(try program.run(["python"]).output, to: "unfold.py")
    try program.write(
      """
      import time
      import unfold
      watch = unfold.watch(log=False)
      budget = watch._budget
      assert not budget.is_due
      watch._began -= 10
      assert budget.is_due
      with budget.noting():
          time.sleep(0.095)
          raise ValueError("a look that fails fails no step")
      assert not budget.is_due
      with budget.spending():
          time.sleep(0.05)
      assert budget.spent >= 0.145 and budget.longest >= 0.145, (budget.spent, budget.longest)
      watch._began -= 1000
      assert budget.is_due
      spent = budget.spent
      with budget.spending(force=True):
          time.sleep(0.01)
      assert budget.spent == spent
      """, to: "budget.py")
    let run = try Program.run(Self.python, ["python3", "budget.py"], in: program.directory)
    #expect(run.status == 0, "\(run.errors)")
  }
}
