import RecurrentNetworks
import TrainingEvents

/// Layer normalisation in the walk: N(z) over the units of each gate, and its way back.
extension TraceLayer {
  /// 1/√(var z + ε) and N(z), gate by gate.
  private func gates(_ sum: [Float]) -> [(scale: Float, values: [Float])] {
    stride(from: 0, to: sum.count, by: max(1, cellUnits)).map { start in
      let z = sum[start..<start + cellUnits].map { Double($0) }
      let mean = z.reduce(0, +) / Double(z.count)
      let spread = z.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(z.count)
      let scale = 1 / (spread + 1e-5).squareRoot()
      return (Float(scale), z.map { Float(($0 - mean) * scale) })
    }
  }

  /// N(z).
  func normalised(_ sum: [Float]) -> [Float] { gates(sum).flatMap(\.values) }

  /// ∂L/∂z, where `asked` is ∂L/∂N(z).
  func throughNormalisation(of sum: [Float], _ asked: [Float]) -> [Float] {
    gates(sum).enumerated().flatMap { gate, part in
      let h = Array(asked[gate * cellUnits..<(gate + 1) * cellUnits])
      let mean = h.reduce(0, +) / Float(h.count)
      let along = h.times(part.values).reduce(0, +) / Float(h.count)
      return zip(h, part.values).map { ($0 - mean - $1 * along) * part.scale }
    }
  }

  /// What U is multiplied by on the way back, and learns from: δ(t), or where U x(t) is normalised, the
  /// gradient behind that.
  func deltaIntoInput(_ t: Int) -> GraphTrace.Variable { variable(intoInput, t).gradient }

  /// What that is the gradient of.
  var intoInput: GraphTrace.Quantity {
    description.isNormalised ? .inputProduct(gate: nil) : .preActivation(gate: nil)
  }
}
