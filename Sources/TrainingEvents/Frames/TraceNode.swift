extension GraphTrace {
  /// One node of the graph: what is computed there, and the numbers it has just now.
  public struct Node: Sendable, Equatable, Codable {
    public enum Direction: Sendable, Equatable, Codable {
      case forward
      case backward
    }

    public var direction: Direction
    /// Index into `columns`.
    public var column: Int
    public var place: Place
    /// What is computed there, with the equation of each; the first names the node.
    public var equations: [Equation]
    /// What the equation adds up, and the sum.
    public var terms: [Term]
    /// Quantities over all units, or over all outputs.
    public var values: [Values]
    /// Which output is right, and which one is likeliest.
    public var target: Int?
    public var guess: Int?
    public var finding: Finding?

    public init(
      _ direction: Direction, column: Int, place: Place, equations: [Equation], terms: [Term],
      values: [Values] = [], target: Int? = nil, guess: Int? = nil, finding: Finding? = nil
    ) {
      self.direction = direction
      self.column = column
      self.place = place
      self.equations = equations
      self.terms = terms
      self.values = values
      self.target = target
      self.guess = guess
      self.finding = finding
    }

    public var name: Variable? { equations.first?.result }
  }

  /// One addend of a node, or what they add up to, as one number.
  public struct Term: Sendable, Equatable, Codable {
    public enum Role: Sendable, Hashable, Codable {
      // Forward.
      case recurrent, input, vector, bias, state, kept, written, now
      /// How far a gate with this name is open.
      case gate(String)
      // Backward.
      case future, above, output, context, attention, loss, start, allSteps, throughState
      /// What goes on to whatever was read there.
      case passedOn
      case sum
      /// What comes through φ or through the gates.
      case through(Function?)
      /// What a step adds to a parameter's gradient, and the sum so far.
      case share, total
      /// A unit with a name, and the number that decides a language.
      case unit(String), decision
    }

    public enum Measure: Sendable, Hashable, Codable {
      case norm, mean
      /// One element, counted from 0; the only one where there is one.
      case element(Int)
      case number
    }

    public var role: Role
    public var expression: Expression
    public var measure: Measure
    public var value: Double
    /// The value that this one grew from, for accumulating gradients.
    public var previous: Double?

    public init(
      _ role: Role, _ expression: Expression, _ measure: Measure = .norm, value: Double,
      previous: Double? = nil
    ) {
      self.role = role
      self.expression = expression
      self.measure = measure
      self.value = value
      self.previous = previous
    }
  }

  /// One quantity over all units of a layer.
  public struct Values: Sendable, Equatable, Codable {
    public var variable: Variable
    public var values: [Float]

    public init(_ variable: Variable, _ values: [Float]) {
      (self.variable, self.values) = (variable, values)
    }
  }

  /// What the numbers of a node say.
  public enum Finding: Sendable, Hashable, Codable {
    /// So many of so many units stand beyond ±0.97.
    case saturated(Int, of: Int)
    /// The mean slope of φ, and which share of ‖∇s‖ comes through; nil where ∇s is zero.
    case slope(Function, mean: Double, passed: Double?)
    /// The mean of the gate that keeps c(t−1).
    case keeps(mean: Double)
    /// The walk's loss is the sum over so many targets, of which training takes the mean.
    case sumOverTargets(Int)
    /// C starts the decoder, and is read again at every step, or looked back from.
    case contextIsRead, contextLooksBack
    /// s(0) is a parameter.
    case learnedStart
    /// What a network built by hand says of what it has read.
    case verdict(Verdict, symbols: Int, isLast: Bool)
  }

  public enum Verdict: String, Sendable, Codable {
    case accepted, rejected, beyondPrecision
  }
}
