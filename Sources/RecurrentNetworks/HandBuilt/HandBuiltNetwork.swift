import LinearAlgebra

/// A recurrent network whose weights were thought out instead of learned, and which decides a
/// language exactly: what Siegelmann and Sontag (1995) proved possible for every computable one.
///
///     s(t) = σ((U x(t) + b) + W s(t−1))        σ(z) = min(max(z, 0), 1), x(t) one-hot
///     accept after step t if v · s(t) + c > 0
///
/// A stack lives in the digits of one number, so the depth it can hold is bounded by the precision
/// of `Scalar`. Every sum is followed together with its rounding error: as soon as a state may
/// differ from the exact one, the network says so (`Verdict.beyondPrecision`) and never again
/// claims to know.
public struct HandBuiltNetwork<Scalar: NetworkScalar>: Sendable {
  /// What the network says of the symbols read so far.
  public enum Verdict: Sendable, Equatable {
    case accepted
    case rejected
    /// The state no longer fits the number type: nothing is known of this input.
    case beyondPrecision
  }

  /// The state after some symbols.
  public struct State: Sendable, Equatable {
    /// s(t), one value a unit, 0 to 1.
    public fileprivate(set) var values: [Scalar]
    /// Whether `values` are the exact ones.
    public fileprivate(set) var isExact: Bool
  }

  public let language: HandBuiltLanguage
  /// A name for each unit.
  public let units: [String]
  /// U, units × symbols.
  private let inputWeights: [[Scalar]]
  /// W, units × units.
  private let recurrentWeights: [[Scalar]]
  /// b
  private let bias: [Scalar]
  /// v and c
  private let acceptWeights: [Scalar]
  private let acceptBias: Scalar
  /// s(0)
  public let start: State

  public init(_ language: HandBuiltLanguage) {
    let design = language.design
    self.language = language
    units = design.units.map(\.name)
    inputWeights = design.units.map { unit in
      language.alphabet.map { Scalar(unit.inputs[$0] ?? 0) }
    }
    recurrentWeights = design.units.map { unit in
      design.units.map { Scalar(unit.states[$0.name] ?? 0) }
    }
    bias = design.units.map { Scalar($0.bias) }
    acceptWeights = design.units.map { Scalar(design.accept[$0.name] ?? 0) }
    acceptBias = Scalar(design.acceptBias)
    start = State(values: design.units.map { Scalar($0.start) }, isExact: true)
  }

  /// s(t) from s(t−1) and the index of a symbol in the language's alphabet.
  public func next(_ state: State, symbol: Int) -> State {
    var result = state
    for unit in units.indices {
      // The order matters: U x + b is small and exact, and cancels most of what W s adds.
      var sum = FollowedSum(bias[unit])
      sum.add(inputWeights[unit][symbol])
      for other in units.indices {
        sum.add(recurrentWeights[unit][other], times: state.values[other])
      }
      result.values[unit] = min(max(sum.value, 0), 1)
      if !sum.isClampedExactly { result.isExact = false }
    }
    return result
  }

  /// v · s + c, above zero where the network accepts.
  public func margin(_ state: State) -> Scalar { acceptance(state).value }

  public func verdict(_ state: State) -> Verdict {
    let sum = acceptance(state)
    guard state.isExact, sum.hasCertainSign else { return .beyondPrecision }
    return sum.value > 0 ? .accepted : .rejected
  }

  private func acceptance(_ state: State) -> FollowedSum<Scalar> {
    var sum = FollowedSum(acceptBias)
    for unit in units.indices { sum.add(acceptWeights[unit], times: state.values[unit]) }
    return sum
  }

  /// The states before the first symbol and after each one; nil when a character is not in the
  /// language's alphabet.
  public func run(_ text: some StringProtocol) -> [State]? {
    var states = [start]
    var state = start
    for character in text {
      guard let symbol = language.alphabet.firstIndex(of: character) else { return nil }
      state = next(state, symbol: symbol)
      states.append(state)
    }
    return states
  }

  /// What the network says of a whole text; nil when a character is not in the alphabet.
  public func decide(_ text: some StringProtocol) -> Verdict? {
    run(text)?.last.map { verdict($0) }
  }

  /// The weights under the names that learned ones have.
  public var tensors: [NamedTensor] {
    func tensor(_ name: String, _ shape: [Int], _ values: [Scalar]) -> NamedTensor {
      NamedTensor(name: name, shape: shape, values: values.map { Double($0) })
    }
    let count = units.count
    return [
      tensor(
        "rnn.weight_ih_l0", [count, language.alphabet.count], inputWeights.flatMap { $0 }),
      tensor("rnn.weight_hh_l0", [count, count], recurrentWeights.flatMap { $0 }),
      tensor("rnn.bias_ih_l0", [count], bias),
      tensor("rnn.initial_state_l0", [count], start.values),
      tensor("head.weight", [1, count], acceptWeights),
      tensor("head.bias", [1], [acceptBias]),
    ]
  }
}
