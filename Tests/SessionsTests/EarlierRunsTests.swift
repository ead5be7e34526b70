import Foundation
import Runs
import Testing
import Training
import TrainingEvents

@testable import Sessions

/// Which earlier runs are drawn behind a run's curves.
@Suite struct EarlierRunsTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("unfold-\(UUID().uuidString)").path

  private func record(
    _ name: String, _ settings: [String: String] = [:], of preset: String = "words"
  ) throws -> (preset: Preset, path: String) {
    var preset = try PresetLibrary.preset(preset)
    for (key, value) in settings { try preset.set(key, to: value) }
    let run = try RunDirectory.create(at: folder + "/" + name, preset: preset.resolvedText)
    let recorder = RunRecorder(run) { _ in }
    recorder.record(
      .started(
        RunDescription(
          name: preset.name, title: preset.title, lecture: "", task: preset.task.kind, network: "",
          parameterCount: 1, optimizer: "", totalSteps: nil, clipNorm: nil, learningRate: 1,
          lossUnit: .natsPerTarget, targetName: "character", architecture: nil)))
    recorder.record(
      .steps(StepBatch((1...5).map { StepRecord(step: $0, loss: 1, elapsed: Double($0)) })))
    #expect(recorder.close())
    return (preset, run.path)
  }

  @Test func onlyRunsOnTheSameDataAreOverlaid() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let mine = ["task.data.text": "texts/mine.txt"]
    let first = try record("words-1")
    _ = try record("words-2", ["network.cell": "lstm"])
    let own = try record("words-3", mine)
    _ = try record("words-4", ["task.data.text": "texts/yours.txt"])
    let again = try record("words-5", mine.merging(["network.hidden": "64"]) { $1 })
    _ = try record("tiny-1", of: "tiny")
    func overlaid(_ run: (preset: Preset, path: String)) -> [String] {
      EarlierRuns.newest(of: run.preset, beside: run.path).map(\.name).sorted()
    }
    // Another network on the same data is what one compares with; other data is not.
    #expect(overlaid(first) == ["words-2"])
    #expect(overlaid(own) == ["words-5"])
    #expect(overlaid(again) == ["words-3"])
    let history = try #require(EarlierRuns.newest(of: first.preset, beside: first.path).first)
    #expect(history.history.steps.last == 5)
  }
}
