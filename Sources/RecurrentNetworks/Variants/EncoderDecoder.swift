import LinearAlgebra

/// One sequence to another of a different length (GBC fig. 10.12; Cho et al. 2014).
///
/// The encoder's state at each source's own end is the context C. Every layer of the decoder starts
/// from C, and the decoder also reads C at every step, beside the symbol before:
///
///     s(0) = C
///     s(t) = cell(s(t−1), [y(t−1); C])        y(0) = 0
///     o(t) = c + V s(t)
///     ∇C   = ∇s(0) + Σ_t ∇x(t) restricted to C, which seeds the encoder
///
/// The decoder's states are as large as the context: `hidden`, twice that after an encoder in both
/// directions. An LSTM decoder's cell starts at zero.
public final class EncoderDecoder<Scalar: NetworkScalar>: SequenceModel {
  public let layout: ParameterLayout
  let encoder: any SourceEncoder<Scalar>
  let reader: TargetReader
  let decoder: RecurrentStack<Scalar>
  let head: OutputLayer<Scalar>
  /// What the encoder made of sources that sequences are written for. Training keeps none of it:
  /// a second owner of the steps would cost a copy of them at the next batch.
  var source: EncodedSource<Scalar>?
  /// Place of each target's source among the encoded ones.
  private var places: UnsafeMutablePointer<Int32>?

  /// `sizes.outputs` target symbols; the source is symbols or vectors of `sizes.width`.
  public convenience init(_ configuration: NetworkConfiguration, sizes: ModelSizes) {
    var layout = ParameterLayout()
    let encoder = sourceEncoder(configuration, sizes: sizes, of: Scalar.self, layout: &layout)
    self.init(configuration, sizes: sizes, encoder: encoder, layout: layout)
  }

  /// A decoder behind any encoder, whose parameters stand in `layout` already.
  init(
    _ configuration: NetworkConfiguration, sizes: ModelSizes,
    encoder: any SourceEncoder<Scalar>, layout: ParameterLayout
  ) {
    var layout = layout
    self.encoder = encoder
    reader = TargetReader(configuration, symbols: sizes.outputs, layout: &layout)
    decoder = RecurrentStack(
      inputSize: reader.width + encoder.outputSize, hidden: encoder.outputSize,
      layers: configuration.layers, bidirectional: false, prefix: "decoder.",
      configuration: configuration.startingFromContext, layout: &layout)
    head = OutputLayer(states: decoder.outputSize, outputs: sizes.outputs, layout: &layout)
    self.layout = layout
  }

  public var roles: ParameterRoles {
    ParameterRoles(
      head, inputEmbedding: encoder.embedding, targetEmbedding: reader.embedding)
  }
  public var stacks: [StackView<Scalar>] {
    encoder.stacks + [decoder.view(of: .decoder)]
  }

  public func outputs(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    let steps = batch.targetSteps
    let source = encoder.forward(batch, pass)
    self.source = nil
    let places = steps.places(in: source.steps, arena: pass.arena)
    self.places = places
    let context = pass.arena.matrix(steps.sequenceCount, encoder.outputSize)
    context.gather(source.context, rows: places)
    var input = reader.input(
      steps.previous(of: batch.targets.base, arena: pass.arena), as: Scalar.self)
    input.context = context
    let states = decoder.forward(
      input, steps: steps, start: .given(InitialState(state: context)), pass: pass.ofDecoder)
    return head.forward(states, pass)
  }

  public func backward(
    _ dOutputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>
  ) {
    guard let places else { return }
    let dTargetContext = pass.arena.zeros(batch.targetSteps.sequenceCount, encoder.outputSize)
    decoder.backward(
      head.backward(dOutputs, pass), steps: batch.targetSteps, dContext: dTargetContext,
      dStart: InitialState(state: dTargetContext), pass: pass)
    let dContext = pass.arena.zeros(batch.sequenceCount, encoder.outputSize)
    dContext.scatterAdd(dTargetContext, rows: places)
    encoder.backward(dContext: dContext, dStates: nil, batch, pass)
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
