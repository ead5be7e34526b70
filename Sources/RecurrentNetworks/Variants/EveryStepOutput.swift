import LinearAlgebra

/// An output and a loss at every step (GBC fig. 10.3), in one direction or in both (fig. 10.11).
public final class EveryStepOutput<Scalar: NetworkScalar>: SequenceModel {
  public let layout: ParameterLayout
  private let reader: InputReader
  private let stack: RecurrentStack<Scalar>
  private let head: OutputLayer<Scalar>

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

  public var stacks: [(name: String, stack: StackView<Scalar>)] { [("", stack.view)] }
  public var carriedWidth: Int { stack.carriedWidth }

  public func outputs(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    let start = batch.carried.map { StackStart.carried($0) } ?? .own
    let states = stack.forward(
      reader.input(batch), steps: batch.steps, start: start, pass: pass)
    if let carried = batch.carried { stack.store(in: carried, steps: batch.steps) }
    return head.forward(states, pass)
  }

  public func backward(
    _ dOutputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>
  ) {
    stack.backward(head.backward(dOutputs, pass), steps: batch.steps, pass: pass)
  }
}

/// Sizes that a network takes from its data.
public struct ModelSizes: Sendable, Equatable {
  /// Different input symbols; nil when inputs are vectors.
  public var symbols: Int?
  /// Scalars of an input vector, or of one image row; 0 when there is no vector input.
  public var width: Int
  /// Classes, target symbols, or scalars of a target vector.
  public var outputs: Int

  public init(symbols: Int? = nil, width: Int = 0, outputs: Int) {
    self.symbols = symbols
    self.width = width
    self.outputs = outputs
  }
}

/// How a batch's inputs enter the first layer.
struct InputReader {
  let symbols: Int?
  /// Columns of the first layer's U.
  let width: Int
  /// E, symbols × size.
  let embedding: ParameterHandle?

  init(
    sizes: ModelSizes, embedding size: Int?, name: String = "embedding.weight",
    layout: inout ParameterLayout
  ) {
    symbols = sizes.symbols
    if let symbols, let size {
      embedding = layout.matrix(name, symbol: "E", symbols, size, start: .normal)
      width = size
    } else {
      embedding = nil
      width = sizes.symbols ?? sizes.width
    }
  }

  func input<Scalar>(_ batch: SequenceBatch<Scalar>) -> LayerInput<Scalar> {
    guard let symbols else {
      return LayerInput(vectors: width > 0 ? batch.inputMatrix : nil)
    }
    return LayerInput(tokens: batch.tokens.base, tokenCount: symbols, embedding: embedding)
  }
}
