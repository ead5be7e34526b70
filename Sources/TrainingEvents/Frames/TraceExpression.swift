/// The terms that a walk's equations are made of. They are data: whoever draws them chooses the
/// words, and whoever checks them can compute them.
extension GraphTrace {
  /// One direction of one layer.
  public struct Layer: Sendable, Hashable, Codable {
    public enum Part: String, Sendable, Codable {
      case whole, encoder, decoder
    }

    public var part: Part
    /// From 1.
    public var number: Int
    public var isOneOfSeveral: Bool
    /// Whether time runs from a sequence's end to its start.
    public var isReversed: Bool

    public init(
      part: Part = .whole, number: Int = 1, isOneOfSeveral: Bool = false, isReversed: Bool = false
    ) {
      self.part = part
      self.number = number
      self.isOneOfSeveral = isOneOfSeveral
      self.isReversed = isReversed
    }
  }

  /// A parameter of the network, or one gate's block of it.
  public struct Parameter: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Codable {
      /// U, W and b of a layer; the bias that stands beside W s(t−1).
      case input, recurrent, bias, recurrentBias
      /// V and c.
      case output, outputBias
      /// E, and R through which one vector enters every step.
      case embedding, vector
      /// Wₐ, Uₐ and v of additive attention.
      case attentionQuery, attentionKey, attentionEnergy
    }

    public var kind: Kind
    public var layer: Layer?
    /// The gate whose rows are meant, such as `f`; nil for all.
    public var gate: String?

    public init(_ kind: Kind, layer: Layer? = nil, gate: String? = nil) {
      (self.kind, self.layer, self.gate) = (kind, layer, gate)
    }
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
    case gate(String)
    case cell, state
    case output, prediction, loss
    /// The mean of onehot y(t) over all ways to lay a target along the steps.
    case expectedTarget
    /// C or C(t), α(t), Wₐ d(t−1), and what attention asks of a state of the source.
    case context, attention, query, attended
    /// Only as a gradient: ∇W(t) is the share of step t.
    case parameter(Parameter)
  }

  /// A quantity at one step, or its gradient.
  public struct Variable: Sendable, Hashable, Codable {
    public var quantity: Quantity
    public var layer: Layer?
    /// Time from 1; 0 is the start; nil where it has none.
    public var time: Int?
    public var isGradient: Bool

    public init(
      _ quantity: Quantity, layer: Layer? = nil, time: Int? = nil, isGradient: Bool = false
    ) {
      (self.quantity, self.layer) = (quantity, layer)
      (self.time, self.isGradient) = (time, isGradient)
    }

    public var gradient: Variable {
      Variable(quantity, layer: layer, time: time, isGradient: true)
    }
  }

  public enum Function: String, Sendable, Codable {
    case tanh, relu, sigmoid, softmax
    /// min(max(z, 0), 1).
    case clamp
  }

  public enum LossKind: String, Sendable, Codable {
    case crossEntropy, binaryCrossEntropy, squaredError, alignments
  }

  /// A vector made of others, element by element where nothing else is said.
  public indirect enum Expression: Sendable, Hashable, Codable {
    case variable(Variable)
    case parameter(Parameter)
    case number(Double)
    /// The symbol with an index, 1 in its place and 0 elsewhere; its row of E.
    case oneHot(Int), embedded(Int)
    /// W s, Wᵀ δ, δ sᵀ.
    case product(Parameter, Expression)
    case transposedProduct(Parameter, Expression)
    case outer(Expression, Expression)
    case hadamard([Expression])
    case sum([Expression])
    case difference(Expression, Expression)
    case scaled(Double, Expression)
    /// 1 − z.
    case complement(Expression)
    case function(Function, Expression)
    /// φ′ where φ has this value.
    case slope(Function, of: Expression)
    /// One vector behind the other.
    case stacked([Expression])
    /// What a guess costs.
    case loss(LossKind, Expression)
    /// softmax over i of vᵀ tanh(Wₐ q + Uₐ h(i)).
    case attention(of: Expression)
    /// Σ α(t, i) h(i).
    case weightedSource(Expression)
    /// Σ over all steps of Uᵀ δ(t), over the columns that read C.
    case sumOverSteps(Parameter, Variable)
  }

  public struct Equation: Sendable, Hashable, Codable {
    public var result: Variable
    public var expression: Expression

    public init(_ result: Variable, _ expression: Expression) {
      (self.result, self.expression) = (result, expression)
    }
  }
}
