import Runs
import Testing
import Training

@testable import Sessions

/// Which runs of a sweep are given up, and when.
@Suite struct SweepHalvingTests {
  private static func members(_ count: Int, steps: Int) throws -> [SweepPlan.Member] {
    let seeds = (1...count).map(String.init)
    let axes = [SweepAxis(key: "training.seed", values: seeds)]
    return try SweepPlan(preset: "tiny", axes: axes, steps: steps).members()
  }

  @Test(arguments: [
    (8, 80, [10, 20, 40, nil]), (9, 80, [10, 20, 40, nil]), (2, 80, [40, nil]), (1, 80, [nil]),
    (64, 5, [1, 2, nil]),
  ])
  func stepsDoubleWhileRunsHalve(count: Int, steps: Int, rungs: [Int?]) throws {
    #expect(SweepHalving.rungs(try Self.members(count, steps: steps), halves: true) == rungs)
    #expect(SweepHalving.rungs(try Self.members(count, steps: steps), halves: false) == [nil])
  }

  @Test func whoHasNoLossIsGivenUpFirst() throws {
    let rows = try Self.members(3, steps: 4).map {
      SweepResults.Row(member: $0, path: $0.name, summary: nil)
    }
    var failed = rows
    failed[0].problem = "its process did not start (status 2)"
    #expect(SweepHalving.better(half: rows).map(\.path) == ["seed=1", "seed=2"])
    let kept = SweepHalving.better(half: failed).map(\.path)
    #expect(kept.count == 2)
  }
}
