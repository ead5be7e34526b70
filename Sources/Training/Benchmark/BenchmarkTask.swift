import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

extension BenchmarkCase {
  /// What to train and how: Adam, and gradients clipped to a norm of 5.
  var preset: Preset {
    var preset = Preset()
    preset.name = "benchmark"
    preset.network.cell = cell
    preset.network.hidden = hidden
    preset.network.embedding = inputs == .embedding && task != .grid ? hidden : nil
    preset.training.batch = batch
    preset.training.clipNorm = 5
    switch task {
    case .labelling: break
    case .attention, .greedy, .beam:
      preset.network.direction = .bidirectional
      preset.network.attention = .additive
    case .ctc: preset.network.loss = .connectionistTemporalClassification
    case .grid: preset.network.imageReading = .twoDimensional
    case .sampling: break
    }
    preset.task.kind = kind
    return preset
  }

  private var kind: TaskKind {
    switch task {
    case .labelling: .sequenceLabelling
    case .attention, .ctc, .greedy, .beam: .sequenceToSequence
    case .grid: .sequenceClassification
    case .sampling: .languageModel
    }
  }

  /// Whether what is timed is a training step.
  var trains: Bool { task != .sampling && beamWidth == nil }

  /// Hypotheses that are followed for each source; nil where nothing is written for one.
  var beamWidth: Int? {
    switch task {
    case .greedy: 1
    case .beam: 5
    case .labelling, .attention, .ctc, .grid, .sampling: nil
    }
  }

  /// Time steps of each sequence, of an image its rows. The first one has the full length.
  public var lengths: [Int] {
    var random = SeededRandom(seed: 1)
    return (0..<batch).map {
      isVaried && task != .grid && $0 > 0 ? 1 + random.index(below: length) : length
    }
  }

  /// Random inputs with random targets, one batch in all.
  func data() -> TaskData {
    var random = SeededRandom(seed: 2)
    let symbols = Vocabulary.integers(vocabulary)
    let examples = lengths.map { example(steps: $0, &random) }
    return TaskData(
      kind: kind, train: .examples(examples), inputVocabulary: task == .grid ? nil : symbols,
      outputVocabulary: symbols, inputWidth: task == .grid ? length : vocabulary,
      outputWidth: vocabulary, targetName: "label")
  }

  private func example(steps: Int, _ random: inout SeededRandom) -> Example {
    func symbol() -> Int32 { Int32(random.index(below: vocabulary)) }
    guard task != .grid else {
      let pixels = (0..<steps * steps).map { _ in UInt8(random.index(below: 256)) }
      return Example(
        input: .image(pixels, width: steps, height: steps), target: .label(symbol()))
    }
    var inputs: [Int32] = []
    var labels: [Int32] = []
    for t in 0..<steps {
      inputs.append(symbol())
      if task != .ctc || t % 4 == 0 { labels.append(symbol()) }
    }
    return Example(input: .tokens(inputs), target: .labels(labels))
  }
}
