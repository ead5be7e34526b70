import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

@Suite struct DynamicsPanelTests {
  private func state(_ change: (inout DynamicsFrame) -> Void = { _ in }) -> DashboardState {
    var state = SyntheticRun.state()
    var frame = SyntheticRun.dynamics
    change(&frame)
    state.apply(.frame(.dynamics(frame)))
    state.resize(Size(width: 120, height: 40))
    state.show(view: .dynamics)
    return state
  }

  private func text(_ state: DashboardState) -> String {
    state.render(size: Size(width: 120, height: 40), appearance: Golden.appearance).lines
      .joined(separator: "\n")
  }

  @Test func theViewHasAKeyAndTellsWhatWasMeasured() {
    var state = SyntheticRun.state()
    state.resize(Size(width: 120, height: 40))
    _ = state.handle(.character("8"))
    #expect(state.view == .dynamics)
    #expect(state.probeRequest.interests.isSuperset(of: [.dynamics, .hiddenStates]))
    let text = text(state)
    for words in [
      "128 numbers use 7.2 dimensions", "PC 1 31 %", "PC 2 20 %", "W ρ 1.18",
      "differences fade", "1 % left after 39", "2 stable points, 1 saddle, 1 repeller",
      "next search ends in about 3 s", "90 % of the gradient within",
    ] {
      #expect(text.contains(words), "\(words)")
    }
    #expect(!text.contains("NaN"))
  }

  @Test func nothingIsAskedForThatNobodySees() {
    var state = SyntheticRun.state()
    state.resize(Size(width: 200, height: 60))
    for view in ViewKind.allCases where view != .dynamics {
      state.show(view: view)
      #expect(!state.probeRequest.interests.contains(.dynamics), "\(view)")
    }
  }

  @Test func theCursorIsTheStatesOwn() {
    var state = state()
    #expect(state.dynamicsCursor == nil)
    _ = state.handle(.end)
    #expect(state.dynamicsCursor == SyntheticRun.dynamics.path.count - 1)
    _ = state.handle(.left)
    #expect(state.heatmap.column == (state.shownMap?.columns ?? 0) - 2)
    #expect(text(state).contains("position \(SyntheticRun.dynamics.path.count - 1) of "))
  }

  @Test func otherAxesAndColoursAreChosen() {
    var state = state()
    _ = state.handle(.character("a"))
    #expect(text(state).contains("↑ PC 3 9.0 %"))
    _ = state.handle(.character("a"))
    #expect(text(state).contains("→ PC 2 20 %"))
    _ = state.handle(.character("o"))
    #expect(text(state).contains("colour: symbol"))
    _ = state.handle(.character("o"))
    #expect(text(state).contains("colour: unit "))
    _ = state.handle(.character("o"))
    #expect(text(state).contains("colour: time"))
  }

  /// A turned plane keeps lengths: it is spanned by two directions of length 1 that are orthogonal,
  /// and after a whole turn it is the first again.
  @Test func aPlaneIsTurnedAsAWhole() throws {
    var direction = ViewingDirection()
    let first = try #require(direction.axes(of: 3))
    for step in 1...24 {
      direction.turn(by: 1)
      direction.tilt(by: step % 3 - 1)
      let axes = try #require(direction.axes(of: 3))
      func product(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
      }
      #expect(abs(product(axes.right, axes.right) - 1) < 1e-12)
      #expect(abs(product(axes.up, axes.up) - 1) < 1e-12)
      #expect(abs(product(axes.right, axes.up)) < 1e-12)
    }
    let last = try #require(direction.axes(of: 3))
    #expect(zip(first.right + first.up, last.right + last.up).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(direction.axes(of: 1) == nil)
    var state = state()
    _ = state.handle(.character(">"))
    _ = state.handle(.character("v"))
    #expect(text(state).contains("rotated 15° and 15°"))
    _ = state.handle(.character("<"))
    _ = state.handle(.character("V"))
    #expect(!text(state).contains("rotated 15"))
  }

  @Test func arrowsAreAskedForWhereTheyAreSeen() {
    var state = state()
    #expect(!state.probeRequest.wantsField && !text(state).contains("arrows: one step"))
    _ = state.handle(.character("f"))
    #expect(state.probeRequest.wantsField && text(state).contains("arrows: one step under ␣"))
    _ = state.handle(.character(">"))
    #expect(text(state).contains("arrows lie in PC 1 and PC 2"))
    _ = state.handle(.character("<"))
    // Another plane has arrows of its own, once they are there.
    _ = state.handle(.character("a"))
    #expect(state.probeRequest.fieldAxes == .init(right: 0, up: 2))
    #expect(text(state).contains("arrows lie in PC 1 and PC 2"))
    var other = SyntheticRun.dynamics
    other.field?.axes = .init(right: 0, up: 2)
    state.apply(.frame(.dynamics(other)))
    #expect(text(state).contains("arrows: one step under ␣"))
    // A network of two numbers is seen as a whole.
    let small = self.state { $0.size = 2 }
    #expect(small.probeRequest.wantsField)
    #expect(
      [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)].map {
        FieldArrows.direction($0.0, $0.1)
      } == Array(0..<8))
  }

  /// Of a network of several layers, a path is coloured by the one whose state changed most.
  @Test func theLayerThatMovesMostGivesTheColour() {
    var state = state { $0.system = "2 layers" }
    let count = SyntheticRun.dynamics.path.count
    // Layer 1 moves at odd columns, layer 2 at even ones and twice as far.
    func map(_ name: String, _ move: (Int) -> Float) -> StateMap {
      StateMap(
        name: name, units: 2,
        values: (0..<count).flatMap { column in
          [Float](repeating: (0...column).reduce(0) { $0 + move($1) }, count: 2)
        })
    }
    state.apply(
      .frame(
        .hiddenStates(
          HiddenStateFrame(
            step: 12_480, symbols: SyntheticRun.dynamics.symbols,
            maps: [
              map("layer 1") { $0 % 2 == 1 ? 0.5 : 0 },
              map("layer 1 forget gate") { _ in 9 }, map("layer 2") { $0 % 2 == 0 ? -1 : 0 },
            ]))))
    #expect(state.chainedLayers.map(\.name) == ["layer 1", "layer 2"])
    let moving = PathColors.moving(state.chainedLayers, count: count)
    #expect(moving.first == .some(nil) && moving[1] == 0 && moving[2] == 1 && moving[3] == 0)
    for _ in 0..<3 { _ = state.handle(.character("o")) }
    #expect(text(state).contains("moves most: layer 1 2"))
    _ = state.handle(.character("o"))
    #expect(text(state).contains("colour: time"))
  }

  /// The answers of a text that was typed are traced back in its own symbols.
  @Test func aTypedTextIsTracedBack() {
    var state = state()
    var reading = SyntheticTasks.reading
    let count = reading.states.symbols.count
    reading.attributed = AttributedInputs(
      norms: (1...count).map { (1...$0).map { 1 / Float($0) } },
      products: (1...count).map { [Float](repeating: -1, count: $0) },
      answers: "abcdefghijkl".map { String($0) })
    state.apply(.reading(reading))
    #expect(text(state).contains("Your text: log p(l)  90 % of the gradient within 11 back"))
    _ = state.handle(.home)
    _ = state.handle(.right)
    #expect(text(state).contains("Your text: log p(b)") && text(state).contains("position 2"))
    #expect(state.heatmap.column == nil)
    // A text typed here is answered here.
    _ = state.read("abc")
    #expect(state.view == .dynamics)
    _ = state.handle(.character("i"))
    #expect(!text(state).contains("Your text"))
    _ = state.handle(.home)
    #expect(state.heatmap.column == 0)
  }

  @Test func fixedPointsAreWalkedThrough() {
    var state = state()
    #expect(state.pickedFixedPoint == nil)
    _ = state.handle(.down)
    _ = state.handle(.down)
    _ = state.handle(.down)
    #expect(state.pickedFixedPoint == 2)
    #expect(text(state).contains("slow λ 0.990, 0.700"))
    for _ in 0..<5 { _ = state.handle(.down) }
    #expect(state.pickedFixedPoint == 3)
    _ = state.handle(.up)
    #expect(state.pickedFixedPoint == 2)
  }

  @Test func theJacobianUnderTheCursorIsTold() {
    var state = state()
    _ = state.handle(.end)
    #expect(state.probeRequest.position == SyntheticRun.dynamics.path.count - 1)
    let text = text(state)
    #expect(text.contains("position 75 ρ 0.950  σ 1.30, 0.700"))
    #expect(self.text(self.state { $0.atCursor = nil }).contains("W at step 20 ρ 1.02"))
  }

  @Test func inputTimesGradientIsShadedOnBothSides() {
    var state = state()
    _ = state.handle(.character("x"))
    #expect(text(state).contains("input × gradient, for it and against it"))
    let bare = self.state {
      $0.products = []
      $0.attributed = .loss
    }
    var without = bare
    _ = without.handle(.character("x"))
    #expect(text(without).contains("What the loss depends on"))
    #expect(text(without).contains("gradient alone"))
  }

  /// A range test names a rate where the loss fell clearly, and says so where none did.
  @Test(arguments: [0.25, nil]) func aRangeTestNamesARateOrNone(rate: Double?) {
    var test = LandscapeFrame.RateTest(step: 40, ownRate: 0.5)
    test.rates = (0..<120).map { 5e-4 * Double($0 + 1) }
    test.losses = (0..<120).map { 3 - 0.001 * Double($0) }
    (test.suggestedRate, test.divergesAt) = (rate, nil)
    var frame = LandscapeFrame(step: 40)
    frame.rateTest = test
    var state = state()
    state.apply(.frame(.landscape(frame)))
    let text = text(state)
    #expect(text.contains("Learning-rate range test  from step 40"))
    #expect(text.contains("falls fastest at 0.25") == (rate != nil))
    #expect(text.contains("no rate tried made the loss fall clearly") == (rate == nil))
    #expect(text.contains("diverges at –"))
  }

  @Test func whatWasNotMeasuredIsADash() {
    let bare = state { frame in
      (frame.dimension, frame.fixedPoints, frame.secondsLeft) = (nil, nil, nil)
      (frame.spectra, frame.lyapunov, frame.attribution) = ([], [], [])
      (frame.path, frame.others, frame.shares) = ([], [], [])
    }
    let text = text(bare)
    #expect(text.contains("λ₁ –") && !text.contains("NaN"))
    #expect(text.contains("being looked for"))
    let growing = state { $0.lyapunov = [0.2, -.infinity] }
    #expect(self.text(growing).contains("differences grow"))
    let lost = state { $0.lyapunov = [-.infinity] }
    #expect(self.text(lost).contains("gone after one"))
  }

  /// Eigenvalues of up to 256 rows are computed beside training; of more, elsewhere.
  @Test func eigenvaluesOfLargeNetworksAreComputedElsewhere() {
    func text(_ size: Int) -> String { self.text(state { ($0.size, $0.spectra) = (size, []) }) }
    #expect(text(256).contains("no eigenvalues could be computed"))
    #expect(text(257).contains("eigenvalues of 257 rows take long"))
  }

  /// Both components stand to the same scale, so that a circle is round.
  @Test(arguments: [Appearance.Drawing.braille, .block])
  func aPlaneIsNotStretched(_ drawing: Appearance.Drawing) throws {
    var frame = DynamicsFrame(step: 1, system: "", size: 2)
    frame.path = [[-1, 0], [1, 0], [0, -1], [0, 1]]
    let plane = PlaneGeometry(
      frame, ([1, 0], [0, 1]), size: Size(width: 80, height: 20), drawing: drawing)
    let dots = try frame.path.map { try #require(plane.dot($0)) }
    let canvas = DotCanvas(size: Size(width: 1, height: 1), drawing: drawing)
    // In widths of a cell, which is twice as high as wide.
    let across = Double(dots[1].x - dots[0].x) / Double(canvas.dotsAcross)
    let down = 2 * Double(dots[2].y - dots[3].y) / Double(canvas.dotsDown)
    #expect(abs(across - down) < 2.1)
    #expect(plane.dot([.nan, 0]) == nil && plane.dot([50, 0]) == nil && plane.dot([]) == nil)
  }
}
