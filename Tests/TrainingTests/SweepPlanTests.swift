import Testing
import Training

/// What a sweep goes over.
@Suite struct SweepPlanTests {
  private func members(
    _ over: [String], _ settings: [String] = [], steps: Int? = nil
  ) throws -> [SweepPlan.Member] {
    try SweepPlan(
      preset: "tiny", settings: settings, axes: over.map { try SweepAxis(argument: $0) },
      steps: steps
    ).members()
  }

  private func message(_ over: [String], _ settings: [String] = [], steps: Int? = nil) -> String {
    do {
      _ = try members(over, settings, steps: steps)
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test func everyCombinationIsTrainedOnce() throws {
    let members = try members(
      ["network.cell=tanh,lstm, gru", "training.seed=1,2"], ["training.batch=3"], steps: 7)
    #expect(
      members.map(\.name) == [
        "cell=tanh,seed=1", "cell=tanh,seed=2", "cell=lstm,seed=1", "cell=lstm,seed=2",
        "cell=gru,seed=1", "cell=gru,seed=2",
      ])
    #expect(
      members.map(\.preset.network.cell.rawValue) == ["tanh", "tanh", "lstm", "lstm", "gru", "gru"])
    #expect(members.map(\.preset.training.seed) == [1, 2, 1, 2, 1, 2])
    #expect(members.allSatisfy { $0.preset.training.steps == 7 && $0.preset.training.batch == 3 })
    #expect(
      members[3].settings == ["training.batch=3", "network.cell=lstm", "training.seed=2"])
    #expect(members[3].values == ["lstm", "2"])
  }

  @Test func namesTellCombinationsApart() throws {
    #expect(
      SweepPlan.shortNames(of: ["network.dropout", "training.seed"]) == ["dropout", "seed"])
    #expect(
      SweepPlan.shortNames(of: ["task.split.test", "task.data.test", "training.seed"])
        == ["split.test", "data.test", "seed"])
    let names = try members(["training.optimizer.learning-rate=1e-2,0.03", "training.clip-norm=1"])
      .map(\.name)
    #expect(names == ["learning-rate=1e-2,clip-norm=1", "learning-rate=0.03,clip-norm=1"])
  }

  @Test(arguments: [
    (["network.cell"], "--over “network.cell”: expected path=value,value"),
    (["network.cell=tanh,,lstm"], "--over network.cell: found a value that is empty"),
    (["network.cell=tanh,tanh"], "“tanh” stands there twice"),
    (["network.cel=tanh,lstm"], "--over network.cel: unknown key; did you mean network.cell?"),
    (["network.cell=tanh,lsmt"], "--over network.cell: found “lsmt”, expected"),
    (["network.cell=tanh", "network.cell=gru"], "--over network.cell is given twice"),
    ([], "a sweep goes over some key: expected --over path=value,value"),
  ])
  func mistakesAreTold(over: [String], words: String) {
    #expect(message(over).contains(words), "\(message(over))")
  }

  @Test func aKeyIsAskedForInOneWay() {
    #expect(message(["training.batch=1,2"], ["training.batch=3"]).contains("training.batch is set"))
    #expect(message(["training.steps=1,2"], steps: 3).contains("training.steps is set"))
    let many = ["training.seed", "training.batch", "network.hidden"].map { key in
      "\(key)=" + (1...30).map(String.init).joined(separator: ",")
    }
    #expect(message(many).contains("30 × 30 × 30 combinations: expected at most 10000"))
  }
}
