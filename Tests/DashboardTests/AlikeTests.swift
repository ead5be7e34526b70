import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

@Suite struct AlikeTests {
  private static let size = Size(width: 120, height: 40)

  /// Three columns of two units: unit 0 is on in all, unit 1 in the first two.
  private static func frame(_ step: Int, _ values: [Float] = [0.9, 0.8, -0.7, 0.6, 0.8, 0.1])
    -> HiddenStateFrame
  {
    HiddenStateFrame(
      step: step, symbols: ["a", "b", "c"],
      maps: [StateMap(name: "layer 1", units: 2, values: values)])
  }

  /// The first two columns are marked.
  private static func marked() -> DashboardState {
    var state = SyntheticRun.state(lastStep: 900)
    state.resize(size)
    state.apply(.frame(.hiddenStates(frame(900))))
    state.show(view: .states)
    _ = state.handle(.character("m"))
    _ = state.handle(.right)
    return state
  }

  /// A search with two places.
  static func found() -> DashboardState {
    var state = marked()
    _ = state.handle(.character("a"))
    guard let query = state.alike.query else { return state }
    // What the keys said is no longer on screen.
    state.advance(to: state.clock + 60)
    state.apply(
      .frame(
        .alike(
          AlikeFrame(
            step: 880, query: query, isOneText: true, read: 430, total: 1_000, found: 3,
            places: [
              AlikeFrame.Place(
                sequence: 0, position: 41, on: 2, others: 0, before: ["x", "y"],
                symbols: ["a", "b"], after: ["z"]),
              AlikeFrame.Place(
                sequence: 0, position: 7, on: 1, others: 0, before: [], symbols: ["c", "b"],
                after: ["q"]),
              AlikeFrame.Place(
                sequence: 0, position: 90, on: 1, others: 3, before: ["u"],
                symbols: ["v", "w"], after: []),
            ]))))
    return state
  }

  /// Asks that the marked units are followed, as a run hears and tells it.
  private static func keep(_ name: String, in state: inout DashboardState) throws -> KeptUnits {
    let actions = try state.run(command: "keep \(name)")
    guard case .send(.keep(let units))? = actions.first, let frame = state.hiddenStates else {
      throw CommandMistake("nothing was asked for")
    }
    state.apply(
      .command(
        CommandRecord(
          step: frame.step, name: CommandRecord.keep,
          text: "\(units.set.units.count) units kept as \(name)", units: units)))
    count(frame, units, in: &state)
    return units
  }

  private static func see(
    _ frame: HiddenStateFrame, following units: KeptUnits, in state: inout DashboardState
  ) {
    state.apply(.frame(.hiddenStates(frame)))
    count(frame, units, in: &state)
  }

  private static func count(
    _ frame: HiddenStateFrame, _ units: KeptUnits, in state: inout DashboardState
  ) {
    guard let count = units.count(in: frame) else { return }
    state.apply(
      .values([
        NamedValues(name: units.seriesName, steps: [frame.step], numbers: [Double(count)])
      ]))
  }

  /// A search that has been through a third of the data, and a set that was kept, in a run that looks
  /// like one.
  static func searching(_ size: Size) throws -> DashboardState {
    var state = SyntheticRun.state()
    state.resize(size)
    state.show(view: .states)
    state.heatmap.column = 13
    _ = state.handle(.character("m"))
    for _ in 0..<3 { _ = state.handle(.right) }
    for _ in 0..<4 { _ = state.handle(.character("<")) }
    let kept = try keep("ously", in: &state)
    var run = SyntheticRun()
    for step in 1...30 {
      see(run.hiddenStates(step: 12_480 + 10 * step), following: kept, in: &state)
    }
    _ = state.handle(.character("a"))
    let query = try #require(state.alike.query)
    let all = query.set.units.count
    let letters = SyntheticRun.text.map { String($0) }
    let places = (0..<40).map { index in
      let start = 30 + index % 18
      return AlikeFrame.Place(
        sequence: 17 * index, position: index % 9, on: all - index * all / 80, others: index % 13,
        before: Array(letters[(start - 24)..<start]), symbols: Array(letters[start..<start + 4]),
        after: Array(letters[(start + 4)..<(start + 28)]))
    }
    state.apply(
      .frame(
        .alike(
          AlikeFrame(
            step: 12_700, query: query, isOneText: false, read: 302_114, total: 874_291,
            found: 1_204, places: places))))
    for _ in 0..<3 { _ = state.handle(.down) }
    state.advance(to: state.clock + 60)
    return state
  }

  @Test(arguments: GoldenFrameTests.sizes) func theScreenOfASearch(size: Size) throws {
    let state = try Self.searching(size)
    let buffer = state.render(size: size, appearance: Golden.appearance)
    try Golden.check(buffer, "alike-\(size.width)x\(size.height)")
  }

  @Test func everySizeWillDo() throws {
    let state = try Self.searching(Size(width: 80, height: 24))
    for width in [1, 12, 59, 60, 79, 84, 101, 151, 240] {
      for height in [1, 3, 16, 17, 20, 25, 35, 70] {
        var state = state
        let size = Size(width: width, height: height)
        state.resize(size)
        #expect(state.render(size: size, appearance: Golden.appearance).size == size)
      }
    }
  }

  private func text(_ state: DashboardState) -> String {
    state.render(size: Self.size, appearance: Golden.appearance).lines.joined(separator: "\n")
  }

  @Test func aPassageIsMarkedAndItsUnitsAreFound() throws {
    var state = Self.marked()
    #expect(state.markedColumns == 0..<2)
    #expect(state.markedUnits?.units == [0, 1])
    #expect(text(state).contains("2 of 2 units beyond ±0.50  “ab”"))
    #expect(state.probeRequest.alike == nil)
    _ = state.handle(.right)
    #expect(state.markedUnits?.units == [0])
    // By value, unit 0 is off in the second column.
    _ = state.handle(.character("M"))
    #expect(state.markedUnits?.units == [])
    _ = state.handle(.character("a"))
    #expect(state.alike.query == nil)
    _ = state.handle(.character("M"))
    for _ in 0..<9 { _ = state.handle(.character("<")) }
    #expect(state.markedUnits?.units == [0, 1])
    _ = state.handle(.character("a"))
    let query = try #require(state.probeRequest.alike)
    #expect(query.length == 3 && query.set.units == [0, 1])
    #expect(abs(query.set.threshold - 0.05) < 1e-6)
    #expect(state.probeRequest.interests.contains(.alike))
    state.show(view: .loss)
    #expect(state.probeRequest.alike == nil && !state.probeRequest.interests.contains(.alike))
  }

  @Test func placesAreListedAndWalkedThrough() {
    var state = Self.found()
    for words in [
      "43 % of 1,000 time steps read", "weights of step 880", "3 places, 1 or more on",
      "2/2 +0", "xyabz", "1: time step 42 of the text",
    ] {
      #expect(text(state).contains(words), "\(words)")
    }
    _ = state.handle(.down)
    #expect(text(state).contains("2: time step 8 of the text"))
    _ = state.handle(.escape)
    #expect(!state.alike.isOpen && !text(state).contains("Find alike"))
    #expect(state.probeRequest.alike == nil)
  }

  /// An answer to another question is not shown as one to this.
  @Test func anOlderAnswerIsNotTaken() {
    var state = Self.found()
    #expect(state.foundAlike != nil)
    _ = state.handle(.character("a"))
    #expect(state.foundAlike == nil)
  }

  @Test func aKeptSetIsFollowed() throws {
    var state = Self.marked()
    let kept = try Self.keep("pair", in: &state)
    #expect(kept.set.units == [0, 1] && kept.symbols == ["a", "b"] && kept.since == 900)
    Self.see(Self.frame(910, [0.9, 0.1, 0.9, 0.1, 0, 0]), following: kept, in: &state)
    var other = Self.frame(920)
    other.symbols = ["x", "b", "c"]
    #expect(kept.count(in: other) == nil)
    Self.see(other, following: kept, in: &state)
    let counts = try #require(state.counts(of: kept))
    #expect(counts.steps == 900...910)
    #expect([900, 909, 910, 999].map(counts.on) == [2, 2, 1, 1])
    #expect(text(state).contains("pair  1 of 2 on in “ab”"))
    // What a set of the same name was counted at before says nothing about this one.
    var later = kept
    later.since = 905
    #expect(state.counts(of: later)?.steps == 910...910)
    _ = try state.run(command: "alike pair")
    #expect(state.alike.query?.length == 2 && state.alike.query?.set.units == [0, 1])
    #expect(throws: CommandMistake.self) { try state.run(command: "alike pear") }
    #expect(try state.run(command: "drop pair") == [.send(.drop(name: "pair"))])
    state.apply(
      .command(
        CommandRecord(step: 920, name: CommandRecord.drop, text: "no longer", units: kept)))
    #expect(state.alike.kept.isEmpty)
  }

  /// No network is left that could search, but what was followed while it trained is in the record.
  @Test func whatWasFollowedIsShownOfARunThatIsOver() throws {
    var state = Self.marked()
    _ = try Self.keep("pair", in: &state)
    state.apply(RunMessage.hello(RunAbilities(can: [.pause, .stop, .watch])))
    _ = state.handle(.escape)
    _ = state.handle(.character("a"))
    #expect(text(state).contains("pair  2 of 2 on in “ab”"))
    #expect(text(state).contains("another program’s network"))
  }

  @Test func ofAnotherProgramsRunItIsSaidThatItCannotBe() {
    var state = Self.marked()
    state.apply(RunMessage.hello(RunAbilities(can: [.pause, .stop, .watch])))
    _ = state.handle(.escape)
    _ = state.handle(.character("m"))
    #expect(!state.alike.isOpen)
    #expect(state.message?.text.contains("another program’s network") ?? false)
    state.apply(RunMessage.hello(.engine([])))
    _ = state.handle(.character("m"))
    #expect(state.alike.isOpen)
  }
}
