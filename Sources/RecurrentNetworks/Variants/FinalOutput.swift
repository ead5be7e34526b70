import LinearAlgebra

/// One output at each sequence's own end τ, after the whole sequence has been read (GBC fig. 10.5).
/// With both directions the output sees the ends of both.
public final class FinalOutput<Scalar: NetworkScalar>: SequenceModel {
  private let parts: ReaderParts<Scalar>
  private let segments: SegmentedReader<Scalar>
  /// What the top layer handed on at each sequence's end, where a pass is cut into segments; sequences
  /// × states.
  private var ends = Matrix<Scalar>.empty
  /// Takes ∂L/∂ of it.
  private var dEnds = Matrix<Scalar>.empty

  /// `sizes.outputs` scalars a sequence; inputs are symbols or vectors of `sizes.width`.
  public init(_ configuration: NetworkConfiguration, sizes: ModelSizes) {
    parts = ReaderParts(configuration, sizes: sizes)
    segments = SegmentedReader(parts)
  }

  public var layout: ParameterLayout { parts.layout }
  public var roles: ParameterRoles { parts.roles }
  public var stacks: [StackView<Scalar>] { [parts.stack.view()] }
  public var stateWidth: Int { parts.stack.carriedWidth }

  public func outputs(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    let (sequences, outputs) = (batch.sequenceCount, parts.head.weight.rows)
    if segments.begin(batch, kept: sequences * (outputs + 2 * parts.stack.outputSize), pass) {
      let result = pass.arena.matrix(sequences, outputs)
      ends = pass.arena.matrix(sequences, parts.stack.outputSize)
      dEnds = pass.arena.matrix(sequences, parts.stack.outputSize)
      let (ends, whole) = (ends, batch.steps)
      segments.forward(batch, pass) { states, rows in
        for k in 0..<sequences {
          let last = whole.lastRow(sequence: k)
          guard rows.contains(last) else { continue }
          ends.row(k).update(from: states.row(last - rows.lowerBound), count: ends.columns)
        }
      }
      parts.head.forward(ends, into: result, pass)
      return result
    }
    _ = parts.stack.forward(
      parts.reader.input(batch, pass), steps: batch.steps, start: .of(batch), pass: pass)
    if let carried = batch.carried { parts.stack.store(in: carried, steps: batch.steps) }
    let ends = pass.arena.matrix(batch.sequenceCount, parts.stack.outputSize)
    parts.stack.finalStates(batch.steps, into: ends)
    return parts.head.forward(ends, pass)
  }

  public func backward(
    _ dOutputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>
  ) {
    if segments.isAtWork {
      backwardInSegments(dOutputs, batch, pass)
    } else {
      let dEnds = parts.head.backward(dOutputs, pass)
      let dStates = pass.arena.zeros(batch.steps.rowCount, parts.stack.outputSize)
      parts.stack.addFinalGradient(dEnds, steps: batch.steps, to: dStates)
      parts.stack.backward(dStates, steps: batch.steps, pass: pass)
    }
  }

  private func backwardInSegments(
    _ dOutputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>
  ) {
    let (dEnds, whole) = (dEnds, batch.steps)
    parts.head.backward(dOutputs, of: ends, into: dEnds, pass)
    segments.backward(batch, pass) { steps, own, _, dStates in
      dStates.fill(0)
      for k in 0..<steps.sequenceCount {
        let last = whole.lengths[k] - 1
        guard own.contains(last) else { continue }
        let row = dStates.row(steps.row(step: last - own.lowerBound, sequence: k))
        Scalar.addScaled(dEnds.columns, 1, dEnds.row(k), to: row)
      }
    }
  }
}

/// One output for an image that is read in two dimensions: o = c + V C, where C is what each
/// corner's recurrence ends with. Read row by row, an image is a sequence like any other
/// (`FinalOutput`).
public final class ImageFinalOutput<Scalar: NetworkScalar>: SequenceModel {
  public let layout: ParameterLayout
  private let encoder: GridEncoder<Scalar>
  private let head: OutputLayer<Scalar>
  /// Place of each image of the batch among the encoded ones.
  private var places: UnsafeMutablePointer<Int32>?

  /// `sizes.outputs` scalars an image; rows of `sizes.width` pixels are the batch's vectors.
  public init(_ configuration: NetworkConfiguration, sizes: ModelSizes) {
    var layout = ParameterLayout()
    encoder = GridEncoder(configuration, layout: &layout)
    head = OutputLayer(states: encoder.outputSize, outputs: sizes.outputs, layout: &layout)
    self.layout = layout
  }

  public var roles: ParameterRoles { ParameterRoles(head) }
  public var stacks: [StackView<Scalar>] { encoder.stacks }

  public func outputs(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    let source = encoder.forward(batch, pass)
    let places = batch.steps.places(in: source.steps, arena: pass.arena)
    self.places = places
    let context = pass.arena.matrix(batch.sequenceCount, encoder.outputSize)
    context.gather(source.context, rows: places)
    return head.forward(context, pass)
  }

  public func backward(
    _ dOutputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>
  ) {
    guard let places else { return }
    let dContext = pass.arena.zeros(batch.sequenceCount, encoder.outputSize)
    dContext.scatterAdd(head.backward(dOutputs, pass), rows: places)
    encoder.backward(dContext: dContext, dStates: nil, batch, pass)
  }
}
