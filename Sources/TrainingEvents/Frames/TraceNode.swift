extension GraphTrace {
  /// One node of the graph: what is computed there, and the numbers it has just now.
  public struct Node: Sendable, Equatable, Codable {
    /// Which way the walk goes when it comes by.
    public enum Direction: Sendable, Equatable, Codable {
      /// With time, from inputs to losses.
      case forward
      /// From losses back to inputs: gradients.
      case backward
    }

    /// Which way the walk goes here.
    public var direction: Direction
    /// Index into `columns`.
    public var column: Int
    /// Where in the column it stands.
    public var place: Place
    /// What is computed there, with the equation of each; the first names the node.
    public var equations: [Equation]
    /// What the equation adds up, and the sum.
    public var terms: [Term]
    /// Quantities over all units, or over all outputs.
    public var values: [Values]
    /// The right output; nil where outputs are no classes, or where there is none.
    public var target: Int?
    /// The likeliest output; nil where outputs are no classes.
    public var guess: Int?
    /// What the numbers say; nil where they say nothing.
    public var finding: Finding?

    /// A node with its numbers.
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

    /// What the first equation computes.
    public var name: Variable? { equations.first?.result }
  }

  /// One addend of a node, or what they add up to, as one number.
  public struct Term: Sendable, Equatable, Codable {
    /// What an addend is for, by which it gets its words.
    public enum Role: Sendable, Hashable, Codable {
      // Forward.
      /// W s(t−1).
      case recurrent
      /// What comes from the row and from the column beside, over an image.
      case vertical, horizontal
      /// U x(t).
      case input
      /// Rᵀ x, of one vector that enters every step.
      case vector
      /// b.
      case bias
      /// What an output is read off.
      case state
      /// What a gate keeps of the state or the cell of the step beside.
      case kept
      /// What a gate or the state reads of the cell; going back, what a gate asks of it.
      case cell
      /// What a gate lets in.
      case written
      /// The quantity itself, at this step.
      case now
      /// How far a gate with this name is open.
      case gate(String)
      // Backward.
      /// What step t + 1 asks.
      case future
      /// What the layer above asks.
      case above
      /// What the output asks.
      case output
      /// What a decoder asks of C.
      case context
      /// What attention asks.
      case attention
      /// What the loss asks of an output.
      case loss
      /// What the decoder's first step asks of where it began.
      case start
      /// What all steps of a decoder ask together.
      case allSteps
      /// What comes to c(t) through s(t).
      case throughState
      /// What goes on to whatever was read there.
      case passedOn
      /// What the addends add up to.
      case sum
      /// What comes through P, of ∇s to ∇m.
      case projected
      /// What comes through φ or through the gates.
      case through(Function?)
      /// What a step adds to a parameter's gradient, and the sum so far.
      case share, total
      /// A unit with a name, and the number that decides a language.
      case unit(String), decision
    }

    /// Which one number stands for a vector.
    public enum Measure: Sendable, Hashable, Codable {
      /// Its Euclidean norm.
      case norm
      /// The mean of its elements.
      case mean
      /// One element, counted from 0; the only one where there is one.
      case element(Int)
      /// The quantity is a number itself.
      case number
    }

    /// What it is for.
    public var role: Role
    /// What it is.
    public var expression: Expression
    /// Which number of it `value` is.
    public var measure: Measure
    /// The number.
    public var value: Double
    /// The value that this one grew from, for accumulating gradients.
    public var previous: Double?

    /// An addend with its number.
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
    /// Which quantity.
    public var variable: Variable
    /// One for each unit, or for each output.
    public var values: [Float]
    /// What each of several parts of equal length has its units' numbers of, such as the gates; nil
    /// where all numbers are of one thing.
    public var blocks: [String]?

    /// A quantity with its numbers.
    public init(_ variable: Variable, _ values: [Float], blocks: [String]? = nil) {
      (self.variable, self.values, self.blocks) = (variable, values, blocks)
    }

    /// Which unit a number is of, from 0, and of what; nil where all are of one thing.
    public func unit(at index: Int) -> (unit: Int, block: String)? {
      guard let blocks, blocks.count > 1, values.indices.contains(index) else { return nil }
      let size = values.count / blocks.count
      guard size > 0, values.count == size * blocks.count else { return nil }
      return (index % size, blocks[index / size])
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

  /// What a network built by hand says.
  public enum Verdict: String, Sendable, Codable {
    /// The symbols read so far belong to the language.
    case accepted
    /// They do not.
    case rejected
    /// The state is not exact any more, so that nothing is known.
    case beyondPrecision
  }
}
