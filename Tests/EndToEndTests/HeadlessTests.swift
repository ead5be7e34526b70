import Foundation
import Testing

@Suite struct HeadlessTests {
  @Test func linesAreWhatTheContractSays() throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try program.run(["train", "words", "--steps", "5", "--out", "run"])
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("standard output is not a terminal"))
    let objects = try outcome.lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    let steps = objects.filter { $0["event"] as? String == "step" }
    #expect(steps.compactMap { $0["step"] as? Int } == [1, 2, 3, 4, 5])
    for key in ["epoch", "loss", "gradientNorm", "learningRate", "tokensPerSecond", "elapsed"] {
      #expect(steps.allSatisfy { $0[key] is Double || $0[key] is Int }, "\(key)")
    }
    #expect(steps.allSatisfy { $0["clipped"] is Bool })
    #expect(objects.contains { $0["event"] as? String == "validation" })
    let snapshot = try #require(objects.first { $0["event"] as? String == "snapshot" })
    let path = try #require(snapshot["path"] as? String)
    #expect(program.exists(path + "/model.safetensors"))
    #expect(objects.last?["event"] as? String == "finished")
    #expect(objects.last?["reason"] as? String == "completed")
    // The record holds every step, too.
    let record = try program.shell("grep -c '\"event\":\"step\"' run/events.jsonl")
    #expect(record.output == "5\n")
  }

  @Test func theSameSeedGivesTheSameBytesAndAResumedRunGoesOn() throws {
    let program = try Program()
    defer { program.remove() }
    let model = "snapshots/step-00000012/model.safetensors"
    for (out, threads) in [("one", "1"), ("two", "2")] {
      let arguments = ["train", "--headless", "--steps", "12", "--threads", threads, "--out", out]
      #expect(try program.run(arguments).status == 0)
    }
    #expect(try program.shell("cmp one/\(model) two/\(model)").status == 0)
    #expect(
      try program.run(["train", "--headless", "--steps", "7", "--out", "half"]).status == 0)
    let resumed = try program.run(["train", "--headless", "--resume", "half", "--steps", "12"])
    #expect(resumed.status == 0)
    #expect(try program.shell("cmp one/\(model) half/\(model)").status == 0)
    let record = try program.shell("grep -c '\"event\":\"step\"' half/events.jsonl")
    #expect(record.output == "12\n")
  }

  @Test func aResumedRunMayChangeItsBatchesAndRecordsThat() throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run(["train", "--headless", "--steps", "7", "--out", "run"]).status == 0)
    let resumed = try program.run([
      "train", "--headless", "--resume", "run", "--steps", "12", "--set", "training.batch=16",
    ])
    #expect(resumed.status == 0, "\(resumed.errors)")
    let record = try program.shell("grep -c 'changed on resuming: training.batch' run/events.jsonl")
    #expect(record.output == "1\n")
    #expect(try program.shell("ls run/snapshots").output.contains("step-00000012"))
  }

  @Test func aTextOfOnesOwnIsReadByCharacters() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(String(repeating: "naïve café, 日本語 is fun.\n", count: 60), to: "my.txt")
    let outcome = try program.run([
      "train", "--headless", "--steps", "30", "--set", "task.data.text=my.txt", "--set",
      "training.batch=4", "--set", "network.hidden=16", "--out", "run",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let sample = try program.run(["sample", "run", "--prompt", "日本", "--length", "5"])
    #expect(sample.status == 0)
    #expect(sample.output.hasPrefix("日本") && sample.output.count == 2 + 5 + 1)
    let unknown = try program.run(["sample", "run", "--prompt", "Ω"])
    #expect(unknown.status == 2 && unknown.errors.contains("Ω"))
  }

  @Test(arguments: [
    (["train", "wrods"], "did you mean words?"),
    (["train", "no/such.yaml"], "no/such.yaml"),
    (["train", "--set", "network.hiden=3"], "did you mean network.hidden?"),
    (["train", "--set", "network.hidden=-3"], "expected a whole number from 1"),
    (["train", "--set", "network.hidden=999999999999999999999"], "expected a whole number"),
    (["train", "--set", "training.batch=ten"], "found “ten”"),
    (["train", "--set", "training.batch"], "expected path=value"),
    (["train", "--set", "task.data.text=missing.txt"], "missing.txt"),
    (["train", "--set", "task.data.text=."], "directory"),
    (["train", "--set", "task.data.text=empty.txt"], "empty.txt"),
    (["train", "--set", "task.data.text=one.txt"], "one.txt"),
    (["train", "--set", "task.data.text=latin1.txt"], "UTF-8"),
    (["train", "bad.yaml"], "bad.yaml:3: not YAML"),
    (["train", "wrong.yaml"], "wrong.yaml:3"),
    (["train", "--steps", "-1"], "--steps"),
    (["train", "--threads", "0"], "--threads"),
    (["train", "--out", "/proc/nothing"], "/proc/nothing"),
    (["train", "--init", "missing.safetensors"], "missing.safetensors"),
    (["train", "--map", "lstm=rnn"], "there is no --init"),
    (["train", "--init", "x.safetensors", "--map", "lstm"], "expected old=new"),
    (["train", "--resume", "nowhere"], "nowhere"),
    (["sample", "nowhere"], "nowhere"),
    (["tain"], "tain"),
    (["--bogus"], "--bogus"),
  ])
  func badInputGetsOneClearLine(arguments: [String], word: String) throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("", to: "empty.txt")
    try program.write(String(repeating: "a", count: 999), to: "one.txt")
    try Data([0x61, 0x62, 0xE9, 0x63]).write(
      to: program.directory.appendingPathComponent("latin1.txt"))
    try program.write("title: x\nnetwork: [1\n", to: "bad.yaml")
    try program.write("title: x\nnetwork:\n  cell: lsmt\n", to: "wrong.yaml")
    let outcome = try program.run(arguments)
    #expect(outcome.status == 2, "\(outcome)")
    #expect(outcome.errors.contains(word), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(!program.exists("runs"))
  }

  @Test func aFullDiskLeavesNoHalfSnapshot() throws {
    let program = try Program()
    defer { program.remove() }
    // 100 KiB a file: the record and the moments do not fit.
    let outcome = try program.shell("ulimit -f 100; $UNFOLD train --headless --steps 3 --out run")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("no snapshot was written"))
    #expect(program.names(in: "run/snapshots").isEmpty)
    #expect(outcome.output.contains("\"reason\":\"completed\""))
  }

  @Test func aRunThatDivergesSaysSoAndKeepsTheLastGoodWeights() throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try program.run([
      "train", "--headless", "--steps", "500", "--out", "run", "--set",
      "training.optimizer.name=sgd", "--set", "training.optimizer.learning-rate=1e38", "--set",
      "training.clip-norm=none",
    ])
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("\"reason\":\"diverged\""))
    #expect(program.names(in: "run/snapshots").count == 1)
  }

  /// Standard output of a run is no way to stop its training or its record.
  @Test(arguments: [
    ("> /dev/full", "the disk is full"), (">&-", "it is not open"),
    ("< /dev/null >&0", "it is not open"),
  ])
  func anOutputThatTakesNothingIsOneLineAndTheRunGoesOn(redirection: String, word: String) throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try program.shell(
      "$UNFOLD train --headless --steps 5 --out run \(redirection)")
    #expect(outcome.status == 1)
    #expect(outcome.errors.split(separator: "\n").count == 1 && outcome.errors.contains(word))
    #expect(try program.shell("grep -c '\"event\":\"step\"' run/events.jsonl").output == "5\n")
    #expect(program.names(in: "run/snapshots") == ["best", "step-00000005"])
  }

  @Test func aReaderThatGoesAwayStopsTheRunWithASnapshot() throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try program.shell(
      "$UNFOLD train --headless --out run | head -n 3 > some.txt; exit ${PIPESTATUS[0]}")
    #expect(program.names(in: "run/snapshots").count == 1)
    #expect(outcome.errors.contains("nobody reads it any more: stopped at step"))
  }

  @Test func aBenchmarkSaysWhatItMeasured() throws {
    let program = try Program()
    defer { program.remove() }
    let command = "benchmark --json --varied --cell gru --hidden 8 --batch 5 --length 9 --threads 1"
    let outcome = try program.run(command.split(separator: " ").map(String.init))
    #expect(outcome.status == 0, "\(outcome)")
    let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    let row = try #require((json as? [[String: Any]])?.first)
    #expect(row["cell"] as? String == "gru" && row["inputs"] as? String == "one-hot")
    for (key, value) in ["vocabulary": 64, "hidden": 8, "batch": 5, "length": 9, "threads": 1] {
      #expect(row[key] as? Int == value, "\(key)")
    }
    let lengths = try #require(row["lengths"] as? [Int])
    #expect(lengths.count == 5 && lengths[0] == 9 && Set(lengths).count > 1)
    #expect(lengths.allSatisfy { (1...9).contains($0) })
    // Only real steps count.
    let median = try #require(row["medianMilliseconds"] as? Double)
    let rate = try #require(row["tokensPerSecond"] as? Double)
    #expect(abs(rate * median / 1e3 - Double(lengths.reduce(0, +))) < 1e-6)
    #expect(try #require(row["peakShare"] as? Double) > 0 && row["gigaflops"] is Double)
  }

  @Test func presetsAreListedAndPrinted() throws {
    let program = try Program()
    defer { program.remove() }
    let listing = try program.run(["presets", "--json"])
    let rows = try #require(
      try JSONSerialization.jsonObject(with: Data(listing.output.utf8)) as? [[String: Any]])
    for key in ["name", "title", "lecture", "task", "data", "licence", "available"] {
      #expect(rows.allSatisfy { $0[key] != nil }, "\(key)")
    }
    let text = try program.run(["presets", "words"]).output
    #expect(text.contains("# ") && text.contains("task:"))
    try program.write(text, to: "mine.yaml")
    #expect(
      try program.run(["train", "mine.yaml", "--headless", "--steps", "1", "--out", "run"])
        .status == 0)
  }

  /// A folder of runs as one picture and one table.
  @Test func severalRunsAreExportedTogether() throws {
    let program = try Program()
    defer { program.remove() }
    for (name, rate) in [("a", 0.5), ("b", 0.25)] {
      let folder = program.directory.appendingPathComponent("logs/" + name)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let lines = (1...9).map { "{\"step\":\($0),\"loss\":\(rate / Double($0))}\n" }
      try program.write(lines.joined(), to: "logs/\(name)/train.jsonl")
      try program.write("{\"lr\": \(rate)}", to: "logs/\(name)/config.json")
    }
    let done = try program.run(["compare", "logs", "--export", "out/sweep.svg"])
    #expect(done.status == 0 && done.lines == ["out/sweep.svg", "out/sweep.csv"], "\(done)")
    let table = try program.shell("cut -d, -f1-5 out/sweep.csv").lines
    #expect(
      table.count == 19 && table[1] == "a,lr 0.5,1,,0.5" && table[18].hasPrefix("b,lr 0.25,9,"))
    let one = try program.run(["compare", "logs/a", "--export", "out"])
    #expect(one.status == 2 && one.errors == "unfold: name at least two runs to compare\n")
    let followed = try program.run(["follow", "logs"])
    #expect(followed.status == 2 && followed.errors.contains("following needs a terminal"))
  }
}
