import TrainingEvents

/// Where a walk through a chain of states stops: every node with the lecture's equation.
struct TraceStops {
  private typealias Stop = GraphTrace.Stop
  private typealias Term = GraphTrace.Term
  private static let superscripts = ["¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]

  let walk: TraceWalk
  let columns: [GraphTrace.Column]

  private var mark: String {
    guard let layer = walk.layer else { return "" }
    return layer <= 9 ? Self.superscripts[layer - 1] : "ⁿ"
  }

  /// From the first step on: a, s, o, ŷ and L.
  var forward: [GraphTrace.Stop] {
    columns.indices.flatMap { t -> [GraphTrace.Stop] in
      var stops = [stateStop(t)]
      if walk.isTanh { stops.insert(activationStop(t), at: 0) }
      if let row = walk.outputRow(of: t) { stops += outputStops(t, row) }
      return stops
    }
  }

  /// From the last step back: ∇o and ∇s, with ∇W as it grows.
  var backward: [GraphTrace.Stop] {
    let weights = walk.isTanh ? walk.accumulatedWeightNorms() : []
    return columns.indices.reversed().flatMap { t -> [GraphTrace.Stop] in
      var stops: [GraphTrace.Stop] = []
      if let row = walk.outputRow(of: t) { stops.append(outputGradientStop(t, row)) }
      stops.append(stateGradientStop(t, weights))
      return stops
    }
  }

  // MARK: Forward

  private func activationStop(_ t: Int) -> GraphTrace.Stop {
    let (a, past) = (walk.activation(t), walk.fromPast(t))
    let input = zip(a, past).map { $0 - $1 }
    let time = t + 1
    return Stop(
      direction: .forward, column: t, symbol: "a\(mark)(\(time))",
      equation: "a(\(time)) = b + W s(\(time - 1)) + U x(\(time))",
      reference: "GBC eq. 10.8",
      terms: [
        term("from the past", "‖W s(\(time - 1))‖", past),
        term("from the input", "‖U x(\(time)) + b‖", input),
        term("together", "‖a(\(time))‖", a),
      ], units: [GraphTrace.UnitValues(symbol: "a", values: a)])
  }

  private func stateStop(_ t: Int) -> GraphTrace.Stop {
    let (state, time) = (walk.states[t], t + 1)
    let saturated = state.count { abs($0) > 0.97 }
    return Stop(
      direction: .forward, column: t, symbol: "s\(mark)(\(time))",
      equation: walk.isTanh
        ? "s(\(time)) = tanh a(\(time))" : "s(\(time)) = cell(s(\(time - 1)), x(\(time)))",
      reference: walk.isTanh ? "GBC eq. 10.9" : "GBC section 10.10",
      terms: [
        term("before", "‖s(\(time - 1))‖", walk.previousState(t)),
        term("now", "‖s(\(time))‖", state),
      ],
      remark: saturated > 0 ? "\(saturated) of \(state.count) units are saturated" : "",
      units: [GraphTrace.UnitValues(symbol: "s", values: state)])
  }

  private func outputStops(_ t: Int, _ row: Int) -> [GraphTrace.Stop] {
    let time = t + 1
    var stops = [
      Stop(
        direction: .forward, column: t, symbol: "o(\(time))",
        equation: "o(\(time)) = c + V s(\(time))", reference: "GBC eq. 10.10",
        terms: [term("output", "‖o(\(time))‖", walk.outputs[row])])
    ]
    if let probability = columns[t].probability {
      stops.append(
        Stop(
          direction: .forward, column: t, symbol: "ŷ(\(time))",
          equation: "ŷ(\(time)) = softmax o(\(time))", reference: "GBC eq. 10.11",
          terms: [
            Term(label: "likeliest", symbol: "ŷ \(columns[t].output)", value: probability)
          ]))
    }
    if let loss = columns[t].loss {
      let isClass = columns[t].probability != nil
      stops.append(
        Stop(
          direction: .forward, column: t, symbol: "L(\(time))",
          equation: isClass
            ? "L(\(time)) = −log ŷ(\(time)) of \(columns[t].target)"
            : "L(\(time)) = mean of (o(\(time)) − y(\(time)))²",
          reference: isClass ? "GBC eq. 10.14" : "GBC eq. 6.1",
          terms: [Term(label: "loss", symbol: "L(\(time))", value: loss)]))
    }
    return stops
  }

  // MARK: Backward

  private func outputGradientStop(_ t: Int, _ row: Int) -> GraphTrace.Stop {
    let time = t + 1
    return Stop(
      direction: .backward, column: t, symbol: "∇o(\(time))",
      equation: columns[t].probability != nil
        ? "∇o(\(time)) = (ŷ(\(time)) − 1 at y(\(time))) / targets"
        : "∇o(\(time)) = ∂L/∂o(\(time))", reference: "GBC eq. 10.18",
      terms: [term("from the loss", "‖∇o(\(time))‖", walk.outputGradients[row])])
  }

  private func stateGradientStop(_ t: Int, _ weights: [Double]) -> GraphTrace.Stop {
    let (gradient, here, time) = (walk.stateGradients[t], walk.fromHere(t), t + 1)
    let future = zip(gradient, here).map { $0 - $1 }
    let isLast = t == walk.steps - 1
    var terms: [GraphTrace.Term] = []
    let futureSymbol = walk.isTanh ? "Wᵀ δ(\(time + 1))" : "∂s(\(time + 1))/∂s(\(time))"
    if !isLast { terms.append(term("from the future", "‖\(futureSymbol)‖", future)) }
    if walk.outputRow(of: t) != nil {
      terms.append(term("from here", "‖Vᵀ ∇o(\(time))‖", here))
    }
    terms.append(term("together", "‖∇s(\(time))‖", gradient))
    var units = [
      GraphTrace.UnitValues(symbol: "s", values: walk.states[t]),
      GraphTrace.UnitValues(symbol: "∇s", values: gradient),
    ]
    var remark = ""
    if walk.isTanh {
      let delta = walk.delta(t)
      terms.append(term("through tanh", "‖δ(\(time))‖", delta))
      terms.append(
        Term(
          label: "into W", symbol: "‖∇W‖", value: weights[t],
          previous: isLast ? 0 : weights[t + 1]))
      units.append(GraphTrace.UnitValues(symbol: "δ", values: delta))
      let slope =
        walk.states[t].reduce(0.0) { $0 + 1 - Double($1) * Double($1) }
        / Double(max(1, walk.units))
      let hundredths = Int((slope * 100).rounded())
      remark =
        "1 − s² is \(ShortNumber.text(Double(hundredths) / 100)) on average here: "
        + "\(100 - hundredths) % is lost"
    }
    let parts = [
      isLast ? nil : walk.isTanh ? futureSymbol : "(\(futureSymbol))ᵀ ∇s(\(time + 1))",
      walk.outputRow(of: t) != nil ? "Vᵀ ∇o(\(time))" : nil,
    ].compactMap { $0 }
    return Stop(
      direction: .backward, column: t, symbol: "∇s\(mark)(\(time))",
      equation: "∇s(\(time)) = " + parts.joined(separator: " + "),
      reference: isLast ? "GBC eq. 10.19" : "slide 25 · GBC eq. 10.21", terms: terms,
      remark: remark, units: units)
  }

  private func term(_ label: String, _ symbol: String, _ values: [Float]) -> GraphTrace.Term {
    Term(label: label, symbol: symbol, value: TraceWalk.norm(values))
  }
}
