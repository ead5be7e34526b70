import Testing
import TrainingEvents

@testable import SequenceData

struct TaskConfigurationTests {
  @Test func sharesMustLeaveSomething() {
    #expect(
      message(configuration(.languageModel, .lines, "words", validation: -0.1))
        == "task.split.validation: not a share: found -0.1, expected at least 0, below 1")
    #expect(
      message(configuration(.languageModel, .lines, "words", validation: 0.5, test: 0.5))
        == "task.split: nothing is left to train on: found 1.0 held out, expected less than 1 in all"
    )
    #expect(
      message(configuration(.languageModel, .lines, "words", test: .nan))
        == "task.split.test: not a share: found nan, expected at least 0, below 1")
  }

  @Test func formatsMustFitTheTask() {
    #expect(
      message(configuration(.captioning, .lines, "words"))
        == "task.data: lines data does not fit the task: found captioning, expected language-model")
    #expect(
      message(configuration(.languageModel, .lines, "words") { $0.classes = 0 })
        == "task.classes: not a number of classes: found 0, expected 1 to 1000000")
  }

  @Test func splitsCoverEverythingOnce() {
    for count in [0, 1, 2, 3, 10, 101] {
      for (validation, test) in [(0, 0), (0.1, 0.1), (0.5, 0.4), (0.001, 0)] {
        let split = Split(
          count: count, validationShare: validation, testShare: test, seed: 9)
        #expect((split.train + split.validation + split.test).sorted() == Array(0..<count))
        #expect(count == 0 || !split.train.isEmpty)
        #expect(test > 0 || split.test.isEmpty)
        #expect(count < 3 || test == 0 || !split.test.isEmpty)
      }
    }
  }

  @Test func nearestNamesAreSlips() {
    #expect(EditDistance.nearest(to: "wrods", among: ["words", "wards"]) == "words")
    #expect(EditDistance.nearest(to: "zebra", among: ["words"]) == nil)
  }
}
