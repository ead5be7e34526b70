import Glibc
import LinearAlgebra

/// L = log(1 + e^o) − y o, which is −log σ(o) for y = 1 and −log(1 − σ(o)) for y = 0, computed
/// without overflow; ∇o = σ(o) − y. Rows whose target is NaN have none.
enum BinaryCrossEntropy {
  static func evaluate<Scalar>(
    _ outputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, scale: Scalar,
    each: RowLosses<Scalar>?
  ) -> LossTotal {
    var total = LossTotal()
    for r in 0..<outputs.rows {
      let target = batch.targetValues.base[r]
      let row = outputs.row(r)
      if target.isNaN {
        row[0] = 0
        each?.losses[r] = .nan
        continue
      }
      var logit = row[0]
      var probability: Scalar = 0
      Scalar.sigmoid(1, &logit, &probability)
      let loss = max(logit, 0) - logit * target + softplus(-abs(logit))
      total.sum += Double(loss)
      total.targets += 1
      if (logit > 0) == (target > 0.5) { total.correct += 1 }
      each?.losses[r] = loss
      each?.probabilities[r] = target > 0.5 ? probability : 1 - probability
      row[0] = (probability - target) * scale
    }
    return total
  }

  /// log(1 + e^x) for x ≤ 0.
  private static func softplus<Scalar: NetworkScalar>(_ x: Scalar) -> Scalar {
    Scalar(log1p(exp(Double(x))))
  }
}
