import LinearAlgebra

/// A dynamic system without input (the lecture's s(t+1) = g(s(t); θ)): the state unrolls itself
/// from a learned beginning, and real-valued outputs are read off it.
///
///     s(t) = cell(s(t−1); θ)        s(0) = s₀, learned
///     o(t) = c + V s(t)
///     ∇s₀  = Σ over sequences of ∇s(0)
///
/// The batch's `steps` say how far each sequence unrolls; its targets are values over them. A
/// system driven by outside data, s(t+1) = g(s(t), x(t+1); θ), is `EveryStepOutput` with vector
/// inputs and squared error.
public final class AutonomousSystem<Scalar: NetworkScalar>: SequenceModel {
  public let layout: ParameterLayout
  private let stack: RecurrentStack<Scalar>
  private let head: OutputLayer<Scalar>

  /// `outputs` numbers at each step; s(0) is learned whatever the configuration says.
  public init(_ configuration: NetworkConfiguration, outputs: Int) {
    var layout = ParameterLayout()
    var configuration = configuration
    configuration.initialState = .learned
    stack = RecurrentStack(
      inputSize: 0, hidden: configuration.stateSize, layers: configuration.layers,
      bidirectional: false, prefix: "rnn.", configuration: configuration, layout: &layout)
    head = OutputLayer(states: stack.outputSize, outputs: outputs, layout: &layout)
    self.layout = layout
  }

  public var roles: ParameterRoles { ParameterRoles(head) }
  public var stacks: [StackView<Scalar>] { [stack.view()] }
  public var carriedWidth: Int { stack.carriedWidth }

  public func outputs(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    let states = stack.forward(LayerInput(), steps: batch.steps, start: .of(batch), pass: pass)
    if let carried = batch.carried { stack.store(in: carried, steps: batch.steps) }
    return head.forward(states, pass)
  }

  public func backward(
    _ dOutputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>
  ) {
    stack.backward(head.backward(dOutputs, pass), steps: batch.steps, pass: pass)
  }
}
