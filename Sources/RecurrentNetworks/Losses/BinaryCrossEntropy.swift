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

  /// log(1 + e^x) for x ≤ 0 by the series 2 artanh(z) with z = e^x / (2 + e^x) ≤ 1/3.
  private static func softplus<Scalar: NetworkScalar>(_ x: Scalar) -> Scalar {
    var argument = x
    var sigma: Scalar = 0
    Scalar.sigmoid(1, &argument, &sigma)
    let power = sigma / (1 - sigma)
    let z = power / (2 + power)
    var (term, sum) = (z, z)
    var k: Scalar = 3
    while abs(term) > sum.ulp && k < 80 {
      term *= z * z
      sum += term / k
      k += 2
    }
    return 2 * sum
  }
}
