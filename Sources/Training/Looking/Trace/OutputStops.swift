import LinearAlgebra
import RecurrentNetworks
import TrainingEvents

/// Where a walk stops over a part that has outputs: o, ŷ, L, and ∇o on the way back.
struct OutputStops {
  typealias Stop = GraphTrace.Stop
  typealias Term = GraphTrace.Term

  let objective: Objective
  /// Whether there is one output, at the end.
  let isFinal: Bool
  /// What an output is read off at a step, such as `s(3)` or `[s(3); g(3)]`.
  let stateName: (Int) -> String
  let steps: Int
  /// o of every row, and ∂L/∂o of the row's own loss.
  let outputs: [[Float]]
  let lossGradients: [[Float]]
  /// V; valid as long as the parameters are.
  let v: Matrix<Float>
  let columns: [GraphTrace.Column]
  /// The column that a step stands in.
  let column: (Int) -> Int
  /// What the next step asks of an output that was handed on to it, with its symbol; nil where
  /// none was.
  let future: (Int) -> (symbol: String, values: [Float])?
  /// The loss of a whole sequence where steps have none of their own.
  let sequenceLoss: Double?

  /// The output row that stands over a step.
  func row(_ t: Int) -> Int? {
    guard isFinal else { return outputs.indices.contains(t) ? t : nil }
    return t == steps - 1 && !outputs.isEmpty ? 0 : nil
  }

  /// ∇o(t) with what later steps ask of it; nil where nobody asks anything of an output.
  func gradient(_ t: Int) -> [Float]? {
    guard let row = row(t) else { return nil }
    guard let future = future(t) else {
      return lossGradients[row].contains { $0 != 0 } ? lossGradients[row] : nil
    }
    return lossGradients[row].adding(future.values)
  }

  /// What an output asks of a state that it was read off: Vᵀ ∇o.
  func asks(_ layer: TraceLayer, _ t: Int) -> [LayerStops.Asked] {
    // At the end of a sequence, the other direction has come to its start.
    let at = isFinal && layer.isReversed ? steps - 1 - t : t
    guard let gradient = gradient(at) else { return [] }
    let first = layer.isReversed ? layer.units : 0
    return [
      LayerStops.Asked(
        label: "from o(t)", symbol: "Vᵀ ∇o(\(at + 1))",
        values: v.columns(first, layer.units).transposedTimes(gradient))
    ]
  }

  // MARK: Forward

  func forward(_ t: Int) -> [Stop] {
    guard let row = row(t), columns.indices.contains(column(t)) else { return [] }
    let (here, time) = (columns[column(t)], "(\(t + 1))")
    let output = outputs[row]
    var stops = [
      stop(
        .forward, t, "o\(time)", "o\(time) = c + V \(stateName(t))", "GBC eq. 10.10",
        [Term(label: "output", symbol: "‖o\(time)‖", value: output.norm)], units: output, "o")
    ]
    if let probability = here.probability {
      stops.append(
        stop(
          .forward, t, "ŷ\(time)",
          objective == .binaryCrossEntropy
            ? "ŷ\(time) = σ(o\(time))" : "ŷ\(time) = softmax o\(time)",
          "GBC eq. 10.11",
          [Term(label: "most likely", symbol: "ŷ \(here.output)", value: probability)]))
    }
    if let loss = here.loss {
      stops.append(
        stop(
          .forward, t, "L\(time)", lossEquation(time, here.target),
          objective == .squaredError ? "GBC eq. 6.1" : "GBC eq. 10.14",
          [Term(label: "loss", symbol: "L\(time)", value: loss)], at: .loss))
    }
    if t == steps - 1, let sequenceLoss {
      stops.append(
        stop(
          .forward, t, "L", "L = −log Σ over all alignments of Π ŷ(t)", "Graves et al. 2006",
          [Term(label: "loss of the sequence", symbol: "L", value: sequenceLoss)], at: .loss))
    }
    return stops
  }

  private func lossEquation(_ time: String, _ target: String) -> String {
    switch objective {
    case .squaredError: "L\(time) = mean of (o\(time) − y\(time))²"
    case .binaryCrossEntropy: "L\(time) = −y log ŷ\(time) − (1 − y) log(1 − ŷ\(time))"
    case .crossEntropy, .connectionistTemporalClassification:
      "L\(time) = −log ŷ\(time) of \(target)"
    }
  }

  // MARK: Backward

  func backward(_ t: Int) -> [Stop] {
    guard let row = row(t), let gradient = gradient(t) else { return [] }
    let time = "(\(t + 1))"
    let own =
      switch objective {
      case .crossEntropy: "(ŷ\(time) − 1 at y\(time)) / targets"
      case .binaryCrossEntropy: "(ŷ\(time) − y\(time)) / targets"
      case .squaredError: "2 (o\(time) − y\(time)) / numbers"
      case .connectionistTemporalClassification: "(ŷ\(time) − expected y\(time)) / targets"
      }
    var terms = [
      Term(
        label: "from the loss", symbol: "‖∂L\(time)/∂o\(time)‖", value: lossGradients[row].norm)
    ]
    var equation = "∇o\(time) = \(own)"
    if let future = future(t) {
      equation += " + \(future.symbol)"
      terms.append(
        Term(label: "from t+1", symbol: "‖\(future.symbol)‖", value: future.values.norm))
    }
    terms.append(Term(label: "together", symbol: "‖∇o\(time)‖", value: gradient.norm))
    return [
      stop(.backward, t, "∇o\(time)", equation, "GBC eq. 10.18", terms, units: gradient, "∇o")
    ]
  }

  private func stop(
    _ direction: Stop.Direction, _ t: Int, _ symbol: String, _ equation: String,
    _ reference: String, _ terms: [Term], units: [Float] = [], _ unit: String = "",
    at place: GraphTrace.Place = .output
  ) -> Stop {
    Stop(
      direction: direction, column: column(t), symbol: symbol, equation: equation,
      reference: reference, terms: terms,
      units: units.count > 1 ? [GraphTrace.UnitValues(symbol: unit, values: units)] : [],
      place: place)
  }
}
