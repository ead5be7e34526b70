import LinearAlgebra

/// Sums normalised over the units of each gate by itself (Ba, Kiros and Hinton 2016):
///
///     N(z) = (z − mean z) / √(var z + ε),   ε = 10⁻⁵
///     ∂L/∂z = (h − mean h − N(z) mean(h ⊙ N(z))) / √(var z + ε),   h = ∂L/∂N(z)
struct NormalisedSums<Scalar: NetworkScalar> {
  /// ε.
  static var spread: Scalar { Scalar(1e-5) }

  /// N(z) of every row, rows × gates·units.
  let values: Matrix<Scalar>
  /// 1/√(var z + ε) of every row and gate, rows × gates.
  let scales: Matrix<Scalar>
  private var units: Int { values.columns / scales.columns }

  init(rows: Int, columns: Int, gates: Int, arena: Arena<Scalar>) {
    values = arena.matrix(rows, columns)
    scales = arena.matrix(rows, gates)
  }

  /// Keeps N of some rows of sums, from a row on.
  func keep(_ sums: Matrix<Scalar>, from row: Int) {
    for r in 0..<sums.rows {
      for gate in 0..<scales.columns {
        let (z, result) = (sums.row(r) + gate * units, values.row(row + r) + gate * units)
        var (mean, square) = (Scalar(0), Scalar(0))
        for unit in 0..<units { mean += z[unit] }
        mean /= Scalar(units)
        for unit in 0..<units { square += (z[unit] - mean) * (z[unit] - mean) }
        let scale = 1 / (square / Scalar(units) + Self.spread).squareRoot()
        scales[row + r, gate] = scale
        for unit in 0..<units { result[unit] = (z[unit] - mean) * scale }
      }
    }
  }

  /// ∂L/∂z of some rows from ∂L/∂(g ⊙ N(z)) of theirs.
  /// - Parameters:
  ///   - asked: ∂L/∂(g ⊙ N(z)), count × gates·units
  ///   - gain: g, gates·units
  ///   - row: the first of the rows
  ///   - result: ∂L/∂z, count × gates·units
  func goBack(
    _ asked: Matrix<Scalar>, gain: Matrix<Scalar>, from row: Int, into result: Matrix<Scalar>
  ) {
    for r in 0..<asked.rows {
      for gate in 0..<scales.columns {
        let start = gate * units
        let (h, g) = (asked.row(r) + start, gain.base + start)
        let (n, target) = (values.row(row + r) + start, result.row(r) + start)
        var (mean, along) = (Scalar(0), Scalar(0))
        for unit in 0..<units {
          target[unit] = h[unit] * g[unit]
          mean += target[unit]
          along += target[unit] * n[unit]
        }
        mean /= Scalar(units)
        along /= Scalar(units)
        let scale = scales[row + r, gate]
        for unit in 0..<units {
          target[unit] = (target[unit] - mean - n[unit] * along) * scale
        }
      }
    }
  }

  /// ∂(g ⊙ N(W z))/∂z at a row, gates·units × columns of W by rows.
  func jacobian(of weights: Matrix<Scalar>, gain: Matrix<Scalar>, row: Int) -> [Scalar] {
    let columns = weights.columns
    var result = [Scalar](repeating: 0, count: weights.rows * columns)
    for gate in 0..<scales.columns {
      let rows = gate * units..<(gate + 1) * units
      let (n, scale) = (values.row(row), scales[row, gate])
      for column in 0..<columns {
        var (mean, along) = (Scalar(0), Scalar(0))
        for unit in rows {
          mean += weights[unit, column]
          along += weights[unit, column] * n[unit]
        }
        mean /= Scalar(units)
        along /= Scalar(units)
        for unit in rows {
          result[unit * columns + column] =
            gain.base[unit] * scale * (weights[unit, column] - mean - n[unit] * along)
        }
      }
    }
    return result
  }
}

/// Layer normalisation of what a cell adds up: U x and W s each by itself, without the biases, and each
/// with a gain of its own.
///
///     a(t) = b + g_U ⊙ N(U x(t)) + g_W ⊙ N(W s(t−1))
struct LayerNorm<Scalar: NetworkScalar> {
  private let weights: CellWeights
  private let gains: CellWeights.Gains
  /// U x(t) of every row, turned into b + g_U ⊙ N(U x(t)) as the time loop comes by.
  private let sums: Matrix<Scalar>
  let input: NormalisedSums<Scalar>
  let recurrent: NormalisedSums<Scalar>
  let inputGain: Matrix<Scalar>
  let recurrentGain: Matrix<Scalar>
  private let bias: Matrix<Scalar>
  /// W s(t−1) of one step, sequences × gates·units.
  private let product: Matrix<Scalar>
  private let packed: PackedMatrix<Scalar>
  private var packedBack: PackedMatrix<Scalar>?
  private var gradient: ParameterVector<Scalar>?
  /// ∂L/∂(U x(t)) and ∂L/∂(W s(t−1)) of every row after a backward pass, rows × gates·units.
  private(set) var dInput = Matrix<Scalar>.empty
  private(set) var dRecurrent = Matrix<Scalar>.empty

  /// - Parameters:
  ///   - weights: the layer's
  ///   - gates: blocks of rows in them
  ///   - sums: where U x(t) of every row will be
  ///   - sequences: how many there are
  ///   - pass: weights and memory
  /// - Returns: nil where nothing is normalised
  init?(
    _ weights: CellWeights, gates: Int, sums: Matrix<Scalar>, sequences: Int, pass: Pass<Scalar>
  ) {
    guard let gains = weights.gains else { return nil }
    (self.weights, self.gains, self.sums) = (weights, gains, sums)
    let (rows, columns) = (sums.rows, sums.columns)
    input = NormalisedSums(rows: rows, columns: columns, gates: gates, arena: pass.arena)
    recurrent = NormalisedSums(rows: rows, columns: columns, gates: gates, arena: pass.arena)
    inputGain = pass.parameters.row(gains.input)
    recurrentGain = pass.parameters.row(gains.recurrent)
    bias = pass.parameters.row(weights.bias)
    product = pass.arena.matrix(sequences, columns)
    packed = pass.packed(transposed: pass.parameters[weights.hiddenToHidden])
  }

  /// The same segment with what the cell adds for W s(t−1); U x(t) becomes b + g_U ⊙ N(U x(t)).
  func forward(_ segment: CellSegment<Scalar>) -> CellSegment<Scalar> {
    let sum = sums.rows(segment.row, segment.count)
    input.keep(sum, from: segment.row)
    for r in 0..<segment.count {
      let (target, n) = (sum.row(r), input.values.row(segment.row + r))
      for c in 0..<sum.columns { target[c] = bias.base[c] + inputGain.base[c] * n[c] }
    }
    var result = segment
    let part = product.rows(0, segment.count)
    part.product(segment.read, packed)
    recurrent.keep(part, from: segment.row)
    for r in 0..<segment.count {
      let (target, n) = (part.row(r), recurrent.values.row(segment.row + r))
      for c in 0..<part.columns { target[c] = recurrentGain.base[c] * n[c] }
    }
    result.recurrentSum = part
    return result
  }

  /// Makes room for going back.
  mutating func beginBackward(_ pass: Pass<Scalar>) {
    dInput = pass.arena.matrix(sums.rows, sums.columns)
    dRecurrent = pass.arena.matrix(sums.rows, sums.columns)
    packedBack = pass.packed(pass.parameters[weights.hiddenToHidden])
    gradient = pass.gradient
  }

  /// Brings ∂L/∂a of a segment on to U x, W s and s(t−1), and adds the gradients of gains and of b.
  /// - Parameters:
  ///   - segment: rows of one time step
  ///   - inputs: ∂L/∂a(t) of all rows
  ///   - recurrents: ∂L/∂ of what stands in the place of W s(t−1), of all rows
  func backward(
    _ segment: CellSegment<Scalar>, inputs: Matrix<Scalar>, recurrents: Matrix<Scalar>
  ) {
    let (row, count) = (segment.row, segment.count)
    let (dSum, dPart) = (inputs.rows(row, count), recurrents.rows(row, count))
    if let gradient {
      gradient.row(weights.bias).addColumnSums(dSum)
      add(dSum, input, from: row, to: gradient.row(gains.input))
      add(dPart, recurrent, from: row, to: gradient.row(gains.recurrent))
    }
    input.goBack(dSum, gain: inputGain, from: row, into: dInput.rows(row, count))
    let back = dRecurrent.rows(row, count)
    recurrent.goBack(dPart, gain: recurrentGain, from: row, into: back)
    if let packedBack { segment.dRead?.product(back, packedBack, accumulate: true) }
  }

  private func add(
    _ asked: Matrix<Scalar>, _ sums: NormalisedSums<Scalar>, from row: Int, to gain: Matrix<Scalar>
  ) {
    for r in 0..<asked.rows {
      let (h, n) = (asked.row(r), sums.values.row(row + r))
      for c in 0..<asked.columns { gain.base[c] += h[c] * n[c] }
    }
  }
}

extension RecurrentLayer {
  /// Calls `body` with U or W, or where their products are normalised with the derivative of what is made
  /// of them at a packed row, a matrix of the same shape.
  func withSlopes<Result>(
    _ weight: ParameterHandle, row: Int, _ parameters: ParameterVector<Scalar>,
    _ body: (Matrix<Scalar>) -> Result
  ) -> Result {
    guard let norm else { return body(parameters[weight]) }
    let isInput = weight == weights.inputToHidden
    var slopes = (isInput ? norm.input : norm.recurrent).jacobian(
      of: parameters[weight], gain: isInput ? norm.inputGain : norm.recurrentGain, row: row)
    return slopes.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return body(.empty) }
      return body(Matrix(base: base, rows: weight.rows, columns: weight.columns))
    }
  }

  /// ∂(s, c)(t) / ∂(s, c)(t−1) averaged over every so many rows of the last forward pass, where each
  /// has slopes of its own.
  func averagedSlopes(
    _ steps: PackedSteps, _ parameters: ParameterVector<Scalar>, every: Int
  ) -> SquareMatrix? {
    var (total, count): (SquareMatrix?, Double) = (nil, 0)
    let projection = weights.projection.map { parameters[$0] }
    for t in 0..<steps.stepCount {
      forEachSegment(steps, at: t, dPrevious: nil, dInitial: nil) { segment in
        for row in segment.row..<segment.row + segment.count where row % every == 0 {
          var sum = JacobianSum(description, hidden: units)
          cell.addJacobian(row, of: segment, to: &sum)
          sum.count = 1
          let one = withSlopes(weights.hiddenToHidden, row: row, parameters) {
            sum.average(with: $0, projection: projection)
          }
          guard let one else { continue }
          count += 1
          if let before = total {
            total?.elements = zip(before.elements, one.elements).map { $0 + $1 }
          } else {
            total = one
          }
        }
      }
    }
    guard var total, count > 0 else { return nil }
    total.elements = total.elements.map { $0 / count }
    return total
  }
}
