import LinearAlgebra

/// An output and a loss at every step (GBC fig. 10.3), in one direction or in both (fig. 10.11).
public final class EveryStepOutput<Scalar: NetworkScalar>: SequenceModel {
  private let parts: ReaderParts<Scalar>

  /// `sizes.outputs` scalars at each step; inputs are symbols or vectors of `sizes.width`.
  public init(_ configuration: NetworkConfiguration, sizes: ModelSizes) {
    parts = ReaderParts(configuration, sizes: sizes)
  }

  public var layout: ParameterLayout { parts.layout }
  public var roles: ParameterRoles { parts.roles }
  public var stacks: [StackView<Scalar>] { [parts.stack.view()] }
  public var carriedWidth: Int { parts.stack.carriedWidth }

  public func outputs(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    let states = parts.stack.forward(
      parts.reader.input(batch, pass), steps: batch.steps, start: .of(batch), pass: pass)
    if let carried = batch.carried { parts.stack.store(in: carried, steps: batch.steps) }
    return parts.head.forward(states, pass)
  }

  public func backward(
    _ dOutputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>
  ) {
    parts.stack.backward(parts.head.backward(dOutputs, pass), steps: batch.steps, pass: pass)
  }
}
