/// The hidden states while the network reads one sequence.
public struct HiddenStateFrame: Sendable, Equatable {
  /// The step after which the states were computed.
  public var step: Int
  /// What the network reads at each column: a symbol, or a number for vector inputs.
  public var symbols: [String]
  /// One map for every layer, direction and gate; the state s(t) of layer 1 comes first.
  public var maps: [StateMap]
  /// Probability of the right next target, per column; NaN where there is none.
  public var targetProbability: [Float]
  /// Loss of each column's target, in the unit of the training loss; NaN where there is none.
  public var loss: [Float]
  /// What the network thought most likely next, per column; empty where it predicts no symbols.
  public var prediction: [String]

  public init(
    step: Int, symbols: [String], maps: [StateMap], targetProbability: [Float] = [],
    loss: [Float] = [], prediction: [String] = []
  ) {
    self.step = step
    self.symbols = symbols
    self.maps = maps
    self.targetProbability = targetProbability
    self.loss = loss
    self.prediction = prediction
  }
}

/// Activations over a fixed passage of held-out data, each of its positions once: long enough to
/// tell what a unit responds to.
public struct PassageFrame: Sendable, Equatable {
  public var step: Int
  /// What the network reads at each position.
  public var symbols: [String]
  /// Where in `symbols` separate stretches begin, in rising order; each is read from the state
  /// before any input.
  public var starts: [Int]
  public var map: StateMap

  public init(step: Int, symbols: [String], starts: [Int], map: StateMap) {
    self.step = step
    self.symbols = symbols
    self.starts = starts
    self.map = map
  }
}

/// Activations of one group of units over time.
public struct StateMap: Sendable, Equatable {
  /// Such as `layer 1`, `layer 2 backward`, `layer 1 forget gate`.
  public var name: String
  public var units: Int
  /// units values for each column, column after column: `values[t * units + unit]`.
  public var values: [Float]
  /// The range that the colours span, such as −1…1 for tanh and 0…1 for gates.
  public var lowest: Float
  public var highest: Float

  public init(name: String, units: Int, values: [Float], lowest: Float = -1, highest: Float = 1) {
    self.name = name
    self.units = units
    self.values = values
    self.lowest = lowest
    self.highest = highest
  }

  public var columns: Int { units > 0 ? values.count / units : 0 }
}

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

public struct LagCurve: Sendable, Equatable {
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

/// How healthy the network is, per parameter and as a whole.
public struct NetworkStatistics: Sendable, Equatable {
  public struct Parameter: Sendable, Equatable {
    /// The name in files, such as `rnn.weight_hh_l0`.
    public var name: String
    /// The lecture's symbol, such as `W`.
    public var symbol: String
    public var norm: Double
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
    recurrentSymbol: String = "W", jacobianRadius: Double? = nil, saturated: Double?, dead: Double,
    meanSlope: Double?, slopeFormula: String = "1 − s²", gradientNoise: Double? = nil
  ) {
    self.step = step
    self.parameters = parameters
    self.spectralRadius = spectralRadius
    self.largestSingularValue = largestSingularValue
    self.recurrentSymbol = recurrentSymbol
    self.jacobianRadius = jacobianRadius
    self.saturated = saturated
    self.dead = dead
    self.meanSlope = meanSlope
    self.slopeFormula = slopeFormula
    self.gradientNoise = gradientNoise
  }
}

/// What the network writes or predicts by itself.
public struct SampleFrame: Sendable, Equatable {
  public var step: Int
  public var temperature: Double
  public var lines: [String]

  public init(step: Int, temperature: Double, lines: [String]) {
    self.step = step
    self.temperature = temperature
    self.lines = lines
  }
}

/// The answer to a text that a person typed.
public struct ReadingFrame: Sendable, Equatable {
  public var text: String
  /// What the network makes of it: a continuation, a label with its probability, a translation.
  public var answer: String
  /// Alternatives with their probabilities, most likely first.
  public var alternatives: [(label: String, probability: Double)]
  public var states: HiddenStateFrame

  public init(
    text: String, answer: String, alternatives: [(label: String, probability: Double)],
    states: HiddenStateFrame
  ) {
    self.text = text
    self.answer = answer
    self.alternatives = alternatives
    self.states = states
  }

  public static func == (a: Self, b: Self) -> Bool {
    a.text == b.text && a.answer == b.answer && a.states == b.states
      && a.alternatives.map(\.label) == b.alternatives.map(\.label)
      && a.alternatives.map(\.probability) == b.alternatives.map(\.probability)
  }
}
