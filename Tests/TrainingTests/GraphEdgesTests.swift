import Testing
import TrainingEvents

@testable import Dashboard
@testable import Training

/// The lines of the picture against the network's own equations, whose every number is recomputed elsewhere.
@Suite struct GraphEdgesTests {
  typealias Place = GraphModel.Place
  typealias Edge = GraphModel.Edge

  @Test(arguments: TraceCase.all) func linesAreWhatTheEquationsRead(of test: TraceCase) throws {
    let (trainer, probe) = try test.trainer()
    for sequence in 0..<2 {
      let trace = try #require(probe.trace(trainer, batch: trainer.batch, sequence: sequence))
      let architecture = trainer.network.architecture
      let model = GraphModel(architecture, columns: trace.columns)
      let named = Self.edges(of: trace, in: model)
      let read = architecture.isResidual ? Self.handedOn(named) : named
      #expect(!read.isEmpty)
      let missing = read.subtracting(model.edges).map { Self.words($0, model) }.sorted()
      let wrong = model.edges.subtracting(read).map { Self.words($0, model) }.sorted()
      #expect(missing.isEmpty, "not drawn: \(missing)")
      #expect(wrong.isEmpty, "drawn, but nothing reads it: \(wrong)")
    }
  }

  /// In a residual stack the line above a layer stands for what it hands on, the sum of its state and
  /// those below: of the states of a step and direction that a node names, the line of the highest.
  private static func handedOn(_ edges: Set<Edge>) -> Set<Edge> {
    func layer(_ row: GraphRow) -> (isReversed: Bool, number: Int)? {
      switch row {
      case .state(let number): (false, number)
      case .backwardState(let number): (true, number)
      default: nil
      }
    }
    return edges.filter { edge in
      guard let from = layer(edge.from.row) else { return true }
      return !edges.contains { other in
        guard other.to == edge.to, other.from.column == edge.from.column,
          let above = layer(other.from.row)
        else { return false }
        return above.isReversed == from.isReversed && above.number > from.number
      }
    }
  }

  private static func words(_ edge: Edge, _ model: GraphModel) -> String {
    model.name(edge.from.row, at: edge.from.column) + " → "
      + model.name(edge.to.row, at: edge.to.column)
  }

  /// What each node's equations name, by the nodes that compute it.
  private static func edges(of trace: GraphTrace, in model: GraphModel) -> Set<Edge> {
    let nodes = trace.nodes.filter { $0.direction == .forward }
    var makers: [GraphTrace.Variable: Place] = [:]
    for node in nodes {
      for equation in node.equations {
        makers[equation.result] = Place(row: model.row(of: node), column: node.column)
      }
    }
    if let meeting = trace.columns.firstIndex(where: { $0.part == "context" }) {
      // A decoder begins where the encoder ended, in every layer.
      for layer in Set(makers.keys.compactMap(\.layer)) where layer.part == .decoder {
        for quantity in [GraphTrace.Quantity.state, .cell, .normaliser] {
          let start = GraphTrace.Variable(quantity, layer: layer, time: 0)
          makers[start] = Place(row: .state(model.top), column: meeting)
        }
      }
    }
    let weighed = nodes.filter { trace.columns[$0.column].part == "encoder" }.map {
      Place(row: model.row(of: $0), column: $0.column)
    }.filter { place in
      if case .cell = place.row { return true }
      return [.state(model.top), .backwardState(model.top)].contains(place.row)
    }
    let outputs = nodes.map { Place(row: model.row(of: $0), column: $0.column) }
      .filter { $0.row == .output }
    var edges: Set<Edge> = []
    for node in nodes {
      let here = Place(row: model.row(of: node), column: node.column)
      for equation in node.equations {
        for variable in equation.expression.variables {
          guard let there = makers[variable], there != here else { continue }
          edges.insert(Edge(from: there, to: here))
        }
        // What these two name by a sum over i and by all ways to lay a target along the steps.
        if equation.expression.isWeightedSource {
          edges.formUnion(weighed.map { Edge(from: $0, to: here) })
        }
        if equation.expression.isOfAlignments {
          edges.formUnion(outputs.map { Edge(from: $0, to: here) })
        }
      }
    }
    return edges
  }
}

extension GraphTrace.Expression {
  fileprivate var isWeightedSource: Bool { if case .weightedSource = self { true } else { false } }
  fileprivate var isOfAlignments: Bool {
    if case .loss(.alignments, _) = self { true } else { false }
  }

  fileprivate var variables: [GraphTrace.Variable] {
    switch self {
    case .variable(let variable): [variable]
    case .parameter, .number, .oneHot, .embedded: []
    case .product(_, let of), .transposedProduct(_, let of), .scaled(_, let of),
      .complement(let of), .function(_, let of), .slope(_, let of), .loss(_, let of),
      .attention(let of), .weightedSource(let of):
      of.variables
    case .outer(let a, let b), .difference(let a, let b), .quotient(let a, let b),
      .throughNormalisation(let a, let b):
      a.variables + b.variables
    case .hadamard(let all), .sum(let all), .stacked(let all): all.flatMap(\.variables)
    case .sumOverSteps(_, let variable): [variable]
    }
  }
}
