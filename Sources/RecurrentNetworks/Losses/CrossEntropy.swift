import LinearAlgebra

/// L = −log ŷ[y] with ŷ = softmax(o), in nats; ∇o = ŷ − onehot(y) (GBC eq. 10.18).
enum CrossEntropy {
  static func evaluate<Scalar>(
    _ outputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, scale: Scalar,
    each: RowLosses<Scalar>?
  ) -> LossTotal {
    var total = LossTotal()
    total.sum = Scalar.softmaxCrossEntropy(
      rows: outputs.rows, columns: outputs.columns, logits: outputs.base, stride: outputs.stride,
      targets: batch.targets.base, scale: scale, losses: each?.losses,
      probabilities: each?.probabilities, correct: &total.correct)
    for r in 0..<outputs.rows where batch.targets.base[r] >= 0 { total.targets += 1 }
    return total
  }
}
