import Testing
import TrainingEvents

@testable import Sessions

/// What stays in the scrollback when the dashboard closed.
@Suite struct RunReportTests {
  private func report(_ events: [TrainingEvent]) -> String {
    var report = RunReport()
    for event in events { report.note(event) }
    return report.text(directory: "runs/words-1")
  }

  private static let events: [TrainingEvent] = [
    .steps(StepBatch([StepRecord(step: 900, loss: 2, elapsed: 75)])),
    .validation(ValidationRecord(step: 500, loss: 2.25, isBest: true)),
    .validation(ValidationRecord(step: 900, loss: 2.5, isBest: false)),
    .snapshot(
      SnapshotRecord(step: 900, path: "runs/words-1/snapshots/step-900", bytes: 1, reason: .final)),
  ]

  @Test func theBestValidationIsNamedWithItsWeights() {
    let best = SnapshotRecord(
      step: 500, path: "runs/words-1/snapshots/best", bytes: 1, reason: .best)
    let text = report(
      Self.events + [
        .snapshot(best), .finished(FinishRecord(reason: .completed, step: 900, elapsed: 75)),
      ])
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines[0] == "run: completed at step 900 after 1 min 15 s of training")
    #expect(
      lines.contains { $0.hasPrefix("validation ") && $0.hasSuffix("best 2.2500 at step 500") })
    #expect(lines.contains("run         runs/words-1"))
    #expect(lines.contains("training    2"))
    #expect(lines.contains("best        runs/words-1/snapshots/best, of step 500"))
    // Going on is from the end, not from the best.
    #expect(lines.contains("go on       unfold train --resume runs/words-1/snapshots/step-900"))
  }

  /// Nats are of a kind of target; a loss of another unit is a number alone.
  @Test func lossesHaveTheirUnit() {
    var run = RunDescription(
      name: "words", title: "", lecture: "", task: .languageModel, network: "",
      parameterCount: 1, optimizer: "", totalSteps: nil, clipNorm: nil, learningRate: 1,
      lossUnit: .natsPerTarget, targetName: "character", architecture: nil)
    #expect(report([.started(run), Self.events[0]]).contains("2.0000 nats per character"))
    run.lossUnit = .unknown
    let plain = report([.started(run), Self.events[0], Self.events[1]])
    #expect(!plain.contains("nats") && plain.contains(" 2\n"))
    #expect(plain.contains("best 2.2500 at step 500"))
  }

  @Test func withoutValidationNoBestIsNamed() {
    let text = report([Self.events[0], Self.events[3]])
    #expect(!text.contains("best") && text.contains("stopped at step 900"))
  }

  @Test func ownDataAndWhatWasLostAreNamed() {
    var run = RunDescription(
      name: "words", title: "mine.txt", lecture: "", task: .languageModel, network: "",
      parameterCount: 1, optimizer: "", totalSteps: nil, clipNorm: nil, learningRate: 1,
      lossUnit: .natsPerTarget, targetName: "character", architecture: nil)
    run.ownData = "mine.txt"
    let failure = WarningRecord(step: 900, kind: "snapshot", text: "no space left on the disk")
    let text = report([.started(run), Self.events[0], .warning(failure)])
    #expect(text.hasPrefix("words on mine.txt: stopped at step 900"))
    #expect(text.contains("no snapshot was saved"))
    #expect(text.contains("lost        steps 1 to 900: no space left on the disk"))
  }
}
