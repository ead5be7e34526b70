import RecurrentNetworks
import TrainingEvents

/// The walk through a network that was built by hand: forward alone, as nothing is learned.
extension HandBuiltLooker {
  /// - Parameters:
  ///   - symbols: the string that is read
  ///   - sequence: which one of the batch it is
  func trace(_ symbols: [Int32], _ trainee: HandBuiltTrainee, sequence: Int) -> GraphTrace {
    let network = trainee.network
    let states = trainee.states(symbols)
    let count = max(1, trainee.batch.count)
    var trace = GraphTrace(
      step: trainee.step, sequence: ((sequence % count) + count) % count, sequenceCount: count,
      columns: [], stops: [], note: "Nothing is learned here, so no gradient comes back.")
    for (t, state) in states.dropFirst().enumerated() {
      let time = "(\(t + 1))"
      let isLast = t + 2 == states.count
      let verdict = Self.words(network.verdict(state))
      trace.columns.append(
        GraphTrace.Column(
          time: t + 1, input: String(network.language.alphabet[Int(symbols[t])]),
          output: isLast ? verdict : ""))
      trace.stops.append(
        GraphTrace.Stop(
          direction: .forward, column: t, symbol: "s\(time)",
          equation: "s\(time) = σ(W s(\(t)) + U x\(time) + b)   σ(z) = min(max(z, 0), 1)",
          reference: "Siegelmann and Sontag 1995",
          terms: zip(network.units, state.values).map {
            GraphTrace.Term(label: "unit", symbol: $0, value: Double($1))
          }, remark: "after \(t + 1) symbols: \(verdict)",
          units: [GraphTrace.UnitValues(symbol: "s", values: state.values)],
          place: .state(layer: 1)))
      guard isLast else { continue }
      trace.stops.append(
        GraphTrace.Stop(
          direction: .forward, column: t, symbol: "o\(time)",
          equation: "o\(time) = c + v · s\(time)",
          reference: "Siegelmann and Sontag 1995",
          terms: [
            GraphTrace.Term(
              label: "accepted above 0", symbol: "o\(time)", value: Double(network.margin(state)))
          ], remark: "the string is \(verdict)", place: .output))
    }
    return trace
  }

  private static func words(_ verdict: HandBuiltNetwork<Float>.Verdict) -> String {
    switch verdict {
    case .accepted: "accepted"
    case .rejected: "rejected"
    case .beyondPrecision: "beyond the digits of the number"
    }
  }
}
