import RecurrentNetworks

extension BenchmarkCase {
  /// Floating-point operations of the matrix products that one step does, forward and backward, or that
  /// a symbol or an answered batch takes; a multiplication and an addition count two. Element-wise work
  /// and look-ups count nothing.
  ///
  /// - Returns: nil for what is not counted
  var productOperations: Double? {
    switch task {
    case .labelling, .ctc: 2 * labelling
    case .sampling:
      // W s(t−1) and V s(t); U x of a symbol is looked up.
      2 * (recurrent(units) + read + units * symbols)
    case .attention: 2 * attention
    case .greedy, .beam: 2 * answering
    case .grid: nil
    }
  }

  private var units: Double { Double(hidden) }
  private var symbols: Double { Double(vocabulary) }
  /// Numbers of P where the cell has one.
  private var read: Double { Double(cell.description.projectedParts) * units * units }
  /// Time steps of all sequences.
  private var rows: Double { Double(lengths.reduce(0, +)) }

  /// Numbers of W of a layer of so many units.
  private func recurrent(_ units: Double) -> Double {
    cell.description.hasRecurrentWeights ? gates(units) * units : 0
  }

  private func gates(_ units: Double) -> Double { Double(cell.gateCount) * units }

  /// U e of each symbol once when there are fewer symbols than rows; ∇U and ∇E likewise.
  private func embedded(_ units: Double) -> Double {
    inputs == .embedding ? 3 * min(symbols, rows) * gates(units) * Double(hidden) : 0
  }

  private var labelling: Double {
    // W s(t−1), Wᵀ δ(t) (not beyond the first step) and ∇W; then V s(t), its way back and ∇V, and
    // likewise P where the cell has one.
    recurrent(units) * (3 * rows - Double(batch)) + 3 * rows * (units * symbols + read)
      + embedded(units)
  }

  /// An encoder in both directions, and a decoder that is twice as wide, begins from the encoder's
  /// state and looks at as many source steps as it writes symbols.
  private var attention: Double {
    let wide = 2 * units
    let encoder = 2 * (recurrent(units) * (3 * rows - Double(batch)) + embedded(units))
    // W s, U c, the queries, V s, and once for each source step the keys.
    let decoder =
      3 * rows * (recurrent(wide) + gates(wide) * wide + 2 * units * wide + symbols * wide)
    // vᵀ tanh and ∇v, then the mean of the source's states and both ways back.
    let looks = pairs(hypotheses: 1) * (2 * units + 3 * wide)
    return encoder + decoder + embedded(wide) + looks
  }

  /// The same forward alone, a hypothesis or more for each source. Several hypotheses share U h of
  /// the source, and U c is a mean of it.
  private var answering: Double {
    let (wide, width) = (2 * units, Double(beamWidth ?? 1))
    let source = rows * (2 * recurrent(units) + units * wide)
    // At the first symbol there is one hypothesis.
    let written = width * (rows - Double(batch)) + Double(batch)
    let writing = written * (recurrent(wide) + units * wide + symbols * wide)
    let contexts = (width > 1 ? rows : written) * gates(wide) * wide
    let looks = pairs(hypotheses: width) * (units + (width > 1 ? gates(wide) : wide))
    return source + writing + contexts + looks
  }

  /// Pairs of a symbol written and a source step.
  private func pairs(hypotheses: Double) -> Double {
    lengths.reduce(0) { $0 + Double($1) * (hypotheses * Double($1 - 1) + 1) }
  }
}
