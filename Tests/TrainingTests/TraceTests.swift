import Foundation
import LinearAlgebra
import Testing
import TrainingEvents

@testable import Training

/// The walk through a paused network, against backpropagation's own numbers.
@Suite struct TraceTests {
  private func isClose(_ a: [Float], _ b: [Float], _ what: String) {
    #expect(a.count == b.count, "\(what)")
    let scale = max(1e-3, a.norm)
    for (x, y) in zip(a, b) where abs(Double(x - y)) > 1e-4 * scale {
      Issue.record("\(what): \(x) is not \(y)")
      return
    }
  }

  /// Every ∇s is the sum of the parts that the walk shows, every state follows from its
  /// pre-activation, and ∇W grows to what backpropagation through time added up.
  @Test(arguments: TraceCase.all) func aWalkShowsWhatBackpropagationDid(of test: TraceCase) throws {
    let (learner, probe) = try test.learner()
    let (walk, _) = try #require(probe.walk(learner, batch: learner.batch, sequence: 1))
    #expect(!walk.layers.isEmpty)
    for stops in walk.layers {
      let layer = stops.layer
      for t in 0..<layer.steps {
        let name = "\(test.name): ∇\(layer.name(t))"
        var sum = [Float](repeating: 0, count: layer.units)
        if layer.fed == nil, let next = layer.after(t) {
          sum = sum.adding(layer.toPast(next))
          if let kept = layer.keptToPast(next) { sum = sum.adding(kept) }
        }
        for part in stops.asked(t) { sum = sum.adding(part.values) }
        isClose(layer.gradients[t], sum, name)
        checkForward(layer, t, test.name)
      }
      let offset = layer.w.base - learner.parameters.base
      let gradient = Matrix(
        base: probe.part.gradient.base + offset, rows: layer.w.rows, columns: layer.w.columns)
      let last = layer.backwardOrder.last ?? 0
      let shown = stops.layer.accumulatedWeightNorms[last]
      #expect(abs(shown - gradient.norm) < 1e-4 * max(1e-3, gradient.norm), "\(test.name)")
    }
  }

  private func checkForward(_ layer: TraceLayer, _ t: Int, _ name: String) {
    let a = layer.preActivation(t)
    func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
    let part = { (index: Int) in Array(a[index * layer.units..<(index + 1) * layer.units]) }
    switch layer.kind {
    case .tanh: isClose(layer.states[t], a.map { tanh($0) }, "\(name): \(layer.name(t))")
    case .relu: isClose(layer.states[t], a.map { max(0, $0) }, "\(name): \(layer.name(t))")
    case .lstm:
      isClose(layer.gates[1][t], part(1).map(sigmoid), "\(name): f")
      // ∂L/∂a of the forget gate follows from ∇c, which the network does not keep.
      let before = layer.cells[t].subtracting(layer.gates[0][t].times(layer.gates[2][t]))
      let delta = layer.cellGradients[t].sum.times(before)
        .times(layer.gates[1][t].map { 1 - $0 })
      isClose(
        Array(layer.deltas[t][layer.units..<2 * layer.units]), delta, "\(name): δ of f")
    case .gru:
      let bias = layer.recurrentBias ?? []
      isClose(
        layer.gates[1][t],
        part(1).adding(Array(bias[layer.units..<2 * layer.units])).map(sigmoid), "\(name): z")
    }
  }

  @Test(arguments: TraceCase.all) func everyNodeIsToldCompletely(of test: TraceCase) throws {
    let (learner, probe) = try test.learner()
    let trace = try #require(probe.trace(learner, batch: learner.batch, sequence: 0))
    #expect(trace.note.isEmpty && trace.sequenceCount > 0)
    let turn = trace.stops.firstIndex { $0.direction == .backward } ?? 0
    #expect(turn > 0 && trace.stops[turn...].allSatisfy { $0.direction == .backward })
    for stop in trace.stops {
      #expect(trace.columns.indices.contains(stop.column), "\(stop.symbol)")
      #expect(stop.equation.contains("=") && !stop.reference.isEmpty && stop.place != nil)
      #expect(!stop.terms.isEmpty && stop.terms.allSatisfy { $0.value.isFinite }, "\(stop.symbol)")
    }
    let losses = trace.stops.filter { $0.place == .loss }.compactMap(\.terms.last?.value)
    #expect(!losses.isEmpty && losses.allSatisfy { $0 > 0 })
  }

  private func trace(_ name: String) throws -> GraphTrace {
    let test = try #require(TraceCase.all.first { $0.name == name })
    let (learner, probe) = try test.learner()
    return try #require(probe.trace(learner, batch: learner.batch, sequence: 0))
  }

  @Test func theLectureNetworkGoesNodeByNode() throws {
    let trace = try trace("language")
    let symbols = trace.stops.map(\.symbol)
    #expect(trace.columns.count == 6)
    #expect(symbols.prefix(6) == ["a(1)", "s(1)", "o(1)", "ŷ(1)", "L(1)", "a(2)"])
    #expect(symbols.suffix(4) == ["∇o(2)", "∇s(2)", "∇o(1)", "∇s(1)"])
    // After the last step nothing comes from the future: all of ∇s is Vᵀ∇o.
    let last = try #require(trace.stops.first { $0.symbol == "∇s(6)" })
    #expect(last.terms.map(\.label) == ["from o(t)", "together", "through tanh", "into W"])
    // ∇W grows from where the step after left it, and s(0) = 0 gives step 1 no share.
    let first = try #require(trace.stops.last?.terms.last)
    let second = try #require(trace.stops.first { $0.symbol == "∇s(2)" }?.terms.last)
    #expect(first.previous == second.value && first.value == first.previous && first.value > 0)
  }

  @Test func anEncoderHandsItsLastStateToTheDecoder() throws {
    let trace = try trace("translation")
    #expect(
      trace.columns.map(\.part) == [String](repeating: "encoder", count: 5) + ["context"]
        + [String](repeating: "decoder", count: trace.columns.count - 6))
    let symbols = trace.stops.map(\.symbol)
    let (there, back) = (symbols.firstIndex(of: "C") ?? 0, symbols.firstIndex(of: "∇C") ?? 0)
    #expect(symbols[there - 1] == "s(5)" && symbols[there + 1] == "a(1)")
    #expect(symbols[back - 1] == "∇d(1)" && symbols[back + 1] == "∇s(5)")
    let into = trace.stops[back + 1].terms
    #expect(into.map(\.label).prefix(2) == ["from C", "together"])
    #expect(into[0].value == trace.stops[back].terms.last?.value)
  }

  @Test func attentionIsSeenLookingAndLookingBack() throws {
    let symbols = try trace("attention").stops.map(\.symbol)
    let look = symbols.firstIndex(of: "α(2)") ?? 0
    #expect(symbols[look...].prefix(4) == ["α(2)", "C(2)", "a(2)", "d(2)"])
    let back = symbols.firstIndex(of: "∇C(2)") ?? 0
    #expect(symbols[back - 1] == "∇d(2)" && symbols[back + 1] == "∇o(1)")
  }

  @Test func freeRunningOutputsAreAskedByTheFuture() throws {
    let free = try trace("output recurrence, forced 0")
    let stop = try #require(free.stops.first { $0.symbol == "∇o(2)" })
    #expect(stop.equation.hasSuffix("+ Wᵀ δ(3)") && stop.terms.count == 3)
    #expect(free.stops.first { $0.symbol == "a(3)" }?.equation.contains("W o(2)") == true)
    let forced = try trace("output recurrence, forced 1")
    #expect(forced.stops.first { $0.symbol == "∇o(2)" }?.terms.count == 2)
    #expect(forced.stops.first { $0.symbol == "a(3)" }?.equation.contains("W y(2)") == true)
  }

  @Test func bothDirectionsAreWalkedEachInItsOwnTime() throws {
    let symbols = try trace("both ways").stops.map(\.symbol)
    let states = symbols.filter { $0.hasPrefix("s(") || $0.hasPrefix("g(") }
    let count = states.count / 2
    #expect(states == (1...count).map { "s(\($0))" } + (1...count).reversed().map { "g(\($0))" })
    let back = symbols.filter { $0.hasPrefix("∇s(") || $0.hasPrefix("∇g(") }
    #expect(
      back == (1...count).reversed().map { "∇s(\($0))" } + (1...count).map { "∇g(\($0))" })
  }

  /// Where states stand over an image, the walk says what it leaves out, or why there is none.
  @Test func aPictureReadInTwoDimensionsIsToldInASentence() throws {
    for (attention, stops) in [("none", true), ("additive", false)] {
      var test = TraceCase(
        name: "",
        settings: [
          ("task.kind", "captioning"), ("network.image-reading", "two-dimensional"),
          ("network.attention", attention),
        ])
      test.task = TraceCase.pictures
      let (learner, probe) = try test.learner()
      let trace = try #require(probe.trace(learner, batch: learner.batch, sequence: 0))
      #expect(trace.note.contains("two dimensions") && trace.stops.isEmpty != stops)
      if stops { #expect(trace.stops.first?.symbol == "C" && trace.stops.last?.symbol == "∇C") }
    }
  }

  @Test func aVectorAndALearnedStartReceiveTheirGradients() throws {
    #expect(try trace("caption").stops.last?.symbol == "∇R")
    #expect(try trace("without input").stops.last?.symbol == "∇s(0)")
  }
}
