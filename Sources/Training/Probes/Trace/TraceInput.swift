import LinearAlgebra
import TrainingEvents

/// What a layer reads at each of its steps: a symbol, a vector, or a symbol before a vector.
struct TraceInput {
  /// Where it comes from.
  enum Name {
    /// x(t).
    case data
    /// y(t−1), the symbol written last.
    case written
    /// y(t−1) together with the context C.
    case writtenWithContext
    /// y(t−1) together with the step's own context C(t).
    case writtenWithStepContext
    /// The layer below in each of its directions; in a residual stack the sum of all layers below.
    case below([[GraphTrace.Layer]])
    case nothing
  }

  var name = Name.nothing
  /// A symbol a step, −1 for none; empty where none is read.
  var symbols: [Int32] = []
  /// E where symbols are embedded.
  var embedding: Matrix<Float>?
  /// Columns of U that belong to the symbol.
  var symbolWidth = 0
  /// A vector a step, behind the symbol's columns; empty where none is read.
  var vectors: [[Float]] = []
  /// What is added to every step's pre-activation as it is: Rᵀ x.
  var addend: [Float]?

  /// What U is multiplied by at a step; nil where nothing is read.
  func expression(step t: Int) -> GraphTrace.Expression? {
    switch name {
    case .data: return .variable(GraphTrace.Variable(.input, time: t + 1))
    case .written: return .variable(Self.written(t))
    case .writtenWithContext:
      return .stacked([.variable(Self.written(t)), .variable(GraphTrace.Variable(.context))])
    case .writtenWithStepContext:
      return .stacked([
        .variable(Self.written(t)), .variable(GraphTrace.Variable(.context, time: t + 1)),
      ])
    case .below(let directions):
      let outputs = directions.map { layers in
        GraphTrace.Expression.total(
          layers.map { .variable(GraphTrace.Variable(.state, layer: $0, time: t + 1)) })
      }
      return outputs.count == 1 ? outputs[0] : .stacked(outputs)
    case .nothing: return nil
    }
  }

  /// y(t−1), which step t reads.
  private static func written(_ t: Int) -> GraphTrace.Variable {
    GraphTrace.Variable(.target, time: t)
  }

  /// What enters from outside the network at a step; nil where a layer below is read.
  func variable(step t: Int) -> GraphTrace.Variable? {
    switch name {
    case .data: GraphTrace.Variable(.input, time: t + 1)
    case .written, .writtenWithContext, .writtenWithStepContext: Self.written(t)
    case .below, .nothing: nil
    }
  }

  /// Which table `embedding` is.
  var table: GraphTrace.Parameter.Kind {
    if case .data = name { .embedding } else { .targetEmbedding }
  }

  /// The symbol that is read at a step; nil for none.
  func symbol(step t: Int) -> Int? {
    symbols.indices.contains(t) && symbols[t] >= 0 ? Int(symbols[t]) : nil
  }

  /// What enters from outside the network at a step, as a node of its own; nil where a layer below
  /// is read.
  func node(step t: Int, column: Int) -> GraphTrace.Node? {
    guard let variable = variable(step: t) else { return nil }
    var (equations, read): ([GraphTrace.Equation], [Float]) = ([], [])
    if symbols.indices.contains(t) {
      let symbol = Int(symbols[t])
      read = symbol >= 0 ? embedding.map { $0.copy(ofRow: symbol) } ?? [1] : [0]
      equations = [
        GraphTrace.Equation(
          variable,
          symbol < 0 ? .number(0) : embedding == nil ? .oneHot(symbol) : .embedded(symbol))
      ]
    } else {
      read = vectors.indices.contains(t) ? vectors[t] : []
      equations = [GraphTrace.Equation(variable, .variable(variable))]
    }
    let isVector = embedding != nil || symbols.isEmpty
    return GraphTrace.Node(
      .forward, column: column, place: .input, equations: equations,
      terms: [GraphTrace.Term(.now, .variable(variable), value: read.norm)],
      values: isVector && read.count > 1 || symbols.isEmpty
        ? [GraphTrace.Values(variable, read)] : [])
  }

  /// What is read at a step, element by element without zeros: places among the columns of U.
  func elements(step t: Int) -> [(column: Int, value: Float)] {
    var result: [(column: Int, value: Float)] = []
    if symbols.indices.contains(t), symbols[t] >= 0 {
      let symbol = Int(symbols[t])
      if let embedding {
        for (column, value) in embedding.copy(ofRow: symbol).enumerated() {
          result.append((column, value))
        }
      } else {
        result.append((symbol, 1))
      }
    }
    if vectors.indices.contains(t) {
      for (column, value) in vectors[t].enumerated() where value != 0 {
        result.append((symbolWidth + column, value))
      }
    }
    return result
  }

  /// U times what is read at a step.
  func projected(by u: Matrix<Float>, step t: Int) -> [Float] {
    var result = [Float](repeating: 0, count: u.rows)
    if symbols.indices.contains(t), symbols[t] >= 0 {
      let symbol = Int(symbols[t])
      if let embedding {
        result = u.columns(0, symbolWidth).times(embedding.copy(ofRow: symbol))
      } else {
        result = u.column(symbol)
      }
    }
    if vectors.indices.contains(t), !vectors[t].isEmpty {
      result = result.adding(u.columns(symbolWidth, vectors[t].count).times(vectors[t]))
    }
    return result
  }
}

extension GraphTrace.Expression {
  /// The sum of some addends: the only one where there is one.
  static func total(_ parts: [GraphTrace.Expression]) -> GraphTrace.Expression {
    parts.count == 1 ? parts[0] : parts.isEmpty ? .number(0) : .sum(parts)
  }
}
