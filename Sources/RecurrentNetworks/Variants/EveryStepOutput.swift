import LinearAlgebra

/// An output and a loss at every step (GBC fig. 10.3), in one direction or in both (fig. 10.11).
public final class EveryStepOutput<Scalar: NetworkScalar>: SequenceModel {
  public let layout: ParameterLayout
  private let reader: InputReader
  private let stack: RecurrentStack<Scalar>
  private let head: OutputLayer<Scalar>

  /// `sizes.outputs` scalars at each step; inputs are symbols or vectors of `sizes.width`.
  public init(_ configuration: NetworkConfiguration, sizes: ModelSizes) {
    var layout = ParameterLayout()
    reader = InputReader(sizes: sizes, embedding: configuration.embedding, layout: &layout)
    stack = RecurrentStack(
      inputSize: reader.width, hidden: configuration.hidden, layers: configuration.layers,
      bidirectional: configuration.direction == .bidirectional, prefix: "rnn.",
      configuration: configuration, layout: &layout)
    head = OutputLayer(states: stack.outputSize, outputs: sizes.outputs, layout: &layout)
    self.layout = layout
  }

  public var roles: ParameterRoles {
    ParameterRoles(head, inputEmbedding: reader.embedding)
  }
  public var stacks: [StackView<Scalar>] { [stack.view()] }
  public var carriedWidth: Int { stack.carriedWidth }

  public func outputs(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    let states = stack.forward(
      reader.input(batch), steps: batch.steps, start: .of(batch), pass: pass)
    if let carried = batch.carried { stack.store(in: carried, steps: batch.steps) }
    return head.forward(states, pass)
  }

  public func backward(
    _ dOutputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>
  ) {
    stack.backward(head.backward(dOutputs, pass), steps: batch.steps, pass: pass)
  }
}
