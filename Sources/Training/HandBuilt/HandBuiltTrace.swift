import RecurrentNetworks
import TrainingEvents

/// The walk through a network that was built by hand: forward alone, as nothing is learned.
extension HandBuiltProbe {
  /// - Parameters:
  ///   - symbols: the string that is read
  ///   - sequence: which one of the batch it is
  func trace(_ symbols: [Int32], _ workload: HandBuiltWorkload, sequence: Int) -> GraphTrace {
    let network = workload.network
    let states = workload.states(symbols)
    let count = max(1, workload.batch.count)
    var trace = GraphTrace(
      step: workload.step, sequence: ((sequence % count) + count) % count, sequenceCount: count,
      columns: [], nodes: [], note: "Nothing is learned here, so no gradient comes back.")
    for (t, state) in states.dropFirst().enumerated() {
      let isLast = t + 2 == states.count
      let verdict = Self.words(network.verdict(state))
      trace.columns.append(
        GraphTrace.Column(
          time: t + 1, input: String(network.design.alphabet[Int(symbols[t])]),
          output: isLast ? verdict : ""))
      trace.nodes.append(Self.node(state, t, network))
      guard isLast else { continue }
      let output = GraphTrace.Variable(.output, time: t + 1)
      trace.nodes.append(
        GraphTrace.Node(
          .forward, column: t, place: .output,
          equations: [
            GraphTrace.Equation(
              output,
              .sum([
                .parameter(GraphTrace.Parameter(.outputBias)),
                .product(
                  GraphTrace.Parameter(.output),
                  .variable(GraphTrace.Variable(.state, time: t + 1))),
              ]))
          ],
          terms: [
            GraphTrace.Term(
              .decision, .variable(output), .number, value: Double(network.margin(state)))
          ],
          finding: .verdict(network.verdict(state).traced, symbols: t + 1, isLast: true)))
    }
    return trace
  }

  /// s(t) = σ(W s(t−1) + U x(t) + b).
  private static func node(
    _ state: HandBuiltNetwork<Float>.State, _ t: Int, _ network: HandBuiltNetwork<Float>
  ) -> GraphTrace.Node {
    let name = GraphTrace.Variable(.state, time: t + 1)
    return GraphTrace.Node(
      .forward, column: t, place: .state(layer: 1),
      equations: [
        GraphTrace.Equation(
          name,
          .function(
            .clamp,
            .sum([
              .product(
                GraphTrace.Parameter(.recurrent), .variable(GraphTrace.Variable(.state, time: t))),
              .product(
                GraphTrace.Parameter(.input), .variable(GraphTrace.Variable(.input, time: t + 1))),
              .parameter(GraphTrace.Parameter(.bias)),
            ])))
      ],
      terms: zip(network.units, state.values).enumerated().map { index, unit in
        GraphTrace.Term(
          .unit(unit.0), .variable(name), .element(index), value: Double(unit.1))
      }, values: [GraphTrace.Values(name, state.values)],
      finding: .verdict(network.verdict(state).traced, symbols: t + 1, isLast: false))
  }

  private static func words(_ verdict: HandBuiltNetwork<Float>.Verdict) -> String {
    switch verdict {
    case .accepted: "accepted"
    case .rejected: "rejected"
    case .beyondPrecision: "beyond the digits of the number"
    }
  }
}

extension HandBuiltNetwork.Verdict {
  fileprivate var traced: GraphTrace.Verdict {
    switch self {
    case .accepted: .accepted
    case .rejected: .rejected
    case .beyondPrecision: .beyondPrecision
    }
  }
}
