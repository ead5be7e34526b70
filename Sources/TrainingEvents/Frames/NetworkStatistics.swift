import FileFormats

/// How healthy the network is, per parameter and as a whole.
public struct NetworkStatistics: Sendable, Equatable {
  /// One parameter, as a whole.
  public struct Parameter: Sendable, Equatable {
    /// The name in files, such as `rnn.weight_hh_l0`.
    public var name: String
    /// The lecture's symbol, such as `W`.
    public var symbol: String
    /// Euclidean norm of the weights.
    public var norm: Double
    /// Euclidean norm of its gradient at the last step, before clipping.
    public var gradientNorm: Double
    /// ‖update‖ / ‖weights‖ of the last step; about 1e-3 is healthy.
    public var updateRatio: Double

    public init(
      name: String, symbol: String, norm: Double, gradientNorm: Double, updateRatio: Double
    ) {
      self.name = name
      self.symbol = symbol
      self.norm = norm
      self.gradientNorm = gradientNorm
      self.updateRatio = updateRatio
    }
  }

  public var step: Int
  /// In the order of the network's layout.
  public var parameters: [Parameter]
  /// Spectral radius of the first layer's recurrent matrix, or of the block of it that proposes
  /// the new state; nil where it has none.
  public var spectralRadius: Double?
  /// Largest singular value of that matrix.
  public var largestSingularValue: Double?
  /// What these two are of, such as `W`, or `W_g` for an LSTM's candidate.
  public var recurrentSymbol: String
  /// Spectral radius of ∂s(t+1)/∂s(t), averaged along the text; of s and c together where a cell
  /// carries both. Its powers are what a gradient shrinks or grows by. Nil when unknown.
  public var jacobianRadius: Double?
  /// The step that the radii and the singular value are of: in a large network they are worked out
  /// beside training and belong to an earlier look. Nil where it is `step`.
  public var spectrumStep: Int?
  /// Share of state values with |s| > 0.97, from 0 to 1; nil where states have no bound.
  public var saturated: Double?
  /// Share of units that never leave a narrow band, from 0 to 1.
  public var dead: Double
  /// Mean slope of the activation at the states, `slopeFormula`; nil where gates act between.
  public var meanSlope: Double?
  /// Such as `1 − s²`; empty where there is no mean slope.
  public var slopeFormula: String
  /// Ratio of the gradient's noise to its size, from the two halves of a batch; nil when unknown.
  public var gradientNoise: Double?

  public init(
    step: Int, parameters: [Parameter], spectralRadius: Double?, largestSingularValue: Double?,
    recurrentSymbol: String = "W", jacobianRadius: Double? = nil, spectrumStep: Int? = nil,
    saturated: Double?, dead: Double, meanSlope: Double?, slopeFormula: String = "1 − s²",
    gradientNoise: Double? = nil
  ) {
    self.step = step
    self.parameters = parameters
    self.spectralRadius = spectralRadius
    self.largestSingularValue = largestSingularValue
    self.recurrentSymbol = recurrentSymbol
    self.jacobianRadius = jacobianRadius
    self.spectrumStep = spectrumStep == step ? nil : spectrumStep
    self.saturated = saturated
    self.dead = dead
    self.meanSlope = meanSlope
    self.slopeFormula = slopeFormula
    self.gradientNoise = gradientNoise
  }
}

extension NetworkStatistics: RecordedContent {
  public static let kind = ProbeFrame.Kind.statistics
  public static let recording: FrameRecording? = .overTraining
  public var frame: ProbeFrame { .statistics(self) }
  public var keptOverTraining: Self? { self }

  public var members: JSONObject {
    var object: JSONObject = [
      "parameters": .array(
        parameters.map { parameter in
          [
            "name": .string(parameter.name), "symbol": .string(parameter.symbol),
            "norm": .real(parameter.norm), "gradientNorm": .real(parameter.gradientNorm),
            "updateRatio": .real(parameter.updateRatio),
          ]
        })
    ]
    object["spectralRadius"] = spectralRadius.map(JSONValue.real)
    object["largestSingularValue"] = largestSingularValue.map(JSONValue.real)
    object["recurrentSymbol"] = .string(recurrentSymbol)
    object["jacobianRadius"] = jacobianRadius.map(JSONValue.real)
    object["spectrumStep"] = spectrumStep.map { .integer($0) }
    object["saturated"] = saturated.map(JSONValue.real)
    object["dead"] = .real(dead)
    object["meanSlope"] = meanSlope.map(JSONValue.real)
    object["slopeFormula"] = .string(slopeFormula)
    object["gradientNoise"] = gradientNoise.map(JSONValue.real)
    return object
  }

  public init(_ object: JSONObject, step: Int) {
    let parameters = (object["parameters"]?.array ?? []).map { value in
      Parameter(
        name: value["name"]?.string ?? "", symbol: value["symbol"]?.string ?? "",
        norm: value["norm"]?.double ?? .nan, gradientNorm: value["gradientNorm"]?.double ?? .nan,
        updateRatio: value["updateRatio"]?.double ?? .nan)
    }
    self.init(
      step: step, parameters: parameters, spectralRadius: object["spectralRadius"]?.double,
      largestSingularValue: object["largestSingularValue"]?.double,
      recurrentSymbol: object["recurrentSymbol"]?.string ?? "W",
      jacobianRadius: object["jacobianRadius"]?.double,
      spectrumStep: object["spectrumStep"]?.int, saturated: object["saturated"]?.double,
      dead: object["dead"]?.double ?? .nan, meanSlope: object["meanSlope"]?.double,
      slopeFormula: object["slopeFormula"]?.string ?? "1 − s²",
      gradientNoise: object["gradientNoise"]?.double)
  }
}
