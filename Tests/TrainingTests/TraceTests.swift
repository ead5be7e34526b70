import Foundation
import LinearAlgebra
import RecurrentNetworks
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
    let (trainer, probe) = try test.trainer()
    let cell = trainer.network.configuration.cell
    let (walk, _, _) = try #require(probe.walk(trainer, batch: trainer.batch, sequence: 1))
    #expect(walk.layers.isEmpty == (trainer.network.variant == .imageFinal))
    for nodes in walk.layers {
      let layer = nodes.layer
      for t in 0..<layer.steps {
        let name = "\(test.name): ∇\(layer.letter)(\(t + 1))"
        var sum = [Float](repeating: 0, count: layer.units)
        if layer.fed == nil, let next = layer.after(t) {
          if layer.hasRecurrentWeights { sum = sum.adding(layer.toPast(next)) }
          if let kept = kept(layer, next, cell) { sum = sum.adding(kept) }
        }
        for part in nodes.asked(t) { sum = sum.adding(part.values) }
        isClose(layer.gradients[t], sum, name)
        checkForward(layer, t, cell, test.name)
      }
      guard layer.hasRecurrentWeights else { continue }
      let offset = layer.w.base - trainer.parameters.base
      let gradient = Matrix(
        base: probe.part.gradient.base + offset, rows: layer.w.rows, columns: layer.w.columns)
      let last = layer.backwardOrder.last ?? 0
      let shown = nodes.weightNorms[last]
      #expect(abs(shown - gradient.norm) < 1e-4 * max(1e-3, gradient.norm), "\(test.name)")
    }
  }

  /// An output of CTC tells what it said, then what it was compared with, then the difference.
  @Test func anAlignedOutputTellsWhatItIsComparedWith() throws {
    let test = try #require(TraceCase.all.first { $0.name == "aligned" })
    let (trainer, probe) = try test.trainer()
    let trace = try #require(probe.trace(trainer, batch: trainer.batch, sequence: 0))
    let outputs = trace.nodes.filter { $0.direction == .backward && $0.place == .output }
      .map { $0.values.map(\.variable.quantity) }.filter { $0.contains(.prediction) }
    #expect(!outputs.isEmpty)
    for quantities in outputs {
      #expect(quantities == [.prediction, .expectedTarget, .output])
    }
  }

  /// What gates of a step hand back to the state before without any weight.
  private func kept(_ layer: TraceLayer, _ t: Int, _ cell: CellKind) -> [Float]? {
    let share = Float(layer.description.zoneout)
    let asked = layer.gradients[t].map { (1 - share) * $0 }
    guard let through = through(layer, t, cell, asked) else {
      return share > 0 ? layer.gradients[t].map { share * $0 } : nil
    }
    return through.adding(layer.gradients[t].map { share * $0 })
  }

  private func through(
    _ layer: TraceLayer, _ t: Int, _ cell: CellKind, _ asked: [Float]
  ) -> [Float]? {
    switch cell {
    case .gru: return layer.gates[1][t].times(asked)
    case .mingru: return layer.gates[0][t].map { 1 - $0 }.times(asked)
    case .minlstm:
      let (i, f) = (layer.gates[0][t], layer.gates[1][t])
      return zip(i, f).map { $1 / ($0 + $1) }.times(asked)
    case .tanh, .relu, .lstm, .slstm, .lru: return nil
    }
  }

  private func checkForward(
    _ layer: TraceLayer, _ t: Int, _ cell: CellKind, _ name: String
  ) {
    let units = layer.cellUnits
    let a = layer.preActivation(t)
    func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
    let part = { (index: Int) in Array(a[index * units..<(index + 1) * units]) }
    let share = Float(layer.description.zoneout)
    // What zoneout makes of what the cell makes.
    let mixed = { (made: [Float]) in
      zip(made, layer.previous(t)).map { (1 - share) * $0 + share * $1 }
    }
    let state = "\(name): \(layer.letter)(\(t + 1))"
    switch cell {
    case .tanh:
      let made = a.map { tanh($0) }
      // A recurrence through the output reads no state.
      isClose(layer.states[t], layer.fed == nil ? mixed(made) : made, state)
    case .relu: isClose(layer.states[t], mixed(a.map { max(0, $0) }), state)
    case .lstm:
      isClose(layer.gates[1][t], part(1).map(sigmoid), "\(name): f")
      // ∂L/∂a of the forget gate follows from ∇c, which the network does not keep.
      let before = layer.gates[1][t].times(
        layer.before(t).map { layer.cells[$0] } ?? layer.initialCell)
      let delta = Array(layer.cellGradients[t].suffix(units)).times(before)
        .times(layer.gates[1][t].map { 1 - $0 })
      isClose(
        Array(layer.deltas[t][units..<2 * units]), delta, "\(name): δ of f")
    case .gru: isClose(layer.gates[1][t], part(1).map(sigmoid), "\(name): z")
    case .mingru:
      isClose(layer.gates[0][t], part(0).map(sigmoid), "\(name): z")
      isClose(layer.gates[1][t], part(1), "\(name): n")
    case .slstm:
      isClose(layer.gates[1][t], part(1).map(sigmoid), "\(name): f")
      // c is a mean, so that what is left of the one before has the rest of the weight.
      let written = layer.gates[0][t].times(layer.gates[2][t])
      let cell = Array(layer.cells[t].prefix(layer.units))
      isClose(cell.times(layer.gates[3][t]), layer.states[t], "\(name): s")
      let before = (layer.before(t).map { layer.cells[$0] } ?? layer.initialCell)
        .prefix(layer.units)
      let kept = zip(layer.gates[0][t], before).map { (1 - $0) * $1 }
      isClose(cell, kept.adding(written), "\(name): c")
    case .minlstm:
      isClose(layer.gates[1][t], part(1).map(sigmoid), "\(name): f")
      isClose(layer.gates[2][t], part(2), "\(name): g")
    case .lru:
      // ∂L/∂a follows from ∇c and ∇k, which the network does not keep.
      for (block, asked) in [
        Array(layer.cellGradients[t].prefix(units)), Array(layer.cellGradients[t].dropFirst(units)),
      ].enumerated() {
        isClose(
          Array(layer.deltas[t][block * units..<(block + 1) * units]),
          layer.diagonals[2].times(asked), "\(name): δ of block \(block)")
      }
    }
  }

  @Test(arguments: TraceCase.all) func everyNodeIsToldCompletely(of test: TraceCase) throws {
    let (trainer, probe) = try test.trainer()
    let trace = try #require(probe.trace(trainer, batch: trainer.batch, sequence: 0))
    let isTied = trainer.network.configuration.tieWeights
    let told = isTied ? "V is E: what their one table learns is ∇V and ∇E together." : ""
    #expect(trace.note == told)
    #expect(trace.sequenceCount > 0)
    let turn = trace.nodes.firstIndex { $0.direction == .backward } ?? 0
    #expect(turn > 0 && trace.nodes[turn...].allSatisfy { $0.direction == .backward })
    for node in trace.nodes {
      #expect(trace.columns.indices.contains(node.column) && node.name != nil)
      #expect(!node.terms.isEmpty && node.terms.allSatisfy { $0.value.isFinite })
    }
    let losses = trace.nodes.filter { $0.place == .loss && $0.direction == .forward }
      .compactMap(\.terms.last?.value)
    #expect(!losses.isEmpty && losses.allSatisfy { $0 > 0 })
    // The way back begins at τ, where the loss is the sum's own part.
    let first = trace.nodes[turn]
    #expect(first.place == .loss && first.terms.first?.value == 1)
    let last = trace.columns.lastIndex { $0.loss != nil } ?? trace.columns.count - 1
    #expect(first.column == last)
  }

  private func trace(_ name: String) throws -> GraphTrace {
    let test = try #require(TraceCase.all.first { $0.name == name })
    let (trainer, probe) = try test.trainer()
    return try #require(probe.trace(trainer, batch: trainer.batch, sequence: 0))
  }

  private func names(_ trace: GraphTrace) -> [String] { trace.nodes.map(\.plainName) }

  @Test func theLectureNetworkGoesNodeByNode() throws {
    let trace = try trace("language")
    let names = names(trace)
    #expect(trace.columns.count == 6)
    #expect(names.prefix(7) == ["x(1)", "a(1)", "s(1)", "o(1)", "ŷ(1)", "L(1)", "x(2)"])
    #expect(
      names.suffix(9) == [
        "∂L(1)", "∇o(1)", "∇s(1)", "∇a(1)", "∇V(1)", "∇c(1)", "∇W(1)", "∇b(1)", "∇U(1)",
      ])
    // After the last step nothing comes from the future: all of ∇s is Vᵀ∇o.
    let last = try #require(trace.nodes.first { $0.plainName == "∇s(6)" })
    #expect(last.terms.map(\.role) == [.output, .sum])
    // ∇W grows from where the step after left it, and s(0) = 0 gives step 1 no share.
    let first = try #require(trace.nodes.first { $0.plainName == "∇W(1)" }?.terms.last)
    let second = try #require(trace.nodes.first { $0.plainName == "∇W(2)" }?.terms.last)
    #expect(first.previous == second.value && first.value == first.previous && first.value > 0)
  }

  @Test func anEncoderHandsItsLastStateToTheDecoder() throws {
    let trace = try trace("translation")
    #expect(
      trace.columns.map(\.part) == [String](repeating: "encoder", count: 5) + ["context"]
        + [String](repeating: "decoder", count: trace.columns.count - 6))
    let names = names(trace)
    let (there, back) = (names.firstIndex(of: "C") ?? 0, names.firstIndex(of: "∇C") ?? 0)
    #expect(names[there - 1] == "s(5)" && names[there + 1] == "y(0)")
    #expect(names[back - 1] == "∇U(1)" && names[back + 1] == "∇s(5)")
    let into = trace.nodes[back + 1].terms
    #expect(into.map(\.role) == [.context, .sum])
    #expect(into[0].value == trace.nodes[back].terms.last?.value)
  }

  @Test func attentionIsSeenLookingAndLookingBack() throws {
    let names = names(try trace("attention"))
    let look = names.firstIndex(of: "α(2)") ?? 0
    #expect(names[look...].prefix(5) == ["α(2)", "C(2)", "y(1)", "a(2)", "s(2)"])
    let back = names.firstIndex(of: "∇C(2)") ?? 0
    #expect(names[back - 1] == "∇U(2)" && names[back + 1] == "∂L(1)")
  }

  @Test func freeRunningOutputsAreAskedByTheFuture() throws {
    let free = try trace("output recurrence, forced 0")
    let node = try #require(free.nodes.first { $0.plainName == "∇o(2)" })
    #expect(node.terms.map(\.role) == [.loss, .future, .sum])
    func read(_ trace: GraphTrace) -> GraphTrace.Quantity? {
      let a = trace.nodes.first { $0.plainName == "a(3)" }
      guard
        case .product(_, .variable(let read))? = a?.terms.first(where: { $0.role == .recurrent }
        )?.expression
      else { return nil }
      return read.quantity
    }
    #expect(read(free) == .output)
    let forced = try trace("output recurrence, forced 1")
    #expect(forced.nodes.first { $0.plainName == "∇o(2)" }?.terms.count == 2)
    #expect(read(forced) == .target)
  }

  @Test func bothDirectionsAreWalkedEachInItsOwnTime() throws {
    let nodes = try trace("both ways").nodes
    func times(_ isReversed: Bool, back: Bool) -> [Int] {
      nodes.compactMap { node in
        guard let name = node.name, name.quantity == .state, name.isGradient == back,
          name.layer?.isReversed == isReversed
        else { return nil }
        return name.time
      }
    }
    let count = times(false, back: false).count
    #expect(count > 1 && times(false, back: false) == Array(1...count))
    #expect(times(true, back: false) == (1...count).reversed())
    #expect(times(false, back: true) == (1...count).reversed())
    #expect(times(true, back: true) == Array(1...count))
  }

  /// Over an image the walk goes from its first block to C, and all the way back.
  @Test func aPictureReadInTwoDimensionsIsWalkedThrough() throws {
    for attention in ["none", "additive"] {
      var test = TraceCase(
        name: "",
        settings: [
          ("task.kind", "captioning"), ("network.image-reading", "two-dimensional"),
          ("network.attention", attention),
        ])
      test.task = TraceCase.pictures
      let (trainer, probe) = try test.trainer()
      let trace = try #require(probe.trace(trainer, batch: trainer.batch, sequence: 0))
      #expect(trace.note.isEmpty && names(trace).contains("C") && names(trace).contains("∇C"))
      #expect(names(trace).first == "x(1,1)" && names(trace).last == "∇U(1,1)")
    }
  }

  @Test func aVectorAndALearnedStartReceiveTheirGradients() throws {
    #expect(names(try trace("caption")).last == "∇R")
    #expect(names(try trace("without input")).last == "∇s(0)")
  }
}

extension TraceLayer {
  fileprivate var letter: String { isReversed ? "g" : "s" }
}

extension GraphTrace.Node {
  /// A name to tell nodes apart by.
  var plainName: String {
    guard let name else { return "" }
    let letter: String =
      switch name.quantity {
      case .input: "x"
      case .target: "y"
      case .preActivation, .recurrentSum: "a"
      case .inputProduct: "u"
      case .recurrentProduct: "w"
      case .gate(let gate): gate
      case .cell: "cell"
      case .normaliser: "normaliser"
      case .state: "s"
      case .memory: "m"
      case .proposedState: "s′"
      case .proposedCell: "c′"
      case .imaginary: "k"
      case .output: "o"
      case .prediction: "ŷ"
      case .loss: "L"
      case .expectedTarget: "E"
      case .context: "C"
      case .attention: "α"
      case .query: "q"
      case .attended: "h"
      case .parameter(let parameter):
        switch parameter.kind {
        case .input: "U"
        case .recurrent: "W"
        case .vertical: "Wᵥ"
        case .horizontal: "Wₕ"
        case .bias: "b"
        case .recurrentBias: "b_h"
        case .output: "V"
        case .outputBias: "c"
        case .inputGain, .recurrentGain: "g"
        case .vector: "R"
        case .projection: "P"
        case .peephole: "p"
        case .eigenvalue, .eigenvalueImaginary: "λ"
        case .inputScale: "γ"
        case .decay: "ν"
        case .angle: "θ"
        case .eigenvalues: "Λ"
        case .embedding: "E"
        case .targetEmbedding: "Eₜ"
        case .attentionQuery, .attentionKey, .attentionEnergy: "attention"
        }
      }
    let sign = name.isGradient ? name.quantity == .loss ? "∂" : "∇" : ""
    let corner = name.layer?.corner ?? ""
    let place = name.cell.map { "(\($0.row),\($0.column))" } ?? name.time.map { "(\($0))" }
    return sign + letter + corner + (place ?? "")
  }
}
