import Testing
import TrainingEvents

@testable import Training

/// Sets of units are followed by the engine, and told with the states that show their passage.
@Suite struct FollowedUnitsTests {
  private static func frame(_ step: Int, _ values: [Float]) -> HiddenStateFrame {
    HiddenStateFrame(
      step: step, symbols: ["a", "b", "c"],
      maps: [StateMap(name: "layer 1", units: 2, values: values)])
  }

  private static func units(_ name: String = "pair", since: Int = 0) -> KeptUnits {
    KeptUnits(
      name: name, set: UnitSet(map: "layer 1", units: [0, 1], threshold: 0.5, usesMagnitude: true),
      symbols: ["b", "c"], fromEnd: 2, since: since)
  }

  @Test func aCountThatStaysIsToldWhereFramesAreFew() {
    var followed = FollowedUnits([Self.units()])
    // Unit 1 is off in the second column of the passage.
    let half = Self.frame(3, [0, 0, 0.9, -0.9, 0.9, 0.1])
    let both = Self.frame(4, [0, 0, 0.9, -0.9, 0.9, 0.8])
    #expect(
      followed.values(in: half, isSparse: false)
        == [NamedValues(name: "units on/pair", steps: [3], numbers: [1])])
    #expect(followed.values(in: half, isSparse: false) == [])
    #expect(followed.values(in: half, isSparse: true).first?.numbers == [1])
    #expect(followed.values(in: both, isSparse: false).first?.numbers == [2])
    // After going back nothing is known any more, and what was kept later counts from there.
    #expect(followed.goBack(to: 2) == [])
    #expect(followed.values(in: half, isSparse: false).first?.numbers == [1])
    var late = FollowedUnits([Self.units(since: 9)])
    #expect(late.goBack(to: 2) == [Self.units(since: 2)])
  }

  @Test func oneOfANameTakesThePlaceOfAnother() {
    var followed = FollowedUnits((0..<KeptUnits.most).map { Self.units("set \($0)") })
    #expect(followed.fits(Self.units("set 3")) && !followed.fits(Self.units("another")))
    followed.note(
      CommandRecord(
        step: 1, name: CommandRecord.keep, text: "", units: Self.units("set 3", since: 1)))
    #expect(followed.sets.count == KeptUnits.most && followed.sets.last?.since == 1)
    followed.note(
      CommandRecord(step: 1, name: CommandRecord.drop, text: "", units: Self.units("set 3")))
    #expect(followed.sets.count == KeptUnits.most - 1)
    #expect(!followed.sets.contains { $0.name == "set 3" })
  }

  /// From the first look on, through training and back again; and on in another session.
  @Test func anEngineCountsAsTrainingGoesOn() async throws {
    let (preset, task) = try TinyRun.preset(["training.steps": "40"])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.start(paused: true)
    await engine.perform(.watch(ProbeRequest(interests: [.hiddenStates], columns: 8)))
    var units: KeptUnits?
    for await event in engine.events {
      guard case .frame(.hiddenStates(let frame)) = event, let map = frame.maps.first else {
        continue
      }
      let columns = map.columns - 3..<map.columns - 1
      let set = UnitSet(onThroughout: columns, of: map, threshold: 0.001, usesMagnitude: true)
      #expect(!set.units.isEmpty)
      units = KeptUnits(
        name: "seen", set: set, symbols: Array(frame.symbols[columns]), fromEnd: 3, since: 0)
      break
    }
    let kept = try #require(units)
    await engine.perform(.keep(kept))
    await engine.perform(.step(count: 5))
    await engine.perform(.drop(name: "unseen"))
    await engine.perform(.restart)
    await engine.perform(.drop(name: "seen"))
    await engine.perform(.step(count: 5))
    let events = await TinyRun.rest(of: engine)
    let values = events.flatMap { event -> [NamedValues] in
      if case .values(let values) = event { values } else { [] }
    }
    #expect(
      values.first
        == NamedValues(
          name: "units on/seen", steps: [0], numbers: [Double(kept.set.units.count)]))
    #expect(values.allSatisfy { $0.name == "units on/seen" })
    let commands = events.compactMap { event in
      if case .command(let record) = event { record } else { nil }
    }
    #expect(commands.filter { $0.units != nil }.map(\.name) == ["keep", "keep", "drop"])
    #expect(events.contains(.refused("no set of units unseen is followed")))
    let next = try TrainingEngine(preset: preset, task: task, threads: 1, kept: [kept])
    await next.start(paused: true)
    let told = await TinyRun.rest(of: next)
    #expect(
      told.contains { if case .command(let record) = $0 { record.units == kept } else { false } })
  }
}
