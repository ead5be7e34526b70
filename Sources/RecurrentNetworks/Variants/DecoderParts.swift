import LinearAlgebra

/// What networks with an encoder and a decoder have in common: the source in front, the symbol before
/// as the decoder's input, layers that begin from the context C, and an output at every step.
///
/// The decoder's states are as large as the context, of which it reads one at each step.
final class DecoderParts<Scalar: NetworkScalar> {
  let layout: ParameterLayout
  let encoder: any SourceEncoder<Scalar>
  let reader: TargetReader
  let decoder: RecurrentStack<Scalar>
  let head: OutputLayer<Scalar>
  /// What the encoder made of sources that sequences are written for. Training keeps none of it:
  /// a second owner of the steps would cost a copy of them at the next batch.
  var source: EncodedSource<Scalar>?
  /// Place of each target's source among the encoded ones, in the last pass.
  private(set) var places: UnsafeMutablePointer<Int32>?

  /// - Parameter between: appends the parameters that stand before the decoder's; it gets the size of
  ///   the context
  static func build<Between>(
    _ configuration: NetworkConfiguration, sizes: ModelSizes,
    _ between: (Int, inout ParameterLayout) -> Between
  ) -> (parts: DecoderParts, between: Between) {
    var layout = ParameterLayout()
    let encoder = sourceEncoder(configuration, sizes: sizes, of: Scalar.self, layout: &layout)
    let reader = TargetReader(configuration, symbols: sizes.outputs, layout: &layout)
    let made = between(encoder.outputSize, &layout)
    let parts = DecoderParts(
      configuration, outputs: sizes.outputs, encoder: encoder, reader: reader, layout: layout)
    return (parts, made)
  }

  private init(
    _ configuration: NetworkConfiguration, outputs: Int, encoder: any SourceEncoder<Scalar>,
    reader: TargetReader, layout: ParameterLayout
  ) {
    var layout = layout
    let size = encoder.outputSize
    self.encoder = encoder
    self.reader = reader
    decoder = RecurrentStack(
      inputSize: reader.width + size, hidden: size, layers: configuration.layers,
      bidirectional: false, prefix: "decoder.", configuration: configuration.startingFromContext,
      layout: &layout)
    head = OutputLayer(states: size, outputs: outputs, layout: &layout)
    self.layout = layout
  }

  func roles(attention: ParameterRoles.Attention? = nil) -> ParameterRoles {
    ParameterRoles(
      head, inputEmbedding: encoder.embedding, targetEmbedding: reader.embedding,
      attention: attention)
  }

  var stacks: [StackView<Scalar>] { encoder.stacks + [decoder.view(of: .decoder)] }

  // MARK: Training

  /// Encodes the sources of a batch.
  /// - Returns: the source, and C of every target, sequences × size in the order of `targetSteps`.
  func encode(
    _ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>
  ) -> (source: EncodedSource<Scalar>, places: UnsafeMutablePointer<Int32>, context: Matrix<Scalar>)
  {
    let steps = batch.targetSteps
    let source = encoder.forward(batch, pass)
    self.source = nil
    let places = steps.places(in: source.steps, arena: pass.arena)
    self.places = places
    let context = pass.arena.matrix(steps.sequenceCount, encoder.outputSize)
    context.gather(source.context, rows: places)
    return (source, places, context)
  }

  /// y(t−1) of every row of the targets.
  func input(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> LayerInput<Scalar> {
    let steps = batch.targetSteps
    return reader.input(
      steps.previous(of: batch.targets.base, arena: pass.arena), as: Scalar.self)
  }

  /// Runs the encoder backward from ∂L/∂C of every target and, where its states were read as well,
  /// ∂L/∂h.
  func backward(
    dTargetContext: Matrix<Scalar>, dStates: Matrix<Scalar>?, _ batch: SequenceBatch<Scalar>,
    _ pass: Pass<Scalar>
  ) {
    guard let places else { return }
    let dContext = pass.arena.zeros(batch.sequenceCount, encoder.outputSize)
    dContext.scatterAdd(dTargetContext, rows: places)
    encoder.backward(dContext: dContext, dStates: dStates, batch, pass)
  }

  // MARK: Writing

  /// The state before the first symbol, for a source by its original index.
  func writeStart(
    source n: Int, to state: UnsafeMutablePointer<Scalar>, _ parameters: ParameterVector<Scalar>
  ) {
    guard let source else { return }
    decoder.writeStart(to: state, given: source.context.row(source.steps.places[n]), parameters)
  }

  /// U c of rows c, as wide as contexts are: what the decoder's first layer adds up at each step.
  func entering(_ contexts: Matrix<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar>? {
    guard let u = decoder.inputWeight.map({ pass.parameters[$0] }) else { return nil }
    let result = pass.arena.matrix(contexts.rows, u.rows)
    result.product(
      contexts, pass.packed(transposed: u.columns(reader.width, contexts.columns)))
    return result
  }

  /// The symbol that each hypothesis wrote last, with its step's context where one is known.
  /// - Parameters:
  ///   - columns: of a context that comes as U c; nil where it comes as it is
  ///   - context: fills hypotheses × size from the sources; gets the place of each hypothesis' source
  func advance(
    _ hypotheses: Hypotheses<Scalar>, _ pass: Pass<Scalar>, entering columns: Int?,
    context fill: (EncodedSource<Scalar>, UnsafeMutablePointer<Int32>, Matrix<Scalar>) -> Void
  ) -> Matrix<Scalar> {
    var input = reader.input(hypotheses.previous.base, as: Scalar.self)
    if let source {
      let places = hypotheses.places(in: source.steps, arena: pass.arena)
      let context = pass.arena.matrix(hypotheses.count, columns ?? encoder.outputSize)
      fill(source, places, context)
      if columns == nil { input.context = context } else { input.addend = context }
    }
    return head.forward(decoder.advance(input, hypotheses, pass), pass)
  }
}

/// How the symbol before enters a decoder: one-hot, or through an embedding of its own.
struct TargetReader {
  let symbols: Int
  let embedding: ParameterHandle?

  init(
    _ configuration: NetworkConfiguration, symbols: Int, layout: inout ParameterLayout,
    name: String = "target_embedding.weight"
  ) {
    self.symbols = symbols
    embedding = configuration.embedding.map {
      layout.matrix(name, symbol: "Eₜ", symbols, $0, start: .normal)
    }
  }

  /// Columns of the first layer's U that the symbol takes.
  var width: Int { embedding?.columns ?? symbols }

  /// `previous` holds one symbol a row, −1 for the zero vector.
  func input<Scalar>(
    _ previous: UnsafeMutablePointer<Int32>, as type: Scalar.Type
  ) -> LayerInput<Scalar> {
    LayerInput(tokens: previous, tokenCount: symbols, embedding: embedding)
  }
}

extension NetworkConfiguration {
  /// A decoder's configuration: its state is given, so it learns none of its own.
  var startingFromContext: NetworkConfiguration {
    var result = self
    result.initialState = .zero
    return result
  }
}

extension Pass {
  /// The same pass with dropout masks that differ from an encoder's.
  var ofDecoder: Pass {
    var result = self
    result.dropout?.seed ^= 0x5DEC_0DE5
    return result
  }
}
