import Foundation
import Testing
import TrainingEvents

@testable import Sessions

/// What a person who looks elsewhere is told.
@Suite struct NoticeTests {
  @Test func alertsAndTheEndAreNews() {
    let alert = TrainingEvent.warning(
      WarningRecord(step: 7, kind: Alert.overfitting.rawValue, text: "validation rises"))
    #expect(Notice.text(of: alert, run: "words") == "words, step 7: validation rises")
    let end = TrainingEvent.finished(FinishRecord(reason: .completed, step: 9))
    #expect(Notice.text(of: end, run: "words") == "words: completed at step 9")
    let other = TrainingEvent.warning(WarningRecord(step: 7, kind: "follow", text: "a line"))
    #expect(Notice.text(of: other, run: "words") == nil)
    #expect(Notice.text(of: .state(.paused), run: "words") == nil)
  }

  /// The text is data for the command, never part of it.
  @Test func aCommandHearsWhatHappened() throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("notice-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    Notice.run(
      "printf '%s' \"$UNFOLD_NOTICE\" > '\(path).part'; mv '\(path).part' '\(path)'",
      saying: "$(false); 1")
    let end = ContinuousClock.now + .seconds(20)
    while !FileManager.default.fileExists(atPath: path), .now < end { usleep(10_000) }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "$(false); 1")
  }
}
