/// The terms that a walk's equations are made of. They are data: whoever draws them chooses the
/// words, and whoever checks them can compute them.
extension GraphTrace {
  /// One direction of one layer.
  public struct Layer: Sendable, Hashable, Codable {
    /// A part of a network that has layers of its own.
    public enum Part: String, Sendable, Codable {
      /// The only part there is.
      case whole
      /// What reads the source.
      case encoder
      /// What writes the target.
      case decoder
    }

    /// The part that the layer belongs to.
    public var part: Part
    /// From 1.
    public var number: Int
    /// Whether its part has other layers, so that its number has to be told.
    public var isOneOfSeveral: Bool
    /// Whether time runs from a sequence's end to its start.
    public var isReversed: Bool
    /// Which way a state goes over an image, such as `↘`; nil along a line of time.
    public var corner: String?

    public init(
      part: Part = .whole, number: Int = 1, isOneOfSeveral: Bool = false, isReversed: Bool = false,
      corner: String? = nil
    ) {
      self.corner = corner
      self.part = part
      self.number = number
      self.isOneOfSeveral = isOneOfSeveral
      self.isReversed = isReversed
    }
  }

  /// A parameter of the network, or one gate's block of it.
  public struct Parameter: Sendable, Hashable, Codable {
    /// What a parameter is for.
    public enum Kind: String, Sendable, Codable {
      /// U, W and b of a layer; the bias that stands beside W s(t−1).
      case input, recurrent, bias, recurrentBias
      /// Wᵥ and Wₕ over an image, from the row and from the column before.
      case vertical, horizontal
      /// V and c.
      case output, outputBias
      /// E of the symbols that are read, and Eₜ of the symbol written before.
      case embedding, targetEmbedding
      /// P of a projection, the block of it that reads one of several vectors where a gate is named, and
      /// p of a gate's peephole.
      case projection, peephole
      /// Re λ, Im λ and γ of a linear recurrent unit.
      case eigenvalue, eigenvalueImaginary, inputScale
      /// ν and θ of λ = exp(−ν + iθ), and Λ: the logarithms of ν, θ and γ, which are what is learned.
      case decay, angle, eigenvalues
      /// g_U and g_W, which normalised U x(t) and W s(t−1) are multiplied by.
      case inputGain, recurrentGain
      /// R, through which one vector enters every step.
      case vector
      /// Wₐ, Uₐ and v of additive attention.
      case attentionQuery, attentionKey, attentionEnergy
    }

    /// What it is for.
    public var kind: Kind
    /// Whose it is; nil for what belongs to no layer, such as V.
    public var layer: Layer?
    /// The gate whose rows are meant, such as `f`; nil for all.
    public var gate: String?

    /// A parameter, or one gate's rows of it.
    public init(_ kind: Kind, layer: Layer? = nil, gate: String? = nil) {
      (self.kind, self.layer, self.gate) = (kind, layer, gate)
    }
  }

  /// A block of pixels of an image that is read in two dimensions.
  public struct Cell: Sendable, Hashable, Codable {
    /// From 1, from the top.
    public var row: Int
    /// From 1, from the left.
    public var column: Int

    /// The block at a row and a column, both counted from 1.
    public init(row: Int, column: Int) { (self.row, self.column) = (row, column) }
  }

  /// What a name stands for.
  public enum Quantity: Sendable, Hashable, Codable {
    /// x(t), or the one vector x where there is no time.
    case input
    /// The symbol written at a step, as the next one reads it; the right output as a vector.
    case target
    /// a(t) of all gates, or of one.
    case preActivation(gate: String?)
    /// W s(t−1) with its own bias, where a gate acts on it.
    case recurrentSum(gate: String?)
    /// u(t) = U x(t) and w(t) = W s(t−1) before they are normalised, of all gates or of one.
    case inputProduct(gate: String?), recurrentProduct(gate: String?)
    /// The activation of the gate with this symbol.
    case gate(String)
    /// c(t).
    case cell
    /// ℓ(t), the logarithm of what c(t) was divided by.
    case normaliser
    /// k(t), the imaginary part of a linear recurrent unit's cell.
    case imaginary
    /// s(t).
    case state
    /// m(t), of which a projection makes s(t).
    case memory
    /// s′(t) and c′(t), which zoneout mixes with s(t−1) and c(t−1).
    case proposedState, proposedCell
    /// o(t).
    case output
    /// ŷ(t).
    case prediction
    /// L(t), or L where there is no time.
    case loss
    /// The mean of onehot y(t) over all ways to lay a target along the steps.
    case expectedTarget
    /// C or C(t), α(t), Wₐ d(t−1), and what attention asks of a state of the source.
    case context, attention, query, attended
    /// Only as a gradient: ∇W(t) is the share of step t.
    case parameter(Parameter)
  }

  /// A quantity at one step, or its gradient.
  public struct Variable: Sendable, Hashable, Codable {
    /// What the name stands for.
    public var quantity: Quantity
    /// Whose it is; nil for what belongs to no layer.
    public var layer: Layer?
    /// Time from 1; 0 is the start; nil where it has none.
    public var time: Int?
    /// Its place in an image; nil where it has none.
    public var cell: Cell?
    /// Whether ∂L with respect to it is meant.
    public var isGradient: Bool

    /// A quantity of a layer at a time.
    public init(
      _ quantity: Quantity, layer: Layer? = nil, time: Int? = nil, cell: Cell? = nil,
      isGradient: Bool = false
    ) {
      (self.quantity, self.layer) = (quantity, layer)
      (self.time, self.cell, self.isGradient) = (time, cell, isGradient)
    }

    /// The gradient with respect to it.
    public var gradient: Variable {
      Variable(quantity, layer: layer, time: time, cell: cell, isGradient: true)
    }
  }

  /// What is applied to a vector.
  public enum Function: String, Sendable, Codable {
    /// −1 to 1.
    case tanh
    /// max(z, 0).
    case relu
    /// σ(z) = 1 / (1 + e^−z).
    case sigmoid
    /// e^z.
    case exponential
    /// The natural logarithm.
    case logarithm
    /// (z − mean z) / √(var z + 10⁻⁵) over the units of each gate by itself.
    case normalise
    /// e^z over their sum.
    case softmax
    /// min(max(z, 0), 1).
    case clamp
  }

  /// What a guess costs.
  public enum LossKind: String, Sendable, Codable {
    /// −log of the right class's probability, in nats.
    case crossEntropy
    /// The same of one number between 0 and 1.
    case binaryCrossEntropy
    /// The mean over outputs of the squared difference.
    case squaredError
    /// −log of the sum over all ways to lay a target along the steps (CTC).
    case alignments
  }

  /// A vector made of others, element by element where nothing else is said.
  public indirect enum Expression: Sendable, Hashable, Codable {
    /// A quantity at a step.
    case variable(Variable)
    /// A parameter.
    case parameter(Parameter)
    /// The same number for every element.
    case number(Double)
    /// The symbol with an index, 1 in its place and 0 elsewhere; its row of E.
    case oneHot(Int), embedded(Int)
    /// W s, Wᵀ δ, δ sᵀ.
    case product(Parameter, Expression)
    /// Wᵀ δ.
    case transposedProduct(Parameter, Expression)
    /// δ sᵀ.
    case outer(Expression, Expression)
    /// The product element by element.
    case hadamard([Expression])
    /// Addends, in the order they are told in.
    case sum([Expression])
    /// The first less the second.
    case difference(Expression, Expression)
    /// The first over the second, element by element.
    case quotient(Expression, Expression)
    /// So many times a vector.
    case scaled(Double, Expression)
    /// 1 − z.
    case complement(Expression)
    /// A function of a vector.
    case function(Function, Expression)
    /// φ′ where φ has this value.
    case slope(Function, of: Expression)
    /// One vector behind the other.
    case stacked([Expression])
    /// The gradient with respect to z, from that with respect to what normalisation makes of it.
    case throughNormalisation(of: Expression, Expression)
    /// What a guess costs.
    case loss(LossKind, Expression)
    /// softmax over i of vᵀ tanh(Wₐ q + Uₐ h(i)).
    case attention(of: Expression)
    /// Σ α(t, i) h(i).
    case weightedSource(Expression)
    /// Σ over all steps of Uᵀ δ(t), over the columns that read C.
    case sumOverSteps(Parameter, Variable)
  }

  /// A quantity and what it is.
  public struct Equation: Sendable, Hashable, Codable {
    /// What is computed.
    public var result: Variable
    /// What it is computed from.
    public var expression: Expression

    /// `result` = `expression`.
    public init(_ result: Variable, _ expression: Expression) {
      (self.result, self.expression) = (result, expression)
    }
  }
}
