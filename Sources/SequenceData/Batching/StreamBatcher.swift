import LinearAlgebra

/// Chunks of one long row of symbols for truncated backpropagation through time.
///
/// The row is cut into `batchSize` slices as equal as can be, read side by side in chunks of
/// `sequenceLength` steps; sequence n of a batch continues sequence n of the batch before, until
/// `startsFresh` marks a new epoch. Every symbol but the row's first is a target exactly once an
/// epoch. Lines are shuffled anew each epoch and joined by the line-end symbol, which also stands
/// before the first line.
///
/// The last batch of an epoch may have shorter sequences, and fewer: those that remain are the
/// first ones.
public struct StreamBatcher: Sendable {
  public let data: DataSet
  public let batchSize: Int
  public private(set) var sequenceLength: Int
  public let order: BatchOrder
  /// Symbol that ends each line of `DataSet.lines`.
  public let lineEnd: Int32
  public private(set) var cursor: BatchCursor

  private var stream: CompactTokens
  private var lineOrder: [Int] = []
  private var preparedEpoch = -1

  /// Takes a stream or lines; examples have no stream, and give empty batches.
  public init(
    _ data: DataSet, batchSize: Int, sequenceLength: Int, seed: UInt64 = 0,
    order: BatchOrder = .shuffled, lineEnd: Int32 = 0
  ) {
    self.data = data
    self.sequenceLength = max(1, sequenceLength)
    self.order = order
    self.lineEnd = lineEnd
    cursor = BatchCursor(seed: seed)
    switch data {
    case .stream(let tokens): stream = tokens
    case .lines(let table):
      stream = table.tokens
      stream.removeAll()
    case .examples: stream = CompactTokens(vocabularySize: 0)
    }
    let targets: Int
    if case .examples = data { targets = 0 } else { targets = data.targetCount }
    self.batchSize = max(1, min(batchSize, targets))
    targetCount = targets
  }

  private let targetCount: Int

  public var batchesPerEpoch: Int {
    (longestSlice + sequenceLength - 1) / sequenceLength
  }

  /// Passes finished, with the share of the current one.
  public var epochs: Double {
    guard cursor.shift == nil else {
      return Double(cursor.epoch) + min(1, Double(offset) / Double(max(1, longestSlice)))
    }
    let total = max(1, batchesPerEpoch)
    return Double(cursor.epoch) + Double(min(cursor.position, total)) / Double(total)
  }

  /// Continues from a saved cursor. The hidden state that was carried is the caller's to restore.
  public mutating func restore(_ cursor: BatchCursor) {
    self.cursor = BatchCursor(
      seed: cursor.seed, epoch: max(0, cursor.epoch),
      position: min(max(0, cursor.position), cursor.shift == nil ? batchesPerEpoch : longestSlice))
    if let shift = cursor.shift {
      // Held within what could have been, so that a damaged file cannot overflow.
      let start = self.cursor.position * sequenceLength
      self.cursor.shift = min(max(shift, -start), max(0, longestSlice - start))
    }
    preparedEpoch = -1
  }

  /// Reads chunks of another length from the next step on, which stays where it would have been.
  public mutating func change(sequenceLength length: Int) {
    let next = offset
    sequenceLength = max(1, length)
    let shift = next - cursor.position * sequenceLength
    cursor.shift = shift == 0 ? nil : shift
  }

  /// Where in its slice the next chunk begins.
  private var offset: Int { cursor.position * sequenceLength + (cursor.shift ?? 0) }

  /// Fills `batch` with the next chunk of every slice; leaves it empty only when there is no data.
  public mutating func next(into batch: inout SequenceBatch) {
    batch.removeAll()
    guard targetCount > 0 else { return }
    if cursor.position > 0, offset >= longestSlice {
      cursor.epoch += 1
      cursor.position = 0
      cursor.shift = nil
    }
    if preparedEpoch != cursor.epoch { prepare() }
    batch.startsFresh = cursor.position == 0
    let offset = offset
    for slice in 0..<batchSize {
      let range = self.range(of: slice)
      let length = min(sequenceLength, range.count - offset)
      guard length > 0 else { break }
      let start = range.lowerBound + offset
      batch.open(slice, inputLength: length, targetLength: length)
      stream.copy(start..<start + length, to: &batch.inputTokens)
      stream.copy(start + 1..<start + length + 1, to: &batch.targetTokens)
    }
    cursor.position += 1
  }

  private var longestSlice: Int { (targetCount + batchSize - 1) / batchSize }

  /// Input positions of a slice. The first `targetCount % batchSize` slices are one step longer.
  public func range(of slice: Int) -> Range<Int> {
    let (length, longer) = targetCount.quotientAndRemainder(dividingBy: batchSize)
    let start = slice * length + min(slice, longer)
    return start..<start + length + (slice < longer ? 1 : 0)
  }

  private mutating func prepare() {
    preparedEpoch = cursor.epoch
    guard case .lines(let table) = data, stream.isEmpty || order == .shuffled else { return }
    lineOrder.removeAll(keepingCapacity: true)
    lineOrder.append(contentsOf: 0..<table.count)
    if order == .shuffled {
      var random = SeededRandom(seed: cursor.seed, stream: UInt64(cursor.epoch))
      random.shuffle(&lineOrder)
    }
    stream.removeAll()
    stream.reserveCapacity(targetCount + 1)
    stream.append(lineEnd)
    for line in lineOrder {
      stream.append(contentsOf: table.tokens, in: table.range(of: line))
      stream.append(lineEnd)
    }
  }
}
