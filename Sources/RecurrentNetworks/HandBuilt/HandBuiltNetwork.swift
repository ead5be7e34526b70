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
/// claims to know. Once a person has changed a weight nothing is exact any more by design, and the
/// sign alone decides.
public struct HandBuiltNetwork<Scalar: NetworkScalar>: Sendable {
  /// What the network says of the symbols read so far.
  public enum Verdict: Sendable, Equatable {
    /// The symbols read so far belong to the language.
    case accepted
    /// They do not.
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

  /// The weights that were thought out, whether or not they still are its own.
  public let design: HandBuiltDesign
  /// A name for each unit.
  public let units: [String]
  /// U, units × symbols.
  private var inputWeights: [[Scalar]]
  /// W, units × units.
  private var recurrentWeights: [[Scalar]]
  /// b
  private var bias: [Scalar]
  /// v and c
  private var acceptWeights: [Scalar]
  private var acceptBias: Scalar
  /// s(0)
  public private(set) var start: State
  /// Whether weights are not those that were thought out.
  public private(set) var isEdited = false

  /// The network as it was thought out, its weights rounded to `Scalar`, which all of them fit.
  public init(_ design: HandBuiltDesign) {
    self.design = design
    units = design.units.map(\.name)
    inputWeights = design.units.map { unit in
      design.alphabet.map { Scalar(unit.inputs[$0] ?? 0) }
    }
    recurrentWeights = design.units.map { unit in
      design.units.map { Scalar(unit.states[$0.name] ?? 0) }
    }
    bias = design.units.map { Scalar($0.bias) }
    acceptWeights = design.units.map { Scalar(design.accept[$0.name] ?? 0) }
    acceptBias = Scalar(design.acceptBias)
    start = State(values: design.units.map { Scalar($0.start) }, isExact: true)
  }

  /// s(t) from s(t−1) and the index of a symbol in the design's alphabet.
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
      if !isEdited, !sum.isClampedExactly { result.isExact = false }
    }
    return result
  }

  /// v · s + c, above zero where the network accepts.
  public func margin(_ state: State) -> Scalar { acceptance(state).value }

  /// What a state says: accepted where v · s + c > 0.
  public func verdict(_ state: State) -> Verdict {
    let sum = acceptance(state)
    guard isEdited || (state.isExact && sum.hasCertainSign) else { return .beyondPrecision }
    return sum.value > 0 ? .accepted : .rejected
  }

  private func acceptance(_ state: State) -> FollowedSum<Scalar> {
    var sum = FollowedSum(acceptBias)
    for unit in units.indices { sum.add(acceptWeights[unit], times: state.values[unit]) }
    return sum
  }

  /// The states before the first symbol and after each one; nil when a character is not in the
  /// design's alphabet.
  public func run(_ text: some StringProtocol) -> [State]? {
    var states = [start]
    var state = start
    for character in text {
      guard let symbol = design.alphabet.firstIndex(of: character) else { return nil }
      state = next(state, symbol: symbol)
      states.append(state)
    }
    return states
  }

  /// What the network says of a whole text; nil when a character is not in the alphabet.
  public func decide(_ text: some StringProtocol) -> Verdict? {
    run(text)?.last.map { verdict($0) }
  }

  /// The same network with these weights; nil where their names or shapes are others, or a value is
  /// not finite.
  public func with(_ tensors: [NamedTensor]) -> HandBuiltNetwork? {
    let given = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let own = self.tensors
    guard tensors.count == own.count,
      own.allSatisfy({
        given[$0.name]?.shape == $0.shape && given[$0.name]?.values.count == $0.values.count
      }), tensors.allSatisfy({ $0.values.allSatisfy { Scalar($0).isFinite } })
    else { return nil }
    func values(_ name: String) -> [Scalar] { given[name]?.values.map { Scalar($0) } ?? [] }
    func rows(_ name: String, _ width: Int) -> [[Scalar]] {
      let all = values(name)
      return units.indices.map { Array(all[$0 * width..<($0 + 1) * width]) }
    }
    var result = self
    result.inputWeights = rows("rnn.weight_ih_l0", design.alphabet.count)
    result.recurrentWeights = rows("rnn.weight_hh_l0", units.count)
    result.bias = values("rnn.bias_ih_l0")
    result.start.values = values("rnn.initial_state_l0")
    result.acceptWeights = values("head.weight")
    result.acceptBias = values("head.bias").first ?? 0
    let unchanged = HandBuiltNetwork(design).tensors
    result.isEdited = zip(result.tensors, unchanged).contains { $0.values != $1.values }
    return result
  }

  /// The weights under the names that learned ones have.
  public var tensors: [NamedTensor] {
    func tensor(_ name: String, _ shape: [Int], _ values: [Scalar]) -> NamedTensor {
      NamedTensor(name: name, shape: shape, values: values.map { Double($0) })
    }
    let count = units.count
    return [
      tensor(
        "rnn.weight_ih_l0", [count, design.alphabet.count], inputWeights.flatMap { $0 }),
      tensor("rnn.weight_hh_l0", [count, count], recurrentWeights.flatMap { $0 }),
      tensor("rnn.bias_ih_l0", [count], bias),
      tensor("rnn.initial_state_l0", [count], start.values),
      tensor("head.weight", [1, count], acceptWeights),
      tensor("head.bias", [1], [acceptBias]),
    ]
  }
}
