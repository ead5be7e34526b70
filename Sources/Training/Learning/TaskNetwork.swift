import RecurrentNetworks
import SequenceData
import TrainingEvents

/// The network that a preset asks for, made to fit its data.
struct TaskNetwork: Sendable {
  let configuration: NetworkConfiguration
  let sizes: ModelSizes
  let rows: RowLayout
  let objective: Objective
  let layout: ParameterLayout
  /// Symbol that ends a line or opens a text; 0 where there is none.
  let lineEnd: Int32

  var outputWidth: Int { sizes.outputs }

  init(preset: Preset, task: TaskData) throws(PresetError) {
    configuration = preset.network
    let readsSymbols = task.inputVocabulary != nil
    sizes = ModelSizes(
      symbols: readsSymbols ? task.inputWidth : nil, width: readsSymbols ? 0 : task.inputWidth,
      outputs: task.outputWidth)
    rows = Self.rows(preset, task)
    objective = task.outputVocabulary == nil ? .squaredError : .crossEntropy
    lineEnd = task.inputVocabulary?.end ?? 0
    layout = try Self.build(configuration, sizes, rows).layout
  }

  /// A fresh model with memory of its own.
  func makeModel() throws(PresetError) -> any SequenceModel<Float> {
    try Self.build(configuration, sizes, rows)
  }

  private static func rows(_ preset: Preset, _ task: TaskData) -> RowLayout {
    switch task.kind {
    case .sequenceToSequence, .captioning: RowLayout(targets: .ownSteps)
    case .sequenceClassification: RowLayout(targets: .sequenceEnd)
    default:
      RowLayout(targets: preset.network.output == .final ? .sequenceEnd : .inputSteps)
    }
  }

  private static func build(
    _ configuration: NetworkConfiguration, _ sizes: ModelSizes, _ rows: RowLayout
  ) throws(PresetError) -> any SequenceModel<Float> {
    switch rows.targets {
    case .sequenceEnd: FinalOutput(configuration, sizes: sizes)
    default: EveryStepOutput(configuration, sizes: sizes)
    }
  }
}
