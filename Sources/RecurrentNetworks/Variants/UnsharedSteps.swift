import LinearAlgebra

/// An output at every step from a network whose parameters are not shared over time: step t has
/// U, W and b of its own, V and c belong to all steps.
///
///     a(t) = b_t + W_t s(t−1) + U_t x(t)        o(t) = c + V s(t)
///
/// This is what a recurrent network is not, to be compared with: it has as many times the
/// parameters, each of them learns from one step alone, and beyond the last step that has its own
/// the last one's are all there is.
public final class UnsharedSteps<Scalar: NetworkScalar>: SequenceModel {
  public let layout: ParameterLayout
  private let reader: InputReader
  /// One for each step; each runs over one step at a time.
  private let layers: [RecurrentLayer<Scalar>]
  private let head: OutputLayer<Scalar>
  private let hidden: Int
  /// One step of n sequences, by n.
  private var oneStep: [PackedSteps] = []
  private var inputs: [LayerInput<Scalar>] = []
  /// s(t) and ∇s(t) of every row.
  private var states = Matrix<Scalar>.empty
  private var dStates = Matrix<Scalar>.empty

  /// `configuration.unsharedSteps` steps have parameters of their own.
  public init(_ configuration: NetworkConfiguration, sizes: ModelSizes) {
    var layout = ParameterLayout()
    let hidden = configuration.hidden
    self.hidden = hidden
    let reader = InputReader(sizes: sizes, embedding: configuration.embedding, layout: &layout)
    self.reader = reader
    var layers: [RecurrentLayer<Scalar>] = []
    for step in 0..<max(1, configuration.unsharedSteps ?? 1) {
      layers.append(
        RecurrentLayer(
          inputSize: reader.width, hidden: hidden, layer: step,
          isReversed: false, prefix: "rnn.", naming: .framework, configuration: configuration,
          layout: &layout))
    }
    self.layers = layers
    head = OutputLayer(states: hidden, outputs: sizes.outputs, layout: &layout)
    self.layout = layout
  }

  public var roles: ParameterRoles {
    ParameterRoles(head, inputEmbedding: reader.embedding)
  }
  public var stacks: [StackView<Scalar>] {
    [
      .layer(
        states: states, gradients: dStates,
        recurrentMatrix: layers.first?.weights.hiddenToHidden)
    ]
  }

  private func layer(_ t: Int) -> RecurrentLayer<Scalar> { layers[min(t, layers.count - 1)] }

  private func oneStep(of sequences: Int) -> PackedSteps {
    while oneStep.count <= sequences {
      oneStep.append(PackedSteps(lengths: [Int](repeating: 1, count: oneStep.count)))
    }
    return oneStep[sequences]
  }

  /// What the rows of step t read.
  private func input(
    _ whole: LayerInput<Scalar>, _ t: Int, _ steps: PackedSteps
  ) -> LayerInput<Scalar> {
    var input = whole
    input.tokens = whole.tokens.map { $0 + steps.offsets[t] }
    input.vectors = whole.vectors?.rows(steps.offsets[t], steps.active[t])
    return input
  }

  public func outputs(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    let steps = batch.steps
    let whole = reader.input(batch, pass)
    states = pass.arena.matrix(steps.rowCount, hidden)
    var before = pass.arena.zeros(steps.sequenceCount, hidden)
    for t in 0..<steps.stepCount {
      advance(t, steps, input(whole, t, steps), from: before, pass)
      before = states.rows(steps.offsets[t], steps.active[t])
    }
    return head.forward(states, pass)
  }

  private func advance(
    _ t: Int, _ steps: PackedSteps, _ input: LayerInput<Scalar>, from before: Matrix<Scalar>,
    _ pass: Pass<Scalar>
  ) {
    let count = steps.active[t]
    // s(t−1) stands before s(t), as a layer expects it.
    let window = pass.arena.matrix(2 * count, hidden)
    layer(t).forward(
      input, steps: oneStep(of: count), states: window.rows(count, count),
      initial: window.rows(0, count), start: InitialState(state: before.rows(0, count)), pass: pass)
    states.rows(steps.offsets[t], count).copy(window.rows(count, count))
  }

  public func backward(
    _ dOutputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>
  ) {
    let steps = batch.steps
    let whole = reader.input(batch, pass)
    dStates = head.backward(dOutputs, pass)
    for t in stride(from: steps.stepCount - 1, through: 0, by: -1) {
      let count = steps.active[t]
      let input = input(whole, t, steps)
      // A layer that stands for several steps holds the last one's numbers.
      if t >= layers.count - 1, t < steps.stepCount - 1 {
        let before =
          t == 0
          ? pass.arena.zeros(count, hidden) : states.rows(steps.offsets[t - 1], count)
        advance(t, steps, input, from: before, pass)
      }
      let here = dStates.rows(steps.offsets[t], count)
      let isCut = pass.truncation.map { t % $0 == 0 } ?? false
      let past = t > 0 && !isCut ? pass.arena.zeros(count, hidden) : nil
      layer(t).backward(
        input, steps: oneStep(of: count), dStates: here, dVectors: nil, dContext: nil,
        dStart: past.map { InitialState(state: $0) }, pass: pass)
      if let past { dStates.rows(steps.offsets[t - 1], count).add(past) }
    }
  }
}
