import LinearAlgebra

/// An output and a loss at every step (GBC fig. 10.3), in one direction or in both (fig. 10.11).
public final class EveryStepOutput<Scalar: NetworkScalar>: SequenceModel {
  private let parts: ReaderParts<Scalar>
  private let segments: SegmentedReader<Scalar>
  /// The top layer's states of a pass that is not cut.
  private var states = Matrix<Scalar>.empty

  /// `sizes.outputs` scalars at each step; inputs are symbols or vectors of `sizes.width`.
  public init(_ configuration: NetworkConfiguration, sizes: ModelSizes) {
    parts = ReaderParts(configuration, sizes: sizes)
    segments = SegmentedReader(parts)
  }

  public var layout: ParameterLayout { parts.layout }
  public var roles: ParameterRoles { parts.roles }
  public var stacks: [StackView<Scalar>] { [parts.stack.view()] }
  public var carriedWidth: Int { parts.stack.carriedWidth }

  public func outputs(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    let head = parts.head
    if segments.begin(batch, kept: batch.steps.rowCount * head.weight.rows, pass) {
      let outputs = pass.arena.matrix(batch.steps.rowCount, head.weight.rows)
      segments.forward(batch, pass) { states, rows in
        head.forward(states, into: outputs.rows(rows.lowerBound, rows.count), pass)
      }
      return outputs
    }
    states = parts.stack.forward(
      parts.reader.input(batch, pass), steps: batch.steps, start: .of(batch), pass: pass)
    if let carried = batch.carried { parts.stack.store(in: carried, steps: batch.steps) }
    return head.forward(states, pass)
  }

  public func backward(
    _ dOutputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>
  ) {
    let head = parts.head
    if segments.isAtWork {
      segments.backward(batch, pass) { steps, own, states, dStates in
        let rows = batch.steps.rows(of: own).count
        head.backward(
          dOutputs, states: states, of: own, batch.steps, into: dStates.rows(0, rows), pass)
      }
      return
    }
    let dStates = pass.arena.matrix(states.rows, states.columns)
    head.backward(
      dOutputs, states: states, of: 0..<batch.steps.stepCount, batch.steps, into: dStates, pass)
    parts.stack.backward(dStates, steps: batch.steps, pass: pass)
  }
}
