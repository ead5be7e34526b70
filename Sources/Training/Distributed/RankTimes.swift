import TrainingEvents

/// How long each rank of a job computes and waits in a step and what it sends, as a mean over the
/// steps since somebody was last told.
struct RankTimes {
  private var computed: [Double] = []
  private var waited: [Double] = []
  private var sent: [Double] = []
  private var steps = 0
  private var lastTold = -Double.infinity
  /// Seconds between two tellings.
  private static let pause = 0.5

  /// Adds what all ranks told of a step.
  ///
  /// A rank tells with a step how long it waited and what it sent in the step before, since it tells
  /// before it does.
  /// - Returns: the means, when it is time to tell them
  mutating func add(
    _ reports: RankReports, step: Int, now: Double
  ) -> [NamedValues]? {
    if computed.count != reports.count {
      computed = Array(repeating: 0, count: reports.count)
      (waited, sent) = (computed, computed)
    }
    for rank in 0..<reports.count {
      let report = reports[rank]
      computed[rank] += report.computed
      waited[rank] += report.waited
      sent[rank] += report.sent
    }
    steps += 1
    guard now - lastTold >= Self.pause else { return nil }
    lastTold = now
    let count = Double(steps)
    let values = computed.indices.flatMap { rank in
      [("step time", computed), ("waiting", waited), ("bytes sent", sent)].map { name, sums in
        NamedValues(name: "rank \(rank) \(name)", steps: [step], numbers: [sums[rank] / count])
      }
    }
    steps = 0
    for rank in computed.indices { (computed[rank], waited[rank], sent[rank]) = (0, 0, 0) }
    return values
  }
}
