import LinearAlgebra

/// One batch, or one part of a batch, as a network reads it: packed, without padding.
///
/// Inputs are symbols or vectors over `steps`, or one vector a sequence, or an image a sequence.
/// Targets stand over `steps` (an output at every step), over `targetSteps` (a decoder's), or one
/// for each sequence in the order of `steps.order` (an output at the end). Buffers are reused.
public final class SequenceBatch<Scalar: NetworkScalar> {
  /// The input's (or the source's) steps.
  public var steps = PackedSteps()
  /// A decoder's or a generated sequence's steps; in the same original numbering as `steps`.
  public var targetSteps = PackedSteps()
  /// Input symbols, one a row of `steps`; empty for vector inputs.
  public var tokens = ReusableBuffer<Int32>()
  /// Input vectors, `width` a row.
  public var vectors = ReusableBuffer<Scalar>()
  /// Scalars of one input vector, or of one image row.
  public var width = 0
  /// Target symbols or classes; −1 where there is none.
  public var targets = ReusableBuffer<Int32>()
  /// Target vectors for squared error, or one 0/1 value for binary cross-entropy.
  public var targetValues = ReusableBuffer<Scalar>()
  /// States carried over from the batch before; nil starts from the network's own initial state.
  public var carried: CarriedState<Scalar>?
  /// Room for losses over whole sequences.
  let workspace = ReusableBuffer<Double>()

  public init() {}

  /// Sequences in the batch.
  public var sequenceCount: Int { steps.sequenceCount }

  /// All input vectors as a matrix of one row a step.
  public var inputMatrix: Matrix<Scalar> {
    Matrix(base: vectors.base, rows: width > 0 ? vectors.count / width : 0, columns: width)
  }
}

/// Memory that grows to the largest batch seen and is then reused.
public final class ReusableBuffer<Element: BitwiseCopyable> {
  /// The memory, valid until the buffer grows or goes away.
  public private(set) var base: UnsafeMutablePointer<Element>
  /// Elements in use.
  public private(set) var count = 0
  private var capacity: Int

  public init() {
    capacity = 16
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  /// Makes room for `count` elements with undefined values.
  public func resize(_ count: Int) {
    if count > capacity {
      base.deallocate()
      capacity = max(count, 2 * capacity)
      base = .allocate(capacity: capacity)
    }
    self.count = count
  }

  /// One element, `index` from 0 to below `count`, which is not checked.
  public subscript(_ index: Int) -> Element {
    get { base[index] }
    set { base[index] = newValue }
  }

  /// Takes over all values, in memory that grows where it has to.
  public func assign(_ values: some Collection<Element>) {
    resize(values.count)
    for (i, value) in values.enumerated() { base[i] = value }
  }
}

/// The states of every layer after a chunk of a long sequence, the start of the next chunk
/// (truncated backpropagation through time). The gradient does not cross this border.
public final class CarriedState<Scalar: NetworkScalar> {
  /// Sequences of the batch, each with a state of its own.
  public let sequences: Int
  /// States, and for LSTM cells behind them, of every layer: scalars a sequence.
  public let width: Int
  /// sequences × width, in the batch's original order.
  public let values: Matrix<Scalar>
  /// Whether nothing has been carried yet, so that a network starts from its own initial state.
  public var isFresh = true
  /// Whether passes leave it as it is, so that they can be repeated.
  public var isKept = false

  /// All zeros.
  public init(sequences: Int, width: Int) {
    self.sequences = sequences
    self.width = width
    let base = UnsafeMutablePointer<Scalar>.allocate(capacity: max(1, sequences * width))
    base.initialize(repeating: 0, count: sequences * width)
    values = Matrix(base: base, rows: sequences, columns: width)
  }

  deinit { values.base.deallocate() }

  /// Forgets everything, as at the start of an epoch.
  public func clear() {
    values.fill(0)
    isFresh = true
  }
}

/// Between one row a sequence and one row a step.
extension PackedSteps {
  /// Adds each sequence's row of `addend` to the rows of all its steps.
  func addToEveryStep<Scalar>(_ addend: Matrix<Scalar>, of rows: Matrix<Scalar>) {
    for t in 0..<stepCount {
      rows.rows(offsets[t], active[t]).add(addend.rows(0, active[t]))
    }
  }

  /// Adds the rows of all of a sequence's steps to its one row in `sums`: the way back.
  func addSums<Scalar>(of rows: Matrix<Scalar>, to sums: Matrix<Scalar>) {
    for t in 0..<stepCount {
      sums.rows(0, active[t]).add(rows.rows(offsets[t], active[t]))
    }
  }

  /// Where this order's sequences stand in another order of the same sequences: element k is the
  /// place in `other` of what is k-th here.
  func places<Scalar>(in other: PackedSteps, arena: Arena<Scalar>) -> UnsafeMutablePointer<Int32> {
    let result = arena.integers(sequenceCount)
    for k in 0..<sequenceCount { result[k] = Int32(other.places[order[k]]) }
    return result
  }

  /// y(t−1) of every row, from y(t) of every row; −1, which stands for the zero vector, at a
  /// sequence's start.
  func previous<Scalar>(
    of symbols: UnsafePointer<Int32>, arena: Arena<Scalar>
  ) -> UnsafeMutablePointer<Int32> {
    let result = arena.integers(rowCount)
    for t in 0..<stepCount {
      for k in 0..<active[t] {
        result[offsets[t] + k] = t > 0 ? symbols[offsets[t - 1] + k] : -1
      }
    }
    return result
  }
}
