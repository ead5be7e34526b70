import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

@Suite struct GraphTests {
  static let everyStep = SyntheticTraces.architecture(.everyStep)

  @Test func walkingPausesAndAsksForTheNumbers() {
    var state = SyntheticRun.state(lastStep: 100)
    state.resize(Size(width: 100, height: 30))
    #expect(state.handle(.character("w")) == [.send(.pause)])
    #expect(state.view == .graph && state.graph.isWalking)
    #expect(state.probeRequest.interests.contains(.trace))
    #expect(EventTests.text(state, state.size).contains("waiting for the numbers"))
    state.apply(.state(.paused))
    state.apply(.frame(.trace(SyntheticTraces.trace(Self.everyStep))))
    #expect(EventTests.text(state, state.size).contains("a(1) = b + W s(0) + U x(1)"))
    _ = state.handle(.character("w"))
    #expect(!state.graph.isWalking && !state.probeRequest.interests.contains(.trace))
    // A paused run is not paused again.
    #expect(state.handle(.character("w")) == [])
  }

  @Test func arrowsGoThroughEveryNodeAndStopAtTheEnds() {
    var state = SyntheticTraces.state(Self.everyStep, walking: 0)
    state.resize(Size(width: 120, height: 40))
    let trace = SyntheticTraces.trace(Self.everyStep)
    for node in trace.nodes {
      let text = EventTests.text(state)
      let words = TraceWords(node, in: trace)
      #expect(text.contains(words.equation), "\(words.symbol)")
      #expect(text.contains(words.reference) && !words.reference.isEmpty)
      for term in node.terms { #expect(text.contains(words.symbol(term))) }
      _ = state.handle(.right)
    }
    #expect(state.graph.node == trace.nodes.count - 1)
    #expect(state.message?.text.contains("last node") == true)
    _ = state.handle(.home)
    _ = state.handle(.left)
    #expect(state.graph.node == 0)
    _ = state.handle(.character("b"))
    #expect(state.walkNode?.direction == .backward && state.walkNode?.column == 4)
    _ = state.handle(.escape)
    #expect(!state.graph.isWalking && state.view == .graph)
  }

  @Test func growingGradientsShowWhatTheyGrewFrom() {
    let count = SyntheticTraces.trace(Self.everyStep).nodes.count
    var state = SyntheticTraces.state(Self.everyStep, walking: count - 1)
    #expect(EventTests.text(state).contains("1.93 → 1.98"))
    #expect(EventTests.text(state).contains("∇W(1) = δ(1) s(0)ᵀ"))
    state.graph.node = count - 2
    #expect(EventTests.text(state).contains("0.360 of ‖∇s‖ comes through"))
    #expect(EventTests.text(state).contains("δ(1) = (1 − s(1)²) ⊙ ∇s(1)"))
    #expect(EventTests.text(state).contains("∇s "))
  }

  @Test func nodesStandInTheirRow() {
    let model = GraphModel(
      SyntheticTraces.stacked, columns: SyntheticTraces.columns(SyntheticTraces.stacked))
    func row(_ place: GraphTrace.Place) -> GraphRow {
      model.row(
        of: GraphTrace.Node(.forward, column: 0, place: place, equations: [], terms: []))
    }
    #expect(row(.loss) == .loss && row(.output) == .output && row(.prediction) == .output)
    #expect(row(.state(layer: 1)) == .state(1) && row(.state(layer: 2)) == .state(2))
    #expect(row(.state(layer: 7)) == .state(2) && row(.input) == .input)
  }

  @Test func lossesStandWhereTheArchitectureHasThem() {
    let final = GraphModel(
      SyntheticTraces.architecture(.final),
      columns: SyntheticTraces.columns(SyntheticTraces.architecture(.final)))
    #expect(!final.has(.loss, at: 0) && final.has(.loss, at: 4) && !final.has(.output, at: 3))
    let joint = GraphModel(
      SyntheticTraces.architecture(.encoderDecoder),
      columns: SyntheticTraces.columns(SyntheticTraces.architecture(.encoderDecoder)))
    #expect(!joint.has(.output, at: 2) && !joint.has(.output, at: 3) && joint.has(.output, at: 4))
    #expect(joint.name(.state(1), at: 3) == "C" && !joint.has(.input, at: 3))
    #expect(joint.name(.state(1), at: 4) == "d(1)" && joint.name(.input, at: 4) == "y(0)")
  }

  /// The sheet of all numbers keeps one cell free beside the panel's frame.
  @Test func theSheetKeepsACellFree() {
    let trace = SyntheticTraces.trace(Self.everyStep)
    var state = SyntheticTraces.state(Self.everyStep, walking: 0)
    state.apply(.frame(.trace(trace)))
    let scene = Scene(state: state, appearance: Golden.appearance)
    var buffer = CellBuffer(size: Size(width: 100, height: 30))
    CalculationSheet(trace: trace, scene: scene)
      .draw(in: Rect(x: 4, y: 2, width: 90, height: 20), into: &buffer)
    func isBlank(_ x: Int) -> Bool { (0..<30).allSatisfy { buffer[x, $0].glyph == " " } }
    #expect(isBlank(4) && !isBlank(5))
  }

  /// Both directions end at the output, each where it ends: the way back at the sequence's start.
  @Test func anOutputAtTheEndReadsEachDirectionWhereItEnds() {
    for (architecture, expected) in [
      (SyntheticTraces.finalBothWays, [GraphRow.state(1)]),
      (SyntheticTraces.bidirectional, [.state(1), .backwardState(1)]),
    ] {
      let model = GraphModel(architecture, columns: SyntheticTraces.columns(architecture))
      let last = model.columns.indices.last { model.has(.output, at: $0) } ?? 0
      #expect(model.read(by: .output, at: last) == expected)
    }
  }

  /// A strong signal and a weak one have different colours, and so have both directions.
  @Test func nodesHaveTheColourOfTheirValues() throws {
    var trace = SyntheticTraces.trace(Self.everyStep)
    for index in trace.nodes.indices where trace.nodes[index].column == 1 {
      trace.nodes[index].values = trace.nodes[index].values.map {
        GraphTrace.Values($0.variable, $0.values.map { $0 / 50 })
      }
    }
    var state = SyntheticTraces.state(Self.everyStep, walking: 0)
    state.apply(.frame(.trace(trace)))
    func drawing(_ node: Int) -> UnfoldedDrawing {
      state.graph.node = node
      return UnfoldedDrawing(
        Scene(state: state, appearance: Appearance(theme: .dark, hasColor: true)))
    }
    let turn = try #require(trace.nodes.firstIndex { $0.direction == .backward })
    let there = drawing(turn - 1)
    let (weak, strong) = (
      UnfoldedDrawing.Place(row: .state(1), column: 1),
      UnfoldedDrawing.Place(row: .state(1), column: 0)
    )
    #expect(there.strengths[strong] == 1 && (there.strengths[weak] ?? 1) < 0.1)
    #expect(there.style(.forward, strong) != there.style(.forward, weak))
    #expect(there.style(.forward, strong) != there.style(.backward, strong))
    // Beside the strongest of its row, however weak all of them are.
    for index in trace.nodes.indices {
      trace.nodes[index].values = trace.nodes[index].values.map {
        GraphTrace.Values($0.variable, $0.values.map { $0 / 1000 })
      }
    }
    state.apply(.frame(.trace(trace)))
    #expect(drawing(turn - 1).strengths[strong] == 1)
  }

  /// Losses stand beside all nodes L(t) with as many digits, or beside none; the legend says which.
  @Test func lossesHaveNumbersTogether() {
    var columns = SyntheticTraces.columns(Self.everyStep)
    var description = SyntheticRun.description
    description.architecture = Self.everyStep
    for (width, losses) in [(200, 4), (120, 4), (80, 4), (60, 4), (40, 4), (120, 0)] {
      for index in columns.indices { columns[index].loss = losses > 0 ? 12.3456 : nil }
      var state = SyntheticTraces.state(Self.everyStep, walking: nil)
      let frame = HiddenStateFrame(
        step: 1, symbols: columns.map(\.input), maps: [],
        loss: columns.map { Float($0.loss ?? .nan) }, prediction: columns.map(\.output))
      state.apply(.frame(.hiddenStates(frame)))
      let size = Size(width: width, height: 40)
      state.resize(size)
      let text = EventTests.text(state, size)
      let row = text.split(separator: "\n").first { $0.contains("L(1)") } ?? ""
      let nodes = row.split(separator: "L(").count - 1
      let numbered = row.split(separator: ") 12").count - 1
      #expect(numbered == 0 || numbered == nodes, "\(width): \(row)")
      let legend = text.replacingOccurrences(of: "\n", with: " ")
      #expect(legend.contains("Beside L(t)") == (numbered > 0), "\(width)\n\(text)")
    }
  }

  /// A step without a target has neither loss nor y.
  @Test func stepsWithoutATargetHaveNoLoss() {
    var columns = SyntheticTraces.columns(Self.everyStep)
    columns[0].loss = nil
    let model = GraphModel(Self.everyStep, columns: columns, showsTargets: true)
    #expect(!model.has(.loss, at: 0) && !model.has(.target, at: 0) && model.has(.output, at: 0))
    #expect(model.has(.loss, at: 1) && model.has(.target, at: 1))
  }

  /// However many steps there are, the end with its output and its target is in sight.
  @Test func theEndIsAlwaysOnScreen() {
    let architecture = SyntheticTraces.architecture(.final)
    var trace = SyntheticTraces.trace(architecture)
    let middle = trace.columns[1]
    trace.columns.insert(
      contentsOf: (0..<30).map { index in
        var column = middle
        column.time = index + 3
        return column
      }, at: 2)
    trace.columns[34].time = 35
    for (size, end) in GoldenFrameTests.sizes.dropFirst().map({ ($0, "o(35)") }) {
      var state = SyntheticTraces.state(architecture, walking: 0)
      state.resize(size)
      state.apply(.frame(.trace(trace)))
      let text = EventTests.text(state, size)
      #expect(text.contains(end) && text.contains("x(1)") && text.contains("⋯"))
    }
  }

  /// x is read by both directions, and o reads both; a decoder has one.
  @Test func bothDirectionsReadTheInput() {
    let text = texts(SyntheticTraces.bidirectional).unfolded
    #expect(text.contains("↑─U─╯") && text.contains("↑─V─╮"))
    var joint = SyntheticTraces.attention
    joint.bidirectional = true
    let (unfolded, folded) = texts(joint)
    #expect(folded.contains("s → ← g") && !folded.contains("d → ←"))
    #expect(unfolded.contains("g(t) = tanh(g(t+1), x(t))"))
    let single = texts(Self.everyStep).unfolded
    #expect(single.contains("y(1)") && !single.contains("↑─"))
  }

  private func texts(_ architecture: Architecture) -> (unfolded: String, folded: String) {
    var state = SyntheticTraces.state(architecture)
    let size = Size(width: 120, height: 40)
    state.resize(size)
    let unfolded = EventTests.text(state, size)
    state.graph.isFolded = true
    return (unfolded, EventTests.text(state, size))
  }

  /// With CTC there is one loss of all outputs, and neither encoder nor decoder.
  @Test func aFreelyAlignedLossIsOne() {
    var aligned = Self.everyStep
    aligned.isAligned = true
    let model = GraphModel(aligned, columns: SyntheticTraces.columns(aligned))
    let last = model.columns.count - 1
    #expect(model.has(.output, at: 0) && !model.has(.loss, at: 0) && model.has(.loss, at: last))
    #expect(texts(aligned).unfolded.contains("CTC"))
    #expect(!texts(Self.everyStep).unfolded.contains("CTC"))
  }

  /// Over an image, states come from the left and from above: no chain leads through them.
  @Test func aGridIsNoChain() {
    var grid = SyntheticTraces.architecture(.final)
    let chain = GraphModel(grid, columns: SyntheticTraces.columns(grid))
    #expect(chain.edgeAcross(.state(1), from: 0)?.label == "W")
    grid.twoDimensional = true
    let model = GraphModel(grid, columns: SyntheticTraces.columns(grid))
    #expect(model.edgeAcross(.state(1), from: 0) == nil)
    let text = texts(grid)
    #expect(text.unfolded.contains("s(i−1,j)") && text.folded.contains("Wₕ"))
  }

  @Test(arguments: SyntheticTraces.all.indices) func everyShapeDrawsFoldedAndUnfolded(index: Int) {
    let architecture = SyntheticTraces.all[index].architecture
    for size in GoldenFrameTests.sizes + [Size(width: 64, height: 18)] {
      var state = SyntheticTraces.state(architecture)
      state.resize(size)
      let unfolded = EventTests.text(state, size)
      #expect(unfolded.contains("s(1)") || unfolded.contains("s¹(1)"))
      state.graph.isFolded = true
      let folded = EventTests.text(state, size)
      #expect(folded.contains("folded") && folded != unfolded)
      #expect(folded.contains("W"))
    }
  }

  @Test func tracesOfAnyKindDraw() {
    let odd = GraphTrace(
      step: 1, sequence: 9, sequenceCount: 0,
      columns: [GraphTrace.Column(time: 1, input: "\u{1B}", loss: .nan)],
      nodes: [
        GraphTrace.Node(
          .backward, column: 7, place: .state(layer: 9), equations: [],
          terms: [
            GraphTrace.Term(.sum, .number(.infinity), value: .nan, previous: .infinity),
            GraphTrace.Term(
              .now, .scaled(.nan, .scaled(0, .oneHot(-1))), .element(-4), value: .nan),
          ],
          values: [GraphTrace.Values(GraphTrace.Variable(.state), [])], target: -1, guess: 99),
        GraphTrace.Node(
          .forward, column: -3, place: .prediction, equations: [], terms: [],
          values: [GraphTrace.Values(GraphTrace.Variable(.prediction), [.nan, 2, -1])],
          target: 8),
      ])
    let empty = GraphTrace(step: 1, sequence: 0, sequenceCount: 0, columns: [], nodes: [])
    for trace in [odd, empty] {
      for (_, architecture) in SyntheticTraces.all {
        var state = SyntheticTraces.state(architecture, walking: 0)
        state.apply(.frame(.trace(trace)))
        for size in GoldenFrameTests.sizes { _ = EventTests.text(state, size) }
        for key: Key in [.right, .left, .up, .down, .end, .character("b"), .character("f")] {
          _ = state.handle(key)
        }
      }
    }
  }
}
