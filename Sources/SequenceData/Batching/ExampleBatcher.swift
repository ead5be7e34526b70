import LinearAlgebra

/// Whole sequences in batches of similar length.
///
/// Each epoch shuffles the examples, cuts the shuffle into pools of some fifty batches, orders
/// each pool by length, cuts it into batches and shuffles those. Every example comes exactly once
/// an epoch; the last batch may be smaller. A batch size of at least the number of examples gives
/// the whole set, in the data's order, every time.
public struct ExampleBatcher: Sendable {
  public let data: DataSet
  public let batchSize: Int
  public let order: BatchOrder
  /// Symbol that opens and closes each line of `DataSet.lines`.
  public let lineEnd: Int32
  public private(set) var cursor: BatchCursor

  private var permutation: [Int] = []
  private var batches: [Range<Int>] = []
  private var preparedEpoch = -1

  /// Takes examples or lines; a stream has no examples, and gives empty batches.
  public init(
    _ data: DataSet, batchSize: Int, seed: UInt64 = 0, order: BatchOrder = .shuffled,
    lineEnd: Int32 = 0
  ) {
    self.data = data
    self.batchSize = max(1, batchSize)
    self.order = order
    self.lineEnd = lineEnd
    cursor = BatchCursor(seed: seed)
  }

  public var batchesPerEpoch: Int { (count + batchSize - 1) / batchSize }

  /// Passes finished, with the share of the current one.
  public var epochs: Double {
    let total = max(1, batchesPerEpoch)
    return Double(cursor.epoch) + Double(min(cursor.position, total)) / Double(total)
  }

  /// Continues from a saved cursor.
  public mutating func restore(_ cursor: BatchCursor) {
    self.cursor = BatchCursor(
      seed: cursor.seed, epoch: max(0, cursor.epoch),
      position: min(max(0, cursor.position), batchesPerEpoch))
    preparedEpoch = -1
  }

  /// Fills `batch` with the next sequences; leaves it empty only when there is no data.
  public mutating func next(into batch: inout SequenceBatch) {
    batch.removeAll()
    guard count > 0 else { return }
    if cursor.position >= batchesPerEpoch {
      cursor.epoch += 1
      cursor.position = 0
    }
    if preparedEpoch != cursor.epoch { prepare() }
    for index in permutation[batches[cursor.position]] { append(index, to: &batch) }
    cursor.position += 1
  }

  private var count: Int {
    if case .stream = data { return 0 }
    return data.count
  }

  private mutating func prepare() {
    preparedEpoch = cursor.epoch
    if permutation.count != count || order == .shuffled {
      permutation.removeAll(keepingCapacity: true)
      permutation.append(contentsOf: 0..<count)
    }
    batches.removeAll(keepingCapacity: true)
    for start in stride(from: 0, to: count, by: batchSize) {
      batches.append(start..<min(start + batchSize, count))
    }
    guard order == .shuffled, batchSize < count else { return }
    var random = SeededRandom(seed: cursor.seed, stream: UInt64(cursor.epoch))
    random.shuffle(&permutation)
    let pool = batchSize * Self.batchesPerPool
    for start in stride(from: 0, to: count, by: pool) {
      let end = min(start + pool, count)
      let sorted = permutation[start..<end].map { Entry(lengths: steps(of: $0), index: $0) }
        .sorted()
      for (offset, entry) in sorted.enumerated() { permutation[start + offset] = entry.index }
    }
    random.shuffle(&batches)
  }

  private static let batchesPerPool = 50

  /// An example in its pool. Its number makes the order total, so that no way of sorting can
  /// change it.
  private struct Entry: Comparable {
    var lengths: (input: Int, target: Int)
    var index: Int

    static func < (left: Entry, right: Entry) -> Bool {
      (left.lengths.input, left.lengths.target, left.index)
        < (right.lengths.input, right.lengths.target, right.index)
    }

    static func == (left: Entry, right: Entry) -> Bool { left.index == right.index }
  }

  private func steps(of index: Int) -> (input: Int, target: Int) {
    switch data {
    case .examples(let examples): (examples[index].input.steps, examples[index].target.steps)
    case .lines(let table): (table.range(of: index).count, 0)
    case .stream: (0, 0)
    }
  }

  private func append(_ index: Int, to batch: inout SequenceBatch) {
    switch data {
    case .examples(let examples): batch.append(examples[index], index: index)
    case .lines(let table):
      let range = table.range(of: index)
      batch.open(index, inputLength: range.count + 1, targetLength: range.count + 1)
      batch.inputTokens.append(lineEnd)
      table.tokens.copy(range, to: &batch.inputTokens)
      table.tokens.copy(range, to: &batch.targetTokens)
      batch.targetTokens.append(lineEnd)
    case .stream: break
    }
  }
}

/// Where a batcher stands. With the same data, batch size and sequence length, a batcher set to a
/// saved cursor goes on with exactly the batches that would have come.
public struct BatchCursor: Codable, Sendable, Equatable {
  /// Orders every epoch anew, together with the epoch's number.
  public var seed: UInt64
  /// Passes finished.
  public var epoch: Int
  /// Batches given in the current pass.
  public var position: Int
  /// Steps of a stream by which the batches of this pass stand further on than their number times
  /// their length, after the length was changed in its midst; nil when it was not.
  public var shift: Int?

  public init(seed: UInt64, epoch: Int = 0, position: Int = 0) {
    self.seed = seed
    self.epoch = epoch
    self.position = position
  }
}

/// In which order a batcher goes through its data.
public enum BatchOrder: Sendable, Equatable {
  /// Anew each epoch, from the seed.
  case shuffled
  /// As the data stands, in every epoch, as evaluation wants it.
  case asGiven
}
