import Runs
import Training

/// Successive halving (Jamieson and Talwalkar 2016): all combinations train a little, the better half of
/// them twice as long, and so on, until few train to the end.
enum SweepHalving {
  /// The steps at which the worse half is given up, and nil for the end.
  ///
  /// - Parameter halves: whether anything is given up at all
  static func rungs(_ members: [SweepPlan.Member], halves: Bool) -> [Int?] {
    guard halves, let steps = members.compactMap(\.preset.training.steps).min() else {
      return [nil]
    }
    var (rungs, count, step): ([Int?], Int, Int) = ([nil], 1, steps / 2)
    while count * 2 <= members.count, step > 0 {
      rungs.insert(step, at: 0)
      (count, step) = (count * 2, step / 2)
    }
    return rungs
  }

  /// The better half of some runs, of an odd number one more; who has no finite loss is worst.
  static func better(half rows: [SweepResults.Row]) -> [SweepResults.Row] {
    let ranked = rows.enumerated().sorted { a, b in
      (score(a.element), a.offset) < (score(b.element), b.offset)
    }
    return ranked.prefix((rows.count + 1) / 2).map(\.element)
  }

  private static func score(_ row: SweepResults.Row) -> Double {
    guard row.problem == nil, row.state != "diverged", let score = row.score, score.isFinite else {
      return .infinity
    }
    return score
  }
}
