import Foundation
import LinearAlgebra
import TrainingEvents

@testable import Training

/// Works out a walk's equations in Double from the parameters and from the numbers that stand on
/// its nodes: a second road to every number, with no code of the first.
struct WalkArithmetic {
  typealias Expression = GraphTrace.Expression
  typealias Variable = GraphTrace.Variable

  let trace: GraphTrace
  let gates: [String]
  let parameters: [String: Matrix<Float>]
  private var shown: [Variable: [Double]] = [:]
  private var symbols: [Variable: Expression] = [:]
  /// By time; at none where there is one output behind an image.
  private var targets: [Int?: Int] = [:]
  /// The node whose equations are worked out.
  var node: GraphTrace.Node?

  init(_ trace: GraphTrace, gates: [String], parameters: [String: Matrix<Float>]) {
    (self.trace, self.gates, self.parameters) = (trace, gates, parameters)
    for node in trace.nodes {
      for values in node.values { shown[values.variable] = values.values.map { Double($0) } }
      if node.place == .input, let first = node.equations.first {
        symbols[first.result] = first.expression
      }
      if node.place != .input, let target = node.target, let name = node.name {
        targets.updateValue(target, forKey: name.time)
      }
    }
  }

  // MARK: Parameters

  func matrix(_ parameter: GraphTrace.Parameter) -> Matrix<Float>? {
    if let corner = parameter.layer?.corner, let name = Self.corners[corner],
      let kind = Self.ofImage[parameter.kind]
    {
      return parameters["encoder.\(kind)_\(name)"]
    }
    let part =
      switch parameter.layer?.part {
      case .encoder?: "encoder."
      case .decoder?: "decoder."
      default: "rnn."
      }
    let layer =
      "l\((parameter.layer?.number ?? 1) - 1)"
      + (parameter.layer?.isReversed == true ? "_reverse" : "")
    // The lecture's symbols have the number of the layer behind them.
    let mark = (parameter.layer?.number ?? 1) > 1 ? "\(parameter.layer?.number ?? 1)" : ""
    let names: [String] =
      switch parameter.kind {
      case .vertical, .horizontal: []
      case .input: [part + "weight_ih_" + layer, "U" + mark]
      case .recurrent: [part + "weight_hh_" + layer, "W" + mark]
      case .bias: [part + "bias_ih_" + layer, "b" + mark]
      case .recurrentBias: [part + "bias_hh_" + layer, "b_h" + mark]
      case .output: ["head.weight", "V", "embedding.weight"]
      case .outputBias: ["head.bias", "c"]
      case .projection: [part + "weight_hr_" + layer, "P"]
      case .peephole: [part + "peepholes_" + layer, "p"]
      case .eigenvalue, .eigenvalueImaginary, .inputScale, .decay, .angle, .eigenvalues:
        [part + "eigenvalues_" + layer, "Λ"]
      case .inputGain: [part + "gain_ih_" + layer, "g_U" + mark]
      case .recurrentGain: [part + "gain_hh_" + layer, "g_W" + mark]
      case .vector: ["R"]
      case .embedding: ["embedding.weight"]
      case .targetEmbedding: ["target_embedding.weight", "embedding.weight"]
      case .attentionQuery: ["attention.W"]
      case .attentionKey: ["attention.U"]
      case .attentionEnergy: ["attention.v"]
      }
    return names.lazy.compactMap { parameters[$0] }.first
  }

  private static let corners = [
    "↘": "top_left", "↖": "bottom_right", "↙": "top_right", "↗": "bottom_left",
  ]
  private static let ofImage: [GraphTrace.Parameter.Kind: String] = [
    .input: "weight_ih", .vertical: "weight_vertical", .horizontal: "weight_horizontal",
    .bias: "bias",
  ]

  /// The corners in the order in which their states stand one behind the other.
  private var order: [String] {
    ["↘", "↖", "↙", "↗"].filter { corner in
      trace.nodes.contains { $0.name?.layer?.corner == corner }
    }
  }

  /// The rows of a matrix, those of one gate alone where one is named.
  private func rows(_ parameter: GraphTrace.Parameter) -> [[Double]] {
    guard let matrix = matrix(parameter) else { return [] }
    let all = matrix.rowCopies.map { $0.map { Double($0) } }
    if let factors = Self.factors(parameter.kind, all) { return factors.map { [$0] } }
    if parameter.kind == .projection, let gate = parameter.gate {
      return all.map { Array(gate == "r" ? $0.prefix($0.count / 2) : $0.suffix($0.count / 2)) }
    }
    guard let gate = parameter.gate, let index = gates.firstIndex(of: gate) else { return all }
    if parameter.kind == .peephole, let row = ["i", "f", "o"].firstIndex(of: gate) {
      return all[row].map { [$0] }
    }
    let units = all.count / gates.count
    return Array(all[index * units..<(index + 1) * units])
  }

  /// Re λ, Im λ or γ from the logarithms of ν, θ and γ.
  private static func factors(
    _ kind: GraphTrace.Parameter.Kind, _ logarithms: [[Double]]
  ) -> [Double]? {
    let phase = { (unit: Int) in (exp(-exp(logarithms[0][unit])), exp(logarithms[1][unit])) }
    switch kind {
    case .eigenvalue: return logarithms[0].indices.map { phase($0).0 * cos(phase($0).1) }
    case .eigenvalueImaginary: return logarithms[0].indices.map { phase($0).0 * sin(phase($0).1) }
    case .inputScale: return logarithms[2].map { exp($0) }
    case .decay: return logarithms[0].map { exp($0) }
    case .angle: return logarithms[1].map { exp($0) }
    default: return nil
    }
  }

  // MARK: Values

  func value(_ variable: Variable, width: Int? = nil) -> [Double]? {
    if let values = shown[variable] { return values }
    switch variable.quantity {
    case .input, .target:
      if let symbol = symbols[variable], let width { return read(symbol, width, variable) }
      if let target = targets[variable.time], let width {
        return (0..<width).map { $0 == target ? 1 : 0 }
      }
      return variable.time == 0 ? width.map { [Double](repeating: 0, count: $0) } : nil
    case .preActivation(let gate), .recurrentSum(let gate), .inputProduct(let gate),
      .recurrentProduct(let gate):
      return block(variable, gate)
    case .state where variable.time == 0 || start(variable): return initial(variable, "state")
    case .cell where variable.time == 0 || start(variable):
      return initial(variable, "cell").map { all in
        // An sLSTM's normaliser begins behind its cell.
        let units = shown.first { $0.key.quantity == .cell && $0.key.layer == variable.layer }
        return Array(all.prefix(units?.value.count ?? all.count))
      }
    case .normaliser where variable.time == 0 || start(variable),
      .imaginary where variable.time == 0 || start(variable):
      return initial(variable, "cell").map { all in
        let units = shown.first { $0.key.quantity == .cell && $0.key.layer == variable.layer }
        return Array(all.suffix(units?.value.count ?? all.count))
      }
    case .attended: return attended(variable)
    default: return nil
    }
  }

  /// Whether a step lies behind the last, where the other direction begins.
  private func start(_ variable: Variable) -> Bool {
    variable.layer?.isReversed == true && !variable.isGradient
  }

  private func initial(_ variable: Variable, _ what: String) -> [Double]? {
    if variable.layer?.part == .decoder, what == "state" {
      return shown[Variable(.context)]
    }
    let learned = parameters.first { $0.key.contains("initial_" + what) }?.value
    let same = shown.first {
      $0.key.quantity == variable.quantity && $0.key.layer == variable.layer
    }
    return learned?.column(0).map { Double($0) } ?? same.map { $0.value.map { _ in 0 } }
  }

  /// One gate's part of what is shown for all, or all gates' one behind the other.
  private func block(_ variable: Variable, _ gate: String?) -> [Double]? {
    func other(_ gate: String?) -> Variable {
      var other = variable
      switch variable.quantity {
      case .recurrentSum: other.quantity = .recurrentSum(gate: gate)
      case .inputProduct: other.quantity = .inputProduct(gate: gate)
      case .recurrentProduct: other.quantity = .recurrentProduct(gate: gate)
      default: other.quantity = .preActivation(gate: gate)
      }
      return other
    }
    if let gate {
      if let all = shown[other(nil)], let index = gates.firstIndex(of: gate) {
        let units = all.count / gates.count
        return Array(all[index * units..<(index + 1) * units])
      }
      // No gate acts on it before it is added.
      var plain = variable
      plain.quantity = .preActivation(gate: gate)
      return shown[plain]
    }
    let parts = gates.map { shown[other($0)] ?? block(other($0), $0) }
    return parts.contains { $0 == nil } ? nil : parts.flatMap { $0 ?? [] }
  }

  private func read(_ symbol: Expression, _ width: Int, _ variable: Variable) -> [Double]? {
    switch symbol {
    case .number: return [Double](repeating: 0, count: width)
    case .oneHot(let index): return (0..<width).map { $0 == index ? 1 : 0 }
    default: return nil
    }
  }

  // MARK: Expressions

  /// - Parameter width: how many elements are read, where the expression alone does not say.
  func value(_ expression: Expression, width: Int? = nil) -> [Double]? {
    switch expression {
    case .variable(let variable): return value(variable, width: width)
    case .parameter(let parameter): return rows(parameter).map { $0[0] }
    case .number(let number): return [Double](repeating: number, count: width ?? 1)
    case .oneHot(let index): return width.map { (0..<$0).map { $0 == index ? 1 : 0 } }
    case .embedded(let index):
      // A decoder reads what it wrote through a table of its own.
      let isWritten = node?.name?.quantity == .target
      let table = isWritten ? parameters["target_embedding.weight"] : nil
      return (table ?? parameters["embedding.weight"])?.copy(ofRow: index).map { Double($0) }
    case .product(let parameter, let factor):
      let rows = rows(parameter)
      return value(factor, width: rows.first?.count).map { vector in
        rows.map { zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 } }
      }
    case .transposedProduct(let parameter, let factor):
      if parameter.kind == .vector { return vectorProduct(parameter, factor) }
      let rows = rows(parameter)
      return value(factor).map { transposed(rows, $0) }
    case .outer(let left, let right):
      let name = trace.nodes.first { $0.equations.first?.expression == expression }?.name
      var matrix: Matrix<Float>?
      if case .parameter(let parameter)? = name?.quantity { matrix = self.matrix(parameter) }
      guard let a = value(left, width: matrix?.rows), let b = value(right, width: matrix?.columns)
      else { return nil }
      return a.flatMap { x in b.map { x * $0 } }
    case .hadamard(let factors): return folded(factors, width, *)
    case .sum(let parts): return folded(parts, width, +)
    case .difference(let a, let b):
      guard let a = value(a), let b = right(b) ?? value(b, width: a.count) else { return nil }
      return zip(a, b).map { $0 - $1 }
    case .quotient(let a, let b):
      guard let a = value(a), let b = value(b) else { return nil }
      return zip(a, b).map { $0 / $1 }
    case .scaled(let factor, let inner): return value(inner)?.map { factor * $0 }
    case .complement(let inner): return value(inner)?.map { 1 - $0 }
    case .function(let function, let inner): return value(inner).map { apply(function, $0) }
    case .slope(let function, let inner):
      return value(inner)?.map { y in
        switch function {
        case .tanh: 1 - y * y
        case .sigmoid: y * (1 - y)
        default: y > 0 ? 1 : 0
        }
      }
    case .throughNormalisation(let sum, let asked):
      guard let sum = value(sum), let asked = value(asked) else { return nil }
      return zip(byGate(sum), byGate(asked)).flatMap { z, h in
        let (scale, n) = normal(z)
        let mean = h.reduce(0, +) / Double(h.count)
        let along = zip(h, n).reduce(0) { $0 + $1.0 * $1.1 } / Double(h.count)
        return zip(h, n).map { scale * ($0 - mean - $1 * along) }
      }
    case .stacked(let parts):
      var (result, rest): ([Double], Int?) = ([], width)
      let known = parts.map { value($0) }
      rest = width.map { $0 - known.reduce(0) { $0 + ($1?.count ?? 0) } }
      for (part, known) in zip(parts, known) {
        guard let values = known ?? value(part, width: rest) else { return nil }
        result += values
      }
      return result
    case .loss(let kind, let guess): return loss(kind, guess)
    case .attention(let query): return value(query).map { softmax(energies($0).map(\.energy)) }
    case .weightedSource(let weights):
      return value(weights).map { transposed(source, $0) }
    case .sumOverSteps(let parameter, let variable):
      let rows = rows(parameter)
      let deltas = (1...trace.columns.count).compactMap { time -> [Double]? in
        var delta = variable
        delta.time = time
        return value(delta)
      }
      return deltas.map { transposed(rows, $0) }.reduce(nil) { sum, next in
        sum.map { zip($0, next).map { $0 + $1 } } ?? next
      }
    }
  }

  /// The right output as one of many, which a decoder may read through a table.
  private func right(_ expression: Expression) -> [Double]? {
    guard case .variable(let variable) = expression, variable.quantity == .target,
      let target = targets[variable.time],
      let width = shown[Variable(.output, time: variable.time)]?.count
    else { return nil }
    return (0..<width).map { $0 == target ? 1 : 0 }
  }

  /// R holds x's rows.
  private func vectorProduct(
    _ parameter: GraphTrace.Parameter, _ factor: Expression
  ) -> [Double]? {
    guard let matrix = matrix(parameter), let x = value(factor) else { return nil }
    let all = transposed(matrix.rowCopies.map { $0.map { Double($0) } }, x)
    guard let gate = parameter.gate, let index = gates.firstIndex(of: gate) else { return all }
    let units = all.count / gates.count
    return Array(all[index * units..<(index + 1) * units])
  }

  private func transposed(_ rows: [[Double]], _ vector: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: rows.first?.count ?? 0)
    for (row, factor) in zip(rows, vector) {
      for (column, value) in row.enumerated() { result[column] += value * factor }
    }
    return result
  }

  private func folded(
    _ parts: [Expression], _ width: Int?, _ combine: (Double, Double) -> Double
  ) -> [Double]? {
    let values = parts.compactMap { value($0, width: width) }
    guard values.count == parts.count, let first = values.first else { return nil }
    let count = values.map(\.count).min() ?? 0
    return values.dropFirst().reduce(own(first, count: count)) { sum, next in
      // Where a state is one of two, each part speaks of its own units.
      zip(sum, own(next, count: count)).map(combine)
    }
  }

  /// Of two directions side by side, the units that the node speaks of; of what a decoder reads,
  /// the context behind the symbol.
  func own(_ values: [Double], count: Int) -> [Double] {
    guard values.count > count else { return values }
    if let corner = node?.name?.layer?.corner, let index = order.firstIndex(of: corner) {
      return Array(values[index * count..<(index + 1) * count])
    }
    let isLater = node?.place == .context || node?.name?.layer?.isReversed == true
    return Array(isLater ? values.suffix(count) : values.prefix(count))
  }

  private func apply(_ function: GraphTrace.Function, _ values: [Double]) -> [Double] {
    switch function {
    case .tanh: values.map { Foundation.tanh($0) }
    case .relu: values.map { max(0, $0) }
    case .sigmoid: values.map { 1 / (1 + exp(-$0)) }
    case .exponential: values.map { exp($0) }
    case .logarithm: values.map { log($0) }
    case .softmax: softmax(values)
    case .normalise: byGate(values).flatMap { normal($0).values }
    case .clamp: values.map { min(max($0, 0), 1) }
    }
  }

  /// The units of each gate of the layer that the node speaks of.
  private func byGate(_ values: [Double]) -> [[Double]] {
    var layer = node?.name?.layer
    if case .parameter(let parameter)? = node?.name?.quantity { layer = parameter.layer }
    let all = matrix(GraphTrace.Parameter(.bias, layer: layer))?.rows ?? values.count
    let units = max(1, all / max(1, gates.count))
    return stride(from: 0, to: values.count, by: units).map {
      Array(values[$0..<min(values.count, $0 + units)])
    }
  }

  private func normal(_ z: [Double]) -> (scale: Double, values: [Double]) {
    let mean = z.reduce(0, +) / Double(z.count)
    let spread = z.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(z.count)
    let scale = 1 / (spread + 1e-5).squareRoot()
    return (scale, z.map { ($0 - mean) * scale })
  }

  private func softmax(_ values: [Double]) -> [Double] {
    let shares = values.map { exp($0) }
    let total = shares.reduce(0, +)
    return shares.map { $0 / total }
  }

  private func loss(_ kind: GraphTrace.LossKind, _ guess: Expression) -> [Double]? {
    guard kind != .alignments, case .variable(let variable) = guess, let values = value(guess)
    else { return nil }
    if kind == .crossEntropy { return targets[variable.time].map { [-log(values[$0])] } }
    guard let y = shown[Variable(.target, time: variable.time)] else { return nil }
    let parts = zip(values, y).map { p, y in
      kind == .squaredError ? (p - y) * (p - y) : -y * log(p) - (1 - y) * log(1 - p)
    }
    return [parts.reduce(0, +) / Double(kind == .squaredError ? parts.count : 1)]
  }

  // MARK: Attention

  /// h(i): the states of the encoder's top layer, both directions one behind the other.
  private var source: [[Double]] {
    let states = shown.filter { $0.key.quantity == .state && !$0.key.isGradient }
      .filter { $0.key.layer?.part == .encoder && $0.key.time != 0 }
    let cells = trace.columns.compactMap(\.cell)
    guard cells.isEmpty else {
      return cells.map { cell in
        let each = order.map { corner in
          states.first { $0.key.layer?.corner == corner && $0.key.cell == cell }?.value ?? []
        }
        return isSum
          ? each.dropFirst().reduce(each[0]) { zip($0, $1).map { $0 + $1 } } : each.flatMap { $0 }
      }
    }
    let top = states.keys.compactMap { $0.layer?.number }.max() ?? 1
    let handedOn = isResidual ? 1...top : top...top
    let last = trace.columns.filter { $0.part == "encoder" }.count
    return (0..<last).map { i in
      [false, true].flatMap { isReversed in
        let each = handedOn.map { number in
          states.first {
            $0.key.layer?.number == number && $0.key.layer?.isReversed == isReversed
              && $0.key.time == i + 1
          }?.value ?? []
        }
        return each.dropFirst().reduce(each[0]) { zip($0, $1).map { $0 + $1 } }
      }
    }
  }

  /// Whether what C is made of is the sum of the layers' states.
  private var isResidual: Bool {
    trace.nodes.contains { node in
      guard node.direction == .forward, node.name == Variable(.context) else { return false }
      switch node.equations.first?.expression {
      case .sum?: return true
      case .stacked(let parts)?: if case .sum? = parts.first { return true }
      default: break
      }
      return false
    }
  }

  /// Whether the corners' states are added up where they meet.
  private var isSum: Bool {
    trace.nodes.contains { node in
      guard node.direction == .forward, node.name == Variable(.context),
        case .sum? = node.equations.first?.expression
      else { return false }
      return true
    }
  }

  /// e(i) and the tanh behind it, for a state that looks.
  private func energies(_ state: [Double]) -> [(energy: Double, inner: [Double])] {
    func product(_ kind: GraphTrace.Parameter.Kind, _ vector: [Double]) -> [Double] {
      rows(GraphTrace.Parameter(kind)).map { zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    let (looking, v) = (
      product(.attentionQuery, state), rows(GraphTrace.Parameter(.attentionEnergy)).map { $0[0] }
    )
    return source.map { h in
      let inner = zip(looking, product(.attentionKey, h)).map { Foundation.tanh($0 + $1) }
      return (zip(v, inner).reduce(0) { $0 + $1.0 * $1.1 }, inner)
    }
  }

  /// What comes back through the energies of one look, at each place of the source.
  private func energyGradients(step: Int) -> [[Double]] {
    guard let look = trace.nodes.first(where: { $0.name == Variable(.attention, time: step) }),
      case .attention(let query)? = look.equations.first?.expression, let state = value(query),
      let alpha = shown[Variable(.attention, time: step)],
      let dContext = shown[Variable(.context, time: step, isGradient: true)]
    else { return [] }
    let v = rows(GraphTrace.Parameter(.attentionEnergy)).map { $0[0] }
    let asked = source.map { zip($0, dContext).reduce(0) { $0 + $1.0 * $1.1 } }
    let mean = zip(alpha, asked).reduce(0) { $0 + $1.0 * $1.1 }
    return energies(state).enumerated().map { i, energy in
      zip(v, energy.inner).map { alpha[i] * (asked[i] - mean) * $0 * (1 - $1 * $1) }
    }
  }

  /// ∇q(t), the sum over all places.
  func queryGradient(step: Int) -> [Double]? {
    let parts = energyGradients(step: step)
    return parts.first.map { first in
      parts.dropFirst().reduce(first) { zip($0, $1).map { $0 + $1 } }
    }
  }

  /// What attention asks of h(i): Σ α ∇C(t) + Uₐᵀ ∇k(i).
  private func attended(_ variable: Variable) -> [Double]? {
    let place = variable.cell.flatMap { cell in trace.columns.firstIndex { $0.cell == cell } }
    guard let time = variable.time ?? place.map({ $0 + 1 }), let layer = variable.layer else {
      return nil
    }
    let keys = rows(GraphTrace.Parameter(.attentionKey))
    var sum = [Double](repeating: 0, count: source.first?.count ?? 0)
    for step in 1...trace.columns.filter({ $0.part == "decoder" }).count {
      guard let alpha = shown[Variable(.attention, time: step)],
        let dContext = shown[Variable(.context, time: step, isGradient: true)]
      else { return nil }
      let back = transposed(keys, energyGradients(step: step)[time - 1])
      for unit in sum.indices { sum[unit] += alpha[time - 1] * dContext[unit] + back[unit] }
    }
    // Of several corners, the node picks its own part.
    guard variable.cell == nil else { return sum }
    let units = shown[Variable(.state, layer: layer, time: time)]?.count ?? sum.count
    return layer.isReversed ? Array(sum.suffix(units)) : Array(sum.prefix(units))
  }
}
