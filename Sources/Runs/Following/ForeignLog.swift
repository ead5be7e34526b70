import TrainingEvents

/// A log that another program writes, read on as it grows.
protocol ForeignLog: Sendable {
  /// Reads what is there, up to some megabytes, and hands its numbers over.
  /// - Returns: bytes read; 0 when there was nothing new.
  mutating func read(into run: inout ForeignRun) throws(RunError) -> Int

  /// Takes what stands behind the last whole line or record, when nobody waits for its rest.
  mutating func finish(into run: inout ForeignRun)

  /// Whether nothing more can come.
  var isAtEnd: Bool { get }

  /// When it was last written, in seconds since 1970; nil where nobody knows.
  var modified: Double? { get }
}

extension ForeignLog {
  /// Bytes taken in one go, so that a file of gigabytes does not come as one event.
  static var most: Int { 16 << 20 }

  mutating func finish(into run: inout ForeignRun) {}
  var isAtEnd: Bool { false }
  var modified: Double? { nil }
}
