import FileFormats

/// How the loss lies around the weights: how sharply it bends, how far the last update went along it,
/// and how noisy its gradient is. All of one batch, each of its sequences read from the network's own
/// initial state and without dropout.
public struct LandscapeFrame: Sendable, Equatable {
  public var step: Int
  /// The largest eigenvalue of the loss's Hessian, in units of the loss for a step of length 1; nil
  /// where it was not measured.
  public var sharpness: Double?
  /// An eigenvalue lies within this share of `sharpness`; nil where it was not measured.
  public var sharpnessResidual: Double?
  /// Sequences of the batch that the Hessian is of; 0 where none was measured.
  public var sharpnessSequences = 0
  /// α, how far the last update went relative to the minimum of the loss along it: −1 not at all, 0
  /// just there, 1 as far beyond it. Nil where it was not measured, or where there is no minimum ahead.
  public var relativeStep: Double?
  /// The slope of the loss where the last update began, over its length as 1; nil where it was not
  /// measured. At 0 and above, the update led uphill.
  public var slope: Double?
  /// tr(Σ)/|G|², the gradient's noise scale in sequences; nil where it was not measured, or where noise
  /// hides the gradient.
  public var noiseScale: Double?
  /// Parts of the batch whose gradients the noise was estimated from; fewer than 2 give none.
  public var parts = 0
  /// Sequences of the whole batch.
  public var batch = 0

  /// The newest range test of learning rates; nil before somebody asked for one.
  public var rateTest: RateTest?

  /// - Parameter step: the step after which everything was measured
  public init(step: Int) { self.step = step }

  /// The residual at which the eigenvalue is known to 1 %; above it, it is a lower bound.
  public static let tolerance = 0.01

  /// The learning rate above which plain gradient descent overshoots along the sharpest direction,
  /// 2/λ; nil where the loss does not bend up, or where the eigenvalue is not known well.
  public var criticalRate: Double? {
    guard let sharpness, sharpness > 0, sharpnessResidual ?? 1 <= Self.tolerance else { return nil }
    return 2 / sharpness
  }
}

extension LandscapeFrame: RecordedContent {
  public static let kind = ProbeFrame.Kind.landscape
  public static let recording: FrameRecording? = .landscape
  public var frame: ProbeFrame { .landscape(self) }
  /// Everything but the range test, which is no curve over training.
  public var keptOverTraining: Self? {
    var kept = self
    kept.rateTest = nil
    return kept
  }

  public var members: JSONObject {
    var object: JSONObject = ["batch": .integer(batch), "parts": .integer(parts)]
    if let sharpness {
      object["sharpness"] = .real(sharpness)
      object["sharpnessResidual"] = sharpnessResidual.map { .real($0) }
      object["sharpnessSequences"] = .integer(sharpnessSequences)
    }
    object["relativeStep"] = relativeStep.map { .real($0) }
    object["slope"] = slope.map { .real($0) }
    object["noiseScale"] = noiseScale.map { .real($0) }
    object["rateTest"] = rateTest.map { .object($0.json) }
    return object
  }

  public init?(_ object: JSONObject, step: Int) {
    self.init(step: step)
    func number(_ key: String) -> Double? {
      object[key]?.double.flatMap { $0.isFinite ? $0 : nil }
    }
    func count(_ key: String) -> Int { max(0, object[key]?.int ?? 0) }
    (sharpness, sharpnessResidual) = (number("sharpness"), number("sharpnessResidual"))
    (relativeStep, slope) = (number("relativeStep"), number("slope"))
    noiseScale = number("noiseScale")
    sharpnessSequences = count("sharpnessSequences")
    (parts, batch) = (count("parts"), count("batch"))
    rateTest = RateTest(object["rateTest"])
  }
}

extension FrameRecording {
  /// A few numbers about the loss.
  public static let landscape = FrameRecording(share: 0.02, isReadAtOnce: true)
}
