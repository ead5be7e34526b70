import LinearAlgebra
import TrainingEvents

/// Where encoder and decoder meet: C, attention's C(t), and what comes back through them.
struct ContextStops {
  typealias Stop = GraphTrace.Stop
  typealias Term = GraphTrace.Term

  let context: [Float]
  /// What C is, such as `s(5)`; empty where the encoder is not walked through.
  let source: String
  /// ∇d(0) summed over the layers that begin from C, with attention's first look.
  let fromStart: [Float]
  /// U_Cᵀ Σ δ(t) where every step reads C; nil with attention.
  let fromSteps: [Float]?
  let attention: TraceAttention?
  /// The column of C itself, and of a decoder's step.
  let contextColumn: Int
  let column: (Int) -> Int

  /// ∇C, which seeds the encoder.
  var gradient: [Float] { fromSteps.map { fromStart.adding($0) } ?? fromStart }

  var forward: Stop {
    Stop(
      direction: .forward, column: contextColumn, symbol: "C",
      equation: source.isEmpty ? "C = encoder(x)" : "C = \(source)", reference: "GBC fig. 10.12",
      terms: [Term(label: "context", symbol: "‖C‖", value: context.norm)],
      remark: attention == nil
        ? "the decoder starts from C, and reads it again at every step"
        : "the decoder starts from C, and looks back at the source at every step",
      units: [GraphTrace.UnitValues(symbol: "C", values: context)], place: .context)
  }

  var backward: Stop {
    var terms = [Term(label: "from the start", symbol: "‖∇d(0)‖", value: fromStart.norm)]
    if let fromSteps {
      terms.append(Term(label: "from all steps", symbol: "‖Σ Uᵀ δ(t)‖", value: fromSteps.norm))
    }
    terms.append(Term(label: "together", symbol: "‖∇C‖", value: gradient.norm))
    return Stop(
      direction: .backward, column: contextColumn, symbol: "∇C",
      equation: fromSteps == nil ? "∇C = ∇d(0)" : "∇C = ∇d(0) + Σ Uᵀ δ(t), over the rows of C",
      reference: "GBC fig. 10.12", terms: terms,
      units: [GraphTrace.UnitValues(symbol: "∇C", values: gradient)], place: .context)
  }

  // MARK: Attention

  func looking(_ t: Int) -> [Stop] {
    guard let attention, attention.weights.indices.contains(t) else { return [] }
    let (time, alpha) = ("(\(t + 1))", attention.weights[t])
    let best = alpha.indices.max { alpha[$0] < alpha[$1] } ?? 0
    let strongest = Term(
      label: "most from", symbol: "α(\(t + 1),\(best + 1))", value: Double(alpha[best]))
    let reference = "Bahdanau et al. 2015"
    return [
      stop(
        .forward, t, "α\(time)", "α\(time) = softmax over i of vᵀ tanh(Wₐ d(\(t)) + Uₐ h(i))",
        reference, [strongest], "α", alpha),
      stop(
        .forward, t, "C\(time)", "C\(time) = Σ α(\(t + 1),i) h(i)", reference,
        [
          strongest,
          Term(label: "context", symbol: "‖C\(time)‖", value: attention.contexts[t].norm),
        ],
        "C", attention.contexts[t]),
    ]
  }

  func lookingBack(_ t: Int) -> [Stop] {
    guard let attention, attention.contextGradients.indices.contains(t) else { return [] }
    let gradient = attention.contextGradients[t]
    return [
      stop(
        .backward, t, "∇C(\(t + 1))", "∇C(\(t + 1)) = Uᵀ δ(\(t + 1)), over the rows of C",
        "Bahdanau et al. 2015",
        [
          Term(label: "context", symbol: "‖∇C(\(t + 1))‖", value: gradient.norm),
          Term(
            label: "into the state before", symbol: "‖Wₐᵀ ∇q(\(t + 1))‖",
            value: attention.toQueries[t].norm),
        ], "∇C", gradient)
    ]
  }

  private func stop(
    _ direction: Stop.Direction, _ t: Int, _ symbol: String, _ equation: String,
    _ reference: String, _ terms: [Term], _ unit: String, _ values: [Float]
  ) -> Stop {
    Stop(
      direction: direction, column: column(t), symbol: symbol, equation: equation,
      reference: reference, terms: terms,
      units: [GraphTrace.UnitValues(symbol: unit, values: values)], place: .context)
  }
}
