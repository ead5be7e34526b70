import LinearAlgebra
import SequenceData

/// The batches of one part of a task's data, in an order that depends on the seed alone.
struct BatchSource: Sendable {
  private enum Batcher: Sendable {
    case stream(StreamBatcher)
    case examples(ExampleBatcher)
    /// Only while a batcher is being advanced.
    case taken
  }

  private var batcher: Batcher
  let data: DataSet
  /// Whether sequences go on from batch to batch (truncated backpropagation through time).
  let isContinuous: Bool

  /// A text is always read as a stream; lines are when they are cut to a sequence length.
  init(
    _ data: DataSet, batch: Int, sequenceLength: Int?, seed: UInt64, order: BatchOrder,
    lineEnd: Int32
  ) {
    self.data = data
    switch data {
    case .stream:
      isContinuous = true
      batcher = .stream(
        StreamBatcher(
          data, batchSize: batch, sequenceLength: sequenceLength ?? Self.defaultLength, seed: seed,
          order: order, lineEnd: lineEnd))
    case .lines where sequenceLength != nil:
      isContinuous = true
      batcher = .stream(
        StreamBatcher(
          data, batchSize: batch, sequenceLength: sequenceLength ?? Self.defaultLength, seed: seed,
          order: order, lineEnd: lineEnd))
    case .lines, .examples:
      isContinuous = false
      batcher = .examples(
        ExampleBatcher(data, batchSize: batch, seed: seed, order: order, lineEnd: lineEnd))
    }
  }

  /// Steps of a chunk of text when the preset does not say.
  static let defaultLength = 64

  var batchesPerEpoch: Int {
    switch batcher {
    case .stream(let stream): stream.batchesPerEpoch
    case .examples(let examples): examples.batchesPerEpoch
    case .taken: 0
    }
  }

  /// Passes finished, with the share of the current one.
  var epochs: Double {
    switch batcher {
    case .stream(let stream): stream.epochs
    case .examples(let examples): examples.epochs
    case .taken: 0
    }
  }

  /// Where in the text a sequence of a stream's batches lies; nil where whole sequences are read.
  func range(ofSlice slice: Int) -> Range<Int>? {
    if case .stream(let stream) = batcher { stream.range(of: slice) } else { nil }
  }

  /// Steps of a chunk of a stream; nil where whole sequences are read.
  var sequenceLength: Int? {
    if case .stream(let stream) = batcher { stream.sequenceLength } else { nil }
  }

  /// Reads a stream in chunks of another length from now on; whole sequences stay whole.
  mutating func change(sequenceLength: Int) {
    guard case .stream(var stream) = batcher else { return }
    stream.change(sequenceLength: sequenceLength)
    batcher = .stream(stream)
  }

  var cursor: BatchCursor {
    switch batcher {
    case .stream(let stream): stream.cursor
    case .examples(let examples): examples.cursor
    case .taken: BatchCursor(seed: 0)
    }
  }

  mutating func restore(_ cursor: BatchCursor) {
    switch batcher {
    case .stream(var stream):
      stream.restore(cursor)
      batcher = .stream(stream)
    case .examples(var examples):
      examples.restore(cursor)
      batcher = .examples(examples)
    case .taken: break
    }
  }

  /// Fills the batch with the next sequences, in place.
  mutating func next(into batch: inout DataBatch) {
    switch batcher {
    case .stream(var stream):
      // Emptied first, so that the batcher is changed in place rather than copied.
      batcher = .taken
      stream.next(into: &batch)
      batcher = .stream(stream)
    case .examples(var examples):
      batcher = .taken
      examples.next(into: &batch)
      batcher = .examples(examples)
    case .taken: break
    }
  }
}
