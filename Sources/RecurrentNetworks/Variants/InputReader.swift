import LinearAlgebra

/// How a batch's inputs enter the first layer.
struct InputReader {
  let symbols: Int?
  /// Columns of the first layer's U.
  let width: Int
  /// E, symbols × size.
  let embedding: ParameterHandle?

  /// - Parameter isTied: whether E is V as well, which begins as an output layer's
  init(
    sizes: ModelSizes, embedding size: Int?, name: String = "embedding.weight",
    isTied: Bool = false, layout: inout ParameterLayout
  ) {
    symbols = sizes.symbols
    if let symbols, let size {
      let bound = 1 / Double(max(1, size)).squareRoot()
      embedding = layout.matrix(
        name, symbol: "E", symbols, size, start: isTied ? .uniform(bound: bound) : .normal)
      width = size
    } else {
      embedding = nil
      width = sizes.symbols ?? sizes.width
    }
  }

  func input<Scalar>(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> LayerInput<Scalar> {
    guard let symbols else {
      return LayerInput(vectors: width > 0 ? batch.inputMatrix : nil)
    }
    var input = LayerInput<Scalar>(
      tokens: batch.tokens.base, tokenCount: symbols, embedding: embedding)
    if let source = pass.dropout, source.symbols > 0 {
      input.tokens = source.drop(batch.tokens.base, batch.steps, arena: pass.arena)
      input.symbolScale = Scalar(1 / (1 - source.symbols))
    }
    return input
  }
}
