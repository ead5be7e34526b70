/// A formula of one step of a cell, for whoever tells or checks what a cell computes. Gates are
/// indices into the cell's description.
public indirect enum CellFormula: Sendable {
  /// A vector that a cell computes at every step, `hidden` numbers for each gate that it is of.
  public enum Quantity: Sendable, Hashable {
    /// a(t) of all gates, or of one.
    case preActivation(gate: Int?)
    /// W s(t−1) and the bias that stands beside it, of all gates or of one.
    case recurrentSum(gate: Int?)
    /// u(t) = U x(t) and w(t) = W s(t−1) before they are normalised, of all gates or of one.
    case inputProduct(gate: Int?), recurrentProduct(gate: Int?)
    /// The activation of one gate.
    case gate(Int)
    /// c(t).
    case cell
    /// ℓ(t), the logarithm of what an sLSTM's c(t) was divided by.
    case normaliser
    /// k(t), the imaginary part of an LRU's c(t), whose real part then is the cell.
    case imaginary
    /// s(t).
    case state
    /// m(t), of which a projection makes s(t).
    case memory
    /// s′(t) and c′(t), which zoneout mixes with s(t−1) and c(t−1).
    case proposedState, proposedCell
  }

  /// Which step a quantity is of, seen from the step that is computed.
  public enum Moment: Sendable {
    /// t − 1.
    case before
    /// t.
    case now
    /// t + 1.
    case after
  }

  /// What is applied to a pre-activation, element by element.
  public enum Function: Sendable {
    /// −1 to 1.
    case tanh
    /// max(z, 0).
    case relu
    /// σ(z) = 1 / (1 + e^−z), 0 to 1.
    case sigmoid
    /// e^z.
    case exponential
    /// The natural logarithm.
    case logarithm
    /// (z − mean z) / √(var z + 10⁻⁵) over the units of each gate by itself.
    case normalise
  }

  /// A quantity at a moment.
  case value(Quantity, Moment = .now)
  /// The gradient of the loss with respect to a quantity at a moment.
  case gradient(Quantity, Moment = .now)
  /// b of one gate, or of all.
  case bias(gate: Int?)
  /// U x(t), and whatever else enters a step.
  case inputSum(gate: Int?)
  /// W s(t−1), with its own bias where it has one.
  case recurrentSum(gate: Int?)
  /// The bias that stands beside W s(t−1), of one gate or of all.
  case recurrentBias(gate: Int?)
  /// What a normalised U x(t) is multiplied by unit by unit, of one gate or of all.
  case inputGain(gate: Int?)
  /// The same of W s(t−1).
  case recurrentGain(gate: Int?)
  /// The gradient with respect to z, from that with respect to what normalisation makes of it.
  case throughNormalisation(of: CellFormula, CellFormula)
  /// Wᵀ δ(t+1).
  case backThroughWeights
  /// One of the vectors that act unit by unit, such as the peephole of a gate; of an LRU the real and
  /// the imaginary part of λ, γ, ν and θ.
  case diagonal(Int)
  /// P z; where P reads several vectors, the block of it that reads one of them by z.
  case projected(CellFormula, block: Int? = nil)
  /// Pᵀ z, or that of a block.
  case backThroughProjection(CellFormula, block: Int? = nil)
  /// Addends, in the order in which they are added.
  case sum([CellFormula])
  /// The product element by element.
  case hadamard([CellFormula])
  /// The first less the second.
  case difference(CellFormula, CellFormula)
  /// The first over the second, element by element.
  case quotient(CellFormula, CellFormula)
  /// So many times z.
  case scaled(Double, CellFormula)
  /// 1 − z.
  case complement(CellFormula)
  /// A function of every element.
  case function(Function, CellFormula)
  /// φ′ where φ has this value: 1 − s² for tanh, i (1 − i) for σ.
  case slope(Function, of: CellFormula)
}

/// What a cell computes in one step, forward and backward, in the order of computation. Each group
/// is computed at once.
public struct CellEquations: Sendable {
  /// A quantity and what it is.
  public struct Equation: Sendable {
    /// What is computed; going backward, the gradient with respect to it.
    public var result: CellFormula.Quantity
    /// What it is computed from.
    public var formula: CellFormula

    /// `result` = `formula`.
    public init(_ result: CellFormula.Quantity, _ formula: CellFormula) {
      (self.result, self.formula) = (result, formula)
    }
  }

  /// From x(t) and s(t−1) to s(t).
  public var forward: [[Equation]]
  /// What step t + 1 asks of s(t): its addends of ∇s(t).
  public var fromFuture: [CellFormula] = [.backThroughWeights]
  /// From ∇s(t) to δ(t), what W, U and b learn from.
  public var backward: [[Equation]]
  /// What a step adds to the gradients of vectors that are kept as something else than what acts, in the
  /// order in which they are kept; empty where there are none.
  public var diagonalGradients: [CellFormula] = []
}

extension CellFormula {
  /// The same with its parts changed; itself where it has none.
  func mapped(_ change: (CellFormula) -> CellFormula) -> CellFormula {
    switch self {
    case .sum(let parts): .sum(parts.map(change))
    case .hadamard(let parts): .hadamard(parts.map(change))
    case .difference(let a, let b): .difference(change(a), change(b))
    case .quotient(let a, let b): .quotient(change(a), change(b))
    case .scaled(let factor, let a): .scaled(factor, change(a))
    case .complement(let a): .complement(change(a))
    case .function(let function, let a): .function(function, change(a))
    case .slope(let function, let a): .slope(function, of: change(a))
    case .projected(let a, let block): .projected(change(a), block: block)
    case .backThroughProjection(let a, let block): .backThroughProjection(change(a), block: block)
    case .throughNormalisation(let a, let b): .throughNormalisation(of: change(a), change(b))
    case .value, .gradient, .bias, .recurrentBias, .inputGain, .recurrentGain, .inputSum,
      .recurrentSum, .backThroughWeights, .diagonal:
      self
    }
  }

  static func gate(_ index: Int, _ moment: Moment = .now) -> CellFormula {
    .value(.gate(index), moment)
  }
  static func delta(_ gate: Int) -> CellFormula { .gradient(.preActivation(gate: gate)) }
  static let state = CellFormula.value(.state)
  static let stateGradient = CellFormula.gradient(.state)
}

extension CellEquations {
  /// Every gate at once: a(t) = b + U x(t) + W s(t−1).
  static let sharedSum = [
    Equation(
      .preActivation(gate: nil),
      .sum([.bias(gate: nil), .recurrentSum(gate: nil), .inputSum(gate: nil)]))
  ]

  /// s(t) = φ(a(t)), δ(t) = φ′(a(t)) ⊙ ∇s(t).
  static func plain(_ activation: CellFormula.Function) -> CellEquations {
    CellEquations(
      forward: [
        sharedSum,
        [Equation(.state, .function(activation, .value(.preActivation(gate: nil))))],
      ],
      backward: [
        [
          Equation(
            .preActivation(gate: nil), .hadamard([.slope(activation, of: .state), .stateGradient]))
        ]
      ])
  }

  /// Gates i, f, g, o.
  static let lstm: CellEquations = {
    func activated(_ gate: Int, _ function: CellFormula.Function) -> Equation {
      Equation(.gate(gate), .function(function, .value(.preActivation(gate: gate))))
    }
    let tanhCell = CellFormula.function(.tanh, .value(.cell))
    let cellGradient = CellFormula.gradient(.cell)
    func delta(_ gate: Int, _ function: CellFormula.Function, _ factors: CellFormula...)
      -> Equation
    {
      Equation(
        .preActivation(gate: gate), .hadamard(factors + [.slope(function, of: .gate(gate))]))
    }
    return CellEquations(
      forward: [
        sharedSum,
        [
          activated(0, .sigmoid), activated(1, .sigmoid), activated(2, .tanh),
          activated(3, .sigmoid),
        ],
        [
          Equation(
            .cell,
            .sum([
              .hadamard([.gate(1), .value(.cell, .before)]), .hadamard([.gate(0), .gate(2)]),
            ]))
        ],
        [Equation(.state, .hadamard([.gate(3), tanhCell]))],
      ],
      backward: [
        [
          Equation(
            .cell,
            .sum([
              .hadamard([.stateGradient, .gate(3), .slope(.tanh, of: tanhCell)]),
              .hadamard([.gate(1, .after), .gradient(.cell, .after)]),
            ]))
        ],
        [
          delta(0, .sigmoid, cellGradient, .gate(2)),
          delta(1, .sigmoid, cellGradient, .value(.cell, .before)),
          delta(2, .tanh, cellGradient, .gate(0)),
          delta(3, .sigmoid, .stateGradient, tanhCell),
        ],
      ])
  }()

  /// Gates r, z, n, where r acts on what W and its bias make of s(t−1).
  static let gru: CellEquations = {
    func gateSum(_ gate: Int) -> Equation {
      Equation(
        .preActivation(gate: gate),
        .sum([.bias(gate: gate), .recurrentSum(gate: gate), .inputSum(gate: gate)]))
    }
    func activated(_ gate: Int) -> Equation {
      Equation(.gate(gate), .function(.sigmoid, .value(.preActivation(gate: gate))))
    }
    let before = CellFormula.value(.state, .before)
    return CellEquations(
      forward: [
        [gateSum(0), gateSum(1)],
        [activated(0), activated(1)],
        [
          Equation(
            .gate(2),
            .function(
              .tanh,
              .sum([
                .bias(gate: 2), .hadamard([.gate(0), .recurrentSum(gate: 2)]), .inputSum(gate: 2),
              ])))
        ],
        [
          Equation(
            .state,
            .sum([
              .hadamard([.complement(.gate(1)), .gate(2)]), .hadamard([.gate(1), before]),
            ]))
        ],
      ],
      fromFuture: [
        .backThroughWeights, .hadamard([.gate(1, .after), .gradient(.state, .after)]),
      ],
      backward: [
        [
          Equation(
            .preActivation(gate: 2),
            .hadamard([.stateGradient, .complement(.gate(1)), .slope(.tanh, of: .gate(2))])),
          Equation(
            .preActivation(gate: 1),
            .hadamard([
              .stateGradient, .difference(before, .gate(2)), .slope(.sigmoid, of: .gate(1)),
            ])
          ),
          Equation(
            .preActivation(gate: 0),
            .hadamard([.delta(2), .recurrentSum(gate: 2), .slope(.sigmoid, of: .gate(0))])),
        ],
        [Equation(.recurrentSum(gate: 2), .hadamard([.gate(0), .delta(2)]))],
      ])
  }()
}
