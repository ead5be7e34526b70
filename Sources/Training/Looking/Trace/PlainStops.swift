import Foundation
import RecurrentNetworks
import TrainingEvents

/// Cells without gates, the lecture's with φ = tanh: a, s = φ(a), and back through φ′.
extension LayerStops {
  func plainForward(_ t: Int) -> [Stop] {
    let a = layer.preActivation(t)
    let symbol = "a" + layer.name(t).dropFirst()
    let name = layer.kind.description.activation?.name ?? "φ"
    return [
      Stop(
        direction: .forward, column: column(t), symbol: symbol,
        equation: "\(symbol) = \(sum(t))",
        reference: layer.fed == nil
          ? "GBC eq. 10.8" : "GBC fig. 10.4",
        terms: inflow(t) + [term("together", "‖\(symbol)‖", a)],
        units: [Units(symbol: "a", values: a)], place: place),
      stateStop(
        t, equation: "\(layer.name(t)) = \(name) \(symbol)", reference: "GBC eq. 10.9"),
    ]
  }

  func plainBackward(_ t: Int) -> [Stop] {
    let (terms, parts) = gradientTerms(t)
    let (state, delta) = (layer.states[t], layer.deltas[t])
    let activation = layer.kind.description.activation
    return [
      Stop(
        direction: .backward, column: column(t), symbol: "∇\(layer.name(t))",
        equation: "∇\(layer.name(t)) = " + parts.joined(separator: " + "),
        reference: gradientReference(t),
        terms: terms + [
          term("through \(activation?.name ?? "φ")", "‖δ\(time(t))‖", delta), intoWeights(t),
        ],
        remark: activation.map { lost($0, state, delta, of: layer.gradients[t]) } ?? "",
        units: [
          Units(symbol: "s", values: state), Units(symbol: "∇s", values: layer.gradients[t]),
          Units(symbol: "δ", values: delta),
        ], place: place)
    ]
  }

  /// The mean slope, and what of the gradient's norm comes through, which need not be the same.
  private func lost(
    _ activation: CellDescription.Activation, _ state: [Float], _ delta: [Float],
    of gradient: [Float]
  ) -> String {
    guard !state.isEmpty else { return "" }
    let slope = state.reduce(0.0) { $0 + activation.slope(Double($1)) } / Double(state.count)
    let mean = "\(activation.slopeFormula) is \(hundredths(slope)) on average here"
    let norm = gradient.norm
    guard norm > 0 else { return mean }
    return "\(mean); \(hundredths(delta.norm / norm)) of ‖∇s‖ comes through"
  }

  private func hundredths(_ value: Double) -> String {
    ShortNumber.text((value * 100).rounded() / 100)
  }
}
