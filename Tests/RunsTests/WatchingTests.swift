import Foundation
import Testing
import TrainingEvents

@testable import Runs

/// Folders of runs: what is found in them, read in the background, and looked at again.
@Suite(.serialized) struct WatchingTests {
  private static let logs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Logs").path

  private static func lines(_ steps: ClosedRange<Int>, offset: Double = 0) -> String {
    steps.map { #"{"step":\#($0),"loss":\#(offset + 1 / Double($0)),"acc":0.5}"# + "\n" }.joined()
  }

  private static func record(_ steps: Int, reason: String?) -> String {
    let start =
      #"{"event":"started","name":"words","title":"","lecture":"","task":"language-model","#
      + #""network":"tanh 8","parameters":10,"optimizer":"adam","lossUnit":"nats","target":"character"}"#
    let lines = (1...steps).map { step in
      #"{"event":"step","step":\#(step),"loss":\#(2.0 / Double(step)),"gradientNorm":1}"#
    }
    let end = reason.map { #"{"event":"finished","reason":"\#($0)","step":\#(steps)}"# }
    return ([start] + lines + [end].compactMap { $0 } + [""]).joined(separator: "\n")
  }

  private static func write(_ text: String, _ path: String) throws {
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  private static func append(_ text: String, _ path: String) throws {
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
  }

  // MARK: What is found

  @Test func runsOfEveryKindAreFoundAndNothingElse() throws {
    let place = try TemporaryDirectory()
    let root = place.path
    try Self.write(Self.record(2, reason: nil), root + "/words-10/events.jsonl")
    try Self.write("x", root + "/words-10/snapshots/0001/metrics.csv")
    try Self.write(Self.record(2, reason: nil), root + "/words-2/events.jsonl")
    try Self.write(Self.lines(1...2), root + "/json/lines/train.jsonl")
    try Self.write(Self.lines(1...2), root + "/pair/one.jsonl")
    try Self.write(Self.lines(1...2), root + "/pair/two.jsonl")
    try Self.write("step,loss\n1,2\n", root + "/tables/a.csv")
    try Self.write("step,loss\n1,2\n", root + "/tables/b.csv")
    try Self.write("step,loss\n1,2\n", root + "/lightning/version_0/metrics.csv")
    try Self.write("a: 1\n", root + "/lightning/version_0/hparams.yaml")
    try Self.write("step,loss\n1,2\n", root + "/lightning/version_1/metrics.csv")
    try Self.write("{}", root + "/hf/checkpoint-5/trainer_state.json")
    try Self.write("{}", root + "/hf/checkpoint-10/trainer_state.json")
    for run in ["keras", "torch_plain"] {
      try FileManager.default.copyItem(
        atPath: Self.logs + "/tb/" + run, toPath: root + "/tb-" + run)
    }
    try Self.write("notes", root + "/notes.txt")
    try Self.write("a,b\n", root + "/data/deep/x.txt")
    try FileManager.default.createSymbolicLink(
      atPath: root + "/newest", withDestinationPath: root + "/words-10")
    #expect(
      RunFolder.runs(in: root).map(\.name) == [
        "hf", "json/lines", "lightning/version_0", "lightning/version_1", "pair/one.jsonl",
        "pair/two.jsonl", "tables/a.csv", "tables/b.csv", "tb-keras", "tb-torch_plain", "words-2",
        "words-10",
      ])
    #expect(RunFolder.isFolder(root) && RunFolder.isFolder(root + "/pair"))
    // One run is no folder of runs, whatever parts it has.
    for run in ["words-2", "tb-keras", "hf", "json", "json/lines/train.jsonl", "data", "missing"] {
      #expect(!RunFolder.isFolder(root + "/" + run), "\(run)")
    }
    // Of our own runs there will be more.
    try FileManager.default.removeItem(atPath: root + "/words-10")
    try Self.write(Self.record(2, reason: nil), root + "/own/words-1/events.jsonl")
    #expect(RunFolder.isFolder(root + "/own") && !RunFolder.isFolder(root + "/own/words-1"))
  }

  /// News is told once; how many runs are still to be read is told until they are.
  @Test func newsIsTakenOnceAndTheUnreadAreCounted() {
    var news = RunFolderWatcher.News()
    (news.unread, news.order) = (3, [])
    let first = news.take()
    #expect(first.unread == 3 && first.order != nil)
    let second = news.take()
    #expect(second.unread == 3 && second.order == nil)
  }

  @Test func theCasesOfLogsAreARunEach() {
    let found = RunFolder.runs(in: Self.logs + "/tb").map(\.name)
    #expect(found == (try? FileTree.names(in: Self.logs + "/tb").filter { !$0.hasPrefix(".") }))
  }

  /// Folders whose names speak of training alone are a run each; with validation, they are one.
  @Test func foldersNamedAfterTrainingAreRunsUnlessTheyArePartsOfOne() throws {
    let place = try TemporaryDirectory()
    for name in ["sweep/train_lr1", "sweep/train_lr2", "one/train", "one/validation"] {
      let folder = place.path + "/" + name
      try FileManager.default.createDirectory(
        atPath: (folder as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: Self.logs + "/tb/torch_plain", toPath: folder)
    }
    #expect(
      RunFolder.runs(in: place.path).map(\.name) == ["one", "sweep/train_lr1", "sweep/train_lr2"])
  }

  // MARK: What is read

  /// Everything that a watcher tells, put together.
  private final class Told {
    let watcher: RunFolderWatcher
    var order: [RunPlace] = []
    var overviews: [String: RunOverview] = [:]
    var curves: [String: RunCurves] = [:]
    var unread = 1

    init(_ paths: [String]) { watcher = RunFolderWatcher(paths, pace: 0.02) }

    deinit { watcher.close() }

    subscript(name: String) -> RunOverview? { overviews.values.first { $0.name == name } }

    func wait(
      _ what: String, until isEnough: (Told) -> Bool,
      sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
      let end = ContinuousClock.now + .seconds(60)
      while true {
        let news = watcher.news()
        order = news.order ?? order
        unread = news.unread
        for overview in news.overviews { overviews[overview.id] = overview }
        for curves in news.curves { self.curves[curves.id] = curves }
        if !order.isEmpty, isEnough(self) { return }
        guard .now < end else {
          Issue.record("no \(what): \(overviews)", sourceLocation: sourceLocation)
          throw CancellationError()
        }
        try await Task.sleep(for: .milliseconds(5))
      }
    }
  }

  @Test func everyRunIsReadAndJudged() async throws {
    let place = try TemporaryDirectory()
    let root = place.path
    try Self.write(Self.record(20, reason: "completed"), root + "/a/events.jsonl")
    try Self.write(Self.record(30, reason: "diverged"), root + "/b/events.jsonl")
    try Self.write(Self.record(40, reason: nil), root + "/c/events.jsonl")
    try Self.write(Self.lines(1...50), root + "/d/train.jsonl")
    try Self.write("\u{1}\u{2} garbage\nmore of it\n", root + "/e/events.jsonl")
    try FileManager.default.createDirectory(
      atPath: root + "/f/events.jsonl", withIntermediateDirectories: true)
    let held = try RunDirectory.create(at: root + "/g", preset: "")
    try Self.write(Self.record(5, reason: nil), root + "/g/events.jsonl")
    let told = Told([root])
    try await told.wait("everything") { $0.unread == 0 && $0.overviews.count == 7 }
    #expect(told.order.map(\.name) == ["a", "b", "c", "d", "e", "f", "g"])
    #expect(told["a"]?.state == .finished && told["a"]?.step == 20)
    #expect(told["a"]?.best == .init(loss: 0.1, step: 20, isValidation: false))
    #expect(told["b"]?.state == .failed && told["c"]?.state == .killed)
    #expect(told["d"]?.state == .live && told["d"]?.step == 50 && told["d"]?.lastLoss == 0.02)
    #expect(told["e"]?.state == .unreadable && told["e"]?.problem?.contains("line 1") == true)
    #expect(told["f"]?.state == .unreadable && told["f"]?.problem?.contains("directory") == true)
    #expect(told["g"]?.state == .live)
    // Nobody asked for curves.
    #expect(told.curves.isEmpty)
    held.release()
    try await told.wait("the end of g") { $0["g"]?.state == .killed }
  }

  @Test func newRunsGrowthAndWhatVanishesAreTold() async throws {
    let place = try TemporaryDirectory()
    let root = place.path
    try Self.write(Self.lines(1...5), root + "/one/train.jsonl")
    try Self.write(Self.record(5, reason: "stopped"), root + "/two/events.jsonl")
    let told = Told([root])
    try await told.wait("both") { $0.unread == 0 && $0.overviews.count == 2 }
    try Self.append(Self.lines(6...9), root + "/one/train.jsonl")
    try await told.wait("growth") { $0["one"]?.step == 9 }
    // Somebody goes on with a run that had ended.
    try Self.append(#"{"event":"step","step":6,"loss":0.01}"# + "\n", root + "/two/events.jsonl")
    try await told.wait("step 6") { $0["two"]?.step == 6 }
    try Self.write(Self.lines(1...3), root + "/one-b/train.jsonl")
    try await told.wait("a new run") { $0["one-b"]?.step == 3 }
    #expect(told.order.map(\.name) == ["one", "one-b", "two"])
    try FileManager.default.removeItem(atPath: root + "/one")
    try FileManager.default.removeItem(atPath: root + "/two")
    try await told.wait("that both are gone") {
      $0["one"]?.state == .gone && $0["two"]?.state == .gone
    }
    #expect(told["one"]?.step == 9 && told.order.count == 3)
    try Self.write(Self.lines(1...4), root + "/one/train.jsonl")
    try await told.wait("its return") { $0["one"]?.step == 4 && $0["one"]?.state == .live }
    #expect(told["one"]?.problem == nil)
  }

  @Test func curvesComeForTheRunsThatAreWanted() async throws {
    let place = try TemporaryDirectory()
    let root = place.path
    for name in ["a", "b", "c"] {
      try Self.write(Self.lines(1...100), root + "/\(name)/train.jsonl")
    }
    let lag =
      #"{"event":"gradientByLag","step":10,"curves":[{"name":"layer 1","norms":[1,0.5,0.25]}]}"#
    try Self.write(
      Self.record(50, reason: "completed") + lag + "\n", root + "/own/events.jsonl")
    let told = Told([root])
    told.watcher.want([root + "/b", root + "/own"])
    try await told.wait("curves") { $0.curves.count == 2 && $0.unread == 0 }
    let curves = try #require(told.curves[root + "/b"])
    #expect(curves.history.count == 100 && curves.history.extra.map(\.name).contains("acc"))
    let own = try #require(told.curves[root + "/own"])
    #expect(
      own.history.gradientNorm.hasValues && own.gradientByLag?.curves[0].norms == [1, 0.5, 0.25])
    told.watcher.want([root + "/c"])
    try await told.wait("others") { $0.curves[root + "/c"] != nil }
    try Self.append(Self.lines(101...120), root + "/c/train.jsonl")
    try await told.wait("growth") { $0.curves[root + "/c"]?.history.count == 120 }
    // Whoever put curves away gets them again.
    told.curves = [:]
    told.watcher.want([root + "/b"])
    try await told.wait("the first again") { $0.curves[root + "/b"]?.history.count == 100 }
    // While a run was read for its curves, its row never lost what was known.
    #expect(told["c"]?.step == 120)
  }

  // MARK: Settings

  @Test func settingsAreFoundInPresetsAndBesideLogs() async throws {
    let place = try TemporaryDirectory()
    let root = place.path
    try Self.write(Self.record(2, reason: nil), root + "/own/events.jsonl")
    try Self.write(
      "title: T\nnetwork: { cell: gru, hidden: 48 }\ntraining: { seed: 7 }\n",
      root + "/own/preset.yaml")
    try Self.write("step,loss\n1,2\n", root + "/l/version_0/metrics.csv")
    try Self.write(
      "lr: 0.1\nmodel:\n  width: 8\n  tags: [a, b]\n", root + "/l/version_0/hparams.yaml")
    try Self.write(Self.lines(1...2), root + "/j/train.jsonl")
    try Self.write(#"{"lr": 0.25, "opt": {"name": "adam"}, "x": null}"#, root + "/j/config.json")
    try Self.write(Self.record(2, reason: nil), root + "/bare/events.jsonl")
    try Self.write(Self.lines(1...2), root + "/bad/train.jsonl")
    try Self.write("{ not: [yaml", root + "/bad/hparams.yaml")
    let told = Told([root])
    try await told.wait("all") { $0.unread == 0 && $0.overviews.count == 5 }
    let own = told["own"]?.hyperparameters ?? []
    for expected in [("network.cell", "gru"), ("network.hidden", "48"), ("training.seed", "7")] {
      #expect(own.contains(HyperparameterValue(expected.0, expected.1)), "\(expected)")
    }
    #expect(
      told["l/version_0"]?.hyperparameters == [
        HyperparameterValue("lr", "0.1"), HyperparameterValue("model.width", "8"),
        HyperparameterValue("model.tags", "[a, b]"),
      ])
    #expect(
      told["j"]?.hyperparameters.prefix(2) == [
        HyperparameterValue("lr", "0.25"), HyperparameterValue("opt.name", "adam"),
      ])
    #expect(
      told["bare"]?.hyperparameters == [
        HyperparameterValue("network", "tanh 8"), HyperparameterValue("optimizer", "adam"),
      ])
    #expect(told["bad"]?.hyperparameters == [] && told["bad"]?.step == 2)
  }
}
