import LinearAlgebra

/// The Jacobian ∂(s, c)(t) / ∂(s, c)(t−1) of a cell, averaged over steps.
///
/// Every cell's is a sum of diagonal matrices, each alone or times a gate's block of W. Averaging
/// the diagonals and multiplying once is exact, and costs no more than reading the states. Where
/// zoneout keeps a share p of the state before, it is p times the identity and 1 − p times that.
struct JacobianSum {
  /// What is carried from step to step: s, and c and ℓ where the cell has them.
  enum Part: Int {
    case state
    case cell
    /// What stands behind c: ℓ of an sLSTM, the imaginary part of an LRU.
    case second
  }

  /// Hidden units of the cell.
  let hidden: Int
  private let gates: Int
  /// Share of the state before that zoneout keeps on average.
  private let kept: Double
  private let parts: Int
  /// Steps that were added.
  var count = 0
  /// Diagonals before a gate's block of W: part × gate × unit.
  private var throughGates: [Double]
  /// Diagonals before a gate's block of U, the same but for GRUs' candidates.
  private var throughInput: [Double]
  /// Diagonals that stand alone: part it leads to × part it comes from × unit.
  private var direct: [Double]

  init(_ cell: CellDescription, hidden: Int) {
    self.hidden = hidden
    gates = cell.gates.count
    kept = cell.zoneout
    parts = 1 + cell.cellParts
    throughGates = [Double](repeating: 0, count: parts * gates * hidden)
    throughInput = throughGates
    direct = [Double](repeating: 0, count: parts * parts * hidden)
  }

  /// Adds to the diagonal before a gate's blocks of W and U, in the rows of s or c. `input` is what
  /// U's gets where a gate stands between s(t−1) and the block.
  mutating func add(
    _ value: Double, input: Double? = nil, gate: Int, unit: Int, to part: Part = .state
  ) {
    let index = (part.rawValue * gates + gate) * hidden + unit
    throughGates[index] += value
    throughInput[index] += input ?? value
  }

  /// Adds to the diagonal of the way that passes no weight.
  mutating func addDirect(
    _ value: Double, unit: Int, to part: Part = .state, from: Part = .state
  ) {
    direct[(part.rawValue * parts + from.rawValue) * hidden + unit] += value
  }

  /// The average, with W (gates·hidden × states): states × states, or larger with s before c where a
  /// cell is carried. `projection` is P (states × hidden), through which s depends on the cell's
  /// units, and nil where they are s. Nil where no step was added.
  func average<Scalar>(
    with w: Matrix<Scalar>, projection: Matrix<Scalar>? = nil
  ) -> SquareMatrix? {
    guard count > 0 else { return nil }
    let states = projection?.rows ?? hidden
    let size = states + (parts - 1) * hidden
    var rows = [Double](repeating: 0, count: parts * hidden * size)
    let share = 1 / Double(count)
    for part in 0..<parts {
      for unit in 0..<hidden {
        let start = (part * hidden + unit) * size
        for gate in 0..<gates {
          let factor = throughGates[(part * gates + gate) * hidden + unit] * share
          guard factor != 0 else { continue }
          let weights = w.row(gate * hidden + unit)
          for column in 0..<states { rows[start + column] += factor * Double(weights[column]) }
        }
        for from in 0..<parts {
          let value = direct[(part * parts + from) * hidden + unit] * share
          let column = from == 0 ? unit : states + (from - 1) * hidden + unit
          // Of what is projected, no unit of s stands for one of the cell's.
          if value != 0 { rows[start + column] += value }
        }
      }
    }
    var result = SquareMatrix(size: size)
    result.elements = projected(rows, columns: size, through: projection)
    if kept > 0 {
      result.elements = result.elements.map { (1 - kept) * $0 }
      for index in 0..<size { result[index, index] += kept }
    }
    return result
  }

  /// Rows of s by rows of what P reads, where there is a P; the others as they are. P reads the cell's
  /// units, whose rows stand in the place of those of s, or all that is carried, and then adds to them.
  private func projected<Scalar>(
    _ rows: [Double], columns: Int, through projection: Matrix<Scalar>?
  ) -> [Double] {
    guard let projection else { return rows }
    let readsCarried = projection.columns > hidden
    let first = readsCarried ? hidden : 0
    var result =
      readsCarried
      ? Array(rows[..<(hidden * columns)])
      : [Double](repeating: 0, count: projection.rows * columns)
    for state in 0..<projection.rows {
      for unit in 0..<projection.columns {
        let factor = Double(projection[state, unit])
        for column in 0..<columns {
          result[state * columns + column] += factor * rows[(first + unit) * columns + column]
        }
      }
    }
    return result + rows[(hidden * columns)...]
  }

  /// ∂(s, c)(t)/∂x(t), averaged, with U (gates·hidden × input) and P as above: a row for each number
  /// of s, and behind them of c where a cell is carried, one after the other. Nothing where no step
  /// was added.
  func inputAverage<Scalar>(
    with u: Matrix<Scalar>, projection: Matrix<Scalar>? = nil
  ) -> [Double] {
    var result = [Double](repeating: 0, count: parts * hidden * u.columns)
    let share = 1 / Double(max(1, count))
    for part in 0..<parts {
      for gate in 0..<gates {
        for unit in 0..<hidden {
          let factor = throughInput[(part * gates + gate) * hidden + unit] * share
          guard factor != 0 else { continue }
          let (weights, start) = (u.row(gate * hidden + unit), (part * hidden + unit) * u.columns)
          for column in 0..<u.columns { result[start + column] += factor * Double(weights[column]) }
        }
      }
    }
    result = projected(result, columns: u.columns, through: projection)
    return kept > 0 ? result.map { (1 - kept) * $0 } : result
  }
}

extension RecurrentCell {
  /// The activations of every gate with its name and symbol; `gates` is rows × gates·hidden.
  func views(
    of gates: Matrix<Scalar>
  ) -> [(name: String, values: Matrix<Scalar>, lowest: Double)] {
    let all = Self.description.gates
    let hidden = gates.columns / all.count
    return all.enumerated().map { index, gate in
      ("\(gate.name) \(gate.symbol)", gates.columns(index * hidden, hidden), gate.lowest)
    }
  }
}

extension LayerView {
  /// Steps that an average is taken over at most, evenly spread.
  private static func every(_ steps: PackedSteps) -> Int { max(1, steps.rowCount / 128) }

  /// ∂(s, c)(t) / ∂(s, c)(t−1) averaged over steps of the last forward pass; nil where there is no
  /// such recurrence, as where a step reads the output of the one before.
  public func averagedJacobian(
    _ steps: PackedSteps, parameters: ParameterVector<Scalar>
  ) -> SquareMatrix? {
    guard let layer else { return nil }
    if layer.norm != nil {
      return layer.averagedSlopes(steps, parameters, every: Self.every(steps))
    }
    var sum = JacobianSum(description, hidden: layer.units)
    let every = Self.every(steps)
    for t in 0..<steps.stepCount {
      layer.forEachSegment(steps, at: t, dPrevious: nil, dInitial: nil) { segment in
        for row in segment.row..<segment.row + segment.count where row % every == 0 {
          layer.cell.addJacobian(row, of: segment, to: &sum)
          sum.count += 1
        }
      }
    }
    return sum.average(
      with: parameters[recurrentWeight], projection: projection.map { parameters[$0] })
  }

  /// W of the block that proposes the new state; nil for cells without W, and where W reads a
  /// projection, so that no block of it leads from states to as many.
  public func candidateBlock(_ parameters: ParameterVector<Scalar>) -> Matrix<Scalar>? {
    let w = parameters[recurrentWeight]
    guard w.rows > 0, projection == nil else { return nil }
    let index = description.candidate
    return w.rows(index * w.columns, w.columns)
  }
}
