import LinearAlgebra

/// L = mean over components of (o − y)²; rows whose target is NaN have none.
enum SquaredError {
  static func evaluate<Scalar>(
    _ outputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, scale: Scalar,
    each: RowLosses<Scalar>?
  ) -> LossTotal {
    var total = LossTotal()
    let width = outputs.columns
    let share = 1 / Scalar(max(1, width))
    for r in 0..<outputs.rows {
      let row = outputs.row(r)
      let target = batch.targetValues.base + r * width
      if target[0].isNaN {
        for j in 0..<width { row[j] = 0 }
        each?.losses[r] = .nan
        continue
      }
      var sum: Scalar = 0
      for j in 0..<width {
        let difference = row[j] - target[j]
        sum += difference * difference
        row[j] = 2 * share * scale * difference
      }
      each?.losses[r] = sum * share
      total.sum += Double(sum * share)
      total.targets += 1
    }
    return total
  }
}
