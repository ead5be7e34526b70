import LinearAlgebra

/// A sum of products that knows what rounding did to it (Ogita, Rump and Oishi 2005).
struct FollowedSum<Scalar: NetworkScalar> {
  private(set) var value: Scalar
  /// Sum of the absolute rounding errors so far.
  private var error: Scalar = 0
  /// Whether a product was too small for the number type.
  private var hasUnderflow = false

  init(_ value: Scalar) {
    self.value = value
  }

  /// Adds a term; what is lost of it is exactly known (Knuth's two-sum).
  mutating func add(_ term: Scalar) {
    let sum = value + term
    let added = sum - value
    error += abs((value - (sum - added)) + (term - added))
    value = sum
  }

  mutating func add(_ weight: Scalar, times factor: Scalar) {
    guard weight != 0, factor != 0 else { return }
    let product = weight * factor
    // Where denormals count as zero, a product can vanish without a trace in its error.
    if abs(product) < Scalar.leastNormalMagnitude { hasUnderflow = true }
    error += abs((-product).addingProduct(weight, factor))
    add(product)
  }

  /// Whether min(max(sum, 0), 1) is what exact arithmetic gives.
  var isClampedExactly: Bool {
    if hasUnderflow { return false }
    // Twice, as the errors' own sum is rounded. Compared so that no side rounds: near 1, taking the
    // error from the value would give the value again.
    return error == 0 || -value >= 2 * error || value - 1 >= 2 * error
  }

  /// Whether the sum is above zero, or not, in exact arithmetic as well.
  var hasCertainSign: Bool {
    !hasUnderflow && (error == 0 || abs(value) > 2 * error)
  }
}
