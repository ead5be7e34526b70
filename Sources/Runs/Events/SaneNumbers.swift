/// Bounds that keep numbers from a file within what later arithmetic can bear.
enum SaneNumbers {
  /// Steps are exact in a `Double` up to here.
  static let steps = 0...(1 << 53)
  /// Targets in one step: a million steps of them still add up.
  static let tokens = 0...(1 << 40)
}
