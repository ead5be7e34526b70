import LinearAlgebra

/// The largest eigenvalue λ of the loss's Hessian H = ∇²L(θ), the curvature along the direction in
/// which the loss bends most. Gradient descent with rate η overshoots along it where η > 2/λ.
///
/// Found by power iteration, v ← Hv/‖Hv‖, where Hv ≈ (∇L(θ + εv) − ∇L(θ − εv)) / 2ε (Pearlmutter
/// 1994, by differences of gradients), so that H itself is never formed.
public struct Sharpness: Sendable, Equatable {
  /// λ, in units of the loss for a step of length 1; negative only where the loss bends down along
  /// every direction.
  public var eigenvalue: Double
  /// ‖Hv − λv‖ / |λ|: an eigenvalue lies within this share of λ.
  public var residual: Double
  /// Products Hv that were computed.
  public var products: Int

  /// The residual at which iteration ends.
  public static let tolerance = 0.01
  /// ε, at v of length 1: in double precision about as far from rounding as from third derivatives.
  private static let distance = 1e-4

  /// Whether the residual fell to the tolerance.
  public var isConverged: Bool { residual <= Self.tolerance }

  /// Nil where the gradient is not finite or the loss does not bend at all.
  /// - Parameters:
  ///   - parameters: θ; changed while this runs, and given back as it was
  ///   - products: products Hv at most
  ///   - seed: of the first direction
  ///   - isCancelled: asked before each product; what was found so far then counts
  ///   - gradient: computes ∇L at the parameters as they are, always into the same vector
  public init?(
    _ parameters: ParameterVector<Double>, products: Int, seed: UInt64,
    isCancelled: () -> Bool = { false }, gradient: () -> ParameterVector<Double>
  ) {
    var hessian = HessianProduct(parameters, distance: Self.distance)
    defer { hessian.restore() }
    guard
      var found = Self.iterate(
        &hessian, shift: 0, products: products, seed: seed, isCancelled, gradient)
    else { return nil }
    if found.eigenvalue < 0 {
      // Of largest modulus, and negative: H − λ has no negative eigenvalue, and its largest one
      // belongs to H's largest.
      let rest = products - found.products
      guard
        let upper = Self.iterate(
          &hessian, shift: -found.eigenvalue, products: rest, seed: ~seed, isCancelled, gradient)
      else { return nil }
      found = Sharpness(
        eigenvalue: upper.eigenvalue, residual: upper.residual,
        products: found.products + upper.products)
    }
    self = found
  }

  private init(eigenvalue: Double, residual: Double, products: Int) {
    (self.eigenvalue, self.residual, self.products) = (eigenvalue, residual, products)
  }

  /// The largest |λ + shift|; nil where nothing was computed.
  private static func iterate(
    _ hessian: inout HessianProduct, shift: Double, products: Int, seed: UInt64,
    _ isCancelled: () -> Bool, _ gradient: () -> ParameterVector<Double>
  ) -> Sharpness? {
    var direction = hessian.randomDirection(seed: seed)
    var found: Sharpness?
    for count in 1...max(1, products) {
      if isCancelled() { break }
      var image = hessian.times(direction, gradient)
      // The quotient of Rayleigh, whose error is of the second order in the direction's.
      let quotient = zip(direction, image).reduce(0) { $0 + $1.0 * $1.1 }
      var (missed, length) = (0.0, 0.0)
      for index in image.indices {
        let difference = image[index] - quotient * direction[index]
        missed += difference * difference
        image[index] += shift * direction[index]
        length += image[index] * image[index]
      }
      guard length.isFinite, length > 0, quotient != 0 else { return nil }
      let scale = 1 / length.squareRoot()
      for index in image.indices { direction[index] = image[index] * scale }
      found = Sharpness(
        eigenvalue: quotient, residual: missed.squareRoot() / abs(quotient), products: count)
      if found?.isConverged ?? false { break }
    }
    return found
  }
}

/// Hv by central differences of gradients, over the parameters without the gaps between them.
struct HessianProduct {
  private let parameters: ParameterVector<Double>
  private let places: [Int]
  private let start: [Double]
  private let distance: Double

  init(_ parameters: ParameterVector<Double>, distance: Double) {
    self.parameters = parameters
    self.distance = distance
    places = parameters.layout.parameters.flatMap { $0.offset..<$0.offset + $0.count }
    start = places.map { parameters.base[$0] }
  }

  /// The parameters as they were.
  func restore() { move(to: 0, along: start) }

  private func move(to distance: Double, along direction: [Double]) {
    for (index, place) in places.enumerated() {
      parameters.base[place] = start[index] + distance * direction[index]
    }
  }

  /// A direction of length 1.
  func randomDirection(seed: UInt64) -> [Double] {
    var random = SeededRandom(seed: seed)
    let values: [Double] = places.map { _ in random.normal() }
    let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return values.map { $0 / max(norm, .leastNormalMagnitude) }
  }

  /// Hv for a direction v of length 1.
  mutating func times(
    _ direction: [Double], _ gradient: () -> ParameterVector<Double>
  ) -> [Double] {
    move(to: distance, along: direction)
    let forward = gradient()
    let ahead = places.map { forward.base[$0] }
    move(to: -distance, along: direction)
    let behind = gradient()
    return places.indices.map { (ahead[$0] - behind.base[places[$0]]) / (2 * distance) }
  }
}
