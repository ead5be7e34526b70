import LinearAlgebra
import RecurrentNetworks
import Testing
import TrainingEvents

@testable import Training

/// Every number on every node follows from the parameters and from numbers on other nodes, by the
/// equation that stands there, to the digits shown; and the sums are the network's own gradients.
@Suite struct WalkRecomputationTests {
  @Test(arguments: TraceCase.all) func everyNumberCanBeWorkedOutAgain(of test: TraceCase) throws {
    let (trainer, probe) = try test.trainer()
    let trace = try #require(probe.trace(trainer, batch: trainer.batch, sequence: 1))
    let cell = trainer.network.configuration.cell
    var parameters: [String: Matrix<Float>] = [:]
    for parameter in trainer.network.layout.parameters {
      parameters[parameter.name] = trainer.parameters.matrix(parameter)
    }
    var arithmetic = WalkArithmetic(
      trace, gates: cell.description.isPlain ? [] : cell.description.gates.map(\.symbol),
      parameters: parameters)
    var (checked, sums): (Int, [GraphTrace.Parameter: [Double]]) = (0, [:])
    for node in trace.nodes {
      let what = "\(test.name): \(node.plainName)"
      arithmetic.node = node
      // Four units: where there are more numbers, each says of which gate it is. A decoder has as many as
      // what it starts from.
      switch node.place {
      case .state, .reversedState:
        var layer = node.name?.layer
        if case .parameter(let parameter)? = node.name?.quantity { layer = parameter.layer }
        for values in node.values where values.values.count > 4 && layer?.part != .decoder {
          let last = values.unit(at: values.values.count - 1)
          #expect(last?.unit == 3 && last?.block == values.blocks?.last, "\(what)")
        }
      default: break
      }
      for equation in node.equations
      where equation.expression != .variable(equation.result) {
        checked += check(equation, node, arithmetic, what)
      }
      for term in node.terms { checked += check(term, node, arithmetic, &sums, what) }
      if case .attention? = node.name?.quantity, let time = node.name?.time {
        let query = GraphTrace.Variable(.query, time: time, isGradient: true)
        let own = trace.nodes.joinedValues.first { $0.variable == query }
        let worked = try #require(arithmetic.queryGradient(step: time))
        isClose(worked, try #require(own).values.map { Double($0) }, what + " ∇q")
      }
    }
    #expect(checked > 3 * trace.nodes.count / 2, "\(checked) of \(trace.nodes.count) nodes")
    var summed: [String: [Double]] = [:]
    for (parameter, sum) in sums {
      let matrix = try #require(arithmetic.matrix(parameter))
      let name = try #require(
        parameters.first {
          $0.value.base == matrix.base && $0.value.columns == matrix.columns
        }?.key)
      // One table may learn in two places.
      summed[name] = summed[name].map { zip($0, sum).map { $0 + $1 } } ?? sum
    }
    for (name, sum) in summed {
      // The network's own gradient, which one pass over the sequence left behind.
      let own = try #require(trainer.network.layout.parameters.first { $0.name == name })
      isClose(
        sum, probe.part.gradient.matrix(own).rowCopies.flatMap { $0.map { Double($0) } },
        "\(test.name): ∇ of \(name)")
    }
    #expect(Set(sums.keys.map(\.kind)).isSuperset(of: [.bias, .output, .outputBias]))
    let isGrid = trainer.network.architecture.grid != nil
    if !isGrid {
      #expect(
        sums.keys.contains { $0.kind == .recurrent } == cell.description.hasRecurrentWeights)
    }
    for kind in [GraphTrace.Parameter.Kind.inputGain, .recurrentGain] {
      #expect(
        sums.keys.contains { $0.kind == kind } == trainer.network.configuration.layerNorm)
    }
    #expect(
      sums.keys.contains { $0.kind == .peephole } == trainer.network.configuration.peepholes)
    #expect(sums.keys.contains { $0.kind == .eigenvalues } == (cell == .lru))
    #expect(
      sums.keys.contains { $0.kind == .projection }
        == trainer.network.configuration.cellDescription.isProjected)
    for corner in trainer.network.architecture.grid?.corners ?? [] {
      let kinds = Set(sums.keys.filter { $0.layer?.corner == corner }.map(\.kind))
      #expect(kinds == [.input, .vertical, .horizontal, .bias], "\(test.name): \(corner)")
    }
    for name in parameters.keys where name.hasSuffix("embedding.weight") {
      #expect(summed[name] != nil, "\(test.name): no sum for \(name)")
    }
  }

  /// The three digits that are shown, of the largest number.
  private func isClose(_ a: [Double], _ b: [Double], _ what: String) {
    #expect(a.count == b.count, "\(what): \(a.count) numbers are not \(b.count)")
    let scale = b.map { abs($0) }.max() ?? 0
    for (x, y) in zip(a, b) where !(abs(x - y) <= 5e-4 * scale + 2e-6) {
      Issue.record("\(what): \(x) is not \(y)")
      return
    }
  }

  private func check(
    _ equation: GraphTrace.Equation, _ node: GraphTrace.Node, _ arithmetic: WalkArithmetic,
    _ what: String
  ) -> Int {
    let shown = node.values.first { $0.variable == equation.result }?.values.map { Double($0) }
    if case .loss(.alignments, _) = equation.expression { return 0 }
    guard let shown else {
      guard node.place == .loss, let term = node.terms.first else { return 0 }
      isClose(arithmetic.value(equation.expression) ?? [.nan], [term.value], what)
      return 1
    }
    guard let worked = arithmetic.value(equation.expression, width: shown.count) else {
      Issue.record("\(what): \(equation.expression) cannot be worked out")
      return 0
    }
    isClose(arithmetic.own(worked, count: shown.count), shown, what)
    return 1
  }

  private func check(
    _ term: GraphTrace.Term, _ node: GraphTrace.Node, _ arithmetic: WalkArithmetic,
    _ sums: inout [GraphTrace.Parameter: [Double]], _ what: String
  ) -> Int {
    func norm(_ values: [Double]) -> Double {
      values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    if case .parameter(let parameter)? = node.name?.quantity,
      node.terms.contains(where: { $0.role == .share })
    {
      guard let expression = node.equations.first?.expression,
        let share = arithmetic.value(expression)
      else {
        Issue.record("\(what): the share cannot be worked out")
        return 0
      }
      if term.role == .share {
        isClose([norm(share)], [term.value], what + " share")
        let before = sums[parameter] ?? [Double](repeating: 0, count: share.count)
        sums[parameter] = zip(before, share).map { $0 + $1 }
      } else {
        isClose([norm(sums[parameter] ?? [])], [term.value], what + " sum")
      }
      return 1
    }
    // A symbol is 1 in one of many places.
    let width = node.place == .input ? 1000 : 1
    guard let values = arithmetic.value(term.expression, width: width) else { return 0 }
    let about = node.place == .context ? node.values.first : node.values.last
    let count = about?.values.count ?? values.count
    let whole = term.role == .passedOn || values.count < count ? values : nil
    let spoken = whole ?? arithmetic.own(values, count: count)
    switch term.measure {
    case .norm:
      let isBlock = node.equations.count > 1 || spoken.count == values.count
      isClose([norm(isBlock ? values : spoken)], [term.value], what + " ‖\(term.role)‖")
    case .mean:
      isClose([values.reduce(0, +) / Double(values.count)], [term.value], what + " mean")
    case .element(let index): isClose([values[index]], [term.value], what + " element")
    case .number: return 0
    }
    return 1
  }
}

extension [GraphTrace.Node] {
  fileprivate var joinedValues: [GraphTrace.Values] { flatMap(\.values) }
}
