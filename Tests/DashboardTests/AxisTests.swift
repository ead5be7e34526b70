import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

@Suite struct AxisTests {
  /// Ranges of every size and place, from a run that hardly moves to one that spans the floats.
  static let ranges: [(Double, Double)] = [
    (0, 1), (0, 1e-6), (-1e-6, 1e-6), (0.210, 0.214), (0.12, 0.18), (0.3, 0.45), (2, 3), (0.9, 11),
    (1e-9, 2e-9), (1e-30, 1e30), (1e29, 1.3e30), (12_345_678, 12_345_679), (-5, -4.99), (0, 0),
    (7, 7), (1e-5, 4e-5), (-3e6, 1e6), (.nan, 1), (0.00004, 0.00005),
  ]

  @Test(arguments: ranges.indices) func everyAxisHasTwoLabels(index: Int) {
    let (low, high) = Self.ranges[index]
    for isLogarithmic in [false, true] {
      let scale = ValueScale(low, high, logarithmic: isLogarithmic).padded()
      for rows in 2...40 {
        let ticks = scale.ticks(rows: rows)
        let places = ticks.map { scale.row(of: $0.value, rows: rows) }
        #expect(ticks.count >= 2, "\(low)…\(high), \(rows) rows, \(isLogarithmic)")
        #expect(Set(places).count == places.count && places.allSatisfy { (0..<rows).contains($0) })
        #expect(Set(ticks.map(\.label)).count == ticks.count, "\(ticks.map(\.label))")
        #expect(ticks.count <= max(2, rows / 2 + 1))
      }
    }
  }

  /// A label says the value that it stands at.
  @Test(arguments: ranges.indices) func labelsAreTrue(index: Int) {
    let (low, high) = Self.ranges[index]
    let scale = ValueScale(low, high).padded()
    for tick in scale.ticks(rows: 9) {
      let text = tick.label.replacing("−", with: "-").replacing(",", with: "")
      let read = Double(text) ?? .nan
      #expect(
        abs(read - tick.value) <= 0.06 * (scale.upper - scale.lower), "\(tick.label) \(tick.value)")
    }
  }

  @Test func theFootHasTwoLabelsAtEveryZoom() {
    for axis in HistoryAxis.allCases {
      for (low, high) in [(0.0, 1.0), (3, 5), (12_480_123, 12_480_131), (0, 1e7), (0.001, 0.002)] {
        // Steps are whole numbers: a stretch of them is never shorter than one.
        for width in 12...140 where axis != .step || high - low >= 1 {
          let frame = ChartFrame(
            in: Rect(x: 1, y: 1, width: width, height: 8), scale: ValueScale(0, 1),
            range: low...high)
          var buffer = CellBuffer(size: Size(width: width + 2, height: 10))
          BottomAxis.draw(
            frame: frame, axis: axis, y: 9, appearance: Golden.appearance, into: &buffer)
          let labels = (buffer.lines.last ?? "").split(separator: " ")
            .filter { $0.contains(where: \.isNumber) }
          // Two numbers of eight digits, or of seconds, need the room for them.
          if frame.plot.width >= 26 || high < 100 && frame.plot.width >= 15 {
            #expect(labels.count >= 2, "\(axis) \(low)…\(high) in \(width): \(buffer.lines)")
          }
        }
      }
    }
  }

  @Test func smallNumbersKeepTheirDigits() {
    #expect(NumberText.decimals(0.00004, 3) == "4.0e−5")
    #expect(NumberText.decimals(0.0021, 3) == "0.0021")
    #expect(NumberText.decimals(0.0421, 3) == "0.042" && NumberText.decimals(0, 3) == "0.000")
    #expect(NumberText.decimals(2.1874, 3) == "2.187")
    #expect(NumberText.decimals(-0.00004, 3) == "−4.0e−5")
    var state = SyntheticRun.state(lastStep: 100)
    state.apply(
      .validation(
        ValidationRecord(
          step: 100, epoch: 1, loss: 0.00004, metric: nil, elapsed: 1, isBest: true)))
    let text = EventTests.text(state, Size(width: 120, height: 40))
    #expect(text.contains("best 4.0e−5 at step 100") && text.contains("validation 4.0e−5"))
    #expect(!text.contains("0.000 "))
  }

  /// Each height of the waterfall is the gradient over its own lags, also where it grows with the lag.
  @Test func aHeightOfTheWaterfallShowsItsOwnLags() throws {
    var state = SyntheticRun.state(lastStep: 1_000)
    state.frames = FrameStore()
    for step in stride(from: 100, through: 1_000, by: 50) {
      let norms = (0..<20).map { Float(1) / Float(1 << (19 - $0)) }
      state.frames.keep(
        .gradientByLag(GradientByLag(step: step, curves: [LagCurve(name: "layer 1", norms: norms)]))
      )
    }
    state.resize(Size(width: 160, height: 45))
    state.show(view: .gradients)
    let buffer = state.render(size: state.size, appearance: Golden.appearance)
    let rect = try #require(
      state.placements(in: state.size).first { $0.panel == .waterfall }
    ).rect
    let colours = (rect.x + 1..<rect.right - 1).map { x in
      Set((rect.y + 1..<rect.bottom - 1).map { "\(buffer[x, $0])" }).count
    }
    #expect((colours.max() ?? 0) > 5)
  }

  /// A stretch in which nobody looked is empty, and the last value before it is not drawn on.
  @Test func whatNobodyLookedAtIsAGap() {
    var state = SyntheticRun.state(lastStep: 1_000)
    state.frames = FrameStore()
    let steps: [Int] = (1...20).map { $0 * 10 } + (80...100).map { $0 * 10 }
    for step in steps {
      let norms = (0..<20).map { Float(1) / Float(1 << $0) }
      let curve = LagCurve(name: "layer 1", norms: norms, factorPerStep: 0.5)
      state.frames.keep(.gradientByLag(GradientByLag(step: step, curves: [curve])))
      var statistics = SyntheticRun.statistics
      statistics.step = step
      state.frames.keep(.statistics(statistics))
    }
    #expect(state.frames.history(of: GradientByLag.self).reach == 30)
    state.resize(Size(width: 160, height: 45))
    state.show(view: .gradients)
    let buffer = state.render(size: state.size, appearance: Golden.appearance)
    for placement in state.placements(in: state.size)
    where [.waterfall, .updateRatios].contains(placement.panel) {
      let rect = placement.rect
      let (first, last) = (rect.x + rect.width * 3 / 10, rect.x + rect.width * 7 / 10)
      for y in (rect.y + 1)..<(rect.bottom - 1) {
        for x in first..<last {
          let glyph = buffer[x, y].glyph
          #expect([" ", "╌", "▲", "◇", "!"].contains(glyph), "\(placement.panel): \(glyph)")
        }
      }
      // And there is something on both sides.
      let left = (rect.y..<rect.bottom).contains {
        buffer[rect.x + rect.width / 8, $0].glyph != " "
      }
      #expect(left)
    }
  }
}
