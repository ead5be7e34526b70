/// Independent streams of random numbers from a run's one seed, so that drawing more of one kind
/// never changes another.
enum SeedStream {
  static let weights: UInt64 = 1
  static let samples: UInt64 = 2
  static let taskSample: UInt64 = 4
  static let passage: UInt64 = 5

  /// Seed of the order of the data.
  static func data(_ seed: UInt64) -> UInt64 { seed &* 0x9E37_79B9_7F4A_7C15 &+ 0xDA7A }

  /// Seed of the dropout masks of one part of one step.
  static func dropout(_ seed: UInt64, step: Int, part: Int) -> UInt64 {
    var mixed = seed &+ UInt64(truncatingIfNeeded: step) &* 0xBF58_476D_1CE4_E5B9
    mixed ^= mixed >> 31
    mixed = mixed &* 0x94D0_49BB_1331_11EB &+ UInt64(truncatingIfNeeded: part)
    return mixed ^ (mixed >> 29)
  }

  /// Seed of the noise added to one step's gradient.
  static func noise(_ seed: UInt64, step: Int) -> UInt64 {
    ~dropout(seed, step: step, part: 0x401_5E)
  }
}
