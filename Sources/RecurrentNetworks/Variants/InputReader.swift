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
    input(batch, batch.steps, pass)
  }

  /// What some time steps of a batch read, whose rows begin with the `first` of the batch's.
  func input<Scalar>(
    _ batch: SequenceBatch<Scalar>, _ steps: PackedSteps, from first: Int = 0, _ pass: Pass<Scalar>
  ) -> LayerInput<Scalar> {
    guard let symbols else {
      return LayerInput(vectors: width > 0 ? batch.inputMatrix.rows(first, steps.rowCount) : nil)
    }
    let tokens = batch.tokens.base + first
    var input = LayerInput<Scalar>(tokens: tokens, tokenCount: symbols, embedding: embedding)
    if let source = pass.dropout, source.symbols > 0 {
      input.tokens = source.drop(tokens, steps, arena: pass.arena)
      input.symbolScale = Scalar(1 / (1 - source.symbols))
    }
    return input
  }
}
