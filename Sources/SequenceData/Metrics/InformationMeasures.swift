import Glibc

/// The same loss in the units that different readers expect.
public enum InformationMeasures {
  /// Bits for each symbol: L / ln 2, for a loss of L nats.
  public static func bits(nats: Double) -> Double { nats / M_LN2 }

  /// e^L for a loss of L nats: how many equally likely symbols would be as hard to guess.
  public static func perplexity(nats: Double) -> Double { exp(nats) }

  /// Entropy in nats of the distribution that the counts describe; 0 without counts.
  public static func entropy(_ counts: some Sequence<Int>) -> Double {
    let counts = counts.filter { $0 > 0 }.map(Double.init)
    let total = counts.reduce(0, +)
    return counts.reduce(0) { $0 - $1 / total * log($1 / total) }
  }
}
