import LinearAlgebra

/// What a layer reads at each of its steps: a symbol, a vector, or a symbol before a vector.
struct TraceInput {
  /// How the lecture writes it.
  enum Name {
    /// x(t).
    case data
    /// y(t−1), the symbol written last.
    case written
    /// y(t−1) together with the context C.
    case writtenWithContext
    /// y(t−1) together with the step's own context C(t).
    case writtenWithStepContext
    /// The layer below, such as s¹ or s¹ and g¹.
    case below([String])
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

  /// Such as `x(3)`; empty where nothing is read.
  func text(step t: Int) -> String {
    switch name {
    case .data: "x(\(t + 1))"
    case .written: "y(\(t))"
    case .writtenWithContext: "[y(\(t)); C]"
    case .writtenWithStepContext: "[y(\(t)); C(\(t + 1))]"
    case .below(let letters):
      letters.count == 1
        ? "\(letters[0])(\(t + 1))"
        : "[" + letters.map { "\($0)(\(t + 1))" }.joined(separator: "; ") + "]"
    case .nothing: ""
    }
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
