import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// A task's network as a dynamic system: its states along data, the Jacobian of every step, and the
/// system that it is under an input that stays the same.
protocol NetworkDynamics: AnyObject {
  /// Which layers, such as `layer 1`.
  var title: String { get }
  /// Numbers of one state.
  var size: Int { get }
  /// The states along the data, one after the other, in the order in which they are read.
  var trajectory: [Double] { get }
  /// Steps of each sequence of `trajectory`.
  var lengths: [Int] { get }
  /// How often each symbol is read in `trajectory`; empty where none are.
  var symbolCounts: [Int] { get }
  /// Calls `body` with ∂s(t)/∂s(t−1) of every step of `trajectory` but those that `skips`.
  func forEachJacobian(
    skipping skips: (_ sequence: Int) -> Bool,
    _ body: (_ sequence: Int, _ step: Int, _ jacobian: SquareMatrix) -> Void)
  /// The system under one input.
  func system(under input: ConstantInput) -> any StateTransition
}

/// A network of layers whose recurrence goes through their states.
final class LayerDynamics: NetworkDynamics {
  private let double: DoubleNetwork
  private let chain: StateChain<Double>
  private let steps: PackedSteps
  let trajectory: [Double]
  let lengths: [Int]
  let symbolCounts: [Int]

  var title: String { chain.title }
  var size: Int { chain.size }

  /// Nil where the network is none; `double` has just run.
  init?(_ double: DoubleNetwork, symbols: Int) {
    guard let chain = StateChain(double.model.stacks) else { return nil }
    self.double = double
    self.chain = chain
    steps = double.batch.steps
    let order = steps.readerOrder
    trajectory = order.flatMap { $0.flatMap { chain.state(row: $0) } }
    lengths = order.map(\.count)
    symbolCounts = double.batch.symbolCounts(symbols)
  }

  func forEachJacobian(
    skipping skips: (Int) -> Bool, _ body: (Int, Int, SquareMatrix) -> Void
  ) {
    for (sequence, rows) in steps.readerOrder.enumerated() where !skips(sequence) {
      for (step, row) in rows.enumerated() {
        guard
          let jacobian = chain.jacobian(
            step: step, row: row, steps: steps, parameters: double.parameters)
        else { continue }
        body(sequence, step, jacobian)
      }
    }
  }

  /// Works with a model of its own, so that what was read stays.
  func system(under input: ConstantInput) -> any StateTransition {
    let own = DoubleNetwork(double.network)
    let drive = chain.drive(
      input, embedding: double.model.roles.inputEmbedding, parameters: double.parameters)
    return LayerTransition(
      StateChain(own.model.stacks) ?? chain, parameters: double.parameters, drive: drive)
  }
}

/// A network whose recurrence goes through its output (GBC fig. 10.4), run alone: s(t) makes o(t),
/// and what it puts out makes s(t+1).
final class FeedbackDynamics: NetworkDynamics {
  private let double: DoubleNetwork
  private let layer: LayerView<Double>
  private let roles: ParameterRoles
  /// Whether the symbol that the network decides for is fed back, and not o(t) itself.
  private let decides: Bool
  /// W V, units × units.
  private let recurrence: SquareMatrix
  let size: Int
  let trajectory: [Double]
  let lengths: [Int]
  let symbolCounts: [Int]

  var title: String {
    decides ? "layer 1 through the symbol it decides for" : "layer 1 through its output"
  }

  init?(_ double: DoubleNetwork, symbols: Int) {
    guard let layer = double.model.stacks.first?.layers.first, layer.fedBack != nil else {
      return nil
    }
    self.double = double
    self.layer = layer
    roles = double.model.roles
    let network = double.network
    decides = network.alone.handsOnDecisions && network.builder.sizes.targets == .symbols
    let (w, v) = (
      double.parameters[layer.recurrentWeight], double.parameters[roles.outputWeight]
    )
    size = w.rows
    var product = SquareMatrix(size: w.rows)
    product.elements.withMatrix(columns: w.rows) { $0.product(w, v) }
    recurrence = product
    let order = double.batch.steps.readerOrder
    let (states, count) = (layer.states, w.rows)
    trajectory = order.flatMap { $0.flatMap { row in (0..<count).map { states[row, $0] } } }
    lengths = order.map(\.count)
    symbolCounts = double.batch.symbolCounts(symbols)
  }

  func forEachJacobian(
    skipping skips: (Int) -> Bool, _ body: (Int, Int, SquareMatrix) -> Void
  ) {
    var start = 0
    for (sequence, length) in lengths.enumerated() {
      defer { start += length }
      guard !skips(sequence) else { continue }
      for step in 0..<length {
        var jacobian = decides ? SquareMatrix(size: size) : recurrence
        for row in 0..<size where !decides {
          let s = trajectory[(start + step) * size + row]
          for column in 0..<size { jacobian[row, column] *= 1 - s * s }
        }
        body(sequence, step, jacobian)
      }
    }
  }

  func system(under input: ConstantInput) -> any StateTransition {
    let parameters = double.parameters
    let drive = parameters.drive(
      input, weight: layer.inputWeight, bias: layer.bias, embedding: roles.inputEmbedding)
    let (w, v, c) = (
      parameters[layer.recurrentWeight], parameters[roles.outputWeight],
      parameters.row(roles.outputBias)
    )
    func rows(_ matrix: Matrix<Double>) -> [[Double]] {
      (0..<matrix.rows).map { row in (0..<matrix.columns).map { matrix[row, $0] } }
    }
    guard !decides else {
      return DecisionTransition(
        feedback: rows(w), drive: drive, outputs: rows(v), bias: c.elements)
    }
    let shifted = (0..<size).map { unit in
      (0..<w.columns).reduce(drive[unit]) { $0 + w[unit, $1] * c[0, $1] }
    }
    return PlainTransition(recurrence, drive: shifted, .tanh)
  }
}

/// A network that was set by hand, over strings of its language.
final class HandBuiltDynamics: NetworkDynamics {
  /// W, units × units.
  let weights: SquareMatrix
  /// U x + b of every symbol.
  private let drives: [[Double]]
  private let strings: [[Int32]]
  private let start: [Double]
  let title = "the units"
  let size: Int
  let trajectory: [Double]
  let lengths: [Int]
  let symbolCounts: [Int]

  init(_ workload: HandBuiltWorkload, strings: [[Int32]]) {
    let network = workload.network
    let tensors = Dictionary(
      network.tensors.map { ($0.name, $0.values) }, uniquingKeysWith: { first, _ in first })
    let count = network.units.count
    let symbols = network.design.alphabet.count
    var weights = SquareMatrix(size: count)
    weights.elements = tensors["rnn.weight_hh_l0"] ?? weights.elements
    self.weights = weights
    let (u, b) = (tensors["rnn.weight_ih_l0"] ?? [], tensors["rnn.bias_ih_l0"] ?? [])
    drives = (0..<symbols).map { symbol in
      (0..<count).map { u[$0 * symbols + symbol] + b[$0] }
    }
    size = count
    self.strings = strings
    start = network.start.values.map { Double($0) }
    trajectory = strings.flatMap { string in
      workload.states(string).dropFirst().flatMap { $0.values.map { Double($0) } }
    }
    lengths = strings.map(\.count)
    var counts = [Int](repeating: 0, count: symbols)
    for symbol in strings.joined() { counts[Int(symbol)] += 1 }
    symbolCounts = counts
  }

  func forEachJacobian(
    skipping skips: (Int) -> Bool, _ body: (Int, Int, SquareMatrix) -> Void
  ) {
    var row = 0
    for (sequence, string) in strings.enumerated() {
      var before = start
      for (step, symbol) in string.enumerated() {
        if !skips(sequence) {
          let system = PlainTransition(weights, drive: drives[Int(symbol)], .clamp)
          body(sequence, step, system.linearised(at: before).jacobian)
        }
        before = Array(trajectory[row * size..<(row + 1) * size])
        row += 1
      }
    }
  }

  func system(under input: ConstantInput) -> any StateTransition {
    guard case .symbol(let symbol) = input, drives.indices.contains(symbol) else {
      return PlainTransition(weights, drive: [Double](repeating: 0, count: size), .clamp)
    }
    return PlainTransition(weights, drive: drives[symbol], .clamp)
  }
}

extension PackedSteps {
  /// The rows of each sequence, step after step, sequences in their original order.
  var readerOrder: [[Int]] {
    places.map { place in (0..<lengths[place]).map { row(step: $0, sequence: place) } }
  }
}

extension RecurrentNetworks.SequenceBatch {
  /// How often each of so many symbols is read; empty where there are none.
  func symbolCounts(_ symbols: Int) -> [Int] {
    guard symbols > 0, tokens.count == steps.rowCount else { return [] }
    var counts = [Int](repeating: 0, count: symbols)
    for row in 0..<tokens.count where counts.indices.contains(Int(tokens[row])) {
      counts[Int(tokens[row])] += 1
    }
    return counts
  }
}
