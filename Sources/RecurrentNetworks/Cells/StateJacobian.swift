import LinearAlgebra

/// The Jacobian ∂(s, c)(t) / ∂(s, c)(t−1) of a cell, averaged over steps.
///
/// Every cell's is a sum of diagonal matrices, each alone or times a gate's block of W. Averaging
/// the diagonals and multiplying once is exact, and costs no more than reading the states.
struct JacobianSum {
  /// What is carried from step to step: s, and c and ℓ where the cell has them.
  enum Part: Int {
    case state
    case cell
    /// ℓ of an sLSTM.
    case normaliser
  }

  let hidden: Int
  private let gates: Int
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

  /// The average, with W (gates·hidden × hidden): hidden × hidden, or 2·hidden × 2·hidden with s
  /// before c where a cell is carried. Nil where no step was added.
  func average<Scalar>(with w: Matrix<Scalar>) -> SquareMatrix? {
    guard count > 0 else { return nil }
    var result = SquareMatrix(size: parts * hidden)
    let share = 1 / Double(count)
    for part in 0..<parts {
      for unit in 0..<hidden {
        let row = part * hidden + unit
        for gate in 0..<gates {
          let factor = throughGates[(part * gates + gate) * hidden + unit] * share
          guard factor != 0 else { continue }
          let weights = w.row(gate * hidden + unit)
          for column in 0..<hidden { result[row, column] += factor * Double(weights[column]) }
        }
        for from in 0..<parts {
          result[row, from * hidden + unit] +=
            direct[(part * parts + from) * hidden + unit] * share
        }
      }
    }
    return result
  }

  /// ∂(s, c)(t)/∂x(t), averaged, with U (gates·hidden × input): hidden rows, or 2·hidden with s
  /// before c where a cell is carried, one after the other. Nothing where no step was added.
  func inputAverage<Scalar>(with u: Matrix<Scalar>) -> [Double] {
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
    return result
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
  private static var mostSteps: Int { 128 }

  /// ∂(s, c)(t) / ∂(s, c)(t−1) averaged over steps of the last forward pass; nil where there is no
  /// such recurrence, as where a step reads the output of the one before.
  public func averagedJacobian(
    _ steps: PackedSteps, parameters: ParameterVector<Scalar>
  ) -> SquareMatrix? {
    guard let layer else { return nil }
    var sum = JacobianSum(kind.description, hidden: states.columns)
    let every = max(1, steps.rowCount / Self.mostSteps)
    for t in 0..<steps.stepCount {
      layer.forEachSegment(steps, at: t, dPrevious: nil, dInitial: nil) { segment in
        for row in segment.row..<segment.row + segment.count where row % every == 0 {
          layer.cell.addJacobian(row, of: segment, to: &sum)
          sum.count += 1
        }
      }
    }
    return sum.average(with: parameters[recurrentWeight])
  }

  /// W of the block that proposes the new state; nil for cells without W.
  public func candidateBlock(_ parameters: ParameterVector<Scalar>) -> Matrix<Scalar>? {
    let w = parameters[recurrentWeight]
    guard w.rows > 0 else { return nil }
    let index = kind.description.candidate
    return w.rows(index * w.columns, w.columns)
  }
}
