import LinearAlgebra

/// How well backpropagation through time agrees with finite differences of the loss, in double
/// precision, tensor by tensor.
///
/// Differences are central over four points, f′(w) ≈ (8 (f(w+h) − f(w−h)) − (f(w+2h) − f(w−2h))) / 12h,
/// whose error falls with h⁴, so that h can be large enough for rounding not to matter. A right
/// gradient is off by about 1e-9 relative; a wrong one by far more than 1e-6.
public struct GradientCheck: Sendable, Equatable {
  /// The worst entry of one parameter.
  public struct Tensor: Sendable, Equatable {
    /// The name in files.
    public var name: String
    /// The lecture's symbol, such as `W`.
    public var symbol: String
    /// Entries that were compared.
    public var checked: Int
    /// Entries in all.
    public var count: Int
    /// |difference| over the larger of both values, or over the floor below which differences hold
    /// no digits: a hundredth of the tensor's largest gradient, a millionth of the loss.
    public var largestError: Double
    /// Where it is; 0 where nothing was checked.
    public var row: Int
    /// 0 where nothing was checked.
    public var column: Int
    /// The gradient there, by backpropagation through time.
    public var backpropagated: Double
    /// By finite differences of the mean loss.
    public var differences: Double
  }

  /// The mean loss at which gradients were taken.
  public var loss: Double
  /// One for each parameter, in the order of the layout.
  public var tensors: [Tensor]

  /// The largest relative error of any tensor; infinite when any value is not a number.
  public var largestError: Double { tensors.map(\.largestError).max() ?? 0 }

  /// What is checked: a network, its weights, a batch and what it is judged by.
  public struct Subject {
    /// The network, in double precision.
    public var model: any SequenceModel<Double>
    /// What outputs are judged by.
    public var objective: Objective
    /// What is read, and the targets.
    public var batch: SequenceBatch<Double>
    /// The weights at which gradients are taken.
    public var parameters: ParameterVector<Double>
    /// Masks that stay the same for every difference; nil drops nothing.
    public var dropout: DropoutSource?
    /// How often a fed-back output is the true one; nil takes the network's own share.
    public var teacherForcing: TeacherForcing?

    /// Without `parameters`, all weights (biases and initial states too) are drawn: matrices
    /// from ±0.6, vectors from 0 to 0.6.
    public init(
      _ model: any SequenceModel<Double>, objective: Objective, batch: SequenceBatch<Double>,
      parameters: ParameterVector<Double>? = nil, dropout: DropoutSource? = nil,
      teacherForcing: TeacherForcing? = nil
    ) {
      self.model = model
      self.objective = objective
      self.batch = batch
      self.dropout = dropout
      self.teacherForcing = teacherForcing
      if let parameters {
        self.parameters = parameters
        return
      }
      let drawn = ParameterVector<Double>(model.layout)
      var random = SeededRandom(seed: 0xC0FFEE)
      for parameter in model.layout.parameters {
        for i in 0..<parameter.count {
          let value = random.uniform(-0.6, 0.6)
          // Rectifiers that are never open would agree with differences of zero.
          drawn.base[parameter.offset + i] = parameter.isVector ? 0.3 + value / 2 : value
        }
      }
      self.parameters = drawn
    }
  }

  /// Compares the gradient of the mean loss over real targets.
  /// - Parameters:
  ///   - subject: the network with its weights and a batch
  ///   - entriesPerTensor: how many entries of each tensor are checked at most, spread evenly; nil
  ///     checks all. Each costs four forward passes.
  public init(_ subject: Subject, entriesPerTensor: Int? = nil) {
    let evaluation = Evaluation(subject)
    let gradient = ParameterVector<Double>(subject.model.layout)
    let loss = evaluation.loss(gradient)
    self.loss = loss
    tensors = subject.model.layout.parameters.map { parameter in
      Self.check(parameter, evaluation, gradient, loss: loss, limit: entriesPerTensor)
    }
  }

  /// Steps h, the largest first: the next one is for losses with a bend within ±2h.
  private static let steps = [1e-3, 1e-4, 1e-5]

  private static func check(
    _ parameter: Parameter, _ evaluation: Evaluation, _ gradient: ParameterVector<Double>,
    loss: Double, limit: Int?
  ) -> Tensor {
    let exact = gradient.base + parameter.offset
    var largest = 0.0
    for i in 0..<parameter.count { largest = max(largest, abs(exact[i])) }
    // What is smaller has too few digits: rounding moves a difference over ±1e-4 by some 3e-12.
    let floor = max(1e-2 * largest, 4e-6 * max(1, abs(loss)))
    let checked = min(parameter.count, limit ?? parameter.count)
    var worst = Tensor(
      name: parameter.name, symbol: parameter.symbol, checked: checked, count: parameter.count,
      largestError: -1, row: 0, column: 0, backpropagated: 0, differences: 0)
    for k in 0..<checked {
      let i = k * parameter.count / checked
      let difference = evaluation.smoothDifference(at: parameter.offset + i, floor: floor)
      let scale = max(floor, max(abs(exact[i]), abs(difference)))
      var error = abs(exact[i] - difference) / scale
      if error.isNaN { error = .infinity }
      if error > worst.largestError {
        worst.largestError = error
        worst.row = i / max(1, parameter.columns)
        worst.column = i % max(1, parameter.columns)
        worst.backpropagated = exact[i]
        worst.differences = difference
      }
    }
    worst.largestError = max(0, worst.largestError)
    return worst
  }

  /// Runs a subject again and again from the same carried state.
  private struct Evaluation {
    let subject: Subject
    private let arena = Arena<Double>()
    private let carried: [Double]
    private let startsFresh: Bool

    init(_ subject: Subject) {
      self.subject = subject
      carried = subject.batch.carried?.values.elements ?? []
      startsFresh = subject.batch.carried?.isFresh ?? true
    }

    /// The mean loss; `gradient` receives its gradient.
    func loss(_ gradient: ParameterVector<Double>? = nil) -> Double {
      arena.reset()
      gradient?.fill(0)
      if let state = subject.batch.carried {
        for (i, value) in carried.enumerated() { state.values.base[i] = value }
        state.isFresh = startsFresh
      }
      let pass = Pass(
        parameters: subject.parameters, gradient: gradient, arena: arena, dropout: subject.dropout,
        teacherForcing: subject.teacherForcing)
      let outputs = subject.model.outputs(subject.batch, pass)
      let targets = subject.objective.targetCount(subject.batch, outputWidth: outputs.columns)
      let total = subject.objective.evaluate(
        outputs, subject.batch, scale: 1 / Double(max(1, targets)))
      if gradient != nil { subject.model.backward(outputs, subject.batch, pass) }
      return total.mean
    }

    /// The difference at the step within which the loss bends least, as a rectifier makes it bend:
    /// differences over ±h and ±2h agree where it is smooth.
    func smoothDifference(at index: Int, floor: Double) -> Double {
      var best = (bend: Double.infinity, value: 0.0)
      for step in GradientCheck.steps {
        let (near, far, both) = difference(at: index, step: step)
        let bend = abs(near - far)
        if bend < best.bend { best = (bend, both) }
        if best.bend <= 1e-6 * max(floor, abs(both)) { break }
      }
      return best.value
    }

    private func difference(
      at index: Int, step: Double
    ) -> (near: Double, far: Double, both: Double) {
      let weight = subject.parameters.base + index
      let value = weight.pointee
      func loss(_ steps: Double) -> Double {
        weight.pointee = value + steps * step
        return self.loss()
      }
      let (near, far) = (loss(1) - loss(-1), loss(2) - loss(-2))
      weight.pointee = value
      return (near / (2 * step), far / (4 * step), (8 * near - far) / (12 * step))
    }
  }
}
