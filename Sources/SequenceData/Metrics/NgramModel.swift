import Glibc

/// A language model that only counts: how often each symbol followed the few before it, smoothed
/// by Witten and Bell's rule (1991),
///
///     p(x | c) = (n(c, x) + k(c) · p(x | shorter c)) / (n(c) + k(c))
///
/// with k(c) the number of different symbols seen after c. What a recurrent network has to beat.
public struct NgramModel: Sendable {
  /// Symbols looked at: the predicted one and those before it.
  public let order: Int
  private let symbols: Int
  private let bits: UInt64
  /// How often each context with the symbol after it was seen, by length of the context.
  private var joint: [[UInt64: Int32]]
  /// How often each context was seen, and with how many different symbols behind it.
  private var contexts: [[UInt64: (count: Int32, kinds: Int32)]]
  /// The newest symbols, the last one in the lowest bits.
  private var recent: UInt64 = 0
  private var known = 0

  /// - Parameters:
  ///   - order: 1 or more; kept to what fits in a 64-bit key
  ///   - symbols: different symbols, 1 or more
  public init(order: Int, symbols: Int) {
    self.symbols = max(1, symbols)
    var bits: UInt64 = 1
    while bits < 32, 1 << bits < self.symbols { bits += 1 }
    self.bits = bits
    self.order = max(1, min(order, Int(64 / bits)))
    joint = Array(repeating: [:], count: self.order)
    contexts = Array(repeating: [:], count: self.order)
  }

  /// Forgets what came last, as at the beginning of another text.
  public mutating func beginText() { (recent, known) = (0, 0) }

  /// Counts the next symbol of a text.
  public mutating func learn(_ symbol: Int32) {
    for length in 0...min(known, order - 1) {
      let context = self.context(length)
      let seen = joint[length][context << bits | UInt64(UInt32(bitPattern: symbol)), default: 0]
      joint[length][context << bits | UInt64(UInt32(bitPattern: symbol))] = seen &+ 1
      let before = contexts[length][context] ?? (0, 0)
      contexts[length][context] = (before.count &+ 1, before.kinds &+ (seen == 0 ? 1 : 0))
    }
    read(symbol)
  }

  /// −log p of the next symbol of a text, in nats.
  public mutating func judge(_ symbol: Int32) -> Double {
    var probability = 1 / Double(symbols)
    for length in 0...min(known, order - 1) {
      let context = self.context(length)
      guard let seen = contexts[length][context] else { break }
      let together = joint[length][context << bits | UInt64(UInt32(bitPattern: symbol))] ?? 0
      probability =
        (Double(together) + Double(seen.kinds) * probability)
        / (Double(seen.count) + Double(seen.kinds))
    }
    read(symbol)
    return -log(probability)
  }

  /// Reads a symbol that is neither counted nor judged, such as the one that opens a text.
  public mutating func read(_ symbol: Int32) {
    recent = recent << bits | UInt64(UInt32(bitPattern: symbol))
    known = min(known + 1, order)
  }

  private func context(_ length: Int) -> UInt64 {
    let width = bits * UInt64(length)
    return width == 0 ? 0 : recent & (UInt64.max >> (64 - width))
  }
}
