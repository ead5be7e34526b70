import SequenceData
import Testing
import TrainingEvents

@testable import Training

/// Inputs that are answered together.
@Suite struct BatchedPredictionTests {
  /// Examples of the case's data; those that are symbols have different lengths.
  private func examples(_ task: TaskData) -> [Example] {
    guard case .examples(let all) = task.train else { return [] }
    return (0..<16).map { number in
      var example = all[number % all.count]
      if case .tokens(let tokens) = example.input {
        example.input = .tokens((0...(number * 5) % 7).map { tokens[$0 % tokens.count] })
      }
      example.text = "input \(number)"
      return example
    }
  }

  /// The answer to one input is the same, bit for bit, whatever else is asked on however many threads:
  /// who pipes lines in may not find other digits the next time.
  @Test(
    arguments: TraceCase.all.filter {
      !$0.settings.contains { $0.1 == "language-model" || $0.1 == "autonomous" }
    }, [1, 5])
  func areAnsweredAsOneByOne(_ test: TraceCase, beamWidth: Int) throws {
    let looks = test.settings.contains { $0.0 == "network.attention" }
    let (trainer, probe) = try test.trainer(hidden: looks ? 128 : 20)
    probe.beamWidth = beamWidth
    let parameters = trainer.parameters
    guard let batched = BatchedPredictions(probe, parameters: parameters, threads: 1) else {
      #expect(probe.task.kind == .forecasting, "\(test.name)")
      return
    }
    guard beamWidth == 1 || probe.task.outputVocabulary?.end != nil else { return }
    let examples = examples(probe.task)
    let together = batched.predict(examples, step: 7)
    #expect(together.map(\.text) == examples.map(\.text))
    for (example, answer) in zip(examples, together) {
      var alone = probe.predict(example, parameters, step: 7)
      alone.states = answer.states
      #expect(alone == answer, "\(test.name)")
    }
    let threads = try #require(BatchedPredictions(probe, parameters: parameters, threads: 3))
    #expect(threads.predict(examples + examples, step: 7) == together + together)
    #expect(batched.predict(Array(examples[4..<9]), step: 7) == Array(together[4..<9]))
  }
}
