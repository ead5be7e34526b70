import LinearAlgebra

/// How a batch's inputs enter the first layer.
struct InputReader {
  let symbols: Int?
  /// Columns of the first layer's U.
  let width: Int
  /// E, symbols × size.
  let embedding: ParameterHandle?

  init(
    sizes: ModelSizes, embedding size: Int?, name: String = "embedding.weight",
    layout: inout ParameterLayout
  ) {
    symbols = sizes.symbols
    if let symbols, let size {
      embedding = layout.matrix(name, symbol: "E", symbols, size, start: .normal)
      width = size
    } else {
      embedding = nil
      width = sizes.symbols ?? sizes.width
    }
  }

  func input<Scalar>(_ batch: SequenceBatch<Scalar>) -> LayerInput<Scalar> {
    guard let symbols else {
      return LayerInput(vectors: width > 0 ? batch.inputMatrix : nil)
    }
    return LayerInput(tokens: batch.tokens.base, tokenCount: symbols, embedding: embedding)
  }
}
