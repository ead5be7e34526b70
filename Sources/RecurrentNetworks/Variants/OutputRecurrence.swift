import LinearAlgebra

/// Recurrence from the output of the step before instead of the state (GBC fig. 10.4).
///
///     a(t) = b + W f(t−1) + U x(t)         W is hidden × outputs, f(0) = 0
///     s(t) = tanh a(t)
///     o(t) = c + V s(t)
///
/// Teacher forced (fig. 10.6), f(t−1) is the true output, one-hot for symbols: the steps know
/// nothing of each other and run as one product. Free-running, f(t−1) = o(t−1), and the gradient
/// flows back through it:
///
///     ∇o(t) += Wᵀ δ(t+1)
///
/// With a share between, each step draws which of the two it reads (Bengio et al. 2015). Tensors go
/// by the lecture's symbols in files: U, W, b, V, c.
public final class OutputRecurrence<Scalar: NetworkScalar>: SequenceModel {
  public let layout: ParameterLayout
  private let sizes: ModelSizes
  private let share: Double
  private let reader: InputReader
  private let weights: CellWeights
  private let projection: InputProjection<Scalar>
  private let head: OutputLayer<Scalar>
  /// f(t−1), s(t), ∇s(t) and δ(t) of every row.
  private var fed = Matrix<Scalar>.empty
  private var states = Matrix<Scalar>.empty
  private var dStates = Matrix<Scalar>.empty
  private var delta = Matrix<Scalar>.empty
  private var feedback: Feedback<Scalar>?

  /// `configuration.teacherForcing` is the share of true outputs where a pass names none.
  public init(_ configuration: NetworkConfiguration, sizes: ModelSizes) {
    var layout = ParameterLayout()
    let hidden = configuration.hidden
    let bound = 1 / Double(max(1, hidden)).squareRoot()
    self.sizes = sizes
    share = configuration.teacherForcing
    reader = InputReader(sizes: sizes, embedding: configuration.embedding, layout: &layout)
    let start = Parameter.Start.uniform(bound: bound)
    weights = CellWeights(
      inputToHidden: layout.matrix("U", symbol: "U", hidden, reader.width, start: start),
      hiddenToHidden: layout.matrix("W", symbol: "W", hidden, sizes.outputs, start: start),
      bias: layout.vector("b", symbol: "b", hidden, start: start))
    projection = InputProjection(weights: weights)
    head = OutputLayer(states: hidden, outputs: sizes.outputs, names: ("V", "c"), layout: &layout)
    self.layout = layout
  }

  public var roles: ParameterRoles {
    ParameterRoles(head, inputEmbedding: reader.embedding)
  }
  public var stacks: [StackView<Scalar>] {
    [.layer(states: states, gradients: dStates, layers: [layerView])]
  }

  private var layerView: LayerView<Scalar> {
    let rows = 0..<states.rows
    return LayerView(
      description: CellKind.tanh.description, number: 1, isReversed: false, initial: .empty,
      states: states,
      stateGradients: dStates, gates: [], inputGradients: delta, recurrentGradients: delta,
      inputWeight: weights.inputToHidden, recurrentWeight: weights.hiddenToHidden,
      bias: weights.bias,
      fedBack: (fed, feedback.map { fed in rows.map { fed.isOwn(row: $0) } } ?? []))
  }

  /// The output that the next chunk's first step reads.
  public var carriedWidth: Int { sizes.outputs }

  // MARK: Forward

  public func outputs(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    let steps = batch.steps
    let feedback = Feedback(
      batch, width: sizes.outputs, targets: sizes.targets,
      forcing: pass.teacherForcing ?? TeacherForcing(share: share), arena: pass.arena)
    self.feedback = feedback
    states = pass.arena.matrix(steps.rowCount, weights.bias.rows)
    fed = pass.arena.matrix(steps.rowCount, sizes.outputs)
    projection.forward(reader.input(batch, pass), steps: steps, into: states, pass: pass)
    let w = pass.packed(transposed: pass.parameters[weights.hiddenToHidden])
    let outputs = head.begin(states, pass)
    start(batch)
    if feedback.isAllTrue {
      for t in 1..<max(1, steps.stepCount) { feed(step: t, from: outputs, feedback, steps) }
      advance(rows: 0, steps.rowCount, w, outputs)
    } else {
      for t in 0..<steps.stepCount {
        if t > 0 { feed(step: t, from: outputs, feedback, steps) }
        advance(rows: steps.offsets[t], steps.active[t], w, outputs)
      }
    }
    keep(batch, outputs, feedback)
    return outputs
  }

  /// f(0): zero, or what the chunk before handed on.
  private func start(_ batch: SequenceBatch<Scalar>) {
    for k in 0..<batch.sequenceCount {
      if let carried = batch.carried {
        fed.row(k).update(from: carried.values.row(batch.steps.order[k]), count: fed.columns)
      } else {
        fed.row(k).update(repeating: 0, count: fed.columns)
      }
    }
  }

  private func feed(
    step t: Int, from outputs: Matrix<Scalar>, _ feedback: Feedback<Scalar>, _ steps: PackedSteps
  ) {
    for k in 0..<steps.active[t] {
      feedback.write(
        row: steps.offsets[t - 1] + k, own: outputs, to: fed.row(steps.offsets[t] + k))
    }
  }

  private func advance(
    rows first: Int, _ count: Int, _ w: PackedMatrix<Scalar>, _ outputs: Matrix<Scalar>
  ) {
    let a = states.rows(first, count)
    a.product(fed.rows(first, count), w, accumulate: true)
    Scalar.tanh(count * a.columns, a.base, a.base)
    head.forward(rows: first, count, into: outputs)
  }

  /// Hands the last outputs on to the next chunk.
  private func keep(
    _ batch: SequenceBatch<Scalar>, _ outputs: Matrix<Scalar>, _ feedback: Feedback<Scalar>
  ) {
    guard let carried = batch.carried else { return }
    carried.isFresh = false
    for k in 0..<batch.sequenceCount {
      feedback.write(
        row: batch.steps.lastRow(sequence: k), own: outputs,
        to: carried.values.row(batch.steps.order[k]))
    }
  }

  // MARK: Backward

  public func backward(
    _ dOutputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>
  ) {
    guard let feedback else { return }
    let steps = batch.steps
    delta = pass.arena.matrix(states.rows, states.columns)
    // The future adds to ∇o(t); the caller's gradients stay as they are.
    let dOwn = pass.arena.matrix(dOutputs.rows, dOutputs.columns)
    dOwn.copy(dOutputs)
    dStates = pass.arena.matrix(states.rows, states.columns)
    let v = pass.packed(pass.parameters[head.weight])
    if feedback.isAllTrue {
      retreat(rows: 0, steps.rowCount, v, dOwn, delta)
    } else {
      let w = pass.packed(pass.parameters[weights.hiddenToHidden])
      let dFed = pass.arena.matrix(steps.sequenceCount, sizes.outputs)
      for t in (0..<steps.stepCount).reversed() {
        let (first, count) = (steps.offsets[t], steps.active[t])
        retreat(rows: first, count, v, dOwn, delta)
        guard t > 0 else { break }
        dFed.rows(0, count).product(delta.rows(first, count), w)
        for k in 0..<count where feedback.isOwn(row: steps.offsets[t - 1] + k) {
          Scalar.addScaled(
            dFed.columns, 1, dFed.row(k), to: dOwn.row(steps.offsets[t - 1] + k))
        }
      }
    }
    head.addGradients(dOwn, pass)
    pass.gradient?[weights.hiddenToHidden].product(transposed: delta, fed, beta: 1)
    projection.backward(
      reader.input(batch, pass), steps: steps, delta: delta, dVectors: nil, dContext: nil,
      pass: pass)
  }

  /// ∇s = Vᵀ ∇o and δ = (1 − s²) ⊙ ∇s of a few rows.
  private func retreat(
    rows first: Int, _ count: Int, _ v: PackedMatrix<Scalar>, _ dOutputs: Matrix<Scalar>,
    _ delta: Matrix<Scalar>
  ) {
    let ds = dStates.rows(first, count)
    ds.product(dOutputs.rows(first, count), v)
    Scalar.tanhBackward(
      count * ds.columns, s: states.row(first), ds: ds.base, d: delta.row(first))
  }
}
