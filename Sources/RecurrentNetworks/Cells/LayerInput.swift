import LinearAlgebra

/// What a layer reads at every row: symbols, vectors, a context that stays the same for a whole
/// sequence, or a symbol together with a context.
struct LayerInput<Scalar: NetworkScalar> {
  /// Symbols, one a row; −1 stands for the zero vector. Nil for vector inputs.
  var tokens: UnsafeMutablePointer<Int32>?
  /// Number of different symbols.
  var tokenCount = 0
  /// What the vectors of symbols are multiplied by: above 1 where some symbols are dropped.
  var symbolScale: Scalar = 1
  /// E, symbols × embedding size; nil feeds symbols one-hot.
  var embedding: ParameterHandle?
  /// Vectors, one a row; nil when there are none.
  var vectors: Matrix<Scalar>?
  /// Sequences × context size, in the order of the packed steps; nil when there is none.
  var context: Matrix<Scalar>?
  /// Sequences × gates·hidden, added to every step's pre-activations as it is; nil when there is
  /// none.
  var addend: Matrix<Scalar>?

  /// Scalars of the input vector that the symbols or vectors make, without the context.
  func width(_ pass: Pass<Scalar>) -> Int {
    if let embedding { return embedding.columns }
    return tokens != nil ? tokenCount : vectors?.columns ?? 0
  }
}
