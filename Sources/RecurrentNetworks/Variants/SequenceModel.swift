import LinearAlgebra

/// A network of the lecture: from a batch to outputs, and from gradients of outputs to gradients
/// of weights.
///
/// A model keeps what its backward pass needs from the forward pass before it, so each worker has
/// a model of its own; weights and gradients are passed in. Outputs are pre-activations (logits)
/// or values, and losses stand apart (`Objective`).
public protocol SequenceModel<Scalar>: AnyObject {
  /// `Float` for training, `Double` for gradient checks.
  associatedtype Scalar: NetworkScalar

  /// The model's parameters; all models of one configuration and sizes have the same.
  var layout: ParameterLayout { get }
  /// What its parameters are for, other than those of `stacks`' layers.
  var roles: ParameterRoles { get }
  /// The layers whose states people look at, part by part, as they stand after the last pass.
  var stacks: [StackView<Scalar>] { get }
  /// Scalars a sequence that truncated backpropagation carries to the next chunk; 0 when the
  /// variant has nothing to carry.
  var carriedWidth: Int { get }
  /// Scalars a sequence of the state that a pass can begin with (`SequenceBatch.carried`); 0 where it
  /// begins with its own alone.
  var stateWidth: Int { get }

  /// Runs forward. Rows of the result stand as the batch's targets do: over `steps`, over
  /// `targetSteps`, or one for each sequence in packed order.
  func outputs(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar>
  /// Runs backward from ∂L/∂outputs of the forward pass just done, adding to `pass.gradient`.
  func backward(
    _ dOutputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>)
}

extension SequenceModel {
  public var carriedWidth: Int { 0 }
  public var stateWidth: Int { carriedWidth }
}
