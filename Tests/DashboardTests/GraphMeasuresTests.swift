import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

/// Colours of signal and gradient on the unfolded graph while nobody walks: what was measured, and
/// nothing else.
@Suite struct GraphMeasuresTests {
  typealias Place = GraphModel.Place

  /// Four time steps whose states grow, and gradients that fall by tens.
  private func state(
    _ architecture: Architecture, curves: [LagCurve], symbols: [String] = ["a", "b", "c", "d"]
  ) -> DashboardState {
    var state = SyntheticTraces.state(architecture)
    let columns: [[Float]] = [[0.1, -0.1], [0.2, 0.2], [0.4, 0.4], [0.8, -0.8]]
    state.apply(
      .frame(
        .hiddenStates(
          HiddenStateFrame(
            step: 50, symbols: symbols,
            maps: [StateMap(name: "layer 1", units: 2, values: columns.flatMap { $0 })],
            loss: [1, 1, 1, 1]))))
    state.apply(.frame(.gradientByLag(GradientByLag(step: 50, curves: curves))))
    return state
  }

  private func drawing(_ state: DashboardState) -> UnfoldedDrawing {
    UnfoldedDrawing(Scene(state: state, appearance: Appearance(theme: .dark, hasColor: true)))
  }

  private let falling = LagCurve(name: "layer 1", norms: [2, 0.2, 0.02])

  @Test func statesAndGradientsAreWhatWasMeasured() throws {
    let state = state(SyntheticTraces.architecture(.everyStep), curves: [falling])
    let measures = drawing(state).measures
    func at(_ column: Int) -> Place { Place(row: .state(1), column: column) }
    #expect(
      (0..<4).allSatisfy { abs((measures.states[at($0)] ?? 0) - [0.1, 0.2, 0.4, 0.8][$0]) < 1e-6 })
    // The last loss stands over the last time step; so far back as the first nothing was measured.
    #expect((0..<4).map { measures.gradients[at($0)] } == [nil, 0.02, 0.2, 2])
    #expect(measures.strength(state: at(1)) == 0.25 && measures.end == at(3))
    #expect(abs((measures.strength(gradient: at(2)) ?? 0) - 2 / 3) < 1e-5)
    #expect(measures.states.keys.allSatisfy { $0.row == .state(1) })
  }

  @Test func colourFollowsStrength() throws {
    let drawing = drawing(
      state(SyntheticTraces.architecture(.everyStep), curves: [falling]))
    let styles = (1..<4).compactMap { drawing.gradientStyle(Place(row: .state(1), column: $0)) }
    #expect(styles.count == 3 && styles[0] != styles[1] && styles[1] != styles[2])
    #expect(drawing.gradientStyle(Place(row: .state(1), column: 0)) == nil)
    #expect(drawing.gradientStyle(Place(row: .output, column: 3)) == nil)
  }

  @Test func whatWasNotMeasuredHasNoColourAndNoWords() throws {
    let architecture = SyntheticTraces.architecture(.everyStep)
    let unmeasured = drawing(state(architecture, curves: [LagCurve(name: "layer 2", norms: [1])]))
    #expect(unmeasured.measures.gradients.isEmpty)
    #expect(!unmeasured.measures.legend.contains("∇"))
    let unknown = drawing(
      state(architecture, curves: [LagCurve(name: "layer 1", norms: [.nan, .nan])]))
    #expect(unknown.measures.gradients.isEmpty && unknown.measures.end == nil)
    let nothing = drawing(SyntheticTraces.state(architecture)).measures
    #expect(nothing.states.isEmpty && nothing.legend.isEmpty)
  }

  /// Of an encoder, what lies behind all of the decoder's steps; of the decoder, its own.
  @Test func anEncoderStandsBehindItsDecoder() throws {
    var state = SyntheticTraces.state(SyntheticTraces.architecture(.encoderDecoder))
    state.apply(
      .frame(
        .gradientByLag(
          GradientByLag(
            step: 50,
            curves: [
              LagCurve(name: "encoder layer 1", norms: [0, 0, 0, 7, 6, 5]),
              LagCurve(name: "decoder layer 1", norms: [10, 9, 8]),
            ]))))
    let drawing = drawing(state)
    let parts = drawing.model.columns.map(\.part)
    #expect(parts == ["encoder", "encoder", "encoder", "context", "decoder", "decoder", "decoder"])
    let gradients = parts.indices.map {
      drawing.measures.gradients[Place(row: .state(1), column: $0)]
    }
    #expect(gradients == [5, 6, 7, nil, 8, 9, 10])
    #expect(drawing.measures.states.isEmpty)
  }

  /// The encoder's way back reaches the start of the source last: there it is nearest to the decoder.
  @Test func anEncodersWayBackEndsAtItsStart() throws {
    var architecture = SyntheticTraces.architecture(.encoderDecoder)
    architecture.bidirectional = true
    var state = SyntheticTraces.state(architecture)
    state.apply(
      .frame(
        .gradientByLag(
          GradientByLag(
            step: 50,
            curves: [LagCurve(name: "encoder layer 1 backward", norms: [0, 0, 0, 7, 6, 5])]))))
    let drawing = drawing(state)
    let gradients = drawing.model.columns.indices.map {
      drawing.measures.gradients[Place(row: .backwardState(1), column: $0)]
    }
    #expect(gradients.prefix(3) == [7, 6, 5] && gradients.dropFirst(3).allSatisfy { $0 == nil })
  }

  @Test func thePictureSaysWhatIsColouredAndOnWhichScale() {
    var state = state(SyntheticTraces.architecture(.everyStep), curves: [falling])
    state.resize(Size(width: 200, height: 60))
    let text = EventTests.text(state, state.size)
    #expect(text.contains("s(4)∇") && !text.contains("s(1)∇"))
    #expect(text.contains("√mean s²") && text.contains(" s ≤ 0.80 "))
    #expect(text.contains("‖∂L(τ)/∂s(t)‖") && text.contains(" ∇ ≤ 2.0 "))
    _ = state.toggleWalk()
    state.apply(.frame(.trace(SyntheticTraces.trace(SyntheticTraces.architecture(.everyStep)))))
    #expect(!EventTests.text(state, state.size).contains("√mean s²"))
  }

  /// Of a long sequence the gradient is where it ends, and the signal where it begins: both are in sight.
  @Test func aLongSequenceShowsBothEnds() {
    var state = SyntheticTraces.state(SyntheticTraces.architecture(.everyStep))
    var run = SyntheticRun()
    state.apply(.frame(.hiddenStates(run.hiddenStates(step: 50))))
    state.apply(.frame(.gradientByLag(SyntheticRun.gradientByLag)))
    state.resize(Size(width: 120, height: 40))
    let text = EventTests.text(state, state.size)
    for name in ["s(1) ", "s(4) ", "s(73)∇", "s(74)∇", "s(75)∇", "⋯"] {
      #expect(text.contains(name))
    }
    state.graph.firstColumn = 1
    let scrolled = EventTests.text(state, state.size)
    #expect(
      scrolled.contains("s(75)∇") && !scrolled.contains("s(74)") && !scrolled.contains(" s(1) "))
  }
}
