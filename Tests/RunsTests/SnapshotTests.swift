import FileFormats
import Foundation
import SequenceData
import TerminalGraphics
import Testing
import Training
import TrainingEvents

@testable import Runs

@Suite struct SnapshotTests {
  private let temporary: TemporaryDirectory
  private let run: RunDirectory

  init() throws {
    temporary = try TemporaryDirectory()
    run = try RunDirectory.create(at: temporary.path + "/run", preset: "title: words\n")
  }

  @Test func readsBackEveryBitItWrote() throws {
    let record = try SnapshotWriter(directory: run).write(Example.contents(step: 30))
    #expect(record.path == run.path + "/snapshots/step-00000030")
    let read = try SnapshotReader.read(record.path)
    #expect(read.checkpoint == Example.checkpoint(step: 30, validation: 2.5))
    #expect(read.run == run.path && read.checkpoint.reason == .requested)
    #expect(read.checkpoint.state.carried[0][1].sign == .minus)
    #expect(SnapshotReader.frames(of: record.path).count == 1)
    let size = try temporary.names("/run/snapshots/step-00000030").reduce(0) { total, name in
      total + (try Data(contentsOf: URL(fileURLWithPath: record.path + "/" + name)).count)
    }
    #expect(record.bytes == size)
  }

  @Test func holdsEveryPromisedFile() throws {
    var contents = Example.contents(step: 3)
    var screen = CellBuffer(size: Size(width: 20, height: 2))
    screen.write("<loss> & 世", x: 0, y: 0, style: Style(.hex(0xFF0000)))
    contents.screen = screen
    var dynamics = DynamicsFrame(step: 3, system: "layer 1", size: 3)
    (dynamics.path, dynamics.shares) = ([[0.5, 1, 0], [-0.5, 0.25, 0]], [0.75, 0.25, 0])
    dynamics.spectra = [.init(symbol: "W", eigenvalues: [(0.5, 0)])]
    dynamics.fixedPoints = .init(
      step: 3, input: "a",
      points: [
        .init(kind: "saddle", unstable: 1, modulus: 2, period: nil, place: [0.125, 0.5, 0])
      ])
    contents.frames.keep(.dynamics(dynamics))
    let path = try SnapshotWriter(directory: run).write(contents).path
    for name in [
      "model.safetensors", "optimizer.safetensors", "state.json", "preset.yaml", "metrics.csv",
      "loss.svg", "gradients.svg", "hidden-state.svg", "screen.txt", "screen.svg", "screen.ans",
      "trajectory.svg", "spectrum.svg",
    ] {
      #expect(FileManager.default.fileExists(atPath: path + "/" + name), "\(name)")
    }
    #expect(try String(contentsOfFile: path + "/screen.txt", encoding: .utf8) == "<loss> & 世\n\n")
    let ansi = try String(contentsOfFile: path + "/screen.ans", encoding: .utf8)
    #expect(ansi.hasPrefix("\u{1B}[0;38;2;255;0;0m<loss> & 世\u{1B}[0m"))
    let picture = try String(contentsOfFile: path + "/screen.svg", encoding: .utf8)
    #expect(picture.contains(">&lt;loss&gt;</text>"))
    #expect(picture.contains(">世</text>"))
    let states = try String(contentsOfFile: path + "/trajectory.svg", encoding: .utf8)
    for words in ["saddle (1)", "principal component 2, 25 % of the variance", "layer 1, step 3"] {
      #expect(states.contains(words), "\(words)")
    }
  }

  @Test func metricsHoldEveryStep() throws {
    let path = try SnapshotWriter(directory: run).write(Example.contents(step: 3)).path
    let table = try String(contentsOfFile: path + "/metrics.csv", encoding: .utf8)
    #expect(
      table == "step,epoch,loss,smoothed_loss,gradient_norm,learning_rate,elapsed_seconds,"
        + "validation_loss,validation_metric\r\n1,0.01,3.1,3.1,1.25,0.002,0.5,,\r\n"
        + "2,0.02,1.6,2.3424242,2.5,0.002,1,,\r\n3,0.03,1.1,1.9198885,3.75,0.002,1.5,2.5,41\r\n")
  }

  /// Training goes on while a snapshot waits to be written, and the reader of its events may be ahead
  /// of it or behind.
  @Test func curvesEndAtTheSnapshotsStep() throws {
    var contents = Example.contents(step: 5)
    contents.history = Example.history(steps: 9)
    contents.checkpoint.validation = .init(loss: 4, step: 5)
    let path = try SnapshotWriter(directory: run).write(contents).path
    let table = try String(contentsOfFile: path + "/metrics.csv", encoding: .utf8)
    #expect(table.split(separator: "\r\n").last?.hasPrefix("5,0.05,") == true)
    #expect(try SnapshotReader.read(path).checkpoint.validation?.loss == 4)
  }

  @Test func framesOfTheCheckpointItselfComeFirst() throws {
    var contents = Example.contents(step: 3)
    contents.checkpoint.frames = [
      .samples(SampleFrame(step: 3, temperature: 1, lines: ["a"])),
      .gradientByLag(
        GradientByLag(step: 3, curves: [LagCurve(name: "h", norms: [1, 0.5], factorPerStep: 0.5)])),
    ]
    contents.frames.keep(.samples(SampleFrame(step: 2, temperature: 1, lines: ["older"])))
    let path = try SnapshotWriter(directory: run).write(contents).path
    let frames = SnapshotReader.frames(of: path)
    #expect(frames.count == 3)
    #expect(frames.contains(contents.checkpoint.frames[0]))
    #expect(FileManager.default.fileExists(atPath: path + "/gradient-by-lag.svg"))
  }

  @Test func aSnapshotOfTheSameStepAndWeightsReplacesTheOld() throws {
    let writer = SnapshotWriter(directory: run)
    _ = try writer.write(Example.contents(step: 5, reason: .scheduled))
    let path = try writer.write(Example.contents(step: 5, reason: .final)).path
    #expect(try SnapshotReader.read(path).checkpoint.reason == .final)
    #expect(temporary.names("/run/snapshots") == ["step-00000005"])
  }

  /// A run that was begun again with another learning rate ends on the same step.
  @Test func otherWeightsOfTheSameStepStandBesideTheFirst() throws {
    let first = try SnapshotWriter(directory: run).write(Example.contents(step: 5)).path
    let writer = SnapshotWriter(directory: run)
    var second = Example.contents(step: 5)
    second.checkpoint.parameters[0].values[0] = 42
    second.checkpoint.validation = .init(loss: 2.5, step: 5)
    let path = try writer.write(second).path
    #expect(path == first + "-2")
    #expect(try SnapshotReader.read(path).checkpoint == second.checkpoint)
    #expect(try SnapshotReader.read(first).checkpoint.parameters[0].values[0] != 42)
    #expect(try SnapshotReader.read(run.path).path == path)
    // Once more the same: nothing new.
    #expect(try writer.write(second).path == path)
    #expect(temporary.names("/run/snapshots") == ["step-00000005", "step-00000005-2"])
  }

  /// A directory that a person named: a snapshot of the same step is never written over.
  @Test func aNamedDirectoryKeepsWhatItHas() throws {
    let place = temporary.path + "/kept"
    let record = try SnapshotWriter.write(Example.contents(step: 7), into: place)
    #expect(record.step == 7 && record.path == place + "/step-00000007")
    #expect(throws: RunError.self) {
      try SnapshotWriter.write(Example.contents(step: 7), into: place)
    }
    _ = try SnapshotWriter.write(Example.contents(step: 8), into: place)
    #expect(temporary.names("/kept") == ["step-00000007", "step-00000008"])
  }

  @Test func aFailingWriteLeavesNothing() throws {
    let full = RunError.system(operation: "write", path: "x", code: ENOSPC)
    let files: [AtomicDirectory.File] = [
      .init("first", text: "whole"),
      .init("second") { (write: ([UInt8]) throws(RunError) -> Void) throws(RunError) in
        try write([1, 2, 3])
        throw full
      },
    ]
    let path = run.snapshotsPath + "/step-00000001"
    #expect(throws: full) { try AtomicDirectory.write(files, to: path) }
    #expect(temporary.names("/run/snapshots").isEmpty)
    // The system's own refusals name the place that was asked for, not the hidden one.
    let refusal = #expect(throws: RunError.self) {
      try AtomicDirectory.write([.init("no/such", text: "x")], to: path)
    }
    #expect(refusal?.description.hasPrefix(path + "/no/such: cannot open") == true)
    // What stood there before stays as it was.
    _ = try SnapshotWriter(directory: run).write(Example.contents(step: 1))
    #expect(throws: full) { try AtomicDirectory.write(files, to: path) }
    #expect(try SnapshotReader.read(path).checkpoint.state.step == 1)
    #expect(full.description.contains("the disk is full") && full.isOutOfSpace)
  }

  @Test func theNewestWholeSnapshotOfARunIsTaken() throws {
    let writer = SnapshotWriter(directory: run)
    for step in [2, 4, 6] { _ = try writer.write(Example.contents(step: step)) }
    #expect(try SnapshotReader.read(run.path).checkpoint.state.step == 6)
    let model = run.snapshotsPath + "/step-00000006/model.safetensors"
    try FileManager.default.removeItem(atPath: model)
    #expect(try SnapshotReader.read(run.path).checkpoint.state.step == 4)
    // A snapshot taken after going back is newer, whatever its number.
    _ = try writer.write(Example.contents(step: 1))
    #expect(try SnapshotReader.read(run.path).checkpoint.state.step == 1)
  }

  private func change(_ name: String, _ pattern: String, to text: String) throws {
    let file = run.snapshotsPath + "/" + name + "/state.json"
    let before = try String(contentsOfFile: file, encoding: .utf8)
    let after = before.replacingOccurrences(
      of: pattern, with: text, options: .regularExpression)
    #expect(after != before)
    try after.write(toFile: file, atomically: false, encoding: .utf8)
  }

  /// A clock that was set back says that the newest snapshot is the oldest.
  @Test func theOrderIsNotTheClocks() throws {
    for step in [10, 20, 30] {
      _ = try SnapshotWriter(directory: run).write(Example.contents(step: step))
    }
    for (step, saved) in [(10, 3000), (20, 2000), (30, 1000)] {
      try change("step-000000\(step)", #""saved" : [0-9.]+"#, to: "\"saved\" : \(saved)")
    }
    #expect(try SnapshotReader.read(run.path).checkpoint.state.step == 30)
    // The newest and the best of those with a schedule stay.
    let writer = SnapshotWriter(directory: run, keep: 1)
    _ = try writer.write(Example.contents(step: 15, reason: .scheduled))
    _ = try writer.write(Example.contents(step: 16, reason: .scheduled))
    _ = try writer.write(Example.contents(step: 17, reason: .scheduled))
    #expect(!temporary.names("/run/snapshots").contains("step-00000016"))
    #expect(try SnapshotReader.read(run.path).checkpoint.state.step == 17)
  }

  /// Straight on, and killed and resumed: the state is the same to the last byte.
  @Test func theCounterSaysHowOftenTheRunWentBack() throws {
    func counter(_ name: String) throws -> Int {
      try SnapshotReader.state(of: OpenDirectory(run.snapshotsPath + "/" + name)).counter
    }
    let writer = SnapshotWriter(directory: run)
    for step in [10, 20] { _ = try writer.write(Example.contents(step: step)) }
    _ = try writer.write(best(20, 1))
    _ = try SnapshotWriter(directory: run).write(Example.contents(step: 30))
    for name in ["step-00000010", "step-00000020", "best", "step-00000030"] {
      #expect(try counter(name) == 0)
    }
    _ = try SnapshotWriter(directory: run).write(Example.contents(step: 25))
    _ = try SnapshotWriter(directory: run).write(Example.contents(step: 40))
    #expect(try counter("step-00000025") == 1 && counter("step-00000040") == 1)
    #expect(try SnapshotReader.read(run.path).checkpoint.state.step == 40)
  }

  /// The best one, which is not of a step's own, is no earlier state that the run went back to.
  @Test(arguments: [false, true])
  func aWriterThatBeginsAnewCountsOnFromTheNewest(isBest: Bool) throws {
    _ = try SnapshotWriter(directory: run).write(isBest ? best(20, 1) : Example.contents(step: 20))
    var other = Example.contents(step: 20)
    other.checkpoint.parameters[0].values[0] = 42
    let path = try SnapshotWriter(directory: run).write(other).path
    let counter = try SnapshotReader.state(of: OpenDirectory(path)).counter
    #expect(counter == (isBest ? 0 : 1))
  }

  /// Older versions counted nothing: their snapshots come in the order of their steps, before all
  /// that were counted.
  @Test func snapshotsWithoutACounterComeFirstAndByStep() throws {
    for step in [20, 10, 30] {
      _ = try SnapshotWriter(directory: run).write(Example.contents(step: step))
    }
    for step in [10, 20, 30] {
      try change("step-000000\(step)", #""counter" : [0-9]+,"#, to: "")
    }
    let steps = {
      try SnapshotReader.paths(inRun: run.path).map {
        try SnapshotReader.read($0).checkpoint.state.step
      }
    }
    #expect(try steps() == [10, 20, 30])
    _ = try SnapshotWriter(directory: run).write(Example.contents(step: 15))
    #expect(try steps() == [10, 20, 30, 15])
  }

  private func best(_ step: Int, _ loss: Double) -> SnapshotContents {
    var contents = Example.contents(step: step, reason: .best)
    contents.checkpoint.validation = .init(loss: loss, step: step)
    return contents
  }

  @Test func oneBestSnapshotStandsAndIsReplaced() throws {
    let writer = SnapshotWriter(directory: run)
    #expect(throws: RunError.noSnapshot(path: run.path)) {
      try SnapshotReader.read(run.path, best: true)
    }
    let last = try writer.write(Example.contents(step: 3)).path
    let error = #expect(throws: RunError.self) { try SnapshotReader.read(run.path, best: true) }
    #expect(error?.description.contains("step-00000003") == true)
    _ = try writer.write(best(4, 2))
    let record = try writer.write(best(6, 1))
    #expect(record.path == run.snapshotsPath + "/best" && record.reason == .best)
    #expect(
      temporary.names("/run/snapshots/best")
        == ["model.safetensors", "optimizer.safetensors", "preset.yaml", "state.json"])
    for path in [run.path, last, record.path] {
      #expect(try SnapshotReader.read(path, best: true).checkpoint.state.step == 6)
    }
    // The newest of all is what a run goes on from.
    #expect(try SnapshotReader.read(run.path).checkpoint.state.step == 6)
    #expect(SnapshotReader.paths(inRun: run.path) == [last])
    #expect(temporary.names("/run/snapshots") == ["best", "step-00000003"])
  }

  /// A run that went back, or was begun again, has to find a best of its own; the old one is better.
  @Test func aBetterBestThatTheRunWentBackFromStays() throws {
    let writer = SnapshotWriter(directory: run)
    _ = try writer.write(best(6, 1))
    _ = try writer.write(best(2, 3))
    #expect(temporary.names("/run/snapshots") == ["best", "step-00000006"])
    #expect(try SnapshotReader.read(run.path, best: true).checkpoint.state.step == 2)
    let old = try SnapshotReader.read(run.snapshotsPath + "/step-00000006").checkpoint
    #expect(old.reason == .best && old.validation?.loss == 1)
  }

  /// What led to a snapshot is in the record before the snapshot has its name.
  @Test func theRecordIsWrittenFirst() throws {
    let recorder = RunRecorder(run) { _ in }
    recorder.record(.steps(StepBatch([Example.step(1), Example.step(2)])))
    _ = try SnapshotWriter(directory: run, recorder: recorder).write(Example.contents(step: 2))
    #expect(try RunSummary(run.path).step == 2)
  }

  @Test func aLeftoverOfACrashIsNoSnapshotAndGoesAway() throws {
    let leftover = run.snapshotsPath + "/.step-00000009.partial-1-2"
    try FileManager.default.createDirectory(atPath: leftover, withIntermediateDirectories: true)
    _ = FileManager.default.createFile(atPath: leftover + "/state.json", contents: Data())
    #expect(throws: RunError.noSnapshot(path: run.path)) { try SnapshotReader.read(run.path) }
    try AtomicDirectory.removeLeftovers(in: run.snapshots())
    #expect(temporary.names("/run/snapshots").isEmpty)
  }

  @Test func keepsTheLastFewAndTheBest() throws {
    func entry(_ step: Int, _ reason: SnapshotReason, _ loss: Double?) -> SnapshotKeeping.Entry {
      .init(name: "\(step)", step: step, reason: reason, validationLoss: loss, counter: step)
    }
    let entries = [
      entry(1, .scheduled, 3), entry(2, .scheduled, 1), entry(3, .requested, 2),
      entry(4, .scheduled, .nan), entry(5, .scheduled, 2), entry(6, .scheduled, nil),
    ]
    #expect(SnapshotKeeping.surplus(entries, keep: 2).map(\.step) == [1, 4])

    let writer = SnapshotWriter(directory: run, keep: 1)
    for step in 1...3 { _ = try writer.write(Example.contents(step: step, reason: .scheduled)) }
    // All have the same validation loss: the first is the best.
    #expect(temporary.names("/run/snapshots") == ["step-00000001", "step-00000003"])
  }

  @Test(arguments: [
    ("state.json", "{}", "`step` is missing"), ("state.json", "{", "line 1"),
    ("state.json", "[1]", "type"), ("model.safetensors", "x", "1 bytes"),
    ("optimizer.safetensors", "", "0 bytes"),
  ])
  func brokenFilesAreNamed(name: String, content: String, word: String) throws {
    let path = try SnapshotWriter(directory: run).write(Example.contents(step: 3)).path
    try Data(content.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
    let error = try #require(throws: RunError.self) { try SnapshotReader.read(path) }
    #expect(error.description.hasPrefix(path + "/" + name), "\(error)")
    #expect(error.description.contains(word), "\(error)")
  }

  @Test(arguments: [
    (#""step" : 3"#, #""step" : -3"#), (#""step" : 3"#, #""step" : 9223372036854775807"#),
    (#""position" : 0"#, #""position" : -1"#), (#""version" : 1"#, #""version" : 2"#),
    (#""dropout" : 0"#, #""dropout" : "nan""#),
  ])
  func absurdStatesAreRefused(before: String, after: String) throws {
    let path = try SnapshotWriter(directory: run).write(Example.contents(step: 3)).path
    let file = path + "/state.json"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let changed = text.replacingOccurrences(of: before, with: after)
    #expect(changed != text)
    try changed.write(toFile: file, atomically: false, encoding: .utf8)
    #expect(throws: RunError.self) { try SnapshotReader.read(path) }
  }

  /// Numbers that count something in the same file.
  @Test(arguments: [
    ("inputWidth", 3), ("inputWidth", 1 << 40), ("inputWidth", -1), ("outputWidth", 1),
    ("outputWidth", 1 << 62), ("end", 2), ("end", -1), ("unknown", 7), ("mean", 3), ("mean", 1),
    ("standardDeviation", 0), ("zero", 0), ("targetName", 101), ("bestStep", -1),
    ("waited", -1), ("learningRate", -1), ("clipNorm", 0),
  ])
  func statesThatContradictThemselvesAreRefused(_ key: String, _ value: Int) {
    func state(_ change: (inout ResumeState) -> Void = { _ in }) -> ResumeState {
      var state = ResumeState()
      state.inputVocabulary = Vocabulary(symbols: ["a", "b"], unknown: 0, end: 1)
      state.outputVocabulary = state.inputVocabulary
      (state.inputWidth, state.outputWidth) = (2, 2)
      state.normalisation = Normalisation(mean: [0, 1], standardDeviation: [1, 2])
      change(&state)
      return state
    }
    #expect(state().problem == nil)
    let id = Int32(truncatingIfNeeded: value)
    let problem = state { state in
      switch key {
      case "inputWidth": state.inputWidth = value
      case "outputWidth": state.outputWidth = value
      case "end": state.inputVocabulary = Vocabulary(symbols: ["a", "b"], end: id)
      case "unknown": state.outputVocabulary = Vocabulary(symbols: ["a", "b"], unknown: id)
      case "mean":
        state.normalisation?.mean = Array(repeating: 0, count: value)
        if value == 3 { state.normalisation?.standardDeviation = [1, 1, 1] }
      case "standardDeviation": state.normalisation?.standardDeviation = []
      case "zero": state.normalisation?.standardDeviation = [1, 0]
      case "targetName": state.targetName = String(repeating: "x", count: value)
      case "bestStep": state.bestStep = value
      case "waited": state.plateau.waited = value
      case "learningRate": state.learningRate = Double(value)
      default: state.clipNorm = Double(value)
      }
    }.problem
    #expect(problem != nil && problem?.contains("\n") == false)
  }

  @Test func aSnapshotCanBeNamedByAnyOfItsFiles() throws {
    let path = try SnapshotWriter(directory: run).write(Example.contents(step: 3)).path
    #expect(try SnapshotReader.read(path + "/model.safetensors").checkpoint.state.step == 3)
    #expect(throws: RunError.self) { try SnapshotReader.read(path + "/nothing") }
    #expect(throws: RunError.notASnapshot(path: temporary.path)) {
      try SnapshotReader.read(temporary.path)
    }
  }
}
