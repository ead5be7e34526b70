import LinearAlgebra

/// U x(t) + b of the rows a layer reads, and its way back.
///
/// A one-hot symbol picks a column of U, so the product is a lookup. With an embedding and fewer
/// symbols than rows, E Uᵀ is formed once for all symbols and looked up as well; the gradient
/// takes the same short way back. Columns of U belong to the symbol or vector first, then to the
/// context.
///
/// Rows come in any number of slices, so that what a slice wrote is still in the cache when the
/// time loop reads it: `begin`, `project` for all rows, and on the way back `beginBackward`,
/// `addGradients` for all rows, `finishBackward`.
final class InputProjection<Scalar: NetworkScalar> {
  private let weights: CellWeights
  private var input = LayerInput<Scalar>()
  /// Row v is U x for symbol v; nil when it is cheaper to embed each row.
  private var table: Matrix<Scalar>?
  /// ∂L/∂ of the table, symbols × gates·hidden.
  private var dTable: Matrix<Scalar>?
  /// The vectors that are multiplied by U: the input's own, or the rows of E for each symbol.
  private var vectors: Matrix<Scalar>?
  private var packed: PackedMatrix<Scalar>?
  private var packedBack: PackedMatrix<Scalar>?
  private var dEmbedded: Matrix<Scalar>?
  private(set) var isSliceable = false
  /// What becomes of the table's gradient, which is used once all of it is there.
  private var tableSum = TableSum.ofThisPass

  private enum TableSum {
    case ofThisPass
    /// It goes on from segment to segment of a longer pass.
    case goesOn
    /// The segment under way is the last one to add to it.
    case ends
  }

  init(weights: CellWeights) {
    self.weights = weights
  }

  // MARK: Forward

  /// target (all rows × gates·hidden) ← U x + b, contexts included.
  func forward(
    _ input: LayerInput<Scalar>, steps: PackedSteps, into target: Matrix<Scalar>,
    pass: Pass<Scalar>
  ) {
    begin(input, rows: target.rows, pass: pass)
    projectAll(steps, into: target, pass: pass)
  }

  /// Does at once what `project` does slice by slice, and adds contexts.
  func projectAll(_ steps: PackedSteps, into target: Matrix<Scalar>, pass: Pass<Scalar>) {
    project(0..<target.rows, into: target, pass: pass)
    if let addend = input.addend { steps.addToEveryStep(addend, of: target) }
    if let context = input.context {
      let u = pass.parameters[weights.inputToHidden]
      let c = pass.arena.matrix(context.rows, target.columns)
      c.product(
        context,
        pass.packed(transposed: u.columns(input.width(pass), context.columns)))
      steps.addToEveryStep(c, of: target)
    }
  }

  /// Prepares for an input of so many rows, of a pass of `whole` rows where they are part of one.
  ///
  /// - Returns: whether slices of rows cost no more than all at once. An added context needs all of
  ///   them, and a U larger than the cache would be fetched anew for each.
  @discardableResult
  func begin(
    _ input: LayerInput<Scalar>, rows: Int, of whole: Int? = nil, pass: Pass<Scalar>
  ) -> Bool {
    self.input = input
    let u = inputColumns(pass.parameters, pass)
    (table, vectors, packed) = (nil, input.vectors, nil)
    if input.tokens != nil {
      vectors = nil
      if let embedding = input.embedding {
        let e = pass.parameters[embedding]
        if input.tokenCount <= whole ?? rows {
          table = scaled(pass.product(e, transposed: u), pass)
        } else {
          vectors = pass.arena.matrix(rows, e.columns)
        }
      } else {
        table = scaled(pass.transposed(u), pass)
      }
    }
    if let vectors, vectors.columns > 0 {
      packed = pass.packed(transposed: u)
    }
    isSliceable =
      input.context == nil && input.addend == nil
      && (vectors == nil || u.rows * u.columns <= PackedSteps.largestSlicedProduct)
    return isSliceable
  }

  /// Rows of target (all rows × gates·hidden) ← U x + b, without contexts.
  func project(_ rows: Range<Int>, into target: Matrix<Scalar>, pass: Pass<Scalar>) {
    let part = target.rows(rows.lowerBound, rows.count)
    if let table, let tokens = input.tokens {
      let bias = weights.addedBias.map { pass.parameters.row($0).base }
      part.gather(table, rows: tokens + rows.lowerBound, bias: bias)
      return
    }
    part.fill(weights.addedBias, pass.parameters)
    guard let vectors, let packed else { return }
    let x = vectors.rows(rows.lowerBound, rows.count)
    if let embedding = input.embedding, let tokens = input.tokens {
      x.gather(pass.parameters[embedding], rows: tokens + rows.lowerBound)
      x.scale(by: input.symbolScale)
    }
    part.product(x, packed, accumulate: true)
  }

  /// The table itself, which other parts of the batch may share, or a copy of it.
  private func scaled(_ table: Matrix<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    guard input.symbolScale != 1 else { return table }
    let result = pass.arena.matrix(table.rows, table.columns)
    result.copy(table)
    result.scale(by: input.symbolScale)
    return result
  }

  private func inputColumns(
    _ vector: ParameterVector<Scalar>, _ pass: Pass<Scalar>
  ) -> Matrix<Scalar> {
    vector[weights.inputToHidden].columns(0, input.width(pass))
  }

  // MARK: Backward

  /// Adds ∇U, ∇b and ∇E of all rows, and to `dVectors` and `dContext` where they are asked for.
  func backward(
    _ input: LayerInput<Scalar>, steps: PackedSteps, delta: Matrix<Scalar>,
    dVectors: Matrix<Scalar>?, dContext: Matrix<Scalar>?, pass: Pass<Scalar>
  ) {
    beginBackward(input, delta: delta, wantsVectors: dVectors != nil, pass: pass)
    addGradients(0..<delta.rows, delta: delta, dVectors: dVectors, pass: pass)
    finishBackward(steps: steps, delta: delta, dContext: dContext, pass: pass)
  }

  func beginBackward(
    _ input: LayerInput<Scalar>, delta: Matrix<Scalar>, wantsVectors: Bool, pass: Pass<Scalar>
  ) {
    self.input = input
    // A layer that was fed one step at a time has its vectors only now.
    if input.tokens == nil { (table, vectors) = (nil, input.vectors) }
    (dEmbedded, packedBack) = (nil, nil)
    if tableSum == .ofThisPass { dTable = nil }
    if table != nil {
      if pass.gradient != nil, dTable == nil {
        dTable = pass.arena.zeros(input.tokenCount, delta.columns)
      }
    } else if let vectors, vectors.columns > 0 {
      let isEmbedded = input.tokens != nil && pass.gradient != nil
      if isEmbedded { dEmbedded = pass.arena.matrix(vectors.rows, vectors.columns) }
      if isEmbedded || wantsVectors {
        packedBack = pass.packed(inputColumns(pass.parameters, pass))
      }
    }
  }

  /// Adds what some rows of `delta` (all rows × gates·hidden) say.
  func addGradients(
    _ rows: Range<Int>, delta: Matrix<Scalar>, dVectors: Matrix<Scalar>?, pass: Pass<Scalar>
  ) {
    let part = delta.rows(rows.lowerBound, rows.count)
    if let bias = weights.addedBias { pass.gradient?.row(bias).addColumnSums(part) }
    if let dTable, let tokens = input.tokens {
      dTable.scatterAdd(part, rows: tokens + rows.lowerBound)
    }
    guard let vectors, vectors.columns > 0 else { return }
    let x = vectors.rows(rows.lowerBound, rows.count)
    if let gradient = pass.gradient {
      inputColumns(gradient, pass).product(transposed: part, x, beta: 1)
    }
    guard let packedBack else { return }
    if let dEmbedded, let embedding = input.embedding, let tokens = input.tokens,
      let dE = pass.gradient?[embedding]
    {
      let dx = dEmbedded.rows(rows.lowerBound, rows.count)
      dx.product(part, packedBack)
      dx.scale(by: input.symbolScale)
      dE.scatterAdd(dx, rows: tokens + rows.lowerBound)
    } else {
      dVectors?.rows(rows.lowerBound, rows.count).product(part, packedBack, accumulate: true)
    }
  }

  /// Adds what is left when all rows have had their turn.
  func finishBackward(
    steps: PackedSteps, delta: Matrix<Scalar>, dContext: Matrix<Scalar>?, pass: Pass<Scalar>
  ) {
    if let dTable, tableSum != .goesOn, let gradient = pass.gradient {
      dTable.scale(by: input.symbolScale)
      let dColumns = inputColumns(gradient, pass)
      if let embedding = input.embedding {
        dColumns.product(transposed: dTable, pass.parameters[embedding], beta: 1)
        gradient[embedding].product(
          dTable, pass.packed(inputColumns(pass.parameters, pass)),
          accumulate: true)
      } else {
        dColumns.addTransposed(dTable)
      }
    }
    if tableSum == .ends { tableSum = .ofThisPass }
    guard let context = input.context else { return }
    let sums = pass.arena.zeros(context.rows, delta.columns)
    steps.addSums(of: delta, to: sums)
    let width = input.width(pass)
    let columns = pass.parameters[weights.inputToHidden].columns(width, context.columns)
    pass.gradient?[weights.inputToHidden].columns(width, context.columns)
      .product(transposed: sums, context, beta: 1)
    dContext?.product(sums, pass.packed(columns), accumulate: true)
  }

  // MARK: Segments of a longer pass

  /// Makes room for what the segments of a pass will add to, before the way back through the first.
  /// - Parameters:
  ///   - symbols: how many different ones are read; nil where vectors are
  ///   - isEmbedded: whether a symbol is read as a row of E
  ///   - rows: rows of the whole pass
  ///   - pass: weights, gradients and room
  func openTableSum(symbols: Int?, isEmbedded: Bool, rows: Int, pass: Pass<Scalar>) {
    tableSum = .goesOn
    dTable = nil
    guard let symbols, !isEmbedded || symbols <= rows else { return }
    dTable = pass.arena.zeros(symbols, weights.inputToHidden.rows)
  }

  /// Goes back to passes that are not cut.
  func resetTableSum() { tableSum = .ofThisPass }

  /// Says that the next segment is the last one, whose way back uses what all have added.
  func closeTableSum() { tableSum = .ends }
}
