import LinearAlgebra

/// Where all layers of a stack begin.
enum StackStart<Scalar: NetworkScalar> {
  /// Zero, or the network's own learned state.
  case own
  /// The end of the chunk before: sequences × carried width, in the batch's original order.
  case carried(Matrix<Scalar>)
  /// The same state for every layer, such as an encoder's context.
  case given(InitialState<Scalar>)

  /// Where a batch's chunk begins: at the end of the one before, or on its own.
  static func of(_ batch: SequenceBatch<Scalar>) -> StackStart {
    guard let carried = batch.carried, !carried.isFresh else { return .own }
    return .carried(carried.values)
  }
}

/// Layers of recurrent cells, each in one direction or in both, dropout between them.
///
/// With both directions a layer's output is [s(t); g(t)], where g runs from each sequence's own
/// end to its start (GBC fig. 10.11).
///
/// In a residual stack (He et al. 2016; Wu et al. 2016, section 3.1) every layer but the first hands on
/// its states plus what the layer below handed on. From the second layer on the two are equally wide;
/// the first layer's input is not added. What is dropped between layers is dropped from what U reads,
/// and never from what is added:
///
///     y¹(t) = s¹(t)        yˡ(t) = sˡ(t) + yˡ⁻¹(t)        l ≥ 2
///     ∇yˡ⁻¹ = ∇yˡ + Uˡᵀ δˡ
public final class RecurrentStack<Scalar: NetworkScalar> {
  let layers: [[RecurrentLayer<Scalar>]]
  /// Numbers of s(t) of one layer and direction.
  let hidden: Int
  let inputSize: Int
  /// Directions of each layer, 1 or 2.
  let ways: Int
  /// Scalars of a sequence's c(t) in one layer and direction; 0 for cells without.
  let cellWidth: Int
  /// U of the first layer, of its forward direction.
  let inputWeight: ParameterHandle?
  /// Whether every layer but the first hands on its states plus what it read.
  let isResidual: Bool
  /// What the top layer handed on in the last forward pass, rows × ways·hidden.
  private var output = Matrix<Scalar>.empty
  /// What each layer read in the last forward pass.
  private var inputs: [LayerInput<Scalar>] = []
  private var masks: [Matrix<Scalar>?] = []

  /// Appends its parameters to the layout under names that begin with `prefix`, such as `rnn.`.
  /// `inputSize` is the width of the first layer's U, context included.
  init(
    inputSize: Int, hidden: Int, layers: Int, bidirectional: Bool, prefix: String,
    naming: WeightNaming = .framework, configuration: NetworkConfiguration,
    layout: inout ParameterLayout
  ) {
    self.hidden = hidden
    self.inputSize = inputSize
    isResidual = configuration.residual && layers > 1
    ways = bidirectional ? 2 : 1
    var stack: [[RecurrentLayer<Scalar>]] = []
    for layer in 0..<layers {
      var directions: [RecurrentLayer<Scalar>] = []
      for way in 0..<ways {
        directions.append(
          RecurrentLayer(
            inputSize: layer == 0 ? inputSize : ways * hidden, hidden: hidden, layer: layer,
            isReversed: way == 1, prefix: prefix,
            naming: naming, configuration: configuration, layout: &layout))
      }
      stack.append(directions)
    }
    self.layers = stack
    let first = stack.first?.first
    cellWidth = first?.cellWidth ?? 0
    inputWeight = first?.weights.inputToHidden
  }

  /// Scalars of one output row.
  var outputSize: Int { ways * hidden }
  /// Scalars of one sequence's carried state.
  var carriedWidth: Int { layers.count * ways * (hidden + cellWidth) }

  // MARK: Forward

  /// Reads the input from where `start` says the layers begin, and returns what the top layer hands
  /// on, rows × ways·hidden: its states, and in a residual stack what it read added to them.
  /// - Parameters:
  ///   - input: what the first layer reads
  ///   - steps: the time steps of all rows
  ///   - start: where the layers begin
  ///   - segment: where the steps are a segment of a longer pass, what goes from one to the other
  ///   - pass: weights and room
  func forward(
    _ input: LayerInput<Scalar>, steps: PackedSteps, start: StackStart<Scalar> = .own,
    segment: StackSegment<Scalar>? = nil, pass: Pass<Scalar>
  ) -> Matrix<Scalar> {
    inputs.removeAll(keepingCapacity: true)
    masks.removeAll(keepingCapacity: true)
    var current = input
    output = pass.arena.matrix(0, outputSize)
    let (rows, sequences) = (steps.rowCount, steps.sequenceCount)
    for index in 0..<layers.count {
      let directions = layers[index]
      inputs.append(current)
      let window = pass.arena.matrix(rows + 2 * sequences, outputSize)
      let states = window.rows(sequences, rows)
      for way in 0..<ways {
        let layer = directions[way]
        let first = layer.isReversed ? sequences + rows : 0
        layer.forward(
          current, steps: steps, states: states.columns(way * hidden, hidden),
          initial: window.rows(first, sequences).columns(way * hidden, hidden),
          start: initialState(start, layer: index, way: way, steps: steps, pass: pass),
          pass: pass)
      }
      output = isResidual && index > 0 ? pass.sum(states, output) : states
      if index + 1 < layers.count {
        let handed = dropped(output, layer: index, steps: steps, segment: segment, pass: pass)
        current = LayerInput(vectors: handed)
      }
    }
    return output
  }

  private func initialState(
    _ start: StackStart<Scalar>, layer: Int, way: Int, steps: PackedSteps, pass: Pass<Scalar>
  ) -> InitialState<Scalar>? {
    switch start {
    case .own: nil
    case .carried(let carried):
      self.start(from: carried, layer: layer, way: way, steps: steps, arena: pass.arena)
    case .given(let state): state
    }
  }

  private func dropped(
    _ output: Matrix<Scalar>, layer: Int, steps: PackedSteps, segment: StackSegment<Scalar>?,
    pass: Pass<Scalar>
  ) -> Matrix<Scalar> {
    guard let source = pass.dropout, source.probability > 0 else {
      masks.append(nil)
      return output
    }
    let mask = pass.arena.matrix(output.rows, output.columns)
    if let segment {
      segment.draw(mask, from: source, layer: layer, steps: steps)
    } else {
      source.draw(mask, layer: layer)
    }
    masks.append(mask)
    let result = pass.arena.matrix(output.rows, output.columns)
    result.hadamard(output, mask)
    return result
  }

  // MARK: Backward

  /// Brings gradients from the top layer down to the input.
  ///
  /// `dOutput` is ∂L/∂ of what `forward` returned, rows × ways·hidden, and changes on the way. Where
  /// asked for, `dVectors` and `dContext` receive ∂L/∂ of the first layer's inputs, and `dStart`
  /// that of the initial state that all layers were given.
  /// - Parameters:
  ///   - dOutput: ∂L/∂ of the top layer's states
  ///   - steps: the time steps of all rows
  ///   - dVectors: ∂L/∂ of the first layer's vectors
  ///   - dContext: ∂L/∂ of the first layer's contexts
  ///   - dStart: ∂L/∂ of the initial state
  ///   - segment: where the steps are a segment of a longer pass, what goes from one to the other
  ///   - pass: weights, gradients and room
  func backward(
    _ dOutput: Matrix<Scalar>, steps: PackedSteps, dVectors: Matrix<Scalar>? = nil,
    dContext: Matrix<Scalar>? = nil, dStart: InitialState<Scalar>? = nil,
    segment: StackSegment<Scalar>? = nil, pass: Pass<Scalar>
  ) {
    var dStates = dOutput
    for index in layers.indices.reversed() {
      // What is added to the states goes on as it comes, and the layer changes it.
      let added = isResidual && index > 0 ? pass.copy(dStates) : nil
      let below =
        index > 0 ? pass.arena.zeros(dStates.rows, layers[index - 1].count * hidden) : dVectors
      for (way, layer) in layers[index].enumerated() {
        layer.backward(
          inputs[index], steps: steps, dStates: dStates.columns(way * hidden, hidden),
          dVectors: below, dContext: index == 0 ? dContext : nil, dStart: dStart,
          border: segment?.borders[index], pass: pass)
      }
      if index > 0, let below {
        if let mask = masks[index - 1] { below.hadamard(below, mask) }
        if let added { below.add(added) }
        dStates = below
      }
    }
  }

  /// ∂L/∂(U x(t) + b) of the first layer after a backward pass, rows × gates·hidden.
  var firstInputGradient: Matrix<Scalar>? { layers.first?.first?.inputGradient }

  // MARK: Ends of sequences

  /// What the top layer hands on at each sequence's own end, in each direction's sense: sequences ×
  /// ways·hidden, in packed order.
  func finalStates(_ steps: PackedSteps, into target: Matrix<Scalar>) {
    guard let top = layers.last else { return }
    for (way, layer) in top.enumerated() {
      for k in 0..<steps.sequenceCount {
        let row = output.row(layer.finalRow(steps, sequence: k)) + way * hidden
        (target.row(k) + way * hidden).update(from: row, count: hidden)
      }
    }
  }

  /// Adds gradients of `finalStates` to the rows they came from.
  func addFinalGradient(
    _ dFinal: Matrix<Scalar>, steps: PackedSteps, to dOutput: Matrix<Scalar>
  ) {
    guard let top = layers.last else { return }
    for (way, layer) in top.enumerated() {
      for k in 0..<steps.sequenceCount {
        let row = dOutput.row(layer.finalRow(steps, sequence: k)) + way * hidden
        Scalar.addScaled(hidden, 1, dFinal.row(k) + way * hidden, to: row)
      }
    }
  }
}

extension Pass {
  /// a + b.
  func sum(_ a: Matrix<Scalar>, _ b: Matrix<Scalar>) -> Matrix<Scalar> {
    let result = copy(a)
    result.add(b)
    return result
  }

  /// The same numbers in memory of their own.
  func copy(_ matrix: Matrix<Scalar>) -> Matrix<Scalar> {
    let result = arena.matrix(matrix.rows, matrix.columns)
    result.copy(matrix)
    return result
  }
}
