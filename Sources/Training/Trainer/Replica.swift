import LinearAlgebra
import RecurrentNetworks

/// One fixed part of every batch, with a network and memory of its own, so that parts can be
/// computed side by side and their gradients added in a fixed order.
final class Replica {
  let model: any SequenceModel<Float>
  let gradient: ParameterVector<Float>
  let batch = PackedBatch()
  let arena = Arena<Float>(capacity: 1 << 16)
  var packer: BatchPacker
  private(set) var total = LossTotal()
  /// What was answered in the last judged batch, where that was asked for.
  private(set) var answers: [ClassAnswers.Answer] = []

  init(model: any SequenceModel<Float>, layout: RowLayout) {
    self.model = model
    gradient = ParameterVector(model.layout)
    packer = BatchPacker(layout: layout)
  }

  /// Lets states continue from batch to batch, for variants that can.
  func carryStates(sequences: Int) {
    guard model.carriedWidth > 0 else { return }
    batch.carried = CarriedState(sequences: sequences, width: model.carriedWidth)
  }

  /// Forward and backward of this part's sequences; `scale` is one over the whole batch's targets, and
  /// `smoothing` the share that labels lose.
  func learn(
    _ parameters: ParameterVector<Float>, objective: Objective, scale: Float, smoothing: Float,
    dropout: DropoutSource?, teacherForcing: TeacherForcing, weightCache: PackedWeightCache<Float>,
    truncation: Int?, memory: StateMemory?
  ) {
    gradient.fill(0)
    total = LossTotal()
    guard batch.sequenceCount > 0 else { return }
    arena.reset()
    let pass = Pass(
      parameters: parameters, gradient: gradient, arena: arena, dropout: dropout,
      teacherForcing: teacherForcing, weightCache: weightCache, truncation: truncation,
      memory: memory)
    let outputs = model.outputs(batch, pass)
    total = objective.evaluate(outputs, batch, scale: scale, smoothing: smoothing)
    model.backward(outputs, batch, pass)
  }

  /// Takes in what this part lost where another process computed it.
  func take(_ total: LossTotal) { self.total = total }

  /// Forward alone.
  /// - Parameters:
  ///   - parameters: the weights
  ///   - objective: what is judged by
  ///   - keepsAnswers: whether the class at each sequence's end is kept
  ///   - memory: what states may take; nil keeps all of them
  func judge(
    _ parameters: ParameterVector<Float>, objective: Objective, keepsAnswers: Bool = false,
    memory: StateMemory? = nil
  ) {
    total = LossTotal()
    answers.removeAll(keepingCapacity: true)
    guard batch.sequenceCount > 0 else { return }
    arena.reset()
    let pass = Pass(parameters: parameters, arena: arena, memory: memory)
    let outputs = model.outputs(batch, pass)
    if keepsAnswers { answers = ClassAnswers.read(outputs, batch) }
    total = objective.evaluate(outputs, batch, scale: 0)
  }
}
