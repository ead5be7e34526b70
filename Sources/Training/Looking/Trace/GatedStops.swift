import Foundation
import TrainingEvents

/// LSTM and GRU: gates first, then what they let through.
extension LayerStops {
  private func gate(_ index: Int, _ t: Int) -> [Float] { layer.gates[index][t] }

  private func open(_ name: String, _ index: Int, _ t: Int) -> Term {
    Term(label: name, symbol: "mean \(name.suffix(1))", value: gate(index, t).mean)
  }

  private func stop(
    _ direction: Stop.Direction, _ t: Int, _ symbol: String, _ equation: String,
    _ reference: String, _ terms: [Term], _ units: [Units], remark: String = ""
  ) -> Stop {
    Stop(
      direction: direction, column: column(t), symbol: symbol, equation: equation,
      reference: reference, terms: terms, remark: remark, units: units, place: place)
  }

  // MARK: LSTM

  func lstmForward(_ t: Int) -> [Stop] {
    let (name, time, reference) = (layer.name(t), time(t), "GBC section 10.10.1")
    let before = layer.isReversed ? "(\(t + 2))" : "(\(t))"
    let written = gate(0, t).times(gate(2, t))
    let cell = layer.cells[t]
    let forget = gate(1, t).mean
    return [
      stop(
        .forward, t, "i f g o", "i, f, o = σ and g = tanh of (\(sum(t)))", reference,
        inflow(t).dropLast() + [
          open("input gate i", 0, t), open("forget gate f", 1, t), open("output gate o", 3, t),
        ],
        [
          Units(symbol: "i", values: gate(0, t)), Units(symbol: "f", values: gate(1, t)),
          Units(symbol: "g", values: gate(2, t)), Units(symbol: "o", values: gate(3, t)),
        ]),
      stop(
        .forward, t, "c\(time)", "c\(time) = f\(time) ⊙ c\(before) + i\(time) ⊙ g\(time)",
        reference,
        [
          term("kept", "‖f\(time) ⊙ c\(before)‖", cell.subtracting(written)),
          term("written", "‖i\(time) ⊙ g\(time)‖", written), term("together", "‖c\(time)‖", cell),
        ], [Units(symbol: "c", values: cell)],
        remark: "the forget gate keeps \(Int((forget * 100).rounded())) % of the cell on average"),
      stateStop(t, equation: "\(name) = o\(time) ⊙ tanh c\(time)", reference: reference),
    ]
  }

  func lstmBackward(_ t: Int) -> [Stop] {
    let (name, time) = (layer.name(t), time(t))
    let (terms, parts) = gradientTerms(t)
    let cell = cellGradients[t]
    var cellTerms = [term("through s", "‖∇\(name) ⊙ o ⊙ (1 − tanh² c)‖", cell.throughState)]
    var equation = "∇c\(time) = ∇\(name) ⊙ o\(time) ⊙ (1 − tanh² c\(time))"
    if let next = layer.after(t), let future = cell.fromFuture {
      let kept = "f(\(next + 1)) ⊙ ∇c(\(next + 1))"
      cellTerms.append(term("from t+1", "‖\(kept)‖", future))
      equation += " + \(kept)"
    }
    cellTerms += [
      term("together", "‖∇c\(time)‖", cell.sum),
      term("through the gates", "‖δ\(time)‖", layer.deltas[t]), intoWeights(t),
    ]
    return [
      stop(
        .backward, t, "∇\(name)", "∇\(name) = " + parts.joined(separator: " + "),
        gradientReference(t), terms,
        [
          Units(symbol: "s", values: layer.states[t]),
          Units(symbol: "∇s", values: layer.gradients[t]),
        ]
      ),
      stop(
        .backward, t, "∇c\(time)", equation, "GBC section 10.10.1", cellTerms,
        [Units(symbol: "c", values: layer.cells[t]), Units(symbol: "∇c", values: cell.sum)]),
    ]
  }

  // MARK: GRU

  func gruForward(_ t: Int) -> [Stop] {
    let (name, time, reference) = (layer.name(t), time(t), "GBC section 10.10.2")
    let before = layer.nameBefore(t)
    let read = layer.input.text(step: t)
    let update = gate(1, t)
    let kept = update.times(layer.previous(t))
    let new = update.map { 1 - $0 }.times(gate(2, t))
    let input = read.isEmpty ? "" : " + \(u) \(read)"
    return [
      stop(
        .forward, t, "r z\(time)", "r, z = σ(\(sum(t)))", reference,
        inflow(t).dropLast() + [open("reset gate r", 0, t), open("update gate z", 1, t)],
        [Units(symbol: "r", values: gate(0, t)), Units(symbol: "z", values: update)]),
      stop(
        .forward, t, "n\(time)",
        "n\(time) = tanh(\(b)\(input) + r\(time) ⊙ (\(w) \(before) + b_h))", reference,
        [term("candidate", "‖n\(time)‖", gate(2, t))], [Units(symbol: "n", values: gate(2, t))]),
      {
        var state = stateStop(
          t, equation: "\(name) = (1 − z\(time)) ⊙ n\(time) + z\(time) ⊙ \(before)",
          reference: reference)
        state.terms = [
          term("new", "‖(1 − z) ⊙ n\(time)‖", new), term("kept", "‖z ⊙ \(before)‖", kept),
          term("together", "‖\(name)‖", layer.states[t]),
        ]
        return state
      }(),
    ]
  }

  func gruBackward(_ t: Int) -> [Stop] {
    let (terms, parts) = gradientTerms(t)
    let name = layer.name(t)
    return [
      stop(
        .backward, t, "∇\(name)", "∇\(name) = " + parts.joined(separator: " + "),
        "GBC section 10.10.2",
        terms + [
          term("through the gates", "‖δ\(time(t))‖", layer.recurrentDeltas[t]), intoWeights(t),
        ],
        [
          Units(symbol: "s", values: layer.states[t]),
          Units(symbol: "∇s", values: layer.gradients[t]),
        ])
    ]
  }
}
