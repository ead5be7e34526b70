import LinearAlgebra
import SequenceData

extension BenchmarkCase {
  /// What to train and how: Adam, and gradients clipped to a norm of 5.
  var preset: Preset {
    var preset = Preset()
    preset.name = "benchmark"
    preset.task.kind = .sequenceLabelling
    preset.network.cell = cell
    preset.network.hidden = hidden
    preset.network.embedding = inputs == .embedding ? hidden : nil
    preset.training.batch = batch
    preset.training.clipNorm = 5
    return preset
  }

  /// Steps of each sequence. The first one has the full length.
  public var lengths: [Int] {
    var random = SeededRandom(seed: 1)
    return (0..<batch).map { isVaried && $0 > 0 ? 1 + random.index(below: length) : length }
  }

  /// Random symbols with random labels, one batch in all.
  func task() -> TaskData {
    var random = SeededRandom(seed: 2)
    var examples: [Example] = []
    for steps in lengths {
      var inputs: [Int32] = []
      var labels: [Int32] = []
      for _ in 0..<steps {
        inputs.append(Int32(random.index(below: vocabulary)))
        labels.append(Int32(random.index(below: vocabulary)))
      }
      examples.append(Example(input: .tokens(inputs), target: .labels(labels)))
    }
    let symbols = Vocabulary.integers(vocabulary)
    return TaskData(
      kind: .sequenceLabelling, train: .examples(examples), inputVocabulary: symbols,
      outputVocabulary: symbols, inputWidth: vocabulary, outputWidth: vocabulary,
      targetName: "label")
  }
}
