import LinearAlgebra
import RecurrentNetworks

/// Everything that a loss and its gradient follow from.
struct GradientCase {
  var model: any SequenceModel<Double>
  var batch: SequenceBatch<Double>
  var objective = Objective.crossEntropy
  var dropout: DropoutSource?
  var teacherForcing: TeacherForcing?
  let parameters: ParameterVector<Double>
  private let arena = Arena<Double>()

  init(
    _ model: any SequenceModel<Double>, _ batch: SequenceBatch<Double>,
    objective: Objective = .crossEntropy, seed: UInt64 = 1
  ) {
    self.model = model
    self.batch = batch
    self.objective = objective
    parameters = ParameterVector(model.layout)
    // Uniform in ±0.5, so that biases and learned states take part as well.
    var random = SeededRandom(seed: seed)
    for parameter in model.layout.parameters {
      for i in 0..<parameter.count {
        parameters.base[parameter.offset + i] = random.uniform(-0.5, 0.5)
      }
    }
  }

  /// Steps after which the way back is cut.
  var truncation: Int?

  /// The mean loss; fills `gradient` when there is one.
  func loss(_ gradient: ParameterVector<Double>? = nil) -> Double {
    arena.reset()
    gradient?.fill(0)
    let pass = Pass(
      parameters: parameters, gradient: gradient, arena: arena, dropout: dropout,
      teacherForcing: teacherForcing, truncation: truncation)
    let outputs = model.outputs(batch, pass)
    let count = objective.targetCount(batch, outputWidth: outputs.columns)
    let total = objective.evaluate(outputs, batch, scale: 1 / Double(max(1, count)))
    if gradient != nil { model.backward(outputs, batch, pass) }
    return total.mean
  }

  /// The gradient by backpropagation.
  func gradient() -> ParameterVector<Double> {
    let result = ParameterVector<Double>(model.layout)
    _ = loss(result)
    return result
  }

  /// The outputs, row by row, with nothing after them overwriting them.
  func outputs() -> [Double] {
    arena.reset()
    let pass = Pass(parameters: parameters, arena: arena, teacherForcing: teacherForcing)
    return model.outputs(batch, pass).elements
  }

  /// The worst relative error of any parameter's gradient against finite differences.
  func worstError() -> Double {
    let subject = GradientCheck.Subject(
      model, objective: objective, batch: batch, parameters: parameters, dropout: dropout,
      teacherForcing: teacherForcing)
    return GradientCheck(subject).largestError
  }
}

/// Batches of random contents, all sizes different from one another.
enum RandomBatch {
  /// Vectors in; a class at every step, or one a sequence.
  static func vectors(
    lengths: [Int], width: Int, classes: Int, final: Bool = false, seed: UInt64 = 7
  ) -> SequenceBatch<Double> {
    let batch = SequenceBatch<Double>()
    var random = SeededRandom(seed: seed)
    batch.steps.assign(lengths: lengths)
    batch.width = width
    batch.vectors.assign((0..<batch.steps.rowCount * width).map { _ in random.normal() })
    batch.targets.assign(
      (0..<(final ? lengths.count : batch.steps.rowCount)).map { _ in
        Int32(random.index(below: classes))
      })
    return batch
  }

  /// Symbols in, symbols of another sequence out.
  static func translation(
    source: [Int], target: [Int], symbols: Int, classes: Int, seed: UInt64 = 7
  ) -> SequenceBatch<Double> {
    let batch = SequenceBatch<Double>()
    var random = SeededRandom(seed: seed)
    batch.steps.assign(lengths: source)
    batch.targetSteps.assign(lengths: target)
    batch.tokens.assign(
      (0..<batch.steps.rowCount).map { _ in Int32(random.index(below: symbols)) })
    batch.targets.assign(
      (0..<batch.targetSteps.rowCount).map { _ in Int32(random.index(below: classes)) })
    return batch
  }
}
