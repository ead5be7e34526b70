import TrainingEvents

/// Where a walk stops at one layer: what every cell has in common.
struct LayerStops {
  typealias Stop = GraphTrace.Stop
  typealias Term = GraphTrace.Term
  typealias Units = GraphTrace.UnitValues

  /// A part of ∇s(t) that does not come from the layer's own future.
  struct Asked {
    var label: String
    /// Such as `Vᵀ ∇o(3)`.
    var symbol: String
    var values: [Float]
  }

  let layer: TraceLayer
  /// The column that a step stands in.
  let column: (Int) -> Int
  /// What others ask of s(t).
  let asked: (Int) -> [Asked]
  private let weightNorms: [Double]
  let cellGradients: [(throughState: [Float], fromFuture: [Float]?, sum: [Float])]

  init(
    _ layer: TraceLayer, column: @escaping (Int) -> Int, asked: @escaping (Int) -> [Asked]
  ) {
    self.layer = layer
    self.column = column
    self.asked = asked
    weightNorms = layer.accumulatedWeightNorms
    cellGradients = layer.kind.description.carriesCell ? layer.cellGradients : []
  }

  var w: String { "W" + layer.mark }
  var u: String { "U" + layer.mark }
  var b: String { "b" + layer.mark }
  var place: GraphTrace.Place {
    layer.isReversed ? .reversedState(layer: layer.number) : .state(layer: layer.number)
  }

  /// The equations of the layer's cell: from the input to s(t), and ∇s(t) with its way into the
  /// weights.
  private var equations: (forward: (Int) -> [Stop], backward: (Int) -> [Stop]) {
    switch layer.kind {
    case .tanh, .relu: (plainForward, plainBackward)
    case .lstm: (lstmForward, lstmBackward)
    case .gru: (gruForward, gruBackward)
    }
  }

  /// From the input to s(t).
  func forward(_ t: Int) -> [Stop] { equations.forward(t) }

  /// ∇s(t), and how it goes on into the weights.
  func backward(_ t: Int) -> [Stop] { equations.backward(t) }

  // MARK: Shared by the cells

  /// `b + W s(2) + U x(3)`, without what the layer does not read.
  func sum(_ t: Int) -> String {
    let read = layer.input.text(step: t)
    return
      ([b] + (layer.input.addend == nil ? [] : ["Rᵀ x"])
      + ["\(w) \(layer.nameBefore(t))"] + (read.isEmpty ? [] : ["\(u) \(read)"]))
      .joined(separator: " + ")
  }

  /// What goes into the pre-activations, and their norms.
  func inflow(_ t: Int) -> [Term] {
    var terms = [term("recurrent", "‖\(w) \(layer.nameBefore(t))‖", layer.fromPast(t))]
    let read = layer.input.text(step: t)
    if !read.isEmpty {
      terms.append(term("from the input", "‖\(u) \(read)‖", layer.fromInput(t)))
    }
    if let addend = layer.input.addend {
      terms.append(term("from the vector", "‖Rᵀ x‖", addend))
    }
    terms.append(term("bias", "‖\(b)‖", layer.bias))
    return terms
  }

  func stateStop(_ t: Int, equation: String, reference: String) -> Stop {
    let state = layer.states[t]
    let saturated = state.count { abs($0) > 0.97 }
    var terms = [term("now", "‖\(layer.name(t))‖", state)]
    if layer.fed == nil {
      terms.insert(term("before", "‖\(layer.nameBefore(t))‖", layer.previous(t)), at: 0)
    }
    return Stop(
      direction: .forward, column: column(t), symbol: layer.name(t), equation: equation,
      reference: reference, terms: terms,
      remark: saturated > 0 ? "\(saturated) of \(state.count) units are saturated" : "",
      units: [Units(symbol: "s", values: state)], place: place)
  }

  /// The parts of ∇s(t) and their sum: what the future, and then what others ask.
  func gradientTerms(_ t: Int) -> (terms: [Term], parts: [String]) {
    var terms: [Term] = []
    var parts: [String] = []
    if layer.fed == nil, let next = layer.after(t) {
      let symbol = "\(w)ᵀ δ(\(next + 1))"
      terms.append(term("from t+1", "‖\(symbol)‖", layer.toPast(next)))
      parts.append(symbol)
      if let kept = layer.keptToPast(next) {
        let symbol = "z(\(next + 1)) ⊙ ∇\(layer.name(next))"
        terms.append(term("kept by z", "‖\(symbol)‖", kept))
        parts.append(symbol)
      }
    }
    for part in asked(t) {
      terms.append(term(part.label, "‖\(part.symbol)‖", part.values))
      parts.append(part.symbol)
    }
    if parts.isEmpty { parts = ["0"] }
    terms.append(term("together", "‖∇\(layer.name(t))‖", layer.gradients[t]))
    return (terms, parts)
  }

  /// ∇W before and after a step's share.
  func intoWeights(_ t: Int) -> Term {
    Term(
      label: "into W", symbol: "‖∇\(w)‖", value: weightNorms[t],
      previous: layer.after(t).map { weightNorms[$0] } ?? 0)
  }

  /// The reference for ∇s(t): the last step's has no future.
  func gradientReference(_ t: Int) -> String {
    layer.after(t) == nil ? "GBC eq. 10.19" : "slide 25 · GBC eq. 10.21"
  }

  func term(_ label: String, _ symbol: String, _ values: [Float]) -> Term {
    Term(label: label, symbol: symbol, value: values.norm)
  }

  func time(_ t: Int) -> String { "(\(t + 1))" }
}
