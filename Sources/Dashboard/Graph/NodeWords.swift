import TerminalGraphics
import TrainingEvents

/// What a node's numbers are called, where it stands in the lecture, and what it says in words.
extension TraceWords {
  /// Such as `from the future`.
  func label(_ term: GraphTrace.Term) -> String {
    switch term.role {
    case .recurrent: "recurrent"
    case .vertical: "vertical"
    case .horizontal: "horizontal"
    case .input: "from the input"
    case .vector: "from the vector"
    case .cell: "from the cell"
    case .projected: "through P"
    case .bias: "bias"
    case .state: "from the state"
    case .kept: "kept"
    case .written: "written"
    case .gate(let name): name
    case .now: node.place == .prediction && node.guess != nil ? "guess" : "now"
    case .future: node.name?.layer?.isReversed == true ? "from t−1" : "from t+1"
    case .above: "from above"
    case .output: "from o(t)"
    case .context: "from C"
    case .attention: "from attention"
    case .loss: "from the loss"
    case .start: "from the start"
    case .allSteps: "from all time steps"
    case .throughState: "through s"
    case .passedOn: "passed on"
    case .sum: "together"
    case .through(let function): "through " + (function?.rawValue ?? "the gates")
    case .share:
      node.name?.cell != nil
        ? "this block" : node.name?.time == nil ? "this image" : "this time step"
    case .total: "sum so far"
    case .unit: "unit"
    case .decision: "accepted above 0"
    }
  }

  /// Such as `‖Wᵀ δ(3)‖`.
  func symbol(_ term: GraphTrace.Term) -> String {
    if case .unit(let name) = term.role { return name }
    switch term.measure {
    case .norm: return "‖\(text(term.expression))‖"
    case .mean: return "mean \(text(term.expression))"
    case .number: return text(term.expression)
    case .element(let index):
      guard case .variable(let variable) = term.expression else { return text(term.expression) }
      if variable.quantity == .attention {
        return "α(\(variable.time ?? 0),\(index + 1))"
      }
      let isOnly = node.values.first { $0.variable == variable }?.values.count == 1
      return text(term.expression) + (isOnly ? "" : "[\(outputName(index))]")
    }
  }

  /// Where the node stands in the lecture and in the book; beyond the lecture, in the book alone.
  var reference: String {
    guard let name = node.name else { return "" }
    // The lecture has images as sequences, and no recurrence over them.
    if name.cell != nil { return "slide 6 · Graves et al. 2007" }
    if isKept(name) { return "beyond the slides · Krueger et al. 2017" }
    switch (name.quantity, name.isGradient) {
    case (.input, false): return "slide 21 · Deep Learning eq. 10.8"
    case (.target, false): return "slide 33 · Deep Learning fig. 10.12"
    case (.preActivation, false) where isNormalised(name.layer):
      return "beyond the slides · Ba, Kiros and Hinton 2016"
    case (.preActivation(let gate), false):
      if gate != nil { return gated }
      return feedsOutput
        ? "slide 28 · Deep Learning fig. 10.4" : "slide 21 · Deep Learning eq. 10.8"
    case (.gate, _), (.cell, _), (.normaliser, _), (.imaginary, _), (.recurrentSum, _): return gated
    case (.inputProduct, _), (.recurrentProduct, _):
      return "beyond the slides · Ba, Kiros and Hinton 2016"
    case (.memory, _): return "beyond the slides · Sak et al. 2014"
    case (.proposedCell, _): return gated
    case (.state, false), (.proposedState, _):
      if case .function(.clamp, _)? = node.equations.first?.expression { return universality }
      return isPlain ? "slide 21 · Deep Learning eq. 10.9" : gated
    case (.output, false):
      return trace.nodes.contains { $0.direction == .backward }
        ? "slide 21 · Deep Learning eq. 10.10" : universality
    case (.prediction, _): return "slide 21 · Deep Learning eq. 10.11"
    case (.loss, false): return "slide 21 · " + lossReference
    case (.loss, true): return "slide 22 · Deep Learning eq. 10.17"
    case (.output, true): return "slide 23 · Deep Learning eq. 10.18"
    case (.state, true):
      return node.terms.contains { $0.role == .future }
        ? "slide 25 · Deep Learning eq. 10.21" : "slide 24 · Deep Learning eq. 10.19"
    case (.preActivation, true):
      return isPlain ? "slide 25 · Deep Learning eq. 10.21" : gated
    case (.context, _) where name.time == nil: return "slide 33 · Deep Learning fig. 10.12"
    case (.context, _), (.attention, _), (.query, _), (.attended, _):
      return "slide 34 · Bahdanau et al. 2015"
    case (.parameter(let parameter), _):
      let isTable = [.embedding, .targetEmbedding].contains(parameter.kind)
      return isTable ? embedded : learned(parameter)
    case (.input, true), (.target, true): return embedded
    case (.expectedTarget, _): return "slide 23 · Deep Learning eq. 10.18"
    }
  }

  private var universality: String { "slide 18 · Siegelmann and Sontag 1995" }

  /// The book's section on vectors for symbols; the lecture reads them one-hot.
  private var embedded: String { "beyond the slides · Deep Learning section 12.4.2" }

  /// The paper of the cell, or the book's section on it; the lecture has none.
  private var gated: String {
    if let reference = trace.cellReference { return "beyond the slides · " + reference }
    let hasCell = trace.nodes.contains { $0.name?.quantity == .cell }
    return "beyond the slides · Deep Learning section 10.10.\(hasCell ? 1 : 2)"
  }

  /// Whether what a layer adds up is normalised.
  private func isNormalised(_ layer: GraphTrace.Layer?) -> Bool {
    trace.nodes.contains { node in
      node.name?.layer == layer && node.name?.quantity == .inputProduct(gate: nil)
    }
  }

  /// Whether it is what zoneout mixes, or takes apart on the way back.
  private func isKept(_ name: Variable) -> Bool {
    switch name.quantity {
    case .proposedState: return name.isGradient
    case .state, .cell:
      guard !name.isGradient || name.quantity == .cell else { return false }
      return trace.nodes.contains { other in
        other.name?.layer == name.layer && other.name?.quantity == .proposedState
      }
    default: return false
    }
  }

  /// Whether the layer's cell has no gates.
  private var isPlain: Bool {
    switch node.equations.first?.expression {
    case .function(_, .variable)?: true
    case .hadamard(let factors)?:
      node.equations.count == 1 && factors.count == 2
        && factors.contains { $0.isPlainSlope(of: .state) || $0.isPlainSlope(of: .proposedState) }
    default: false
    }
  }

  private var feedsOutput: Bool {
    node.terms.contains { term in
      guard term.role == .recurrent, case .product(_, .variable(let read)) = term.expression else {
        return false
      }
      return read.quantity == .output || read.quantity == .target
    }
  }

  private var lossReference: String {
    guard case .loss(let kind, _)? = node.equations.first?.expression else {
      return "Deep Learning eq. 10.14"
    }
    return switch kind {
    case .crossEntropy, .binaryCrossEntropy: "Deep Learning eq. 10.14"
    case .squaredError: "Deep Learning eq. 6.1"
    case .alignments: "Graves et al. 2006"
    }
  }

  /// Slide 26 has the sums over time; what it does not have learns by the paper that brought it.
  private func learned(_ parameter: GraphTrace.Parameter) -> String {
    let source = equationNumber(parameter)
    return (source.hasPrefix("Deep Learning") ? "slide 26 · " : "beyond the slides · ") + source
  }

  private func equationNumber(_ parameter: GraphTrace.Parameter) -> String {
    switch parameter.kind {
    case .outputBias: "Deep Learning eq. 10.22"
    case .bias, .recurrentBias: "Deep Learning eq. 10.23"
    case .output: "Deep Learning eq. 10.24"
    case .recurrent, .vertical, .horizontal: "Deep Learning eq. 10.26"
    case .input: "Deep Learning eq. 10.28"
    case .embedding, .targetEmbedding: "Deep Learning section 12.4.2"
    case .projection: trace.cellReference ?? "Sak et al. 2014"
    case .eigenvalue, .eigenvalueImaginary, .inputScale, .decay, .angle, .eigenvalues:
      "Orvieto et al. 2023"
    case .inputGain, .recurrentGain: "Ba, Kiros and Hinton 2016"
    case .peephole: "Gers and Schmidhuber 2000"
    case .vector: "Deep Learning fig. 10.9"
    case .attentionQuery, .attentionKey, .attentionEnergy: "Bahdanau et al. 2015"
    }
  }

  /// What the numbers say; empty where there is nothing to say.
  var remark: String {
    switch node.finding {
    case nil: return ""
    case .saturated(let count, let all)?: return "\(count) of \(all) units are saturated"
    case .slope(let function, let mean, let passed)?:
      let isProposed = node.equations.contains { $0.expression.isPlainSlope(of: .proposedState) }
      let slope = function == .tanh ? isProposed ? "1 − s′²" : "1 − s²" : "the slope"
      let text = "\(slope) is \(NumberText.significant(mean, 3)) on average here"
      guard let passed else { return text }
      return "\(text); \(NumberText.significant(passed, 3)) of ‖∇s‖ comes through"
    case .keeps(let mean)?:
      return "the forget gate keeps \(Int((mean * 100).rounded())) % of the cell on average"
    case .sumOverTargets(let count)?:
      return count == 1
        ? "" : "L is the sum of all losses here; training takes the mean over \(count) targets"
    case .contextIsRead?:
      return "the decoder starts from C, and reads it again at every time step"
    case .contextLooksBack?:
      return "the decoder starts from C, and looks back at the source at every time step"
    case .learnedStart?:
      return "s(0) is learned, so the gradient arrives at a parameter here"
    case .verdict(let verdict, let symbols, let isLast)?:
      let words =
        switch verdict {
        case .accepted: "accepted"
        case .rejected: "rejected"
        case .beyondPrecision: "beyond the digits of the number"
        }
      return isLast ? "the string is \(words)" : "after \(symbols) symbols: \(words)"
    }
  }
}

extension GraphTrace.Expression {
  /// Whether it is φ′ of such a quantity, alone or as a factor.
  fileprivate func isPlainSlope(of quantity: GraphTrace.Quantity) -> Bool {
    switch self {
    case .slope(_, .variable(let variable)): variable.quantity == quantity
    case .hadamard(let factors): factors.contains { $0.isPlainSlope(of: quantity) }
    default: false
    }
  }
}
