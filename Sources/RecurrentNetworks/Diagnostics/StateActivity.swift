import LinearAlgebra

/// What units do over the steps of a batch.
public struct StateActivity: Sendable, Equatable {
  /// Share of values with |s| > 0.97, where tanh is flat and gradients stop; 0 to 1.
  public let saturated: Double
  /// Share of units that stay within a band of 0.01; 0 to 1.
  public let dead: Double
  /// Mean of 1 − s², the slope of tanh.
  public let meanSlope: Double

  /// `states` holds rows × hidden for each layer and direction.
  public init<Scalar>(_ states: [Matrix<Scalar>]) {
    var (flat, slopes, values, constant, units) = (0, 0.0, 0, 0, 0)
    for matrix in states where matrix.rows > 0 {
      for unit in 0..<matrix.columns {
        var (low, high) = (Double.infinity, -Double.infinity)
        for row in 0..<matrix.rows {
          let s = Double(matrix[row, unit])
          low = min(low, s)
          high = max(high, s)
          if abs(s) > 0.97 { flat += 1 }
          slopes += 1 - s * s
        }
        values += matrix.rows
        units += 1
        if matrix.rows > 1, high - low < 0.01 { constant += 1 }
      }
    }
    saturated = values > 0 ? Double(flat) / Double(values) : 0
    meanSlope = values > 0 ? slopes / Double(values) : 0
    dead = units > 0 ? Double(constant) / Double(units) : 0
  }
}
