/// Forecasts of a series by rules that need no network.
public enum LinearPrediction {
  /// Tomorrow is as today: the mean squared error of x̂(t) = x(t−1) over the rows of `range`.
  ///
  /// `values` holds rows of `width` numbers; the error is the mean over rows and channels.
  public static func persistence(_ values: [Float], width: Int, over range: Range<Int>) -> Double {
    var errors = SquaredErrors()
    for row in range where row > 0 {
      for channel in 0..<width {
        errors.add(values[(row - 1) * width + channel], truth: values[row * width + channel])
      }
    }
    return errors.mean
  }

  /// The linear autoregressive model x̂(t) = c + Σₖ φₖ x(t−k), k = 1…p, for each channel by itself,
  /// fitted by least squares to the first `fitted` rows (Yule 1927 fitted sunspots so), and judged
  /// one step ahead over the rows of `range`.
  ///
  /// Nil when `fitted` rows are too few for so many coefficients.
  public static func autoregression(
    order: Int, _ values: [Float], width: Int, fitted: Int, over range: Range<Int>
  ) -> Double? {
    var errors = SquaredErrors()
    for channel in 0..<width {
      let series = stride(from: channel, to: values.count, by: width).map { Double(values[$0]) }
      guard let model = coefficients(order: order, series.prefix(fitted)) else { return nil }
      for row in range where row >= order {
        var prediction = model[0]
        for k in 1...order { prediction += model[k] * series[row - k] }
        errors.add(Float(prediction), truth: Float(series[row]))
      }
    }
    return errors.mean
  }

  /// c, φ₁ … φ_p.
  static func coefficients(order: Int, _ series: ArraySlice<Double>) -> [Double]? {
    guard order > 0, series.count >= 2 * order + 1 else { return nil }
    let size = order + 1
    var normal = [Double](repeating: 0, count: size * size)
    var right = [Double](repeating: 0, count: size)
    var row = [Double](repeating: 1, count: size)
    for t in series.indices.dropFirst(order) {
      for k in 1...order { row[k] = series[t - k] }
      for i in 0..<size {
        right[i] += row[i] * series[t]
        for j in 0..<size { normal[i * size + j] += row[i] * row[j] }
      }
    }
    return solve(&normal, &right, size)
  }

  /// Solves the normal equations by elimination with diagonal pivots. A direction in which the
  /// data does not vary gets the coefficient 0.
  private static func solve(
    _ matrix: inout [Double], _ right: inout [Double], _ size: Int
  ) -> [Double] {
    let scale = (0..<size).reduce(0) { max($0, matrix[$1 * size + $1]) }
    var isFree = [Bool](repeating: false, count: size)
    for pivot in 0..<size {
      let diagonal = matrix[pivot * size + pivot]
      guard diagonal > scale * 1e-12 else {
        isFree[pivot] = true
        continue
      }
      for i in 0..<size where i != pivot {
        let factor = matrix[i * size + pivot] / diagonal
        for j in 0..<size { matrix[i * size + j] -= factor * matrix[pivot * size + j] }
        right[i] -= factor * right[pivot]
      }
    }
    return (0..<size).map { isFree[$0] ? 0 : right[$0] / matrix[$0 * size + $0] }
  }
}
