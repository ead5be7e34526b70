import LinearAlgebra

/// What dropout leaves of s(t−1) on its way to W, with one mask a sequence that stays the same at all
/// of its steps (Gal and Ghahramani 2016):
///
///     a(t) = U x(t) + b + W (d ⊙ s(t−1)),   d = 0 or 1/(1 − p) for each unit
///
/// What a cell carries past W, such as c(t−1) or the GRU's z ⊙ s(t−1), is left whole.
struct RecurrentDropout<Scalar: NetworkScalar> {
  /// d, sequences × hidden.
  private let mask: Matrix<Scalar>
  /// d ⊙ s(t−1) of every row, rows × hidden.
  private let states: Matrix<Scalar>
  /// ∂L/∂ of it in one step, sequences × hidden.
  private let gradient: Matrix<Scalar>

  /// - Parameter layer: a number of the layer and direction
  /// - Returns: nil where nothing is dropped
  init?(
    _ pass: Pass<Scalar>, layer: Int, rows: Int, sequences: Int, hidden: Int
  ) {
    guard let source = pass.dropout, source.recurrent > 0 else { return nil }
    mask = pass.arena.matrix(sequences, hidden)
    source.drawRecurrent(mask, layer: layer)
    states = pass.arena.matrix(rows, hidden)
    gradient = pass.arena.matrix(sequences, hidden)
  }

  /// What W read at the rows of some steps.
  func states(_ rows: Range<Int>) -> Matrix<Scalar> { states.rows(rows.lowerBound, rows.count) }

  /// The same segment, with what W reads of it.
  func forward(_ segment: CellSegment<Scalar>) -> CellSegment<Scalar> {
    let result = masked(segment)
    result.read.hadamard(segment.previous, mask.rows(segment.sequence, segment.count))
    return result
  }

  /// Runs `body` for a segment whose W read what `forward` made of it, and brings back what was asked.
  func backward(_ segment: CellSegment<Scalar>, _ body: (CellSegment<Scalar>) -> Void) {
    let result = masked(segment)
    result.dRead?.fill(0)
    body(result)
    if let dRead = result.dRead {
      segment.dPrevious?.addHadamard(dRead, mask.rows(segment.sequence, segment.count))
    }
  }

  private func masked(_ segment: CellSegment<Scalar>) -> CellSegment<Scalar> {
    var result = segment
    result.read = states.rows(segment.row, segment.count)
    result.dRead = segment.dPrevious == nil ? nil : gradient.rows(0, segment.count)
    return result
  }
}
