import LinearAlgebra

/// What a layer reads at every row: symbols, vectors, a context that stays the same for a whole
/// sequence, or a symbol together with a context.
struct LayerInput<Scalar: NetworkScalar> {
  /// Symbols, one a row; −1 stands for the zero vector. Nil for vector inputs.
  var tokens: UnsafeMutablePointer<Int32>?
  /// Number of different symbols.
  var tokenCount = 0
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

/// U x(t) + b of all rows in one go, before the time loop, and its way back after it.
///
/// A one-hot symbol picks a column of U, so the product is a lookup. With an embedding and fewer
/// symbols than rows, E Uᵀ is formed once for all symbols and looked up as well; the gradient
/// takes the same short way back. Columns of U belong to the symbol or vector first, then to the
/// context.
final class InputProjection<Scalar: NetworkScalar> {
  private let weights: CellWeights
  /// E, rows × embedding size, gathered when there are more symbols than rows.
  private var embedded: Matrix<Scalar>?

  init(weights: CellWeights) {
    self.weights = weights
  }

  /// target (rows × gates·hidden) ← U x + b.
  func forward(
    _ input: LayerInput<Scalar>, steps: PackedSteps, into target: Matrix<Scalar>,
    pass: Pass<Scalar>
  ) {
    let u = pass.parameters[weights.inputToHidden]
    let bias = pass.parameters.row(weights.bias)
    let width = input.width(pass)
    let inputColumns = u.columns(0, width)
    embedded = nil
    if let tokens = input.tokens {
      let table = lookupTable(input, inputColumns, rows: target.rows, pass: pass)
      if let table {
        Scalar.gather(
          rows: target.rows, columns: target.columns, table: table.base, tableStride: table.stride,
          index: tokens, bias: bias.base, y: target.base, yStride: target.stride)
      } else if let embedding = input.embedding {
        let e = pass.parameters[embedding]
        let x = pass.arena.matrix(target.rows, e.columns)
        Scalar.gather(
          rows: x.rows, columns: x.columns, table: e.base, tableStride: e.stride, index: tokens,
          bias: nil, y: x.base, yStride: x.stride)
        embedded = x
        dense(x, inputColumns, bias, target, pass)
      }
    } else if let vectors = input.vectors {
      dense(vectors, inputColumns, bias, target, pass)
    } else {
      fill(target, bias)
    }
    if let addend = input.addend { steps.addToEveryStep(addend, of: target) }
    if let context = input.context {
      let c = pass.arena.matrix(context.rows, target.columns)
      c.product(
        context, PackedMatrix(transposed: u.columns(width, context.columns), in: pass.arena))
      steps.addToEveryStep(c, of: target)
    }
  }

  /// Adds ∇U, ∇b and ∇E, and to `dVectors` and `dContext` where they are asked for.
  func backward(
    _ input: LayerInput<Scalar>, steps: PackedSteps, delta: Matrix<Scalar>,
    dVectors: Matrix<Scalar>?, dContext: Matrix<Scalar>?, pass: Pass<Scalar>
  ) {
    let u = pass.parameters[weights.inputToHidden]
    let width = input.width(pass)
    let inputColumns = u.columns(0, width)
    let dInputColumns = pass.gradient?[weights.inputToHidden].columns(0, width)
    pass.gradient?.row(weights.bias).addColumnSums(delta)

    if let tokens = input.tokens {
      if let x = embedded {
        dInputColumns?.product(transposed: delta, x, beta: 1)
        let dx = pass.arena.matrix(x.rows, x.columns)
        dx.product(delta, PackedMatrix(inputColumns, in: pass.arena))
        if let embedding = input.embedding, let dE = pass.gradient?[embedding] {
          Scalar.scatterAdd(
            rows: dx.rows, columns: dx.columns, x: dx.base, xStride: dx.stride, index: tokens,
            table: dE.base, tableStride: dE.stride)
        }
      } else if let gradient = pass.gradient {
        let dTable = pass.arena.zeros(input.tokenCount, delta.columns)
        Scalar.scatterAdd(
          rows: delta.rows, columns: delta.columns, x: delta.base, xStride: delta.stride,
          index: tokens, table: dTable.base, tableStride: dTable.stride)
        if let embedding = input.embedding {
          dInputColumns?.product(transposed: dTable, pass.parameters[embedding], beta: 1)
          gradient[embedding].product(
            dTable, PackedMatrix(inputColumns, in: pass.arena), accumulate: true)
        } else {
          dInputColumns?.addTransposed(dTable)
        }
      }
    } else if let vectors = input.vectors {
      dInputColumns?.product(transposed: delta, vectors, beta: 1)
      dVectors?.product(delta, PackedMatrix(inputColumns, in: pass.arena), accumulate: true)
    }

    if let context = input.context {
      let sums = pass.arena.zeros(context.rows, delta.columns)
      steps.addSums(of: delta, to: sums)
      let columns = u.columns(width, context.columns)
      pass.gradient?[weights.inputToHidden].columns(width, context.columns)
        .product(transposed: sums, context, beta: 1)
      dContext?.product(sums, PackedMatrix(columns, in: pass.arena), accumulate: true)
    }
  }

  /// Row v is U x for symbol v; nil when it is cheaper to embed each row.
  private func lookupTable(
    _ input: LayerInput<Scalar>, _ u: Matrix<Scalar>, rows: Int, pass: Pass<Scalar>
  ) -> Matrix<Scalar>? {
    guard let embedding = input.embedding else {
      let table = pass.arena.matrix(input.tokenCount, u.rows)
      table.copyTransposed(u)
      return table
    }
    guard input.tokenCount <= rows else { return nil }
    let table = pass.arena.matrix(input.tokenCount, u.rows)
    table.product(pass.parameters[embedding], PackedMatrix(transposed: u, in: pass.arena))
    return table
  }

  private func dense(
    _ x: Matrix<Scalar>, _ u: Matrix<Scalar>, _ bias: Matrix<Scalar>, _ target: Matrix<Scalar>,
    _ pass: Pass<Scalar>
  ) {
    fill(target, bias)
    guard x.columns > 0 else { return }
    target.product(x, PackedMatrix(transposed: u, in: pass.arena), accumulate: true)
  }

  private func fill(_ target: Matrix<Scalar>, _ bias: Matrix<Scalar>) {
    for r in 0..<target.rows { target.row(r).update(from: bias.base, count: target.columns) }
  }
}
