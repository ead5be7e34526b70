import LinearAlgebra

/// L = −log ŷ[y] with ŷ = softmax(o), in nats; ∇o = ŷ − onehot(y) (GBC eq. 10.18).
///
/// With label smoothing ε over K classes (Szegedy et al. 2016) what is lowered is
/// (1 − ε) L + ε/K Σ −log ŷ[k], so that ∇o = ŷ − (1 − ε) onehot(y) − ε/K (GBC section 7.5.1). What is
/// told stays L, which losses with another ε can be compared by.
enum CrossEntropy {
  static func evaluate<Scalar>(
    _ outputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, scale: Scalar,
    smoothing: Scalar = 0, each: RowLosses<Scalar>?
  ) -> LossTotal {
    var total = LossTotal()
    total.sum = Scalar.softmaxCrossEntropy(
      rows: outputs.rows, columns: outputs.columns, logits: outputs.base, stride: outputs.stride,
      targets: batch.targets.base, scale: scale, losses: each?.losses,
      probabilities: each?.probabilities, correct: &total.correct)
    for r in 0..<outputs.rows where batch.targets.base[r] >= 0 { total.targets += 1 }
    if smoothing > 0 { smooth(outputs, batch, moved: scale * smoothing) }
    return total
  }

  /// Moves so much of each target's gradient from its class to all alike.
  private static func smooth<Scalar>(
    _ gradient: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, moved: Scalar
  ) {
    let share = moved / Scalar(max(1, gradient.columns))
    for r in 0..<gradient.rows where batch.targets.base[r] >= 0 {
      let row = gradient.row(r)
      for k in 0..<gradient.columns { row[k] -= share }
      row[Int(batch.targets.base[r])] += moved
    }
  }
}
