import Glibc

/// What a curve ‖∂L(τ)/∂s(t)‖ over the lag τ − t says: by which factor the norm changes a step, and
/// how far back 1 % of it reaches. Both come from one fit, so that they never contradict each other.
///
/// A curve that is one exponential has one stretch; one that falls fast at first and slowly then, or
/// the other way round, has two. One that is neither has none, and only its reach is told.
public struct LagFit: Sendable, Equatable {
  /// What becomes of a gradient on its way back.
  public enum Verdict: Sendable, Equatable {
    /// It shrinks.
    case vanishes
    /// It keeps about its size.
    case holds
    /// It grows.
    case explodes
    /// Too few lags to tell.
    case unknown
  }

  /// Consecutive lags over which the norm changes by about the same factor a step.
  public struct Stretch: Sendable, Equatable {
    /// What the norm is multiplied by over one step back.
    public var factor: Double
    /// Steps back that it goes on for.
    public var steps: Int

    /// The factor over the whole stretch.
    public var total: Double { pow(factor, Double(steps)) }
  }

  /// What the curve says as a whole.
  public let verdict: Verdict
  /// One or two, from lag 0 on; none where no exponential fits.
  public let stretches: [Stretch]
  /// The first lag from which on less than a hundredth of the norm at the first lag is left; nil
  /// where the curve ends before.
  public let hundredthAt: Int?
  /// Geometric mean of the change over one step back, down to a ten-thousandth; NaN where that is
  /// unknown.
  public let factorPerStep: Double
  /// Steps back over which something was measured.
  public let steps: Int
  /// How many times the first norm above 0 the last one is; NaN where that is not known.
  public let growth: Double

  /// What is below this share of the norm at the first lag is not fitted.
  private static let floor = 1e-4
  /// How far a fit may be off, in nats of the norm and as a share of the fall.
  private static let tolerance = (nats: 0.35, share: 0.15)

  /// - Parameter norms: one norm a lag, from lag 0 on; lags before the first norm above 0 count not
  public init(_ norms: [Float]) {
    let known = norms.drop { !($0 > 0 && $0.isFinite) }.map(Double.init)
    steps = max(0, known.count - 1)
    growth = known.first.flatMap { first in known.last.map { $0 / first } } ?? .nan
    guard let start = known.first, known.count > 1, known.allSatisfy(\.isFinite) else {
      (verdict, stretches, hundredthAt, factorPerStep) = (.unknown, [], nil, .nan)
      return
    }
    let shares = known.map { $0 / start }
    let reach = (shares.lastIndex { $0 >= 0.01 } ?? 0) + 1
    let hundredth = reach < shares.count ? reach : nil
    hundredthAt = hundredth
    let logs = shares.prefix { $0 > Self.floor }.map { log($0) }
    guard logs.count > 1, let end = logs.last else {
      // Nothing gets even one step back.
      (verdict, stretches, factorPerStep) = (.vanishes, [], 0)
      return
    }
    let factor = exp(end / Double(logs.count - 1))
    factorPerStep = factor
    stretches = Self.one(logs, hundredth) ?? Self.two(logs, hundredth) ?? []
    verdict =
      if hundredth != nil || factor < 0.93 {
        .vanishes
      } else if factor > 1.07 {
        .explodes
      } else {
        .holds
      }
  }

  // MARK: Fitting

  private static func one(_ logs: [Double], _ hundredth: Int?) -> [Stretch]? {
    let slope = slope(of: logs[...])
    let fits = logs.enumerated().allSatisfy { isNear($0.element, slope * Double($0.offset)) }
    guard fits, agrees(hundredth, predicted: log(0.01) / slope) else { return nil }
    return [Stretch(factor: exp(slope), steps: logs.count - 1)]
  }

  private static func two(_ logs: [Double], _ hundredth: Int?) -> [Stretch]? {
    var best: (error: Double, at: Int, early: Double, late: Double)?
    for at in 1..<max(1, logs.count - 1) {
      let (early, late) = (logs[at] / Double(at), slope(of: logs[at...]))
      var error = 0.0
      for (lag, value) in logs.enumerated() {
        let fitted = lag <= at ? early * Double(lag) : logs[at] + late * Double(lag - at)
        error += (value - fitted) * (value - fitted)
      }
      if error < (best?.error ?? .infinity) * 0.999 { best = (error, at, early, late) }
    }
    guard let best else { return nil }
    let fits = logs.enumerated().allSatisfy { lag, value in
      let fitted =
        lag <= best.at
        ? best.early * Double(lag) : logs[best.at] + best.late * Double(lag - best.at)
      return isNear(value, fitted)
    }
    let predicted =
      logs[best.at] <= log(0.01)
      ? log(0.01) / best.early : Double(best.at) + (log(0.01) - logs[best.at]) / best.late
    guard fits, agrees(hundredth, predicted: predicted) else { return nil }
    return [
      Stretch(factor: exp(best.early), steps: best.at),
      Stretch(factor: exp(best.late), steps: logs.count - 1 - best.at),
    ]
  }

  /// The slope of the straight line through the first point that fits best.
  private static func slope(of logs: ArraySlice<Double>) -> Double {
    guard let first = logs.first else { return 0 }
    var (above, below) = (0.0, 0.0)
    for (lag, value) in logs.enumerated() {
      above += Double(lag) * (value - first)
      below += Double(lag) * Double(lag)
    }
    return below > 0 ? above / below : 0
  }

  private static func isNear(_ value: Double, _ fitted: Double) -> Bool {
    abs(value - fitted) <= max(tolerance.nats, tolerance.share * abs(value))
  }

  /// Whether the lag that a fit predicts for 1 % is the one that was measured.
  private static func agrees(_ hundredth: Int?, predicted: Double) -> Bool {
    guard let hundredth else { return true }
    let off = abs(Double(hundredth) - predicted.rounded(.up))
    return off <= max(1, tolerance.share * Double(hundredth))
  }

  // MARK: Words

  /// The change in words: `×0.46 per character`, or `×0.1 in the first 3 characters, then ×0.9 per
  /// character`; nil where the curve is neither.
  /// - Parameters:
  ///   - unit: a step through time in the singular, such as `character`
  ///   - isBrief: names the unit once
  public func rate(unit: String = "time step", isBrief: Bool = false) -> String? {
    guard let first = stretches.first else { return nil }
    guard stretches.count > 1, let last = stretches.last else {
      return "×\(Self.text(first.factor)) per \(unit)"
    }
    let early =
      isBrief
      ? "in the first \(first.steps)"
      : first.steps == 1 ? "in the first \(unit)" : "in the first \(first.steps) \(unit)s"
    return "×\(Self.text(first.total)) \(early), then ×\(Self.text(last.factor)) per \(unit)"
  }

  /// `1 % is left after 6 characters`; nil where more than that is left at the last lag.
  /// - Parameters:
  ///   - unit: singular name of a step through time
  ///   - isBrief: without the verb
  public func reach(unit: String = "time step", isBrief: Bool = false) -> String? {
    let verb = isBrief ? "" : "is "
    return hundredthAt.map { lag in
      lag == 1 && stretches.isEmpty
        ? "less than 1 % \(verb)left one \(unit) back"
        : "1 % \(verb)left after \(lag) \(unit)\(lag == 1 ? "" : "s")"
    }
  }

  /// Enough digits that the factor's power over the steps is the one meant.
  public static func text(_ factor: Double) -> String {
    let distance = abs(1 - factor)
    let decimals = distance >= 0.1 ? 2 : distance >= 0.01 ? 3 : distance >= 0.001 ? 4 : 0
    guard factor.isFinite, factor >= 0.1, factor < 10 else { return AlertText.number(factor) }
    return AlertText.fixed(factor, decimals)
  }
}
