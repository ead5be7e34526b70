import Glibc

/// A sequence that a network wrote.
public struct DecodedSequence: Sendable, Equatable {
  /// What was written, without the end symbol.
  public var symbols: [Int32] = []
  /// log p(symbols | source) in nats, the end symbol included.
  public var logProbability = 0.0
  /// Whether the network ended the sequence itself.
  public var isComplete = false
  /// α at each written symbol, that of the end symbol last: one row a symbol, one weight a source
  /// step. Empty without attention.
  public var attention: [[Double]] = []
  /// What sequences of different lengths are ranked by.
  public var score = 0.0

  public init() {}

  /// Symbols written, with the end symbol.
  var length: Int { symbols.count + (isComplete ? 1 : 0) }
}

/// How sequences are written.
public struct DecodingOptions: Sendable, Equatable {
  /// Hypotheses kept at a time for each source; 1 is greedy.
  public var beamWidth = 1
  /// Symbols after which a sequence is cut.
  public var maximumLength = 100
  /// The same for each source of a batch; empty where all have `maximumLength`.
  public var maximumLengths: [Int] = []
  /// α of the length normalisation of Wu et al. 2016: sequences are ranked by
  /// log p / ((5 + length) / 6)^α. With 0, short ones win, since every symbol costs.
  public var lengthPenalty = 0.6
  /// The symbol that ends a sequence; nil writes until the maximum length.
  public var endSymbol: Int32?
  /// Whether attention weights are kept.
  public var keepsAttention = false

  public init() {}

  /// Symbols after which a sequence for a source is cut.
  func maximumLength(source: Int) -> Int {
    maximumLengths.indices.contains(source) ? maximumLengths[source] : maximumLength
  }

  /// The score of a sequence of the given length with its end symbol.
  public func score(logProbability: Double, length: Int) -> Double {
    logProbability / pow((5 + Double(length)) / 6, lengthPenalty)
  }
}
