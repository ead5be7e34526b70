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
  private let parts: DecoderParts<Scalar>
  /// U C of the sources that are written for.
  private var entering: Matrix<Scalar>?

  /// `sizes.outputs` target symbols; the source is symbols or vectors of `sizes.width`.
  public init(_ configuration: NetworkConfiguration, sizes: ModelSizes) {
    (parts, _) = DecoderParts.build(configuration, sizes: sizes) { _, _ in }
  }

  public var layout: ParameterLayout { parts.layout }
  public var roles: ParameterRoles { parts.roles() }
  public var stacks: [StackView<Scalar>] { parts.stacks }

  public func outputs(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    let (_, _, context) = parts.encode(batch, pass)
    var input = parts.input(batch, pass)
    input.context = context
    let states = parts.decoder.forward(
      input, steps: batch.targetSteps, start: .given(InitialState(state: context)),
      pass: pass.ofDecoder)
    return parts.head.forward(states, pass)
  }

  public func backward(
    _ dOutputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>
  ) {
    let steps = batch.targetSteps
    let dContext = pass.arena.zeros(steps.sequenceCount, parts.encoder.outputSize)
    parts.decoder.backward(
      parts.head.backward(dOutputs, pass), steps: steps, dContext: dContext,
      dStart: InitialState(state: dContext), pass: pass)
    parts.backward(dTargetContext: dContext, dStates: nil, batch, pass)
  }
}

extension EncoderDecoder: GeneratingModel {
  public func readSources(
    _ batch: SequenceBatch<Scalar>, hypotheses: Int, _ pass: Pass<Scalar>
  ) {
    let source = parts.encoder.forward(batch, pass)
    parts.source = source
    entering = parts.entering(source.context, pass)
  }

  public var generationWidth: Int { parts.decoder.carriedWidth }

  public func writeStart(
    source: Int, to state: UnsafeMutablePointer<Scalar>, parameters: ParameterVector<Scalar>
  ) {
    parts.writeStart(source: source, to: state, parameters)
  }

  public func advance(
    _ hypotheses: Hypotheses<Scalar>, _ pass: Pass<Scalar>
  ) -> Matrix<Scalar> {
    parts.advance(hypotheses, pass, entering: entering?.columns) { source, places, context in
      context.gather(entering ?? source.context, rows: places)
    }
  }
}
