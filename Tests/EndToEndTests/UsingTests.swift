import Foundation
import Testing

/// Trains a little, then judges and asks what was trained.
@Suite struct UsingTests {
  private static let presets: [(name: String, arguments: [String])] = [
    ("words", ["--set", "network.hidden=16", "--set", "training.batch=8"]),
    ("speakers", ["--set", "network.hidden=8"]),
    (
      "pronounce",
      ["--set", "network.hidden=8", "--set", "task.data.dictionary=small.dict"]
    ),
    ("parity", ["--set", "network.hidden=8"]),
  ]

  /// A run of a few steps, in a directory of its own.
  private func trained(_ name: String, steps: Int = 5) throws -> Program {
    let program = try Program()
    let dictionary = (0..<60).map { "ab\(["c", "d", "e"][$0 % 3])\($0 < 30 ? "" : "a") AA B" }
    try program.write(dictionary.joined(separator: "\n") + "\n", to: "small.dict")
    let arguments = Self.presets.first { $0.name == name }?.arguments ?? []
    let outcome = try program.run(
      ["train", name, "--headless", "--steps", "\(steps)", "--out", "run"] + arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return program
  }

  private func object(_ line: some StringProtocol) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  @Test(arguments: [
    ("words", "bits per character", "character"), ("speakers", "accuracy", "label"),
    ("pronounce", "word error rate", "phone"), ("parity", "accuracy", "bit"),
  ])
  func eachKindIsJudgedByItsMeasureBesideABaseline(
    name: String, measure: String, target: String
  ) throws {
    let program = try trained(name)
    defer { program.remove() }
    let before = try program.shell("find run -type f | sort | xargs sha256sum").output
    let outcome = try program.run(["evaluate", "run", "--json"])
    #expect(outcome.status == 0 && outcome.lines.count == 1, "\(outcome.errors)")
    let result = try object(outcome.output)
    #expect(result["split"] as? String == "test" && result["targetName"] as? String == target)
    let measures = try #require(result["measures"] as? [[String: Any]])
    let first = try #require(measures.first)
    #expect(first["name"] as? String == measure && (first["value"] as? Double)?.isFinite == true)
    let baselines = try #require(first["baselines"] as? [[String: Any]])
    #expect(baselines.allSatisfy { $0["name"] is String } && !baselines.isEmpty)
    // What is printed for people says the same, on any number of threads.
    let text = try program.run(["evaluate", "run/snapshots/step-00000005", "--threads", "1"])
    #expect(text.status == 0 && text.output.contains(measure) && text.output.contains("test set"))
    let other = try program.run(["evaluate", "run", "--json", "--threads", "3"])
    #expect(
      try object(other.output)["measures"] as? NSArray == result["measures"] as? NSArray)
    let validation = try program.run(["evaluate", "run", "--split", "validation", "--json"])
    #expect(try object(validation.output)["split"] as? String == "validation")
    #expect(try program.shell("find run -type f | sort | xargs sha256sum").output == before)
  }

  @Test func parityRunsFreeAtFourTimesTheTrainingLength() throws {
    let program = try trained("parity")
    defer { program.remove() }
    let result = try object(
      try program.run(["evaluate", "run", "--json", "--set", "task.data.length=30"]).output)
    #expect(result["longest"] as? Int == 120)
    let measures = try #require(result["measures"] as? [[String: Any]])
    let conditions = measures.compactMap { $0["condition"] as? String }
    #expect(conditions.first == "free-running" && conditions.contains("teacher forced"))
    let answer = try program.run(["predict", "run", "10110"])
    #expect(answer.status == 0 && answer.output.split(separator: " ").count == 5)
  }

  /// A decimal comma, found in the table that was learnt, is one in the next, which by itself could be
  /// read in two ways.
  @Test func theNextTableIsReadAsTheOneThatWasLearnt() throws {
    let program = try Program()
    defer { program.remove() }
    func column(_ count: Int) -> String {
      (0..<count).map { "\(10 + $0 % 5),\(25 + $0 % 7)\n" }.joined()
    }
    try program.write("Wert\n" + column(120), to: "learnt.csv")
    try program.write(column(12), to: "next.csv")
    let alone = try program.run(["train", "next.csv", "--headless", "--steps", "1"])
    #expect(
      alone.status == 2 && alone.errors.contains("can be read in two ways"), "\(alone.errors)")
    let outcome = try program.run([
      "train", "learnt.csv", "--headless", "--steps", "2", "--out", "run",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let preset = try program.shell("cat run/snapshots/step-00000002/preset.yaml").output
    #expect(preset.contains("decimal: comma"))
    let points = column(12).split(separator: "\n").map { $0.replacing(",", with: ".") }
    let asked = try program.run(["predict", "run", "next.csv"])
    #expect(asked.status == 0, "\(asked.errors)")
    #expect(
      try program.run(["predict", "run", points.joined(separator: " ")]).output == asked.output)
    let judged = try program.run(["evaluate", "run", "--json", "--set", "task.data.csv=next.csv"])
    #expect(judged.status == 0, "\(judged.errors)")
    let result = try object(judged.output)
    #expect(result["targets"] as? Int == 2)
    // What is said wins: as two columns it fits no network of one number a step.
    let said = try program.run([
      "evaluate", "run", "--set", "task.data.csv=next.csv", "--set", "task.data.separator=comma",
      "--set", "task.data.decimal=point",
    ])
    #expect(said.status == 2, "\(said.output)")
  }

  @Test func symbolsThatATerminalObeysReachOnlyPipes() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(String(repeating: "a\u{1B}[31mb\u{7}\n", count: 60), to: "colour.txt")
    let outcome = try program.run([
      "train", "--headless", "--set", "task.data.text=colour.txt", "--set", "network.hidden=8",
      "--steps", "60", "--out", "run",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let sample = "sample run --length 300 --temperature 2"
    let piped = try program.shell("\"$UNFOLD\" \(sample)")
    #expect(piped.output.unicodeScalars.contains("\u{1B}"))
    let shown = try program.shell("script -qec \"'$UNFOLD' \(sample)\" /dev/null </dev/null")
    #expect(shown.status == 0 && shown.output.unicodeScalars.contains("\u{FFFD}"))
    #expect(!shown.output.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{7}" })
  }

  @Test func linesInAreLinesOut() throws {
    let program = try trained("pronounce")
    defer { program.remove() }
    try program.write("\u{FEFF}abc\r\nabd\r\nabea", to: "words.txt")
    let fromFile = try program.run(["predict", "run", "words.txt"])
    #expect(fromFile.status == 0 && fromFile.output.filter { $0 == "\n" }.count == 3)
    let typed = try program.run(["predict", "run", "abc", "abd", "abea"])
    let piped = try program.shell("cat words.txt | $UNFOLD predict run")
    #expect(typed.output == fromFile.output && piped.output == fromFile.output)
    for pipe in [
      "cat words.txt | $UNFOLD predict run /dev/stdin", "$UNFOLD predict run <(cat words.txt)",
      "cat words.txt | $UNFOLD predict run /proc/self/fd/0",
    ] {
      let outcome = try program.shell(pipe)
      #expect(outcome.output == fromFile.output, "\(pipe): \(outcome.errors)")
    }
    // What never breaks a line is not read for ever, and a named pipe without another end hangs
    // nobody.
    let endless = try program.shell("$UNFOLD predict run /dev/stdin < /dev/zero")
    #expect(endless.status == 2 && endless.errors.contains("standard input: a line does not end"))
    let named = try program.shell("mkfifo fifo; $UNFOLD predict run fifo")
    #expect(named.status == 2 && named.errors.contains("fifo: is a pipe"))
    let json = try program.run(["predict", "run", "abc", "--json", "--beam", "2"])
    let answer = try object(json.output)
    #expect(answer["input"] as? String == "abc" && answer["answer"] is String)
    #expect((answer["alternatives"] as? [Any])?.count == 2)
    // Who asks one thing at a time is answered before the next.
    let conversation = try program.shell(
      """
      coproc P { "$UNFOLD" predict run; }
      while read -r word; do echo "$word" >&"${P[1]}"; read -r -t 60 line <&"${P[0]}"; echo "$line"
      done <<< $'abc\nabd\nabea'
      """)
    #expect(conversation.output == fromFile.output, "\(conversation.errors)")
    // On any number of threads, in batches or alone, digit by digit.
    try program.write(
      (1...300).map { "ab" + String(repeating: "a", count: $0 % 9) + "\n" }.joined(), to: "many.txt"
    )
    let many = try program.run(["predict", "run", "many.txt", "--json"])
    #expect(many.lines.count == 300)
    for threads in ["1", "3"] {
      let again = try program.run(["predict", "run", "many.txt", "--json", "--threads", threads])
      #expect(again.output == many.output)
    }
    let alone = try program.run(["predict", "run", "abaaa", "--json"])
    #expect(many.lines[2] + "\n" == alone.output)
    // A mistake names its line; what came before it is answered.
    let bad = try program.shell("printf 'abc\\nab9\\nabd\\n' | $UNFOLD predict run")
    #expect(bad.status == 2 && bad.output.filter { $0 == "\n" }.count == 1)
    #expect(bad.errors.contains("standard input:2") && bad.errors.contains("“9”"))
  }

  @Test func recordingsAreAskedForByNumberByFileAndByRows() throws {
    let program = try trained("speakers")
    defer { program.remove() }
    let asked = try program.run(["predict", "run", "#1", "--json"])
    let answer = try object(asked.output)
    let alternatives = try #require(answer["alternatives"] as? [[String: Any]])
    #expect(alternatives.count == 8 && answer["truth"] as? String == "1")
    let file = Program.root.path + "/presets/data/JapaneseVowels_TEST.ts"
    let whole = try program.run(["predict", "run", file, "--json"])
    #expect(whole.lines.count == 370)
    #expect(try object(whole.lines[0])["alternatives"] as? NSArray == alternatives as NSArray)
    let row = "[" + (1...12).map { "0.\($0)" }.joined(separator: ",") + "]"
    try program.write("[\(row),\(row)]\n{\"inputs\":[\(row)]}\n", to: "rows.jsonl")
    let rows = try program.run(["predict", "run", "rows.jsonl"])
    #expect(rows.status == 0 && rows.lines.count == 2, "\(rows.errors)")
    for line in rows.lines {
      let fields = line.split(separator: "\t")
      #expect(fields.count == 2 && (0...1).contains(Double(fields[1]) ?? -1))
    }
    for (bad, word) in [
      ("#371", "#1 to #370"), ("[[1,2]]", "expected 12 a step"), ("nobody", "“nobody”"),
      ("[[1,2],[3]]", "input"), ("no/such.ts", "no/such.ts"), ("", "empty"),
    ] {
      let outcome = try program.run(["predict", "run", bad])
      #expect(outcome.status == 2 && outcome.output.isEmpty, "\(bad)")
      #expect(outcome.errors.contains(word) && outcome.errors.filter { $0 == "\n" }.count == 1)
    }
  }

  @Test func aWordGoesOn() throws {
    let program = try trained("words")
    defer { program.remove() }
    let answer = try object(try program.run(["predict", "run", "hel", "--json"]).output)
    let alternatives = try #require(answer["alternatives"] as? [[String: Any]])
    #expect(alternatives.count == 8 && answer["answer"] is String)
  }

  @Test(arguments: [
    (["evaluate", "nowhere"], "nowhere"), (["evaluate", "run", "--split", "train"], "--split"),
    (["evaluate", "run", "--beam", "0"], "--beam"),
    (["evaluate", "run", "--set", "network.hidden=3"], "network.hidden"),
    (["evaluate", "run", "--set", "task.data.ts=gone.ts"], "gone.ts"),
    (["evaluate", "run", "--set", "task.data.ts=other.ts"], "other.ts"),
    (["evaluate"], "snapshot"), (["predict", "nowhere", "x"], "nowhere"),
    (["predict", "run"], "standard input"), (["predict", "run", "#1", "--ahead", "0"], "--ahead"),
  ])
  func badInputGetsOneClearLine(arguments: [String], word: String) throws {
    let program = try trained("speakers", steps: 1)
    defer { program.remove() }
    try program.write("@data\n1,2:3,4:x\n", to: "other.ts")
    let outcome = try program.run(arguments)
    #expect(outcome.status == 2, "\(outcome)")
    #expect(outcome.errors.contains(word), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  /// Tables hold the numbers that `--json` tells; what a network of few units lacks is left empty.
  @Test(arguments: [1, 3]) func theDynamicsAreTablesAndFigures(units: Int) throws {
    let program = try Program()
    defer { program.remove() }
    let trained = try program.run([
      "train", "flip-flop", "--headless", "--steps", "5", "--out", "run", "--set",
      "network.hidden=\(units)",
    ])
    #expect(trained.status == 0, "\(trained.errors)")
    let told = try object(try program.run(["analyse", "run", "--json"]).output)
    let done = try program.run(["analyse", "run", "--export", "out"])
    #expect(done.status == 0, "\(done.errors)")
    func rows(_ name: String) throws -> [[String]] {
      let path = program.directory.appendingPathComponent("out/\(name).csv")
      return try String(contentsOf: path, encoding: .utf8).split(whereSeparator: \.isNewline)
        .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }
    let (path, points) = (try rows("trajectory"), try rows("fixed-points"))
    #expect(path.count - 1 == told["states"] as? Int)
    #expect(path.allSatisfy { $0.count == 5 })
    #expect(points.count - 1 == (told["fixedPoints"] as? [Any])?.count)
    #expect(points.allSatisfy { $0.count == 8 + units })
    let spectra = try #require(told["spectrum"] as? [String: [String: Any]])
    for (name, matrix) in spectra {
      let symbol = try #require(matrix["symbol"] as? String)
      let found = try rows("spectrum").filter { $0[0] == symbol }.compactMap { Double($0[2]) }
      let values = try #require(matrix["eigenvalues"] as? [[Double]])
      // Readers of decimals may differ in the last bit.
      #expect(found.count == units && values.count == units)
      #expect(zip(found, values).allSatisfy { abs($0 - $1[0]) < 1e-12 }, "\(name)")
    }
    // A path in one dimension is no figure.
    let names = program.names(in: "out").filter { $0.hasSuffix(".svg") }.sorted()
    #expect(names == (units > 1 ? ["spectrum.svg", "trajectory.svg"] : ["spectrum.svg"]))

    // What was looked at while it trained goes out beside them.
    let snapshot = try #require(program.names(in: "run/snapshots").first { $0 != "best" })
    try program.write(
      #"{"event":"landscape","step":5,"batch":32,"parts":8,"noiseScale":35.5}"# + "\n",
      to: "run/snapshots/\(snapshot)/frames.jsonl")
    #expect(try program.run(["analyse", "run", "--export", "out"]).status == 0)
    #expect(try rows("landscape").last == ["5", "", "", "", "", "35.5", "32"])
    #expect(program.names(in: "out").contains("landscape.svg"))
  }
}
