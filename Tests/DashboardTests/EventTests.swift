import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

@Suite struct EventTests {
  static func text(_ state: DashboardState, _ size: Size = Size(width: 120, height: 40)) -> String {
    state.render(size: size, appearance: Golden.appearance).lines.joined(separator: "\n")
  }

  static func record(_ step: Int, loss: Double = 2, elapsed: Double) -> StepRecord {
    StepRecord(
      step: step, epoch: 0, loss: loss, gradientNorm: loss, clipped: false, learningRate: 0.01,
      tokens: 10, elapsed: elapsed, duration: 0.1)
  }

  @Test func timeLeftComesFromThisSessionOnly() throws {
    var state = DashboardState()
    var run = SyntheticRun.description
    run.totalSteps = 1_100
    run.firstStep = 1_000
    state.apply(.started(run))
    // The past ran at 1000 steps a second; this session runs at 10.
    let past = (1...1_000).map { Self.record($0, elapsed: Double($0) / 1_000) }
    state.apply(.steps(StepBatch(past)), isPast: true)
    #expect(state.secondsLeft == nil)
    let now = (1_001...1_050).map { Self.record($0, elapsed: 1 + Double($0 - 1_000) / 10) }
    state.apply(.steps(StepBatch(now)))
    let left = try #require(state.secondsLeft)
    #expect(abs(left - 5) < 0.01)
    #expect(abs((state.rates.tokensPerSecond ?? 0) - 100) < 0.1)
  }

  @Test func lossesThatAreNoNumbersDrawAsGaps() {
    for losses in [[Double.nan], [.infinity, 1, .nan, 2], [1, .nan, .nan, 3]] {
      var state = DashboardState()
      state.apply(.started(SyntheticRun.description))
      let records = losses.enumerated().map {
        Self.record($0.offset + 1, loss: $0.element, elapsed: Double($0.offset))
      }
      state.apply(.steps(StepBatch(records)))
      state.apply(
        .validation(
          ValidationRecord(step: 1, epoch: 0, loss: .nan, elapsed: 0, isBest: false)))
      let text = Self.text(state)
      #expect(text.contains("✗"))
    }
  }

  @Test func oddFramesDraw() {
    var state = DashboardState()
    state.apply(.started(SyntheticRun.description))
    state.apply(.frame(.hiddenStates(HiddenStateFrame(step: 1, symbols: [], maps: []))))
    _ = Self.text(state)
    let map = StateMap(name: "layer 1", units: 3, values: [.nan, 1, -1, .infinity, 0, 2])
    state.apply(
      .frame(
        .hiddenStates(
          HiddenStateFrame(
            step: 1, symbols: ["\u{1B}", "漢", "extra"], maps: [map], targetProbability: [.nan],
            prediction: ["a"]))))
    state.apply(
      .frame(
        .gradientByLag(
          GradientByLag(
            step: 1,
            curves: [LagCurve(name: "l", norms: [0, .nan, .infinity, 0], factorPerStep: .nan)]))))
    state.apply(
      .frame(.samples(SampleFrame(step: 1, temperature: .nan, lines: ["\n\u{202E}", ""]))))
    for size in GoldenFrameTests.sizes {
      #expect(!Self.text(state, size).contains("\u{1B}"))
    }
  }

  @Test func verdictsAreInWords() {
    func verdict(_ factor: Float, over steps: Int = 12) -> GradientReach.Verdict {
      let norms = (0...steps).map { lag in (0..<lag).reduce(Float(1)) { norm, _ in norm * factor } }
      return GradientReach(LagCurve(name: "", norms: norms), DashboardState()).verdict
    }
    #expect(verdict(0.46) == .vanishes)
    // As much as a quarter is left where the curve ends.
    #expect(verdict(0.46, over: 2) == .falls)
    #expect(verdict(1) == .holds)
    #expect(verdict(1.4) == .explodes)
    #expect(verdict(1.4, over: 2) == .grows)
    #expect(verdict(.nan) == .unknown)
    let text = Self.text(SyntheticRun.state(lastStep: 50))
    #expect(text.contains("vanishes ×0.46 per character"))
    // 0.46⁵ is 2 %, 0.46⁶ is 0.9 %.
    #expect(text.contains("1 % left after 6 characters"))
    // The figure that explains the rate stands beside it: not that of W alone.
    var state = SyntheticRun.state(lastStep: 50)
    var statistics = SyntheticRun.statistics
    statistics.jacobianRadius = 0.4567
    state.apply(.frame(.statistics(statistics)))
    state.show(view: .gradients)
    let rows = Self.text(state, Size(width: 160, height: 45)).split(separator: "\n")
    let row = rows.first { $0.contains("vanishes ×0.46 per character") }
    #expect(row?.contains("ρ(∂s(t+1)/∂s(t)) 0.457") == true)
  }

  @Test func messagesPassAndStrayLinesStay() {
    var state = SyntheticRun.state(lastStep: 20)
    state.apply(.refused("batch cannot change while training"))
    let rows = Self.text(state).split(separator: "\n")
    // The keys in the last row stay in sight.
    #expect(rows.dropLast().last?.contains("batch cannot change") == true)
    #expect(rows.last?.contains("q quit") == true)
    state.didDraw()
    state.advance(to: state.clock + 7)
    #expect(!state.needsRedraw)
    state.advance(to: state.clock + 2)
    #expect(state.needsRedraw && state.message == nil)
    state.log("malloc: something")
    #expect(Self.text(state).contains("› malloc: something"))
  }

  /// Bests stand each for itself; everything else since the best one is one line.
  @Test func validationsThatAreNotTheBestShareALine() {
    var state = DashboardState()
    state.apply(.started(SyntheticRun.description))
    for (step, loss, isBest) in [
      (1, 3.0, true), (2, 3.5, false), (3, 3.25, false), (4, 2.0, true), (5, 2.5, false),
    ] {
      state.apply(
        .validation(
          ValidationRecord(step: step, epoch: 0, loss: loss, elapsed: 0, isBest: isBest)))
      if step == 3 {
        #expect(
          state.log.entries.suffix(2).map(\.text) == [
            "validation loss 3.000 nats/character  best so far",
            "2 validations since the best, none better; now 3.250 nats/character",
          ])
        state.log("something else")
      }
    }
    #expect(
      state.log.entries.dropFirst().map(\.text) == [
        "validation loss 3.000 nats/character  best so far", "something else",
        "validation loss 2.000 nats/character  best so far",
        "validation loss 2.500 nats/character, not better",
      ])
  }

  @Test func hyperparametersMoveTheThresholdAndLeaveMarkers() {
    var state = SyntheticRun.state(lastStep: 100)
    state.apply(
      .command(
        CommandRecord(
          step: 50, elapsed: 1, name: "training.clip-norm", text: "clip 5 → 2", marker: "clip 2",
          value: 2)))
    #expect(state.clipNorm == 2)
    let text = Self.text(state)
    #expect(text.contains("▲ clip 2") || text.contains("clip 2 ▲"))
  }

  @Test func startingOverForgetsTheRun() {
    var state = SyntheticRun.state(lastStep: 100)
    state.apply(.started(SyntheticRun.description))
    #expect(state.history.isEmpty && state.markers.isEmpty && state.hiddenStates == nil)
  }

  /// What leaves a marker on the curves is told when it happens; what does not is in the log alone.
  @Test func commandsWithAMarkerAreTold() {
    for marker in ["↺ 5", nil] {
      var state = DashboardState()
      state.apply(.started(SyntheticRun.description))
      let command = CommandRecord(
        step: 5, elapsed: 1, name: "undo", text: "back at step 5", marker: marker)
      state.apply(.command(command))
      #expect(state.message?.text == (marker == nil ? nil : "back at step 5"))
    }
  }
}
