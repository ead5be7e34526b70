import Glibc

/// Random numbers that are the same for the same seed on every machine and every Swift version:
/// xoshiro256++ (Blackman and Vigna 2019), its state filled by SplitMix64.
///
/// `Array.shuffled(using:)` and `Double.random(in:using:)` may consume a generator differently in
/// another standard library, so whatever a run must repeat bit for bit uses the methods here.
public struct SeededRandom: RandomNumberGenerator, Sendable, Equatable, Codable {
  /// The whole state. Four words copied out and put back continue the same sequence.
  public struct State: Sendable, Equatable, Codable {
    public var s0: UInt64
    public var s1: UInt64
    public var s2: UInt64
    public var s3: UInt64

    public init(_ s0: UInt64, _ s1: UInt64, _ s2: UInt64, _ s3: UInt64) {
      self.s0 = s0
      self.s1 = s1
      self.s2 = s2
      self.s3 = s3
    }
  }

  public private(set) var state: State

  public init(seed: UInt64) {
    state = Self.filled(from: seed)
  }

  /// An independent sequence of the same seed, so that drawing more numbers for one purpose
  /// (say, dropout) never moves those of another (say, the order of batches).
  public init(seed: UInt64, stream: UInt64) {
    var mixer = SplitMix64(state: stream)
    self.init(seed: seed ^ mixer.next())
  }

  /// Continues from a saved state. The all-zero state, in which xoshiro stays forever, becomes
  /// that of seed 0.
  public init(state: State) {
    self.state = state == State(0, 0, 0, 0) ? Self.filled(from: 0) : state
  }

  public init(from decoder: any Decoder) throws {
    self.init(state: try State(from: decoder))
  }

  public func encode(to encoder: any Encoder) throws {
    try state.encode(to: encoder)
  }

  public mutating func next() -> UInt64 {
    let result = Self.rotate(state.s0 &+ state.s3, by: 23) &+ state.s0
    let carried = state.s1 << 17
    state.s2 ^= state.s0
    state.s3 ^= state.s1
    state.s1 ^= state.s2
    state.s0 ^= state.s3
    state.s2 ^= carried
    state.s3 = Self.rotate(state.s3, by: 45)
    return result
  }

  private static func filled(from seed: UInt64) -> State {
    var filler = SplitMix64(state: seed)
    return State(filler.next(), filler.next(), filler.next(), filler.next())
  }

  private static func rotate(_ word: UInt64, by count: UInt64) -> UInt64 {
    (word << count) | (word >> (64 - count))
  }

  /// A number in 0..<1, one of the 2⁵³ evenly spaced ones.
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A number in `low..<high`.
  public mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * uniform()
  }

  /// A draw from the standard normal distribution (Box and Muller 1958). The second number that
  /// the method yields is dropped, so that the state is these four words and nothing else.
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// A whole number in `0..<bound`, each equally likely (Lemire 2019); 0 when `bound` is below 2.
  public mutating func index(below bound: Int) -> Int {
    guard bound > 1 else { return 0 }
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// Puts the elements in random order (Fisher and Yates), each order equally likely.
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    guard elements.count > 1 else { return }
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, index(below: last + 1))
    }
  }
}

/// Turns one word into as many well-mixed ones as needed (Steele, Lea and Flood 2014).
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
