import LinearAlgebra

/// One vector to a sequence, such as an image to its caption (GBC fig. 10.9).
///
/// The vector x enters every step, beside the symbol before:
///
///     a(t) = b + Rᵀ x + U y(t−1) + W s(t−1)        y(0) = 0
///     ∇R   = x (Σ_t δ(t))ᵀ
///
/// The batch's `steps` are the sequence's, `vectors` holds one vector a sequence in their order, and
/// targets stand over `steps`. Tensors go by the lecture's symbols in files: R, U, W, b, V, c.
public final class VectorToSequence<Scalar: NetworkScalar>: SequenceModel {
  public let layout: ParameterLayout
  /// R, vector × gates·hidden.
  private let vectorWeight: ParameterHandle
  let reader: TargetReader
  let stack: RecurrentStack<Scalar>
  let head: OutputLayer<Scalar>
  /// Rᵀ x of the last batch, and the order in which it stands.
  var entered = Matrix<Scalar>.empty
  var sources = PackedSteps()

  /// `sizes.outputs` symbols; the vector that enters every step has `sizes.width` numbers.
  public init(_ configuration: NetworkConfiguration, sizes: ModelSizes) {
    var layout = ParameterLayout()
    let bound = 1 / Double(max(1, configuration.hidden)).squareRoot()
    vectorWeight = layout.matrix(
      "R", symbol: "R", sizes.width, configuration.cell.gateCount * configuration.hidden,
      start: .uniform(bound: bound))
    reader = TargetReader(
      configuration, symbols: sizes.outputs, layout: &layout, name: "embedding.weight")
    stack = RecurrentStack(
      inputSize: reader.width, hidden: configuration.stateSize, layers: configuration.layers,
      bidirectional: false, prefix: "", naming: .lecture, configuration: configuration,
      layout: &layout)
    head = OutputLayer(
      states: stack.outputSize, outputs: sizes.outputs, names: ("V", "c"), layout: &layout)
    self.layout = layout
  }

  public var roles: ParameterRoles {
    ParameterRoles(head, targetEmbedding: reader.embedding, vectorWeight: vectorWeight)
  }
  public var stacks: [StackView<Scalar>] { [stack.view()] }

  public func outputs(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    var input = reader.input(
      batch.steps.previous(of: batch.targets.base, arena: pass.arena), as: Scalar.self)
    input.addend = entering(batch.inputMatrix, pass)
    return head.forward(stack.forward(input, steps: batch.steps, pass: pass), pass)
  }

  /// Rᵀ x of every sequence.
  func entering(_ vectors: Matrix<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    let result = pass.arena.matrix(vectors.rows, vectorWeight.columns)
    result.product(vectors, pass.parameters[vectorWeight])
    return result
  }

  public func backward(
    _ dOutputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>
  ) {
    stack.backward(head.backward(dOutputs, pass), steps: batch.steps, pass: pass)
    guard let gradient = pass.gradient, let delta = stack.firstInputGradient else { return }
    let sums = pass.arena.zeros(batch.sequenceCount, delta.columns)
    batch.steps.addSums(of: delta, to: sums)
    gradient[vectorWeight].product(transposed: batch.inputMatrix, sums, beta: 1)
  }
}
