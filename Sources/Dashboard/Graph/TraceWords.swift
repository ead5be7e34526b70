import TerminalGraphics
import TrainingEvents

/// A walk's expressions as the lecture writes them.
struct TraceWords {
  typealias Expression = GraphTrace.Expression
  typealias Variable = GraphTrace.Variable
  typealias Node = GraphTrace.Node

  let trace: GraphTrace
  let node: Node
  /// The time that goes without saying, where several equations stand in a row.
  private let unsaid: Int?

  init(_ node: Node, in trace: GraphTrace) {
    self.trace = trace
    self.node = node
    unsaid = node.equations.count > 1 ? node.name?.time : nil
  }

  // MARK: Names

  /// The node's name, such as `∇s(3)`, or `i f g o` of gates.
  var symbol: String {
    guard let name = node.name else { return "" }
    guard node.equations.count > 1 else { return full(name) }
    let gates = node.equations.compactMap { equation -> String? in
      if case .gate(let gate) = equation.result.quantity { gate } else { nil }
    }
    if !gates.isEmpty { return gates.joined(separator: " ") }
    var all = name
    if case .preActivation = name.quantity { all.quantity = .preActivation(gate: nil) }
    return full(all)
  }

  /// A quantity of the node, without the time where it is the node's own.
  func label(_ variable: Variable) -> String { text(variable, unsaid: node.name?.time) }

  private func full(_ variable: Variable) -> String { text(variable, unsaid: nil) }

  private func text(_ variable: Variable, unsaid: Int?) -> String {
    let name = name(variable)
    if let cell = variable.cell { return "\(name)(\(cell.row),\(cell.column))" }
    guard let time = variable.time, time != unsaid else { return name }
    return "\(name)(\(time))"
  }

  private func name(_ variable: Variable) -> String {
    let mark = variable.layer.map(Self.mark) ?? ""
    let sign = variable.isGradient ? "∇" : ""
    switch variable.quantity {
    case .input: return sign + "x"
    case .target: return sign + "y"
    case .preActivation(let gate):
      return (variable.isGradient ? "δ" : "a") + mark + (gate.map { "_" + $0 } ?? "")
    case .recurrentSum(let gate):
      return (variable.isGradient ? "δ′" : "q") + mark + (gate.map { "_" + $0 } ?? "")
    case .inputProduct(let gate): return sign + "u" + mark + (gate.map { "_" + $0 } ?? "")
    case .recurrentProduct(let gate): return sign + "w" + mark + (gate.map { "_" + $0 } ?? "")
    case .gate(let gate): return sign + gate
    case .cell: return sign + "c"
    case .normaliser: return sign + "ℓ"
    case .imaginary: return sign + "k"
    case .state: return sign + Self.letter(variable.layer)
    case .memory: return sign + "m"
    case .proposedState: return sign + Self.letter(variable.layer, mark: "′")
    case .proposedCell: return sign + "c′"
    case .output: return sign + "o"
    case .prediction: return sign + "ŷ"
    case .loss: return variable.isGradient ? "∂L/∂L" : "L"
    case .expectedTarget: return "E[onehot y]"
    case .context: return sign + "C"
    case .attention: return sign + "α"
    case .query: return sign + "q"
    case .attended: return "(Σ α ∇C + Uₐᵀ ∇k)"
    case .parameter(let parameter): return sign + text(parameter)
    }
  }

  private static let superscripts = ["¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]

  private static func number(_ layer: GraphTrace.Layer) -> String {
    guard layer.isOneOfSeveral else { return "" }
    return superscripts.indices.contains(layer.number - 1) ? superscripts[layer.number - 1] : "ⁿ"
  }

  /// `s`, `g` or `d`, with a mark, and the layer's number where there are several.
  private static func letter(_ layer: GraphTrace.Layer?, mark: String = "") -> String {
    guard let layer else { return "s" + mark }
    let corner = layer.isOneOfSeveral ? layer.corner ?? "" : ""
    return (layer.part == .decoder ? "d" : layer.isReversed ? "g" : "s") + mark
      + (layer.corner == nil ? number(layer) : corner)
  }

  /// Such as `²` or `←`, which follows W, U and b.
  private static func mark(_ layer: GraphTrace.Layer) -> String {
    layer.corner ?? number(layer) + (layer.isReversed ? "←" : "")
  }

  func text(_ parameter: GraphTrace.Parameter) -> String {
    let mark = parameter.layer.map(Self.mark) ?? ""
    let gate = parameter.gate.map { "_" + $0 } ?? ""
    return switch parameter.kind {
    case .input: "U" + mark + gate
    case .recurrent: "W" + mark + gate
    case .vertical: "Wᵥ" + mark
    case .horizontal: "Wₕ" + mark
    case .bias: "b" + mark + gate
    case .recurrentBias: "b" + mark + "_h" + (parameter.gate ?? "")
    case .output: "V"
    case .outputBias: "c"
    case .embedding: "E"
    case .targetEmbedding: "Eₜ"
    case .projection: "P" + mark + gate
    case .eigenvalue: "Re λ" + mark
    case .eigenvalueImaginary: "Im λ" + mark
    case .inputScale: "γ" + mark
    case .decay: "ν" + mark
    case .angle: "θ" + mark
    case .eigenvalues: "Λ" + mark
    case .peephole: "p" + mark + gate
    case .inputGain: "g_U" + mark + gate
    case .recurrentGain: "g_W" + mark + gate
    case .vector: "R" + gate
    case .attentionQuery: "Wₐ"
    case .attentionKey: "Uₐ"
    case .attentionEnergy: "v"
    }
  }

  // MARK: Expressions

  /// The node's equations, one after the other.
  var equation: String {
    var lines = node.equations.map { equation in
      let left = text(equation.result, unsaid: unsaid)
      guard equation.expression != .variable(equation.result) else {
        return equation.result.quantity == .context
          ? "\(left) = encoder(x)" : "\(left) = given by the data"
      }
      return "\(left) = \(text(equation.expression))"
    }
    if case .function(.clamp, _)? = node.equations.first?.expression {
      lines.append("σ(z) = min(max(z, 0), 1)")
    }
    return lines.joined(separator: ", ")
  }

  func text(_ expression: Expression) -> String {
    switch expression {
    case .variable(let variable): return text(variable, unsaid: unsaid)
    case .parameter(let parameter): return text(parameter)
    case .number(let number):
      return NumberText.significant(number, number == 0 ? 1 : 3).trimmedZeros
    case .oneHot(let index): return "onehot(\(read(index)))"
    case .embedded(let index):
      return (node.name?.quantity == .target ? "Eₜ" : "E") + "[\(read(index))]"
    case .product(let parameter, let factor): return text(parameter) + " " + factorText(factor)
    case .transposedProduct(let parameter, let factor):
      return text(parameter) + "ᵀ " + factorText(factor)
    case .outer(let left, let right): return "\(factorText(left)) \(factorText(right))ᵀ"
    case .hadamard(let factors): return factors.map(factorText).joined(separator: " ⊙ ")
    case .sum(let parts): return parts.map(text).joined(separator: " + ")
    case .difference(let a, let b): return "\(text(a)) − \(subtrahend(b))"
    case .quotient(let a, let b): return "\(factorText(a)) / \(factorText(b))"
    case .scaled(let factor, .variable(let variable)):
      return "\(NumberText.significant(factor, 3).trimmedZeros) \(text(variable, unsaid: unsaid))"
    case .scaled(let factor, let inner):
      // 2 / K, as the mean over K numbers has it.
      let whole = NumberText.significant(factor, 3).trimmedZeros
      let parts = NumberText.significant((2 / factor).rounded(), 6).trimmedZeros
      return "\(factor == factor.rounded() ? whole : "2/" + parts) (\(text(inner)))"
    case .complement(let inner): return "(1 − \(text(inner)))"
    case .function(let function, let inner): return text(function, of: inner)
    case .slope(let function, let inner): return slope(function, of: inner)
    case .stacked(let parts): return "[" + parts.map(text).joined(separator: "; ") + "]"
    case .throughNormalisation(let sum, let asked):
      return "N′(\(text(sum)))ᵀ (\(text(asked)))"
    case .loss(let kind, let guess): return loss(kind, guess)
    case .attention(let query):
      return "softmax over i of vᵀ tanh(Wₐ \(text(query)) + Uₐ \(sourceState))"
    case .weightedSource(let weights):
      return "Σ \(text(weights).dropLast(weights.hasTime ? 1 : 0)),i) \(sourceState)"
    case .sumOverSteps(let parameter, let variable):
      return "Σ \(text(parameter))ᵀ \(name(variable))(t), over the rows of C"
    }
  }

  /// The encoder's state at the source's time step i, of both directions where there are two.
  private var sourceState: String {
    if trace.columns.contains(where: { $0.cell != nil }) { return "h(i)" }
    let isBothWays = trace.nodes.contains { node in
      if case .reversedState = node.place { true } else { false }
    }
    return isBothWays ? "[s(i); g(i)]" : "s(i)"
  }

  private func factorText(_ expression: Expression) -> String {
    switch expression {
    case .sum, .difference, .quotient: "(\(text(expression)))"
    default: text(expression)
    }
  }

  /// What is right stands as a vector beside a guess, where it is one symbol of many.
  private func subtrahend(_ expression: Expression) -> String {
    guard case .variable(let variable) = expression, variable.quantity == .target,
      node.target != nil
    else { return factorText(expression) }
    return "onehot " + text(variable, unsaid: unsaid)
  }

  private func text(_ function: GraphTrace.Function, of inner: Expression) -> String {
    let name =
      switch function {
      case .tanh: "tanh"
      case .relu: "relu"
      case .sigmoid, .clamp: "σ"
      case .softmax: "softmax"
      case .normalise: "N"
      case .exponential: "exp"
      case .logarithm: "log"
      }
    if case .variable = inner, ![.sigmoid, .normalise].contains(function) {
      return "\(name) \(text(inner))"
    }
    return "\(name)(\(text(inner)))"
  }

  private func slope(_ function: GraphTrace.Function, of inner: Expression) -> String {
    let value = text(inner)
    switch function {
    case .tanh:
      if case .function(.tanh, let cell) = inner { return "(1 − tanh² \(text(cell)))" }
      return "(1 − \(value)²)"
    case .sigmoid: return "\(value) (1 − \(value))"
    case .relu: return "[\(value) > 0]"
    case .softmax, .clamp, .exponential, .logarithm, .normalise: return "∂\(value)"
    }
  }

  private func loss(_ kind: GraphTrace.LossKind, _ guess: Expression) -> String {
    let (y, right) = (text(guess), "y" + (node.name?.time.map { "(\($0))" } ?? ""))
    return switch kind {
    case .crossEntropy: "−log \(y)[\(node.target.map(outputName) ?? right)]"
    case .binaryCrossEntropy: "−y log \(y) − (1 − y) log(1 − \(y))"
    case .squaredError: "mean of (\(y) − \(right))²"
    case .alignments: "−log Σ over all alignments of Π ŷ(t)"
    }
  }

  /// The symbol that is read at the node's column.
  private func read(_ index: Int) -> String {
    let input =
      trace.columns.indices.contains(node.column) ? trace.columns[node.column].input : ""
    return input.isEmpty ? "\(index)" : ReadableSymbol.text(input)
  }

  /// An output by its symbol, or by its place where it has none.
  func outputName(_ index: Int) -> String {
    guard trace.outputNames.indices.contains(index) else { return "\(index)" }
    return ReadableSymbol.text(trace.outputNames[index])
  }
}

extension GraphTrace {
  /// The first node with a name such as `∇s(3)`, with its words.
  func words(named symbol: String?) -> TraceWords? {
    nodes.lazy.map { TraceWords($0, in: self) }.first { $0.symbol == symbol }
  }
}

extension GraphTrace.Expression {
  fileprivate var hasTime: Bool {
    if case .variable(let variable) = self { variable.time != nil } else { false }
  }
}

extension String {
  /// `1` for `1.00`.
  fileprivate var trimmedZeros: String {
    guard contains(".") else { return self }
    var text = self
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }
}
