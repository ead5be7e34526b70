import Foundation
import SequenceData
import Testing
import TrainingEvents

@testable import Training

/// A person's own file in a preset's place.
struct OwnDataTests {
  private let directory: String

  init() throws {
    directory = NSTemporaryDirectory() + "own-data-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  private func write(_ content: String, _ name: String) throws -> String {
    let path = directory + "/" + name
    try content.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  @Test func otherDataForgetsWhatDescribedTheOld() throws {
    var preset = try PresetLibrary.preset("sentiment")
    try preset.set(arguments: ["task.data.tsv=some/mine.tsv"])
    #expect(preset.task.data.test == nil)
    #expect(preset.title == "mine.tsv")
    #expect(preset.task.data.symbols == .word)
    var series = try PresetLibrary.preset("sunspots")
    try series.set("task.data.csv", to: "mine.csv")
    #expect(series.task.data.columns.isEmpty)
    // The same data again is no other.
    var same = try PresetLibrary.preset("sunspots")
    try same.set(arguments: ["task.data.csv=sunspots"])
    #expect(same == (try PresetLibrary.preset("sunspots")))
  }

  @Test func whatIsSaidOfTheNewDataStaysInEitherOrder() throws {
    for arguments in [
      ["task.data.test=b.csv", "task.data.columns=[x]", "task.data.csv=a.csv"],
      ["task.data.csv=a.csv", "task.data.columns=[x]", "task.data.test=b.csv"],
    ] {
      var preset = try PresetLibrary.preset("sunspots")
      try preset.set(arguments: arguments)
      #expect(preset.task.data.location == "a.csv")
      #expect(preset.task.data.test == "b.csv")
      #expect(preset.task.data.columns == ["x"])
    }
  }

  @Test func dialectsAreSetByNameOrBySign() throws {
    var preset = Preset()
    try preset.set(arguments: [
      "task.data.separator=;", "task.data.decimal=,", "task.data.missing=hold",
      "task.data.header=absent",
    ])
    #expect(
      preset.task.data.table == .init(separator: .semicolon, decimal: .comma, header: .absent))
    #expect(preset.task.data.missing == .hold)
    #expect(try Preset(yaml: preset.resolvedText, file: "x", name: "words") == preset)
    try preset.set("task.data.separator", to: "none")
    #expect(preset.task.data.table.separator == nil)
    #expect(throws: PresetError.self) { try preset.set("task.data.decimal", to: "dot") }
  }

  @Test func aFileIsTrainedAsWhatItIs() throws {
    let files: [(name: String, content: String, base: String, format: DataSource.Format)] = [
      ("mine.txt", "It was a dark night and nobody was there to see it.\n", "shakespeare", .text),
      ("names.txt", (0..<20).map { "anna\($0)\n" }.joined(), "words", .lines),
      ("a.csv", "x\n1\n", "sunspots", .csv),
      ("a.tsv", (0..<20).map { "pos\tsome words \($0)\n" }.joined(), "sentiment", .tsv),
      ("b.tsv", (0..<20).map { "word \($0)\tmot \($0)\n" }.joined(), "translate", .tsv),
      ("c.tsv", (0..<20).map { "\($0 % 2)\t1.5\t2\t\($0)\n" }.joined(), "speakers", .tsv),
      ("d.tsv", (0..<20).map { "\($0)\t1,5\n" }.joined(), "sunspots", .csv),
      ("e.jsonl", "{\"source\":[1],\"target\":[1]}", "translate", .jsonl),
      ("f.jsonl", "{\"inputs\":[[1]],\"target\":1}", "spoken-digits", .jsonl),
      ("g.jsonl", "{\"tokens\":[1],\"targets\":[1]}", "connected-digits", .jsonl),
    ]
    for file in files {
      let path = try write(file.content, file.name)
      let choice = try #require(PresetLibrary.choice(for: path))
      #expect(choice.base == file.base && choice.format == file.format, "\(file.name)")
      #expect(choice.note.hasPrefix(file.name + " is "))
      let preset = try PresetLibrary.preset(path)
      #expect(preset.task.data.location == path)
      #expect(preset.task.data.format == file.format)
      #expect(preset.task.data.test == nil)
      #expect(preset.title == file.name)
      #expect(file.format.rawValue != "" && preset.name == String(file.name.prefix { $0 != "." }))
    }
    #expect(PresetLibrary.choice(for: "words") == nil)
    #expect(PresetLibrary.choice(for: try write("title: x\n", "own.yaml")) == nil)
  }

  @Test func targetsThatCannotBeAlignedAreCountedOrRefused() throws {
    func trainer(_ lines: [String]) throws -> Trainer {
      let path = try write(lines.joined(separator: "\n"), "ctc.jsonl")
      var preset = try PresetLibrary.preset("translate")
      try preset.set(arguments: [
        "task.data.jsonl=\(path)", "network.loss=ctc", "network.attention=none",
        "network.embedding=none", "network.hidden=4", "task.split.validation=0",
        "task.split.test=0",
      ])
      let task = try TaskLoader.load(preset.task, seed: 1, dataDirectories: [])
      return try Trainer(preset: preset, task: task, threads: 1)
    }
    let fits = #"{"source": [1, 2, 3], "target": [1, 2]}"#
    let long = #"{"source": [1, 2], "target": [1, 1]}"#
    #expect(try trainer([fits, fits]).task.notes == [])
    #expect(
      try trainer([fits, long]).task.notes == [
        "1 of 2 sequences is too short for its labels and left out of the loss, the first in line 2"
      ])
    #expect(throws: PresetError.self) { try trainer([long, long]) }
  }
}
