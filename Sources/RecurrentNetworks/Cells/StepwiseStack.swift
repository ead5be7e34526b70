import LinearAlgebra

/// Runs the layers of a stack one time step at a time, all layers of a step before the next step:
/// for inputs that follow from the states of the step before, as attention's do.
///
/// Symbols are known beforehand and projected all at once; the context of each step is added when
/// its turn comes. The layers run forward in time only.
final class StepwiseStack<Scalar: NetworkScalar> {
  let stack: RecurrentStack<Scalar>
  /// Columns of the first layer's U that belong to the context.
  private let contextSize: Int
  private var input = LayerInput<Scalar>()
  /// U x(t) + b of each layer, rows × gates·hidden.
  private var projected: [Matrix<Scalar>] = []
  /// What each layer hands on: its states, plus in a residual stack what the one below handed on.
  private var outputs: [Matrix<Scalar>] = []
  /// What each layer hands to the next one, after dropout.
  private var handed: [Matrix<Scalar>] = []
  private var masks: [Matrix<Scalar>?] = []
  /// U of each layer: of the context for the first one, of the layer below for the others.
  private var inputWeights: [PackedMatrix<Scalar>] = []
  private var dStates: [Matrix<Scalar>] = []
  /// In a residual stack ∂L/∂ of what the top layer handed on, and at a step that is gone back through
  /// of what the first one did; nil in others.
  private var dOutputs: Matrix<Scalar>?
  /// Gradients on their way from one layer to the one below.
  private var passing = Matrix<Scalar>.empty

  init(_ stack: RecurrentStack<Scalar>, contextSize: Int) {
    self.stack = stack
    self.contextSize = contextSize
  }

  private func layer(_ index: Int) -> RecurrentLayer<Scalar> { stack.layers[index][0] }
  private var top: Int { stack.layers.count - 1 }

  private func contextColumns(_ matrix: Matrix<Scalar>) -> Matrix<Scalar> {
    matrix.columns(matrix.columns - contextSize, contextSize)
  }

  // MARK: Forward

  /// What the top layer hands on, rows × hidden; complete after the last step.
  var output: Matrix<Scalar> { outputs[top] }

  /// The top layer's s(t−1) of the sequences that have a step t.
  func previousStates(step t: Int, _ steps: PackedSteps) -> Matrix<Scalar> {
    let layer = layer(top)
    return t == 0
      ? layer.initial.rows(0, steps.active[0])
      : layer.states.rows(steps.offsets[t - 1], steps.active[t])
  }

  /// The top layer's s(t−1) of every row, after the last step.
  func allPreviousStates(
    _ steps: PackedSteps, _ pass: Pass<Scalar>
  ) -> Matrix<Scalar> {
    layer(top).previousStates(steps, pass)
  }

  /// Prepares for the steps of a batch. `input` holds what is known of the input beforehand.
  func begin(
    _ input: LayerInput<Scalar>, steps: PackedSteps, start: InitialState<Scalar>?,
    pass: Pass<Scalar>
  ) {
    self.input = input
    projected.removeAll(keepingCapacity: true)
    outputs.removeAll(keepingCapacity: true)
    handed.removeAll(keepingCapacity: true)
    masks.removeAll(keepingCapacity: true)
    inputWeights.removeAll(keepingCapacity: true)
    let (rows, sequences) = (steps.rowCount, steps.sequenceCount)
    for index in stack.layers.indices {
      let layer = layer(index)
      let window = pass.arena.matrix(rows + sequences, stack.hidden)
      let pre = layer.prepare(
        steps: steps, states: window.rows(sequences, rows), initial: window.rows(0, sequences),
        start: start, pass: pass)
      if index == 0 { layer.projection.forward(input, steps: steps, into: pre, pass: pass) }
      if index > 0 { pre.fill(layer.weights.addedBias, pass.parameters) }
      projected.append(pre)
      let u = pass.parameters[layer.weights.inputToHidden]
      inputWeights.append(
        pass.packed(transposed: index == 0 ? contextColumns(u) : u))
      handOn(index, rows: rows, pass)
    }
  }

  private func handOn(_ index: Int, rows: Int, _ pass: Pass<Scalar>) {
    let isSum = stack.isResidual && index > 0
    outputs.append(isSum ? pass.arena.matrix(rows, stack.hidden) : layer(index).states)
    guard index < top, let source = pass.dropout, source.probability > 0 else {
      masks.append(nil)
      handed.append(outputs[index])
      return
    }
    let mask = pass.arena.matrix(rows, stack.hidden)
    source.draw(mask, layer: index)
    masks.append(mask)
    handed.append(pass.arena.matrix(rows, stack.hidden))
  }

  /// Computes s(t) of every layer, with `context` (sequences that have a step t × context size).
  func advance(_ t: Int, _ steps: PackedSteps, context: Matrix<Scalar>) {
    let (first, count) = (steps.offsets[t], steps.active[t])
    for index in stack.layers.indices {
      let below = index == 0 ? context : handed[index - 1].rows(first, count)
      projected[index].rows(first, count).product(
        below, inputWeights[index], accumulate: true)
      let layer = layer(index)
      layer.advance(t, steps)
      let output = outputs[index].rows(first, count)
      if stack.isResidual, index > 0 {
        output.copy(layer.states.rows(first, count))
        output.add(outputs[index - 1].rows(first, count))
      }
      if let mask = masks[index] {
        handed[index].rows(first, count).hadamard(output, mask.rows(first, count))
      }
    }
  }

  // MARK: Backward

  /// ∇s(t) of the top layer; whoever else read s(t) adds to it before `retreat` comes to step t.
  var topGradient: Matrix<Scalar> { dStates[top] }

  /// Prepares for going back from ∂L/∂ of `output`, which changes on the way.
  func beginBackward(_ dTop: Matrix<Scalar>, steps: PackedSteps, pass: Pass<Scalar>) {
    dStates.removeAll(keepingCapacity: true)
    dOutputs = stack.isResidual ? pass.copy(dTop) : nil
    inputWeights.removeAll(keepingCapacity: true)
    for index in stack.layers.indices {
      let layer = layer(index)
      dStates.append(index == top ? dTop : pass.arena.zeros(dTop.rows, stack.hidden))
      layer.prepareBackward(steps: steps, dStates: dStates[index], wantsStart: true, pass: pass)
      let u = pass.parameters[layer.weights.inputToHidden]
      inputWeights.append(pass.packed(index == 0 ? contextColumns(u) : u))
    }
    passing = pass.arena.matrix(steps.sequenceCount, stack.hidden)
  }

  /// Brings gradients of step t from the top layer down; `dContext` ← ∂L/∂ of the step's context.
  func retreat(_ t: Int, _ steps: PackedSteps, dContext: Matrix<Scalar>) {
    let (first, count) = (steps.offsets[t], steps.active[t])
    for index in stack.layers.indices.reversed() {
      let layer = layer(index)
      layer.retreat(t, steps)
      let delta = layer.inputGradient.rows(first, count)
      if index == 0 {
        dContext.product(delta, inputWeights[0])
      } else {
        let part = passing.rows(0, count)
        part.product(delta, inputWeights[index])
        if let mask = masks[index - 1] { part.hadamard(part, mask.rows(first, count)) }
        if let dOutput = dOutputs?.rows(first, count) {
          dOutput.add(part)
          dStates[index - 1].rows(first, count).add(dOutput)
        } else {
          dStates[index - 1].rows(first, count).add(part)
        }
      }
    }
  }

  /// Adds weight gradients; `contexts` are those of all rows. `dStart` receives ∂L/∂ of the state
  /// that every layer began from.
  func finishBackward(
    contexts: Matrix<Scalar>, steps: PackedSteps, dStart: InitialState<Scalar>, pass: Pass<Scalar>
  ) {
    for index in stack.layers.indices {
      let layer = layer(index)
      layer.finishBackward(
        index == 0 ? input : LayerInput(vectors: handed[index - 1]), steps: steps, dVectors: nil,
        dContext: nil, dStart: dStart, pass: pass)
      if index == 0, let gradient = pass.gradient {
        contextColumns(gradient[layer.weights.inputToHidden]).product(
          transposed: layer.inputGradient, contexts, beta: 1)
      }
    }
  }
}

extension Matrix {
  /// Every row ← a vector, zeros where there is none.
  func fill(_ vector: ParameterHandle?, _ parameters: ParameterVector<Scalar>) {
    if let vector {
      fillRows(parameters.row(vector))
    } else {
      fill(0)
    }
  }

  /// Every row ← the only row of `other`.
  func fillRows(_ other: Matrix) {
    for r in 0..<rows { row(r).update(from: other.base, count: columns) }
  }
}
