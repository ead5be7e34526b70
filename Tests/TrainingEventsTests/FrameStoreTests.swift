import FileFormats
import Testing
import TrainingEvents

@Suite struct FrameStoreTests {
  private static func curve(_ step: Int, _ name: String = "layer 1") -> ProbeFrame {
    .gradientByLag(
      GradientByLag(
        step: step,
        curves: [
          LagCurve(name: name, norms: [1, 0.5], factorPerStep: 0.5),
          LagCurve(name: "layer 2", norms: [2], factorPerStep: 1),
        ]))
  }

  private static func states(_ step: Int) -> ProbeFrame {
    .hiddenStates(
      HiddenStateFrame(
        step: step, symbols: ["a"], maps: [StateMap(name: "layer 1", units: 1, values: [0.5])]))
  }

  /// Records of years ago are read by these names.
  @Test func theNamesInRecordsStay() {
    let recorded = ProbeFrame.Kind.allCases.filter { $0.recording != nil }.map(\.rawValue)
    for name in ["hiddenStates", "gradientByLag", "statistics", "samples"] {
      #expect(recorded.contains(name))
    }
    for kind in ProbeFrame.Kind.allCases where kind.recording == nil {
      #expect(kind.frame(["step": 1], step: 1) == nil)
    }
    #expect(Self.curve(3).json?["event"] == "gradientByLag" && Self.curve(3).json?["step"] == 3)
  }

  @Test func theNewestOfEachKindIsKept() {
    var store = FrameStore()
    for step in [3, 5] {
      store.keep(Self.curve(step))
      store.keep(Self.states(step))
    }
    #expect(store.newest(GradientByLag.self)?.step == 5)
    #expect(store[.hiddenStates] == Self.states(5) && store[.samples] == nil)
    #expect(store.frames == [Self.states(5), Self.curve(5)])
  }

  @Test func ofSomeKindsThereIsAHistory() {
    var store = FrameStore()
    for step in [10, 20, 30] {
      store.keep(Self.curve(step))
      store.keep(Self.states(step))
    }
    #expect(store.history(of: GradientByLag.self).entries.map(\.step) == [10, 20, 30])
    // Pictures over training show the first layer.
    #expect(store.history(of: GradientByLag.self).entries.allSatisfy { $0.frame.curves.count == 1 })
    #expect(store.history(of: HiddenStateFrame.self).isEmpty)
    #expect(store.frames(through: 20).map(\.step) == [10, 20])
    // After going back, what followed never happened.
    store.keep(Self.curve(20, "again"))
    #expect(store.history(of: GradientByLag.self).entries.map(\.step) == [10, 20])
    #expect(store.history(of: GradientByLag.self).entries.last?.frame.curves[0].name == "again")
  }
}
