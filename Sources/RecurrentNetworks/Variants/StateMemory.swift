import LinearAlgebra

/// How much memory the states and gradients of a pass may take, and what a row of them takes.
///
/// A pass that would take more keeps its states at the borders of segments alone. On the way back each
/// segment is read again, the last one first (Gruslys et al. 2016, *Memory-Efficient Backpropagation
/// Through Time*; Chen et al. 2016, *Training Deep Nets with Sublinear Memory Cost*). The segments are
/// as long as the bound lets them be, and of the last one, whose states are still there, nothing is
/// computed twice. Gradients come out the same to the last bit.
public struct StateMemory: Sendable, Equatable {
  /// The bound, in bytes.
  public var bytes: Int
  /// What one time step of one sequence takes, forward and backward, in bytes.
  public let bytesPerRow: Int
  /// What any pass takes, however short it is, in bytes.
  public let fixedBytes: Int

  /// Measures what a network's rows take by two short passes.
  /// - Parameters:
  ///   - model: a network of the kind, with memory of its own
  ///   - width: numbers of an input vector; 0 for symbols
  ///   - dropout: what is dropped in training; nil where nothing is
  ///   - bytes: the bound
  public init<Scalar: NetworkScalar>(
    measuring model: any SequenceModel<Scalar>, width: Int, dropout: DropoutSource? = nil,
    bytes: Int
  ) {
    self.bytes = bytes
    let parameters = ParameterVector<Scalar>(model.layout)
    let gradient = ParameterVector<Scalar>(model.layout)
    func used(_ length: Int) -> (rows: Int, bytes: Int) {
      let batch = SequenceBatch<Scalar>()
      // Two lengths, since sequences of different ones take the most; rows that fill cache lines.
      batch.steps.assign(lengths: [length + 1, length - 1])
      batch.steps.wholeRowCount = 1 << 30
      let rows = batch.steps.rowCount
      batch.width = width
      batch.vectors.assign([Scalar](repeating: 0, count: rows * width))
      batch.tokens.assign([Int32](repeating: 0, count: rows))
      let arena = Arena<Scalar>()
      let pass = Pass(
        parameters: parameters, gradient: gradient, arena: arena, dropout: dropout)
      // Once to make room in one piece, and once to measure.
      for _ in 0..<2 {
        arena.reset()
        model.backward(model.outputs(batch, pass), batch, pass)
      }
      return (rows, arena.usedBytes)
    }
    let (short, long) = (used(Self.measuredLength), used(Self.measuredLength + 16))
    let rows = long.rows - short.rows
    bytesPerRow = (long.bytes - short.bytes + rows - 1) / rows
    let matrices = Self.matricesOfLayer * (1 + model.stacks.reduce(0) { $0 + $1.states.count })
    fixedBytes = max(0, short.bytes - short.rows * bytesPerRow) + 64 * matrices
  }

  /// Matrices of a layer, each of which begins with a cache line; rather more than there are.
  private static let matricesOfLayer = 32

  /// Rows of the shortest segment: a time step of a sequence each.
  public static var leastRows: Int { PackedSteps.blockRows }

  /// Enough for slices of rows.
  private static let measuredLength = 160

  /// What a pass takes at least, in bytes, where states are kept at the borders of the shortest
  /// segments alone.
  /// - Parameters:
  ///   - rows: time steps of all sequences of the batch
  ///   - sequences: sequences of the batch
  ///   - outputs: numbers of all outputs
  ///   - carried: numbers of the states of all layers, of one sequence
  ///   - scalar: bytes of a number
  public func leastBytes(
    rows: Int, sequences: Int, outputs: Int, carried: Int, scalar: Int = 4
  ) -> Int {
    let blockRows = PackedSteps.blockRows
    let kept = Self.kept(
      outputs, rows: rows, sequences: sequences, carried: carried, blockRows: blockRows)
    let block = min(rows, blockRows + PackedSteps.sliceRows + 2 * sequences)
    return fixedBytes + kept * scalar + block * bytesPerRow
  }

  /// Numbers that stay from segment to segment, beside `scalars` of the network.
  static func kept(
    _ scalars: Int, rows: Int, sequences: Int, carried: Int, blockRows: Int
  ) -> Int {
    // As many borders as there can be, and what goes back over one of them, in whole cache lines.
    let borders = rows / max(1, blockRows) + 4
    return scalars + borders * (sequences * carried + 64)
  }

  /// Bytes of a pass that is not cut. What a sequence takes beside its rows is less than a row.
  func bytes(rows: Int, sequences: Int) -> Int { fixedBytes + (rows + sequences) * bytesPerRow }

  /// Rows of a segment at most; nil where the whole pass fits. `kept` is in bytes.
  func rowsOfSegment(of rows: Int, sequences: Int, kept: Int) -> Int? {
    if bytes(rows: rows, sequences: sequences) <= bytes { return nil }
    return max(0, (bytes - fixedBytes - kept) / max(1, bytesPerRow) - sequences)
  }
}
