import LinearAlgebra

/// A way to go on: a hypothesis and its next symbol.
struct Continuation {
  /// Row of the hypothesis among those that are followed.
  var parent: Int
  var symbol: Int32
  /// Of all that is written then, in nats.
  var logProbability: Double
}

/// The likeliest ways to go on with the hypotheses of one source.
///
/// It knows no scalar type but `Double`: what a search does for each symbol of each step runs here.
struct Continuations {
  /// The likeliest first, equals in the order in which they came.
  private(set) var best: [Continuation] = []
  private var room = 0
  private var logits: [Double] = []

  /// Begins for another source, of which `room` are kept.
  mutating func begin(room: Int) {
    self.room = room
    best.removeAll(keepingCapacity: true)
  }

  /// Takes in how a hypothesis of the given log probability may go on.
  /// - Parameters:
  ///   - row: `count` logits of its next symbol
  ///   - scale: log Σ exp of them
  mutating func add<Scalar: NetworkScalar>(
    _ row: UnsafePointer<Scalar>, count: Int, scale: Double, parent: Int, logProbability: Double
  ) {
    guard room > 0, count > 0 else { return }
    if logits.count != count { logits = [Double](repeating: 0, count: count) }
    logits.withUnsafeMutableBufferPointer { logits in
      guard let base = logits.baseAddress else { return }
      Scalar.widen(count, row, base)
    }
    take(parent: parent, from: logProbability - scale)
  }

  private mutating func take(parent: Int, from base: Double) {
    var least = best.count < room ? nil : best.last?.logProbability
    for symbol in logits.indices {
      var sum = base + logits[symbol]
      if let least, !(sum > least) { continue }
      if sum.isNaN { sum = -.infinity }
      let place = best.firstIndex { sum > $0.logProbability } ?? best.count
      if best.count == room { best.removeLast() }
      best.insert(
        Continuation(parent: parent, symbol: Int32(symbol), logProbability: sum), at: place)
      least = best.count < room ? nil : best.last?.logProbability
    }
  }
}
