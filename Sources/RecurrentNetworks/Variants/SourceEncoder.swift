import LinearAlgebra

/// What an encoder made of the sources of a batch.
struct EncodedSource<Scalar: NetworkScalar> {
  /// Where `states` stand.
  var steps: PackedSteps
  /// h_i, rows × size, in the order of `steps`.
  var states: Matrix<Scalar>
  /// C, sequences × size, in the order of `steps`.
  var context: Matrix<Scalar>
}

/// Reads a source for a decoder.
protocol SourceEncoder<Scalar>: AnyObject {
  associatedtype Scalar: NetworkScalar

  /// Scalars of the context and of each state.
  var outputSize: Int { get }
  /// E, symbols × size; nil where its inputs are not embedded.
  var embedding: ParameterHandle? { get }
  var stacks: [StackView<Scalar>] { get }

  func forward(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> EncodedSource<Scalar>
  /// Runs backward from ∂L/∂C (sequences × size) and, where the states were read as well, ∂L/∂h
  /// (rows × size, which changes on the way).
  func backward(
    dContext: Matrix<Scalar>, dStates: Matrix<Scalar>?, _ batch: SequenceBatch<Scalar>,
    _ pass: Pass<Scalar>)
}

/// An encoder that reads its source step by step; C is the top layer's state at each source's own
/// end, of both directions where there are two.
final class RecurrentEncoder<Scalar: NetworkScalar>: SourceEncoder {
  private let reader: InputReader
  private let stack: RecurrentStack<Scalar>
  private var states = Matrix<Scalar>.empty

  init(
    _ configuration: NetworkConfiguration, sizes: ModelSizes, layout: inout ParameterLayout
  ) {
    reader = InputReader(sizes: sizes, embedding: configuration.embedding, layout: &layout)
    stack = RecurrentStack(
      inputSize: reader.width, hidden: configuration.stateSize, layers: configuration.layers,
      bidirectional: configuration.direction == .bidirectional, prefix: "encoder.",
      configuration: configuration, layout: &layout)
  }

  var outputSize: Int { stack.outputSize }
  var embedding: ParameterHandle? { reader.embedding }
  var stacks: [StackView<Scalar>] { [stack.view(of: .encoder)] }

  func forward(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> EncodedSource<Scalar> {
    states = stack.forward(reader.input(batch, pass), steps: batch.steps, pass: pass)
    let context = pass.arena.matrix(batch.sequenceCount, stack.outputSize)
    stack.finalStates(batch.steps, into: context)
    return EncodedSource(steps: batch.steps, states: states, context: context)
  }

  func backward(
    dContext: Matrix<Scalar>, dStates: Matrix<Scalar>?, _ batch: SequenceBatch<Scalar>,
    _ pass: Pass<Scalar>
  ) {
    let dStates = dStates ?? pass.arena.zeros(batch.steps.rowCount, stack.outputSize)
    stack.addFinalGradient(dContext, steps: batch.steps, to: dStates)
    stack.backward(dStates, steps: batch.steps, pass: pass)
  }
}

/// The encoder that a configuration asks for: in two dimensions for images that are to be read so,
/// else step by step, an image row by row.
func sourceEncoder<Scalar: NetworkScalar>(
  _ configuration: NetworkConfiguration, sizes: ModelSizes, of type: Scalar.Type,
  layout: inout ParameterLayout
) -> any SourceEncoder<Scalar> {
  if configuration.imageReading == .twoDimensional, sizes.symbols == nil {
    return GridEncoder(configuration, layout: &layout)
  }
  return RecurrentEncoder(configuration, sizes: sizes, layout: &layout)
}
