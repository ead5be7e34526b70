import LinearAlgebra

/// Draws which values to drop while training. Masks depend only on the seed, so that the same step of
/// the same part drops the same values on any number of threads.
public struct DropoutSource: Sendable {
  /// Probability that a value between two layers is dropped, at each step by itself (Srivastava et
  /// al. 2014).
  public var probability: Double
  /// Probability that W reads none of a unit's s(t−1) throughout a sequence (Gal and Ghahramani 2016).
  public var recurrent: Double
  /// Probability that a symbol is read as the zero vector throughout a sequence, wherever it stands in
  /// it.
  public var symbols: Double
  /// What masks are drawn from, beside the number of their layer.
  public var seed: UInt64

  /// - Parameters:
  ///   - probability: of values between layers
  ///   - recurrent: of units on their way to W
  ///   - symbols: of input symbols
  ///   - seed: of the masks
  public init(probability: Double, recurrent: Double = 0, symbols: Double = 0, seed: UInt64) {
    self.probability = probability
    self.recurrent = recurrent
    self.symbols = symbols
    self.seed = seed
  }

  /// mask ← 0 or 1/(1 − p), for the layer with the given number.
  func draw<Scalar>(_ mask: Matrix<Scalar>, layer: Int) {
    var random = generator(layer: layer)
    draw(mask, probability, from: &random)
  }

  /// What the mask of a layer is drawn from, row by row.
  func generator(layer: Int) -> SeededRandom {
    SeededRandom(seed: seed &+ UInt64(truncatingIfNeeded: layer) &* 0x9E37_79B9)
  }

  /// mask ← the next rows of a layer's mask.
  func draw<Scalar>(_ mask: Matrix<Scalar>, from random: inout SeededRandom) {
    draw(mask, probability, from: &random)
  }

  /// mask ← 0 or 1/(1 − p) for each sequence and unit that the W of a layer and direction reads.
  func drawRecurrent<Scalar>(_ mask: Matrix<Scalar>, layer: Int) {
    var random = SeededRandom(
      seed: (seed ^ 0x5EED_0F5A_7E5A_11ED)
        &+ UInt64(truncatingIfNeeded: layer) &* 0x9E37_79B9)
    draw(mask, recurrent, from: &random)
  }

  private func draw<Scalar>(
    _ mask: Matrix<Scalar>, _ probability: Double, from random: inout SeededRandom
  ) {
    let kept = Scalar(1 / (1 - probability))
    for r in 0..<mask.rows {
      let row = mask.row(r)
      for c in 0..<mask.columns { row[c] = random.uniform() < probability ? 0 : kept }
    }
  }

  /// The symbols of all rows with −1, the zero vector, for those that are dropped.
  func drop<Scalar>(
    _ tokens: UnsafePointer<Int32>, _ steps: PackedSteps, arena: Arena<Scalar>
  ) -> UnsafeMutablePointer<Int32> {
    let result = arena.integers(steps.rowCount)
    for t in 0..<steps.stepCount {
      for k in 0..<steps.active[t] {
        let row = steps.row(step: t, sequence: k)
        // The same for each occurrence of a symbol in a sequence.
        var random = SeededRandom(
          seed: seed ^ 0x5B01_0D20_99ED_0001, stream: UInt64(k) << 32 | UInt64(tokens[row] & .max))
        result[row] = random.uniform() < symbols ? -1 : tokens[row]
      }
    }
    return result
  }
}

extension NetworkConfiguration {
  /// What is dropped or kept at random in a training step; nil where nothing is.
  /// - Parameter seed: of the masks
  public func dropoutSource(seed: UInt64) -> DropoutSource? {
    guard max(dropout, recurrentDropout, embeddingDropout, zoneout) > 0 else { return nil }
    return DropoutSource(
      probability: dropout, recurrent: recurrentDropout, symbols: embeddingDropout, seed: seed)
  }
}

extension Matrix {
  /// self ← a ⊙ b, element by element.
  func hadamard(_ a: Matrix, _ b: Matrix) {
    for r in 0..<rows {
      let (target, x, y) = (row(r), a.row(r), b.row(r))
      for c in 0..<columns { target[c] = x[c] * y[c] }
    }
  }

  /// self ← factor · self.
  func scale(by factor: Scalar) {
    guard factor != 1 else { return }
    for r in 0..<rows { Scalar.scale(columns, by: factor, row(r)) }
  }

  /// self ← self + a ⊙ b, element by element.
  func addHadamard(_ a: Matrix, _ b: Matrix) {
    for r in 0..<rows {
      let (target, x, y) = (row(r), a.row(r), b.row(r))
      for c in 0..<columns { target[c] += x[c] * y[c] }
    }
  }
}
