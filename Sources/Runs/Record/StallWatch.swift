/// Notices that a disk has not answered for a while: a pure state machine on a clock of nanoseconds.
struct StallWatch: Sendable {
  /// Nanoseconds after which a write that has not returned is worth a word.
  static let patience: UInt64 = 5_000_000_000

  private var began: UInt64?
  private var isSaid = false

  mutating func begin(at now: UInt64) { began = now }

  /// Whether a write takes so long that this is to be said; true once for each stall.
  mutating func isNews(at now: UInt64) -> Bool {
    // Who asks may have read the clock before another thread began to write.
    guard let began, !isSaid, now >= began, now - began >= Self.patience else { return false }
    isSaid = true
    return true
  }

  /// A write returned.
  /// - Returns: whether a stall ended that was told of
  mutating func end() -> Bool {
    defer { (began, isSaid) = (nil, false) }
    return isSaid
  }
}
