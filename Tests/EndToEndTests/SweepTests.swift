import Foundation
import Testing

/// Sweeps with the program itself: each run is a process of its own.
@Suite(.serialized) struct SweepTests {
  private static let over = [
    "--over", "network.cell=tanh,gru", "--over", "training.seed=1,2", "--set",
    "training.validate-every=10",
  ]

  private static func model(_ program: Program, _ run: String) throws -> Data {
    let snapshots = program.directory.appendingPathComponent(run + "/snapshots")
    let names = try FileManager.default.contentsOfDirectory(atPath: snapshots.path)
    let newest = try #require(names.filter { $0.hasPrefix("step-") }.sorted().last)
    return try Data(
      contentsOf: snapshots.appendingPathComponent(newest + "/model.safetensors"))
  }

  /// The recorded steps of a run, in the order of its record.
  private static func steps(_ program: Program, _ run: String) throws -> [Int] {
    let text = try String(
      contentsOf: program.directory.appendingPathComponent(run + "/events.jsonl"), encoding: .utf8)
    return text.split(separator: "\n").compactMap { line in
      guard line.hasPrefix(#"{"event":"step","step":"#) else { return nil }
      return Int(line.dropFirst(#"{"event":"step","step":"#.count).prefix { $0.isNumber })
    }
  }

  @Test func eachRunIsTheOneThatTrainsAlone() throws {
    let program = try Program()
    defer { program.remove() }
    let sweep = try program.run(
      ["sweep", "tiny", "--steps", "30", "--out", "s", "--headless", "--jobs", "2"] + Self.over)
    #expect(sweep.status == 0, "\(sweep.errors)")
    #expect(sweep.lines.first?.hasPrefix(#"{"event":"started","runs":4,"path":"s""#) == true)
    #expect(sweep.lines.count { $0.contains(#""state":"completed""#) } == 4)
    #expect(sweep.lines.last?.contains(#""reason":"completed","runs":4,"completed":4"#) == true)
    for cell in ["tanh", "gru"] {
      let single = try program.run([
        "train", "tiny", "--steps", "30", "--headless", "--out", "one-\(cell)", "--set",
        "network.cell=\(cell)", "--seed", "2", "--set", "training.validate-every=10",
      ])
      #expect(single.status == 0)
      #expect(
        try Self.model(program, "one-\(cell)") == Self.model(program, "s/cell=\(cell),seed=2"))
    }
    for name in ["results.csv", "results.md", "results.svg"] {
      #expect(FileManager.default.fileExists(atPath: program.directory.path + "/s/" + name))
    }
    // What is there is not trained again.
    let again = try program.run(["sweep", "--out", "s", "--headless"])
    #expect(again.status == 0 && again.lines.count == 2, "\(again.output)")
  }

  /// Accuracy over length: a row for each setting and length, a chart for each task.
  @Test func aSweepOverTasksIsJudgedByLength() throws {
    let program = try Program()
    defer { program.remove() }
    let sweep = try program.run([
      "sweep", "state-tracking", "--steps", "20", "--out", "s", "--headless", "--jobs", "2",
      "--over", "task.data.synthetic=parity,s5", "--over", "network.cell=tanh,mingru", "--over",
      "training.seed=1,2", "--set", "task.data.judged-up-to=4", "--set", "task.data.length=8",
      "--set", "network.hidden=8",
    ])
    #expect(sweep.status == 0, "\(sweep.errors)")
    func text(_ name: String) throws -> String {
      try String(
        contentsOf: program.directory.appendingPathComponent("s/lengths.\(name)"), encoding: .utf8)
    }
    let rows = try text("csv").split(whereSeparator: \.isNewline)
    // Two tasks, two cells, three lengths, and what the columns mean.
    #expect(rows.count == 13)
    #expect(rows.contains { $0.hasPrefix("parity,mingru,32,2,") }, "\(rows)")
    #expect(try text("md").contains("| tanh |"))
    #expect(try text("svg").components(separatedBy: "<svg").count == 4)
  }

  /// Killed in the middle, the sweep goes on where each of its runs was, and nothing is trained twice.
  @Test func aSweepThatIsKilledGoesOn() throws {
    let program = try Program()
    defer { program.remove() }
    let arguments =
      ["sweep", "words", "--steps", "120", "--jobs", "2", "--set", "network.hidden=8"] + Self.over
    let line = (["$UNFOLD"] + arguments + ["--out", "k", "--headless"]).joined(separator: " ")
    // Killed once the first run has ended and others train.
    let killed = try program.shell(
      "exec 3< <(\(line) & echo $!); read pid <&3; "
        + "while read -r l <&3; do case \"$l\" in *completed*) kill -9 $pid; break;; esac; done; "
        + "cat <&3 > /dev/null; echo killed")
    #expect(killed.output.contains("killed"))
    let rest = try program.run(["sweep", "--out", "k", "--headless"])
    #expect(rest.status == 0, "\(rest.errors)")
    #expect(rest.lines.last?.contains(#""completed":4"#) == true, "\(rest.output)")
    let whole = try program.run(arguments + ["--out", "w", "--headless"])
    #expect(whole.status == 0)
    for run in ["cell=tanh,seed=1", "cell=tanh,seed=2", "cell=gru,seed=1", "cell=gru,seed=2"] {
      #expect(try Self.steps(program, "k/\(run)") == Array(1...120), "\(run)")
      #expect(try Self.model(program, "k/\(run)") == Self.model(program, "w/\(run)"), "\(run)")
    }
  }

  @Test func theWorseHalfIsGivenUpEarly() throws {
    let program = try Program()
    defer { program.remove() }
    let sweep = try program.run([
      "sweep", "tiny", "--steps", "40", "--halve", "--over",
      "training.optimizer.learning-rate=0.03,1e-9,1e-8,0.01", "--set",
      "training.validate-every=5", "--out", "h", "--headless",
    ])
    #expect(sweep.status == 0, "\(sweep.errors)")
    #expect(sweep.lines.last?.contains(#""completed":1,"givenUp":3"#) == true, "\(sweep.output)")
    #expect(try Self.steps(program, "h/learning-rate=1e-9") == Array(1...10))
    #expect(try Self.steps(program, "h/learning-rate=1e-8") == Array(1...10))
    let longest = try ["0.03", "0.01"].map {
      try Self.steps(program, "h/learning-rate=\($0)").count
    }
    #expect(longest.sorted() == [20, 40])
  }

  @Test func mistakesLeaveNothingBehind() throws {
    let program = try Program()
    defer { program.remove() }
    for (arguments, words) in [
      (["tiny", "--over", "network.cell=tanh,lsmt"], "did you mean lstm?"),
      (["tiny"], "name what to go over"),
      (["tini", "--over", "training.seed=1"], "did you mean tiny"),
      (["--out", "nowhere"], "holds no sweep"),
    ] {
      let outcome = try program.run(["sweep", "--headless"] + arguments)
      #expect(outcome.status == 2, "\(arguments): \(outcome.status)")
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
      #expect(outcome.output.isEmpty)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: program.directory.path)
    #expect(names.isEmpty, "\(names)")
  }

  /// A run that cannot be trained is told of; the others are trained.
  @Test func aRunThatFailsIsNamed() throws {
    let program = try Program()
    defer { program.remove() }
    let sweep = try program.run([
      "sweep", "tiny", "--steps", "5", "--headless", "--out", "f", "--over",
      "training.optimizer.learning-rate=0.01,1e30", "--set", "training.optimizer.name=sgd",
    ])
    #expect(sweep.status == 1)
    #expect(sweep.lines.last?.contains(#""completed":1"#) == true, "\(sweep.output)")
    #expect(sweep.lines.contains { $0.contains(#""state":"diverged""#) }, "\(sweep.output)")
  }
}
