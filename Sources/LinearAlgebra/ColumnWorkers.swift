/// Threads that share a product of few rows with large weights, each some of the columns: a matrix that
/// one core would fetch from afar at every step stays near where each core has a part of its own.
///
/// Every column's sum runs as it does on one thread, so results do not depend on their number.
public final class ColumnWorkers: Sendable {
  /// Rows at most: with more, a product is work enough for one thread, which reads the weights once for
  /// all of them.
  static let mostRows = 4
  /// Weights at least: fewer stay in the second-level cache of one core.
  static let smallest = 1 << 18

  /// Threads, the caller included.
  let count: Int
  private let run: @Sendable (Int, (Int) -> Void) -> Void

  /// - Parameters:
  ///   - count: threads, the caller included
  ///   - run: calls its closure once for each number below the one it gets, on these threads, and
  ///     returns when all are done
  public init(count: Int, run: @escaping @Sendable (Int, (Int) -> Void) -> Void) {
    self.count = count
    self.run = run
  }

  /// Calls `body` with the panels of each thread.
  func share(panels: Int, _ body: (Range<Int>) -> Void) {
    let (count, each) = (count, (panels + count - 1) / count)
    run(count) { index in
      let first = min(panels, index * each)
      body(first..<min(panels, first + each))
    }
  }
}
