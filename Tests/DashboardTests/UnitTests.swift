import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

@Suite struct UnitTests {
  static func symbols(_ text: String) -> [String] { text.map { String($0) } }

  /// Unit 0 follows the signal, 1 goes against it, 2 stands still, 3 does something else.
  static func map(_ signal: [Float]) -> StateMap {
    let values = signal.enumerated().flatMap { (index, value) -> [Float] in
      [value * 0.5 - 0.2, 0.3 - value * 0.4, 0.99, index % 3 == 0 ? 0.6 : -0.5]
    }
    return StateMap(name: "layer 1", units: 4, values: values)
  }

  @Test func patternsMeasureWhatTheyName() {
    let text = Self.symbols("say \"Oh no\" 7")
    #expect(
      UnitPattern.insideQuotes.signal(over: text) == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0])
    #expect(
      UnitPattern.positionInWord.signal(over: Self.symbols("ab c\nd")) == [1, 2, 0, 1, 0, 1])
    #expect(
      UnitPattern.positionInLine.signal(over: Self.symbols("ab c\nd")) == [1, 2, 3, 4, 0, 1])
    #expect(UnitPattern.wordStart.signal(over: Self.symbols("ab c")) == [1, 0, 0, 1])
    #expect(UnitPattern.capital.signal(over: text).firstIndex(of: 1) == 5)
    #expect(UnitPattern.digit.signal(over: text).last == 1)
    #expect(UnitPattern.vowel.signal(over: Self.symbols("abe")) == [1, 0, 1])
    #expect(
      UnitPattern.literal("no").signal(over: Self.symbols("nonno")) == [1, 1, 0, 1, 1])
    #expect(UnitPattern.literal("AH0").signal(over: ["B", "AH0"]) == [0, 1])
    #expect(UnitPattern("Inside Quotes") == .insideQuotes && UnitPattern("th") == .literal("th"))
    #expect(UnitPattern("") == nil)
  }

  @Test func searchPutsTheUnitsThatFollowFirst() {
    let text = Self.symbols("he said \"no\" and \"go\" then")
    let signal = UnitPattern.insideQuotes.signal(over: text)
    let map = Self.map(signal)
    let correlations = Correlation.ofUnits(in: map, with: signal)
    #expect(abs(correlations[0] - 1) < 1e-4 && abs(correlations[1] + 1) < 1e-4)
    #expect(correlations[2].isNaN)
    var order = UnitOrder()
    order.update(for: map, symbols: text, ranking: .pattern(.insideQuotes), clock: 0)
    #expect(Set(order.order.prefix(2)) == [0, 1] && order.order.last == 2)
    #expect(order.correlation(of: 2) == nil && order.correlation(of: 9) == nil)
  }

  @Test func aUnitTellsWhatItAnswersTo() {
    let text = Self.symbols("banana bandana")
    let signal = text.map { $0 == "n" ? Float(1) : 0 }
    let map = Self.map(signal)
    let response = UnitResponse(unit: 0, map: map, symbols: text)
    #expect(response.symbols.first?.text == "n" && response.symbols.first?.count == 4)
    #expect(response.peaks.first.map { text[$0.column] } == "n")
    #expect(response.opposite?.unit == 1)
    #expect((response.opposite?.correlation ?? 0) < -0.99)
  }

  @Test func idleUnitsAreFoundByNumber() {
    let map = StateMap(
      name: "layer 1", units: 3,
      values: (0..<20).flatMap { (column: Int) -> [Float] in
        [column % 2 == 0 ? 1 : -1, 0.2, Float(column) / 20]
      })
    let health = UnitHealth(map)
    #expect(health.saturated == [0] && health.dead == [1])
    #expect(abs(health.saturatedShare - 1.0 / 3) < 0.01)
    #expect(UnitHealth.histogram(of: map, bins: 4).reduce(0, +) == 60)
    #expect(UnitHealth.histogram(of: map, bins: 4)[2] == 20 + 10)
  }

  @Test func pickingScrollsSoThatTheUnitIsSeen() throws {
    var state = SyntheticRun.state(lastStep: 100)
    state.resize(Size(width: 80, height: 24))
    state.show(view: .states)
    _ = state.handle(.down)
    #expect(state.heatmap.unit == state.unitOrder.order.first)
    for _ in 0..<60 { _ = state.handle(.down) }
    let unit = try #require(state.heatmap.unit)
    #expect(state.heatmapGeometry?.units.contains(unit) == true)
    for _ in 0..<60 { _ = state.handle(.right) }
    let column = try #require(state.heatmap.column)
    let geometry = try #require(state.heatmapGeometry)
    #expect(column >= geometry.firstColumn && column < geometry.firstColumn + geometry.grid.count)
    #expect(EventTests.text(state, state.size).contains("unit \(unit) at "))
  }

  @Test func layersAndGatesHaveTheirOwnRange() {
    var state = SyntheticRun.state(lastStep: 100)
    state.apply(.frame(.hiddenStates(SyntheticRun.gatedStates(step: 100))))
    state.show(view: .states)
    _ = state.handle(.character("}"))
    #expect(state.shownMap?.name == "layer 1 forget gate" && state.shownMap?.lowest == 0)
    #expect(EventTests.text(state).contains("forget gate, heatmap 2 of 3"))
    _ = state.handle(.character("{"))
    _ = state.handle(.character("{"))
    #expect(state.shownMap?.name == "layer 2")
  }

  @Test func readingAsksForALongPassage() {
    var state = SyntheticRun.state(lastStep: 100)
    state.resize(Size(width: 120, height: 40))
    #expect(!state.probeRequest.interests.contains(.passage))
    _ = state.handle(.character("4"))
    _ = state.handle(.character("r"))
    #expect(state.focus == .unitReading && state.enlarged)
    #expect(state.probeRequest.interests.contains(.passage))
  }

  @Test func textStaysReadableOnEveryColour() {
    for theme in Theme.all {
      for map in [theme.diverging, theme.sequential] {
        let shade = Shade(map: map, appearance: Appearance(theme: theme))
        for level in 0...20 {
          let style = shade.textStyle(Float(level) / 20, lowest: 0, highest: 1)
          guard case .rgb(let r, let g, let b) = style.background else { continue }
          guard case .rgb(let x, let y, let z) = style.foreground else {
            Issue.record("no foreground")
            continue
          }
          func light(_ r: UInt8, _ g: UInt8, _ b: UInt8) -> Int {
            (299 * Int(r) + 587 * Int(g) + 114 * Int(b)) / 1000
          }
          #expect(abs(light(r, g, b) - light(x, y, z)) > 80)
        }
      }
    }
  }
}

@Suite struct PassageTests {
  static func frame(_ text: String, _ value: Float) -> HiddenStateFrame {
    HiddenStateFrame(
      step: 1, symbols: text.map { String($0) },
      maps: [
        StateMap(
          name: "layer 1", units: 2, values: text.flatMap { _ in [value, -value] })
      ])
  }

  @Test func textsFollowEachOtherAndTheSameOneIsReplaced() {
    var state = DashboardState()
    state.apply(.frame(.hiddenStates(Self.frame("abc", 0.1))))
    state.apply(.frame(.hiddenStates(Self.frame("de", 0.2))))
    state.apply(.frame(.hiddenStates(Self.frame("de", 0.3))))
    #expect(state.passage.symbols.joined() == "abc⋯de")
    #expect(state.passage.newest == 4 && state.passage.map.columns == 6)
    #expect(state.passage.map.values.suffix(2) == [0.3, -0.3])
    #expect(state.passage.map.values[6].isNaN)
    // A text that was seen before is counted once.
    state.apply(.frame(.hiddenStates(Self.frame("abc", 0.4))))
    #expect(state.passage.symbols.joined() == "de⋯abc" && state.passage.positions == 5)
    // The separator is no symbol that a unit answers to.
    let response = UnitResponse(
      unit: 0, map: state.passage.map, symbols: state.passage.symbols)
    #expect(!response.symbols.contains { $0.text == Passage.gap })
  }

  /// Stretches that were chosen once are not mixed with texts that happen to be seen.
  @Test func aFixedPassageStays() {
    var state = SyntheticRun.state(lastStep: 20)
    state.apply(.frame(.hiddenStates(Self.frame("xyz", 1))))
    let words = (0..<300).map { "w\($0 % 7)" }
    var values: [Float] = []
    for column in 0..<300 {
      let value = Float(column % 50) / 50
      values += [value, -value]
    }
    let map = StateMap(name: "layer 1", units: 2, values: values)
    state.apply(
      .frame(.passage(PassageFrame(step: 20, symbols: words, starts: [0, 100, 200], map: map))))
    state.apply(.frame(.hiddenStates(Self.frame("xyz", 1))))
    #expect(state.passage.isFixed && state.passage.positions == 300)
    #expect(state.passage.symbols.count { $0 == Passage.gap } == 2)
    let response = UnitResponse(unit: 0, map: state.passage.map, symbols: state.passage.symbols)
    #expect(response.peaks.count == 5)
    let columns = response.peaks.map(\.column).sorted()
    #expect(zip(columns, columns.dropFirst()).allSatisfy { $1 - $0 > 22 })
    #expect(response.symbols.reduce(0) { $0 + $1.count } == 300)
    state.show(view: .states)
    let text = EventTests.text(state, Size(width: 120, height: 40))
    #expect(text.contains("300 positions, held-out"))
    // Words stand apart.
    #expect(text.contains("w0 w1 w2") && !text.contains("w0w1"))
  }

  @Test func numbersAreSetApartAndCharactersOfATextAreNot() {
    #expect(Passage.separator(of: ["8", "3", "⋯", "8"]) == " ")
    #expect(Passage.separator(of: ["long", "for"]) == " ")
    #expect(Passage.separator(of: ["l", "o", "⋯", "1"]) == "")
  }

  /// Where numbers are read, no symbol stands out, but the unit may follow them.
  @Test func aUnitThatReadsNumbersIsComparedWithThem() {
    let inputs = ["0.25", "0.5*", "⋯", "0.75", "1"]
    let map = StateMap(name: "layer 1", units: 1, values: [0.1, 0.2, .nan, 0.3, 0.4])
    let response = UnitResponse(unit: 0, map: map, symbols: inputs)
    #expect((response.numbers ?? 0) > 0.999)
    #expect(UnitResponse(unit: 0, map: map, symbols: ["a", "1", "⋯", "1", "2"]).numbers == nil)
  }

  @Test func oldTextsLeave() {
    var state = DashboardState()
    for index in 0..<300 {
      let text = "\(1_000 + index)" + String(repeating: "a", count: 26 + index % 2)
      state.apply(.frame(.hiddenStates(Self.frame(text, 0))))
    }
    let passage = state.passage
    #expect(passage.symbols.count <= Passage.longest)
    #expect(passage.symbols.count > Passage.longest / 2)
    #expect(passage.map.values.count == passage.symbols.count * 2)
    #expect(passage.symbols.count - passage.newest == 31)
  }

  @Test func anotherMapBeginsAnew() {
    var state = SyntheticRun.state(lastStep: 20)
    state.apply(.frame(.hiddenStates(SyntheticRun.gatedStates(step: 20))))
    state.show(view: .states)
    _ = state.handle(.character("}"))
    #expect(state.passage.map.name == "layer 1 forget gate" && state.passage.newest == 0)
    state.apply(.frame(.hiddenStates(Self.frame("xyz", 1))))
    #expect(state.passage.map.units == 2)
  }

  /// Units that never change or always stand at an end are told by their numbers.
  @Test func idleUnitsAreNamedOnTheScreen() {
    var state = SyntheticRun.state(lastStep: 100)
    let values = (0..<20).flatMap { column -> [Float] in
      (0..<9).map { unit in
        switch unit {
        case 3, 7: column % 2 == 0 ? 1 : -1
        case 5: 0.2
        default: Float((column * (unit + 3)) % 17) / 20 - 0.4
        }
      }
    }
    let map = StateMap(name: "layer 1", units: 9, values: values)
    state.apply(
      .frame(
        .hiddenStates(
          HiddenStateFrame(
            step: 100, symbols: (0..<20).map { "\($0)" }, maps: [map],
            targetProbability: [], loss: [], prediction: []))))
    state.show(view: .states)
    let text = EventTests.text(state, Size(width: 200, height: 60))
    #expect(text.contains("2  3 7") && text.contains("1  5"), "\(text)")
  }
}
