import Foundation
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// The network that a preset asks for, made to fit its data.
struct TaskNetwork: Sendable {
  let configuration: NetworkConfiguration
  let builder: ModelBuilder
  let rows: RowLayout
  let layout: ParameterLayout
  /// Symbol that ends a line or opens a text; 0 where there is none.
  let lineEnd: Int32
  /// Whether lines are read as one stream, in chunks.
  let readsStream: Bool
  /// Images that are read in two dimensions.
  let grid: Architecture.Grid?

  var objective: Objective { builder.objective }
  var outputWidth: Int { builder.outputWidth }
  var variant: ModelBuilder.Variant { builder.variant }
  /// How it runs where nobody tells it the true outputs.
  var alone: TeacherForcing { .alone(trainedWith: configuration.teacherForcing) }

  /// - Parameter hasOneVector: whether inputs are one vector a sequence; nil looks at the data.
  /// - Throws: `PresetError` when settings exclude each other or do not fit the task.
  init(preset: Preset, task: TaskData, hasOneVector: Bool? = nil) throws(PresetError) {
    configuration = preset.network
    let oneVector = hasOneVector ?? task.hasOneVectorInputs
    guard
      let variant = ModelBuilder.Variant(configuration, for: task.kind, hasOneVector: oneVector)
    else {
      throw PresetError(
        description:
          "\(preset.name): the weights of a \(task.kind.rawValue) network are not trained")
    }
    let readsSymbols = task.inputVocabulary != nil
    let sizes = ModelSizes(
      symbols: readsSymbols ? task.inputWidth : nil, width: readsSymbols ? 0 : task.inputWidth,
      outputs: task.outputWidth, targets: task.outputVocabulary == nil ? .values : .symbols,
      hasOneVector: oneVector)
    do {
      try NetworkRules(network: configuration, task: task.kind, sizes: sizes).check()
    } catch {
      throw PresetError(description: "\(preset.name): \(error)")
    }
    try Self.check(preset, variant)
    builder = ModelBuilder(configuration, variant, sizes: sizes)
    let smoothing = preset.training.labelSmoothing
    if smoothing > 0, builder.objective != .crossEntropy {
      throw PresetError(
        description: "\(preset.name): training.label-smoothing: \(smoothing): only cross-entropy "
          + "has labels to smooth, and this network's loss is \(builder.objective.rawValue); "
          + "leave it out")
    }
    grid = Architecture.Grid(configuration, variant, task)
    rows = RowLayout(
      targets: builder.targetRows, vectorPerSequence: oneVector,
      readsPadding: preset.training.padding == .read)
    lineEnd = task.inputVocabulary?.end ?? 0
    readsStream = preset.training.sequenceLength != nil
    layout = builder.makeModel(Float.self).layout
    try checkSegments(preset)
  }

  /// Settings of training that not every network can follow.
  private static func check(
    _ preset: Preset, _ variant: ModelBuilder.Variant
  ) throws(PresetError) {
    if let steps = preset.training.truncatedBPTT, variant != .everyStep, variant != .final {
      throw PresetError(
        description: "\(preset.name): training.truncated-bptt: \(steps): only the chain of states "
          + "under outputs at every time step or at the end is cut; leave it out")
    }
    if preset.training.padding == .read, variant != .final {
      throw PresetError(
        description: "\(preset.name): training.padding: read: only a network with one output at "
          + "the end can read on past a sequence's own; set training.padding: masked")
    }
  }

  /// What outputs that say nothing lose, in the unit of the loss: an even guess among all classes.
  /// Where the loss depends on the data's unit, a tenth; the first loss is usually more.
  var untrainedLoss: Double {
    switch objective {
    case .crossEntropy, .connectionistTemporalClassification: log(Double(max(2, outputWidth)))
    case .binaryCrossEntropy: log(2)
    case .squaredError: 0.1
    }
  }

  /// What becomes of its outputs where a person asks for an answer.
  enum Answer {
    /// A sequence that is written, or spelled out of labels.
    case writing
    /// A label at each time step.
    case labels
    /// The numbers that follow.
    case numbers
    /// Probabilities of classes, or of symbols that may come next.
    case probabilities
  }

  func answer(to task: TaskKind) -> Answer {
    switch task {
    case .sequenceToSequence, .captioning: .writing
    case .sequenceLabelling:
      objective == .connectionistTemporalClassification ? .writing : .labels
    case .forecasting, .autonomous: .numbers
    case .sequenceClassification, .languageModel, .handBuilt: .probabilities
    }
  }

  /// The graph, for whoever draws it.
  var architecture: Architecture {
    let sizes = builder.sizes
    return Architecture(
      variant, objective, configuration, readsSymbols: sizes.symbols != nil,
      inputSize: sizes.symbols ?? sizes.width, outputSize: outputWidth, grid: grid)
  }

  /// A fresh model with memory of its own.
  func makeModel() -> any SequenceModel<Float> {
    builder.makeModel(Float.self)
  }
}

extension TaskData {
  /// Whether the input is one vector for a whole sequence (GBC fig. 10.9).
  var hasOneVectorInputs: Bool {
    guard case .examples(let examples) = train, case .vector? = examples.first?.input else {
      return false
    }
    return true
  }
}
