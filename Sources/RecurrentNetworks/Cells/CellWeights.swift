/// How a layer's tensors are called in files.
enum WeightNaming {
  /// As PyTorch's modules do: `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0` and `bias_hh_l0`.
  case framework
  /// By the lecture's symbols: U, W and b, and for the second layer U2, W2 and b2.
  case lecture
}

/// The parameters of one direction of one layer.
struct CellWeights {
  /// U, gates·hidden × input.
  var inputToHidden: ParameterHandle
  /// W, gates·hidden × hidden; without rows in cells that have no such weights.
  var hiddenToHidden: ParameterHandle
  /// b, gates·hidden.
  var bias: ParameterHandle
  /// b_hh, gates·hidden; nil where it is part of b.
  var recurrentBias: ParameterHandle?
  /// P, states × parts·hidden, which makes s(t) of what the cell computes; nil where that is s(t).
  var projection: ParameterHandle?
  /// What acts unit by unit, such as peepholes: one row of `hidden` numbers for each of the
  /// description's diagonals; nil where there are none.
  var diagonals: ParameterHandle?

  /// What normalised U x and W s are multiplied by; nil where they are not normalised.
  var gains: Gains?

  /// One number for each unit of each gate.
  struct Gains {
    /// g_U and g_W, gates·hidden.
    var input, recurrent: ParameterHandle
  }

  /// W; nil in cells that have no such weights.
  var recurrent: ParameterHandle? { hiddenToHidden.rows > 0 ? hiddenToHidden : nil }
  /// W where the cell itself multiplies by it; nil where its products are normalised.
  var multiplied: ParameterHandle? { gains == nil ? recurrent : nil }
  /// b where it is added to U x; nil where that is normalised before.
  var addedBias: ParameterHandle? { gains == nil ? bias : nil }
}

extension CellWeights {
  /// Appends a layer's parameters to the layout. `mark` tells the layer and direction in symbols.
  /// - Parameters:
  ///   - units: hidden units of the cell
  ///   - states: numbers of s(t), as many unless it is projected
  init(
    inputSize: Int, units hidden: Int, states: Int, prefix: String, suffix: String, mark: String,
    naming: WeightNaming, configuration: NetworkConfiguration, layout: inout ParameterLayout
  ) {
    let cell = configuration.cellDescription
    let gates = cell.gates.count
    let bound = 1 / Double(max(1, hidden)).squareRoot()
    let raised = configuration.forgetBias == 0 ? nil : cell.forgetGate
    func name(_ framework: String, _ lecture: String) -> String {
      switch naming {
      case .framework: prefix + framework + suffix
      case .lecture: prefix + lecture + mark
      }
    }
    inputToHidden = layout.matrix(
      name("weight_ih", "U"), symbol: "U" + mark, gates * hidden, inputSize,
      start: configuration.initialization == .uniform
        ? .uniform(bound: bound) : .glorot(blocks: gates), gates: gates)
    hiddenToHidden = layout.matrix(
      name("weight_hh", "W"), symbol: "W" + mark,
      cell.hasRecurrentWeights ? gates * hidden : 0, states,
      start: cell.isProjected
        ? configuration.initialization == .glorot
          ? .glorot(blocks: gates) : .uniform(bound: bound)
        : .recurrent(configuration.initialization), gates: gates)
    // Where PyTorch keeps two biases and only their sum matters, one parameter stands for both.
    bias = layout.vector(
      name("bias_ih", "b"), symbol: "b" + mark, gates * hidden,
      start: raised.map { gate in
        .raised(
          bound: bound, by: configuration.forgetBias, rows: gate * hidden..<(gate + 1) * hidden)
      } ?? .uniform(bound: bound),
      multiplicity: cell.keepsRecurrentBias || !cell.hasRecurrentWeights || naming == .lecture
        ? 1 : 2, gates: gates)
    recurrentBias =
      cell.keepsRecurrentBias
      ? layout.vector(
        name("bias_hh", "b_h"), symbol: "bₕ" + mark, gates * hidden, start: .uniform(bound: bound),
        gates: gates)
      : nil
    if cell.isNormalised {
      func gain(_ name: String, _ symbol: String) -> ParameterHandle {
        layout.vector(name, symbol: symbol + mark, gates * hidden, start: .one, gates: gates)
      }
      gains = Gains(
        input: gain(name("gain_ih", "g_U"), "g_U"),
        recurrent: gain(name("gain_hh", "g_W"), "g_W"))
    }
    if cell.isProjected {
      projection = layout.matrix(
        name("weight_hr", "P"), symbol: "P" + mark, states, cell.projectedParts * hidden,
        start: configuration.initialization == .uniform
          ? .uniform(bound: bound) : .glorot(blocks: 1))
    }
    if let unitwise = cell.diagonals {
      diagonals = layout.matrix(
        name(unitwise.name, unitwise.symbol), symbol: unitwise.symbol + mark, unitwise.rows.count,
        hidden, start: unitwise.start ?? .uniform(bound: bound))
    }
  }
}
