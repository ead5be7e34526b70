import RecurrentNetworks

extension DoubleNetwork {
  /// Multiplications that products with the Hessian may take in all.
  private static let budget = 2e10
  /// Products at most, and below which it is not worth beginning.
  private static let products = (most: 60, least: 8)

  /// Products with the Hessian that the budget has room for, for the sequences that are packed; nil
  /// where these are too few to find an eigenvalue.
  private var affordable: Int? {
    // Two gradients, each a pass forward and twice as much back, in every row.
    let rows = Double(batch.steps.rowCount + batch.targetSteps.rowCount)
    let each = 6 * rows * Double(parameters.count)
    let room = Int(min(Double(Self.products.most), Self.budget / max(1, each)))
    return room >= Self.products.least ? room : nil
  }

  /// The largest eigenvalue of the Hessian of the packed sequences' mean loss; nil where it cannot be
  /// had, or would take long.
  /// - Parameters:
  ///   - seed: of the direction that the search begins with
  ///   - isCancelled: asked before each product with the Hessian
  func sharpness(seed: UInt64, isCancelled: () -> Bool = { false }) -> Sharpness? {
    guard let affordable else { return nil }
    return Sharpness(parameters, products: affordable, seed: seed, isCancelled: isCancelled) {
      lossGradient().gradient
    }
  }
}
