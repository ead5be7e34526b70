import Foundation
import TrainingEvents

/// The lecture's cell: a, s, and back through 1 − s².
extension LayerStops {
  func tanhForward(_ t: Int) -> [Stop] {
    let a = layer.preActivation(t)
    let symbol = "a" + layer.name(t).dropFirst()
    return [
      Stop(
        direction: .forward, column: column(t), symbol: symbol,
        equation: "\(symbol) = \(sum(t))",
        reference: layer.fed == nil
          ? "GBC eq. 10.8" : "GBC fig. 10.4",
        terms: inflow(t) + [term("together", "‖\(symbol)‖", a)],
        units: [Units(symbol: "a", values: a)], place: place),
      stateStop(t, equation: "\(layer.name(t)) = tanh \(symbol)", reference: "GBC eq. 10.9"),
    ]
  }

  func tanhBackward(_ t: Int) -> Stop {
    let (terms, parts) = gradientTerms(t)
    let (state, delta) = (layer.states[t], layer.deltas[t])
    let slope =
      state.reduce(0.0) { $0 + 1 - Double($1) * Double($1) } / Double(max(1, state.count))
    let hundredths = Int((slope * 100).rounded())
    return Stop(
      direction: .backward, column: column(t), symbol: "∇\(layer.name(t))",
      equation: "∇\(layer.name(t)) = " + parts.joined(separator: " + "),
      reference: gradientReference(t),
      terms: terms + [term("through tanh", "‖δ\(time(t))‖", delta), intoWeights(t)],
      remark: "1 − s² is \(ShortNumber.text(Double(hundredths) / 100)) on average here: "
        + "\(100 - hundredths) % is lost",
      units: [
        Units(symbol: "s", values: state), Units(symbol: "∇s", values: layer.gradients[t]),
        Units(symbol: "δ", values: delta),
      ], place: place)
  }
}
