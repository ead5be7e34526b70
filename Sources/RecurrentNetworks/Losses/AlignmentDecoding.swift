import Glibc
import LinearAlgebra

/// Reads a symbol sequence out of a CTC network's outputs.
public enum AlignmentDecoding {
  /// A spelling, and log Σ p(path) over the paths that the search followed.
  public struct Spelling: Sendable, Equatable {
    /// Classes without blanks.
    public var symbols: [Int32]
    /// In nats, 0 or below.
    public var logProbability: Double
  }

  /// What a network spells, best first, as one that writes would have said it: the best path with a
  /// `width` of 1, else a prefix beam of that width.
  public static func sequences<Scalar>(
    _ outputs: Matrix<Scalar>, steps: PackedSteps, sequence k: Int, width: Int
  ) -> [DecodedSequence] {
    let spellings =
      width > 1
      ? prefixBeam(outputs, steps: steps, sequence: k, width: width)
      : [
        Spelling(symbols: bestPath(outputs, steps: steps, sequence: k), logProbability: 0)
      ]
    return spellings.map { spelling in
      var result = DecodedSequence()
      (result.symbols, result.logProbability) = (spelling.symbols, spelling.logProbability)
      result.isComplete = true
      return result
    }
  }

  /// What the likeliest symbol of every step spells: repeats merged, blanks removed.
  ///
  /// `outputs` are logits over `steps`, the last one the blank; `sequence` is a place in packed
  /// order.
  public static func bestPath<Scalar>(
    _ outputs: Matrix<Scalar>, steps: PackedSteps, sequence k: Int
  ) -> [Int32] {
    let blank = ConnectionistTemporalClassification.blank(outputs: outputs.columns)
    var (symbols, before): ([Int32], Int) = ([], blank)
    for t in 0..<steps.lengths[k] {
      let row = outputs.row(steps.row(step: t, sequence: k))
      var best = 0
      for j in 1..<max(1, outputs.columns) where row[j] > row[best] { best = j }
      if best != before, best != blank { symbols.append(Int32(best)) }
      before = best
    }
    return symbols
  }

  /// The likeliest spellings, best first, by prefix beam search (Graves et al. 2006, section 3.2,
  /// with a beam as in Hannun et al. 2014): paths that spell the same prefix are added up, and after
  /// every step the `width` likeliest prefixes are kept. With a beam as wide as there are prefixes
  /// the probabilities are exact.
  public static func prefixBeam<Scalar>(
    _ outputs: Matrix<Scalar>, steps: PackedSteps, sequence k: Int, width: Int
  ) -> [Spelling] {
    let blank = ConnectionistTemporalClassification.blank(outputs: outputs.columns)
    var beam: [[Int32]: PrefixScore] = [[]: PrefixScore(blank: 0, symbol: -.infinity)]
    for t in 0..<steps.lengths[k] {
      let log = logSoftmax(
        outputs.row(steps.row(step: t, sequence: k)), count: outputs.columns)
      var next: [[Int32]: PrefixScore] = [:]
      for (prefix, score) in beam {
        let last = prefix.last.map { Int($0) }
        next[prefix, default: PrefixScore()].blank.addLogarithm(score.total + log[blank])
        if let last {
          next[prefix, default: PrefixScore()].symbol.addLogarithm(score.symbol + log[last])
        }
        for j in 0..<blank {
          // After itself a symbol is a new one only if a blank stood between.
          let start = j == last ? score.blank : score.total
          guard start > -.infinity else { continue }
          next[prefix + [Int32(j)], default: PrefixScore()].symbol.addLogarithm(start + log[j])
        }
      }
      beam = next.count <= max(1, width) ? next : narrowed(next, to: max(1, width))
    }
    return ranked(beam).map { Spelling(symbols: $0.key, logProbability: $0.value.total) }
  }

  private static func narrowed(
    _ beam: [[Int32]: PrefixScore], to width: Int
  ) -> [[Int32]: PrefixScore] {
    Dictionary(uniqueKeysWithValues: ranked(beam).prefix(width).map { ($0.key, $0.value) })
  }

  /// Best first; equals in the symbols' order, so that the answer does not depend on hashing.
  private static func ranked(
    _ beam: [[Int32]: PrefixScore]
  ) -> [(key: [Int32], value: PrefixScore)] {
    beam.sorted {
      let (a, b) = ($0.value.total, $1.value.total)
      return a == b ? $0.key.lexicographicallyPrecedes($1.key) : a > b
    }
  }

  private static func logSoftmax<Scalar: NetworkScalar>(
    _ row: UnsafeMutablePointer<Scalar>, count: Int
  ) -> [Double] {
    let values = (0..<count).map { Double(row[$0]) }
    let highest = values.max() ?? 0
    let shift = highest + log(values.reduce(0) { $0 + exp($1 - highest) })
    return values.map { $0 - shift }
  }
}

/// Log probabilities of the paths that spell a prefix, by what they end with.
private struct PrefixScore {
  var blank = -Double.infinity
  var symbol = -Double.infinity

  var total: Double { logarithmOfSum(blank, symbol, -.infinity) }
}

extension Double {
  /// self ← log(e^self + e^other).
  fileprivate mutating func addLogarithm(_ other: Double) {
    self = logarithmOfSum(self, other, -.infinity)
  }
}
