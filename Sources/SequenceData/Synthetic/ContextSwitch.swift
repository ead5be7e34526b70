/// Two noisy streams, and a switch that says which of them counts (Mante et al. 2013): the answer is
/// whether the stream that counts was above or below zero on average. The other one is to be left
/// out, and is as strong.
///
/// Each step has four numbers: the two streams, and 1 for the one that counts and 0 for the other.
enum ContextSwitch {
  /// Deviation of each step's noise.
  static let noise = 0.5
  /// The weakest and the strongest mean of a stream.
  static let strength = 0.1...0.3

  static func make(_ parts: SyntheticTask.Parts) -> TaskData {
    let made = parts.examples { random, _ in
      func drawMean() -> Double {
        let size = random.uniform(strength.lowerBound, strength.upperBound)
        return random.uniform() < 0.5 ? -size : size
      }
      let means = [drawMean(), drawMean()]
      let counting = random.index(below: 2)
      var values: [Float] = []
      values.reserveCapacity(4 * parts.length)
      for _ in 0..<parts.length {
        for mean in means { values.append(Float(mean + noise * random.normal())) }
        values.append(counting == 0 ? 1 : 0)
        values.append(counting == 1 ? 1 : 0)
      }
      return Example(
        input: .vectors(values, width: 4), target: .label(means[counting] > 0 ? 1 : 0),
        text: "stream \(counting == 0 ? "A" : "B") counts")
    }
    var task = TaskData(
      kind: .sequenceClassification, train: made.train, validation: made.validation,
      test: made.test, outputVocabulary: Vocabulary(symbols: ["below", "above"], unit: .word),
      inputWidth: 4, outputWidth: 2, targetName: "answer")
    task.baselines = [Baseline("chance", .accuracy, 0.5)]
    return task
  }
}
