import Foundation
import Testing
import Training
import TrainingEvents

@testable import Runs

/// Tables and picture of a sweep, and its directory.
@Suite struct SweepResultsTests {
  private static let plan = SweepPlan(
    preset: "tiny",
    axes: [
      SweepAxis(key: "network.cell", values: ["tanh", "lstm"]),
      SweepAxis(key: "training.seed", values: ["1", "2"]),
    ])

  /// A run that was validated once, with this loss.
  private static func record(_ path: String, loss: Double, step: Int = 10) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let events: [TrainingEvent] = [
      .started(Example.run),
      .steps(StepBatch((1...step).map { Example.step($0) })),
      .validation(
        ValidationRecord(step: step, epoch: 1, loss: loss, metric: 50, elapsed: 3, isBest: true)),
      .finished(FinishRecord(reason: .completed, step: step, elapsed: 3)),
    ]
    let bytes = events.flatMap { EventLine.encode($0, for: .record) }
    try Data(bytes).write(to: URL(fileURLWithPath: path + "/events.jsonl"))
  }

  private static func results(in folder: String, step: Int = 10) throws -> SweepResults {
    let losses = [1.0, 3, 0.5, 0.7]
    let rows = try zip(plan.members(), losses).map { member, loss in
      let path = folder + "/" + member.name
      try record(path, loss: loss, step: step)
      return SweepResults.Row(member: member, path: path, summary: try RunSummary(path))
    }
    return SweepResults(plan: plan, rows: rows)
  }

  @Test func aRowForEachRunAndMeansOverSeeds() throws {
    let temporary = try TemporaryDirectory()
    let results = try Self.results(in: temporary.path)
    let rows = results.csv.split(whereSeparator: \.isNewline)
    #expect(rows[0].hasPrefix("run,network.cell,training.seed,state,step,best validation loss,"))
    #expect(rows[1].hasPrefix("\"cell=tanh,seed=1\",tanh,1,completed,10,1,10,"), "\(rows[1])")
    #expect(rows.count == 5)
    let text = results.markdown
    #expect(text.contains("| lstm | 2 | completed | 10 | 0.7 at step 10 |"), "\(text)")
    // 1 and 3: mean 2, deviation √2.
    #expect(text.contains("| tanh | 2 | 2 ± 1.4 |"), "\(text)")
    #expect(text.contains("| lstm | 2 | 0.6 ± 0.14 |"), "\(text)")
  }

  @Test func whatIsNotKnownIsNotShown() throws {
    let temporary = try TemporaryDirectory()
    var results = try Self.results(in: temporary.path)
    results.rows[1].summary = nil
    results.rows[3].problem = "its process was killed by signal 9"
    let text = results.markdown
    #expect(text.contains("| tanh | 2 | waiting | – | – | – | – |"), "\(text)")
    #expect(text.contains("| tanh | 2 | 1 (of 1) |"), "\(text)")
    #expect(text.contains("cell=lstm,seed=2: its process was killed by signal 9"))
    #expect(results.csv.contains(#""cell=tanh,seed=2",tanh,2,waiting,,,,,,,,"#), "\(results.csv)")
  }

  @Test func oneValidatedStepIsACurve() throws {
    let temporary = try TemporaryDirectory()
    let chart = SweepPicture.losses(of: try Self.results(in: temporary.path, step: 1))
    #expect(chart.title == "Validation loss of 2 settings" && chart.series[0].x == [1])
  }

  @Test func thePictureHasACurveForEachSettingAndABandOverSeeds() throws {
    let temporary = try TemporaryDirectory()
    let results = try Self.results(in: temporary.path)
    let chart = SweepPicture.losses(of: results)
    #expect(chart.series.map(\.name) == ["cell tanh", "cell lstm"])
    #expect(chart.series[0].x == [10] && chart.series[0].y == [2])
    #expect(chart.series[0].band.map(\.low) == [1] && chart.series[0].band.map(\.high) == [3])
    #expect(chart.subtitle == "mean, lowest and highest of 2 seeds")
    #expect(chart.title == "Validation loss of 2 settings")
    let files = try results.write(into: temporary.path)
    #expect(files.map { $0.split(separator: ".").last } == ["csv", "md", "svg"])
    // They are no runs of their own, and no more is the table of lengths.
    try Data("task,setting,time steps,runs\nparity,tanh,16,5\n".utf8)
      .write(to: URL(fileURLWithPath: temporary.path + "/\(SweepLengths.name).csv"))
    #expect(RunFolder.runs(in: temporary.path).count == 4)
  }

  @Test func aFolderIsGoneOnWithOrRefused() throws {
    let temporary = try TemporaryDirectory()
    let place = temporary.path + "/sweep"
    #expect(throws: RunError.self) { try SweepFolder(place, plan: nil) }
    #expect(!FileManager.default.fileExists(atPath: place), "a mistake leaves nothing")
    #expect(throws: RunError.self) { try SweepFolder.names(of: place) }
    try #require(try? SweepFolder(place, plan: Self.plan)).use { folder in
      // Whoever only looks needs not hold it.
      #expect((try? SweepFolder.names(of: place)) == folder.members.map(\.name))
      #expect(SweepFolder.isHeld(place) && SweepFolder.isSweep(place))
      #expect(throws: RunError.self) { try SweepFolder(place, plan: Self.plan) }
      #expect(folder.members.count == 4)
    }
    let again = try SweepFolder(place, plan: nil)
    #expect(again.plan == Self.plan)
    // A run that stands there already has to be the one that is asked for.
    let member = again.members[0]
    try FileManager.default.createDirectory(
      atPath: again.path(of: member), withIntermediateDirectories: true)
    var other = member.preset
    try other.set("network.cell", to: "gru")
    try other.resolvedText.write(
      toFile: again.path(of: member) + "/preset.yaml", atomically: true, encoding: .utf8)
    #expect(
      throws: RunError.unreadable(
        path: again.path(of: member),
        message: "a run with other settings: found network.cell gru, expected tanh")
    ) { try Self.check(place) }
  }

  /// Takes the folder once more, in a process that no longer holds it.
  private static func check(_ place: String) throws {
    let copy = place + "-copy"
    try FileManager.default.copyItem(atPath: place, toPath: copy)
    do {
      _ = try SweepFolder(copy, plan: plan)
    } catch RunError.unreadable(let path, let message) {
      throw RunError.unreadable(
        path: path.replacing("-copy", with: ""), message: message)
    }
  }
}

extension SweepFolder {
  /// Holds the folder for a while.
  fileprivate func use(_ body: (SweepFolder) throws -> Void) rethrows {
    try withExtendedLifetime(self) { try body(self) }
  }
}
