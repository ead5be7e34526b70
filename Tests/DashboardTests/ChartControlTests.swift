import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

@Suite struct ChartControlTests {
  static func history(_ steps: Int, loss: (Int) -> Double = { 1 / Double($0) }) -> RunHistory {
    var history = RunHistory()
    for step in 1...steps {
      var record = EventTests.record(step, loss: loss(step), elapsed: Double(step) / 10)
      record.epoch = Double(step) / 100
      history.append(record)
    }
    return history
  }

  @Test func zoomingKeepsTheCursorWhereItIs() {
    let history = Self.history(1_000)
    var chart = ChartControls()
    chart.moveCursor(to: 300, in: history)
    chart.zoom(by: 0.5, in: history)
    // 300 stood at 30 % of the width, and still does.
    #expect(chart.steps(in: history) == 150...650)
    chart.zoom(by: 2, in: history)
    #expect(chart.window == .whole)
  }

  @Test func aStretchAsWideAsTheRunIsTheWholeRun() {
    let history = Self.history(101)
    var chart = ChartControls()
    chart.zoom(by: 0.5, in: history)
    #expect(chart.steps(in: history)?.count == 51)
    chart.zoom(by: 2, in: history)
    #expect(!chart.isZoomed)
  }

  @Test func aStretchAtTheEndGoesOnWithTraining() {
    var history = Self.history(1_000)
    var chart = ChartControls()
    chart.zoom(by: 0.1, in: history)
    #expect(chart.steps(in: history) == 900...1_000)
    history.append(EventTests.record(1_001, elapsed: 101))
    #expect(chart.steps(in: history) == 901...1_001)
    chart.pan(by: -1, in: history)
    history.append(EventTests.record(1_002, elapsed: 102))
    #expect(chart.steps(in: history) == 801...901)
  }

  @Test func theCursorStaysInTheRunAndInSight() {
    let history = Self.history(500)
    var chart = ChartControls()
    chart.moveCursor(by: -3, in: history)
    #expect(chart.cursor == 500)
    chart.window = .fixed(100...200)
    chart.moveCursor(to: 50, in: history)
    #expect(chart.steps(in: history) == 50...150)
    chart.moveCursor(to: .max / 2, in: history)
    #expect(chart.cursor == 500 && chart.steps(in: history)?.upperBound == 500)
    chart.moveCursor(to: .min / 2, in: history)
    #expect(chart.cursor == 1)
  }

  @Test func zoomingNeverGoesBelowAFewStepsNorBeyondTheRun() {
    let history = Self.history(100)
    var chart = ChartControls()
    for _ in 0..<20 { chart.zoom(by: 0.5, in: history) }
    let shown = chart.steps(in: history)
    #expect((shown?.count ?? 0) >= ChartControls.fewestSteps)
    for _ in 0..<40 { chart.pan(by: -0.5, in: history) }
    #expect(chart.steps(in: history)?.lowerBound == 1)
    for _ in 0..<20 { chart.zoom(by: 2, in: history) }
    #expect(chart.window == .whole)
    var empty = ChartControls()
    empty.zoom(by: 0.5, in: RunHistory())
    empty.moveCursor(by: 1, in: RunHistory())
    #expect(empty == ChartControls())
  }

  @Test func theAxisCountsWhatIsAsked() {
    let history = Self.history(1_000)
    var chart = ChartControls()
    chart.axis = .epoch
    #expect(chart.range(in: history) == Double(Float(0.01))...10)
    chart.axis = .time
    chart.window = .fixed(100...200)
    #expect(chart.range(in: history) == 10...20)
  }

  @Test func theCursorReadsEveryCurveAtItsStep() throws {
    var history = Self.history(100) { Double($0) }
    history.append(ValidationRecord(step: 40, epoch: 0, loss: 7, elapsed: 0, isBest: true))
    let values = try #require(CursorValues(history, at: 55))
    #expect(values.step == 55 && values.loss == 55 && values.gradientNorm == 55)
    #expect(values.validation?.loss == 7)
    #expect(CursorValues(history, at: 39)?.validation == nil)
    #expect(CursorValues(history, at: 1_000)?.step == 100)
    #expect(CursorValues(RunHistory(), at: 1) == nil)
  }

  @Test func outliersLeaveTheScaleOnDemandOnly() {
    let series = (0..<200).map { index in
      let value: Float = index == 77 ? 1_000 : Float(index % 10)
      return SeriesSummary(minimum: value, maximum: value, mean: value, count: 1, samples: 1)
    }
    #expect(ValueExtent(series).high == 1_000)
    #expect(ValueExtent(series, excludingOutliers: true).high == 9)
    #expect(ValueExtent([], excludingOutliers: true).high.isNaN)
  }

  @Test func earlierRunsAreDrawnAndReadUntilPutAway() {
    var state = SyntheticRun.state(lastStep: 500)
    state.resize(Size(width: 140, height: 40))
    state.show(view: .loss)
    state.addComparison(name: "words-2", history: Self.history(400) { _ in 3.125 })
    state.chart.cursor = 200
    #expect(EventTests.text(state, state.size).contains("words-2"))
    #expect(EventTests.text(state, state.size).contains("3.125"))
    // Beyond its end an earlier run has no value.
    state.chart.cursor = 450
    #expect(!EventTests.text(state, state.size).contains("3.125"))
    _ = state.handle(.character("v"))
    #expect(!EventTests.text(state, state.size).contains("words-2╌"))
  }

  @Test func anEarlierRunThatWentWrongDoesNotPressThisOneFlat() {
    var own = ValueExtent()
    own.include(2)
    own.include(3)
    var other = ValueExtent()
    other.include(1.5)
    other.include(1e31)
    var both = own
    both.include(comparison: other)
    #expect(both.low == 1.5 && both.high == 4)
    var alone = ValueExtent()
    alone.include(comparison: other)
    #expect(alone.high == 1e31)
  }

  @Test func smoothingChangesTheCurveNotTheRecord() {
    var state = SyntheticRun.state(lastStep: 300)
    let raw = state.history.loss[150]
    state.focus = .loss
    for _ in 0..<20 { _ = state.handle(.character("M")) }
    #expect(state.history.smoothing == 0 && state.history.smoothedLoss[150] == raw)
    for _ in 0..<20 { _ = state.handle(.character("m")) }
    #expect(state.history.smoothing == 0.999 && state.history.smoothedLoss[150] != raw)
    #expect(state.history.loss[150] == raw)
  }

  @Test func manyFramesAreKeptEvenlyAndTheNewestAlways() {
    var frames = FrameHistory<Int>()
    for step in 1...5_000 { frames.add(step, step: step) }
    let entries = frames.entries
    #expect(frames.count <= FrameHistory<Int>.capacity + 2)
    #expect(entries.first?.step == 1 && entries.last?.step == 5_000)
    let gaps = zip(entries.dropFirst(), entries).map { $0.step - $1.step }
    #expect((gaps.max() ?? 0) <= 2 * (gaps.dropLast().min() ?? 0))
    frames.add(7, step: 7)
    #expect(frames.entries.allSatisfy { $0.step <= 7 })
  }

  /// Where signs crowd, the newest keeps its words and no older sign stands among their columns.
  @Test func anOlderSignGivesWayToTheWordsOfANewerOne() {
    let frame = ChartFrame(
      in: Rect(x: 0, y: 0, width: 40, height: 8), scale: ValueScale(0, 9), range: 0...40)
    let newest = CurveMarker(step: 40, kind: .hyperparameter, text: "lr ÷2")
    let older = CurveMarker(step: 38, kind: .snapshot, text: "")
    let oldest = CurveMarker(step: 10, kind: .snapshot, text: "")
    var buffer = CellBuffer(size: Size(width: 40, height: 8))
    MarkerRow.draw(
      [(10, oldest), (38, older), (40, newest)], frame: frame, labels: true,
      appearance: Appearance(), into: &buffer)
    let text = ScreenText.plain(buffer)
    #expect(text.contains("lr ÷2") && text.contains("▲"))
    #expect(text.count { $0 == "◇" } == 1)
  }
}
