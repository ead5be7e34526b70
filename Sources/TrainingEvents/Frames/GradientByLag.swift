import FileFormats

/// ‖∂L(τ)/∂s(t)‖ against the lag τ − t, for one late loss term L(τ).
public struct GradientByLag: Sendable, Equatable {
  public var step: Int
  /// One curve for every layer and direction, the first layer first.
  public var curves: [LagCurve]

  public init(step: Int, curves: [LagCurve]) {
    self.step = step
    self.curves = curves
  }
}

/// One layer's gradient norms by lag, in one direction.
public struct LagCurve: Sendable, Equatable {
  /// Such as `layer 1`, or `decoder layer 2`.
  public var name: String
  /// `norms[k]` is the norm at lag k, from 0 on.
  public var norms: [Float]
  /// Geometric mean of the change of the norm over one step back in time.
  public var factorPerStep: Double

  public init(name: String, norms: [Float], factorPerStep: Double) {
    self.name = name
    self.norms = norms
    self.factorPerStep = factorPerStep
  }

  /// A curve with the factor of its fit.
  public init(name: String, norms: [Float]) {
    self.init(name: name, norms: norms, factorPerStep: LagFit(norms).factorPerStep)
  }
}

extension GradientByLag: RecordedContent {
  public static let kind = ProbeFrame.Kind.gradientByLag
  public static let recording: FrameRecording? = .overTraining
  public static let loggedUnder = ["gradientByLag"]
  public var frame: ProbeFrame { .gradientByLag(self) }
  /// The first curve, which the picture over training shows.
  public var keptOverTraining: Self? {
    curves.first.map { GradientByLag(step: step, curves: [$0]) }
  }

  public var members: JSONObject {
    [
      "curves": .array(
        curves.map { curve in
          [
            "name": .string(curve.name), "norms": .reals(curve.norms),
            "factorPerStep": .real(curve.factorPerStep),
          ]
        })
    ]
  }

  /// Curves from `curves`, or from the short form `gradientByLag`: the norms at lag 0, 1, ….
  public init?(_ object: JSONObject, step: Int) {
    var curves = (object["curves"]?.array ?? []).compactMap { value -> LagCurve? in
      guard value["norms"]?.array != nil else { return nil }
      let norms = [Float](numbers: value["norms"])
      return LagCurve(
        name: value["name"]?.string ?? "", norms: norms,
        factorPerStep: value["factorPerStep"]?.double ?? LagFit(norms).factorPerStep)
    }
    if curves.isEmpty, object["gradientByLag"]?.array != nil {
      curves = [LagCurve(name: "layer 1", norms: .init(numbers: object["gradientByLag"]))]
    }
    guard !curves.isEmpty else { return nil }
    self.init(step: step, curves: curves)
  }
}
