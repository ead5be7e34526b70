/// The loss along one update, L(θ + tΔ) for t from 0 to 1, as a parabola a + bt + ct²: fitted by
/// least squares to the losses and the slopes at both ends (Schneider, Dangel and Hennig 2021,
/// *Cockpit*).
public struct LossParabola: Sendable, Equatable {
  /// b, the slope at the update's beginning, by t; below 0 where it leads downhill.
  public var slope: Double
  /// c, half the second derivative by t; above 0 where the parabola has a minimum.
  public var curvature: Double

  /// - Parameters:
  ///   - before: L(θ)
  ///   - after: L(θ + Δ), of the same batch
  ///   - slopeBefore: ∇L(θ) · Δ
  ///   - slopeAfter: ∇L(θ + Δ) · Δ
  public init(before: Double, after: Double, slopeBefore: Double, slopeAfter: Double) {
    // The normal equations: 5b + 5c = (after − before) + 2·both slopes, 4c = 2·their difference.
    curvature = (slopeAfter - slopeBefore) / 2
    slope = (after - before + 2 * (slopeBefore + slopeAfter)) / 5 - curvature
  }

  /// How far the update went, relative to the minimum: −1 not at all, 0 just there, 1 as far beyond it
  /// as it was before. Nil where it led uphill, or where no minimum lies ahead.
  public var relativeStep: Double? {
    guard slope < 0, curvature > 0 else { return nil }
    let alpha = 2 * curvature / -slope - 1
    return alpha.isFinite ? alpha : nil
  }
}
