import LinearAlgebra

/// What zoneout keeps of s(t−1) and c(t−1) (Krueger et al. 2017):
///
///     s(t) = d ⊙ s(t−1) + (1 − d) ⊙ s′(t)
///     c(t) = e ⊙ c(t−1) + (1 − e) ⊙ c′(t)
///
/// s′(t) and c′(t) are what the cell makes of x(t), s(t−1) and c(t−1); of an LSTM s′(t) = o ⊙ tanh c′(t).
/// In training d and e are 1 with probability p and 0 otherwise, drawn anew for each sequence, time
/// step and unit. Elsewhere both are p, their mean.
struct Zoneout<Scalar: NetworkScalar> {
  /// s′(t) of every row, rows × hidden.
  let proposed: Matrix<Scalar>
  /// ∇s′(t) of every row after a backward pass, rows × hidden.
  private(set) var dProposed = Matrix<Scalar>.empty
  /// d and behind it e, rows × (hidden + cell); one row for all where nothing is drawn.
  private let shares: Matrix<Scalar>
  /// What ∇c(t−1) gets past the cell in one step, sequences × cell.
  private var dKept = Matrix<Scalar>.empty
  private var hidden: Int { proposed.columns }

  /// - Parameters:
  ///   - probability: p
  ///   - steps: the time steps of all rows
  ///   - layer: a number of the layer and direction
  ///   - hidden: numbers of s(t)
  ///   - cellWidth: numbers of c(t)
  ///   - pass: where masks and memory come from
  init(
    probability: Double, steps: PackedSteps, layer: Int, hidden: Int, cellWidth: Int,
    pass: Pass<Scalar>
  ) {
    proposed = pass.arena.matrix(steps.rowCount, hidden)
    guard let source = pass.dropout else {
      shares = pass.arena.matrix(1, hidden + cellWidth)
      shares.fill(Scalar(probability))
      return
    }
    shares = pass.arena.matrix(steps.rowCount, hidden + cellWidth)
    for t in 0..<steps.stepCount {
      source.drawKept(
        shares.rows(steps.offsets[t], steps.active[t]), probability: probability, layer: layer,
        step: t)
    }
  }

  /// The shares of one row.
  private func share(_ row: Int) -> UnsafeMutablePointer<Scalar> {
    shares.row(shares.rows == 1 ? 0 : row)
  }

  /// s(t) from what the cell proposed, and c(t) in its place.
  /// - Parameters:
  ///   - segment: rows of one time step
  ///   - states: where s(t) goes, count × hidden
  ///   - cells: c′(t), which becomes c(t), with c(t−1); nil where the cell has none
  func keep(
    _ segment: CellSegment<Scalar>, states: Matrix<Scalar>,
    cells: (now: Matrix<Scalar>, before: Matrix<Scalar>)?
  ) {
    for index in 0..<segment.count {
      let (row, share) = (segment.row + index, share(segment.row + index))
      let (state, old, new) = (states.row(index), segment.previous.row(index), proposed.row(row))
      for unit in 0..<hidden {
        state[unit] = share[unit] * old[unit] + (1 - share[unit]) * new[unit]
      }
      guard let cells else { continue }
      let (cell, before, kept) = (cells.now.row(index), cells.before.row(index), share + hidden)
      for unit in 0..<cells.now.columns {
        cell[unit] = kept[unit] * before[unit] + (1 - kept[unit]) * cell[unit]
      }
    }
  }

  /// Makes room for going back.
  mutating func beginBackward(sequences: Int, arena: Arena<Scalar>) {
    dProposed = arena.matrix(proposed.rows, hidden)
    dKept = arena.matrix(sequences, shares.columns - hidden)
  }

  /// ∇s′(t) = (1 − d) ⊙ ∇s(t) and ∇c′(t) likewise, the latter in the place of ∇c(t); what is kept of
  /// ∇s(t) goes to ∇s(t−1).
  /// - Parameters:
  ///   - segment: rows of one time step
  ///   - dStates: ∇s(t), count × hidden
  ///   - dCells: ∇c(t), count × cell; nil where the cell has none
  func share(
    _ segment: CellSegment<Scalar>, dStates: Matrix<Scalar>, dCells: Matrix<Scalar>?
  ) {
    for index in 0..<segment.count {
      let share = share(segment.row + index)
      let (state, new) = (dStates.row(index), dProposed.row(segment.row + index))
      for unit in 0..<hidden { new[unit] = (1 - share[unit]) * state[unit] }
      if let past = segment.dPrevious?.row(index) {
        for unit in 0..<hidden { past[unit] += share[unit] * state[unit] }
      }
      guard let cell = dCells?.row(index) else { continue }
      let (kept, rest) = (share + hidden, dKept.row(index))
      for unit in 0..<dKept.columns {
        rest[unit] = kept[unit] * cell[unit]
        cell[unit] *= 1 - kept[unit]
      }
    }
  }

  /// Adds what was kept of ∇c(t) to ∇c(t−1), count × cell, which the cell has made.
  func addKept(to dCells: Matrix<Scalar>) { dCells.add(dKept.rows(0, dCells.rows)) }
}

extension RecurrentLayer {
  /// s(t) and c(t) of a segment for which the cell has made its proposals.
  func keep(_ zoneout: Zoneout<Scalar>, _ segment: CellSegment<Scalar>) {
    let states = states.rows(segment.row, segment.count)
    guard cellWidth > 0, let all = cell.cellStates else {
      return zoneout.keep(segment, states: states, cells: nil)
    }
    let before: Matrix<Scalar>
    if let previous = segment.previousRow {
      before = all.rows(previous, segment.count)
    } else {
      before = initialCell.rows(segment.sequence, segment.count)
    }
    zoneout.keep(segment, states: states, cells: (all.rows(segment.row, segment.count), before))
  }

  /// Shares gradients of a segment out between what the cell proposed and what was kept.
  func share(_ zoneout: Zoneout<Scalar>, _ segment: CellSegment<Scalar>) {
    zoneout.share(
      segment, dStates: dStates.rows(segment.row, segment.count), dCells: dCells(segment))
  }

  /// ∇c of a segment's sequences on its way back; nil in cells that have none.
  func dCells(_ segment: CellSegment<Scalar>) -> Matrix<Scalar>? {
    guard cellWidth > 0, let all = cell.initialCellGradient else { return nil }
    return all.rows(segment.sequence, segment.count)
  }
}

extension DropoutSource {
  /// mask ← 1 with the given probability, 0 otherwise, for the sequences of one time step.
  func drawKept<Scalar>(_ mask: Matrix<Scalar>, probability: Double, layer: Int, step: Int) {
    var random = SeededRandom(
      seed: seed ^ 0x20_0E00_7E4E_7750,
      stream: UInt64(truncatingIfNeeded: layer) << 40 | UInt64(truncatingIfNeeded: step))
    for r in 0..<mask.rows {
      let row = mask.row(r)
      for c in 0..<mask.columns { row[c] = random.uniform() < probability ? 1 : 0 }
    }
  }
}

extension CellDescription {
  /// Whether its units can keep their values of the step before, as Krueger et al. define it: a cell
  /// without gates, a GRU, or an LSTM whose units are s(t) and whose gates do not see its cell.
  public var canZoneOut: Bool {
    hasRecurrentWeights && cellParts < 2 && diagonals == nil && !isProjected
  }

  /// The same cell with units that keep their values of the step before with a probability.
  func zonedOut(_ probability: Double) -> CellDescription {
    var result = self
    result.zoneout = probability
    result.equations = equations.zonedOut(probability)
    return result
  }
}

extension CellEquations {
  /// The same with s′(t) and c′(t) in the place of s(t) and c(t), which are made of them.
  fileprivate func zonedOut(_ probability: Double) -> CellEquations {
    func kept(_ now: CellFormula, _ before: CellFormula) -> CellFormula {
      .sum([.scaled(probability, before), .scaled(1 - probability, now)])
    }
    var result = self
    result.forward = forward.flatMap { group -> [[Equation]] in
      guard group.count == 1, let only = group.first, let proposed = only.result.proposed else {
        return [group.map { Equation($0.result, $0.formula.proposed) }]
      }
      let own = Equation(
        only.result, kept(.value(proposed), .value(only.result, .before)))
      return [[Equation(proposed, only.formula.proposed)], [own]]
    }
    result.fromFuture =
      fromFuture.map(\.proposed) + [.scaled(probability, .gradient(.state, .after))]
    let back = backward.flatMap { group -> [[Equation]] in
      guard group.count == 1, let only = group.first, only.result == .cell,
        case .sum(let parts) = only.formula
      else { return [group.map { Equation($0.result, $0.formula.proposed) }] }
      let (later, own) = (parts.filter(\.asksLater), parts.filter { !$0.asksLater })
      return [
        [
          Equation(
            .cell,
            .sum(later.map(\.proposed) + [.scaled(probability, .gradient(.cell, .after))]))
        ],
        [
          Equation(
            .proposedCell,
            .sum(own.map(\.proposed) + [.scaled(1 - probability, .gradient(.cell))]))
        ],
      ]
    }
    result.backward =
      [[Equation(.proposedState, .scaled(1 - probability, .stateGradient))]] + back
    return result
  }
}

extension CellFormula.Quantity {
  /// What a cell proposes in its place; nil where it is no part of what is carried.
  fileprivate var proposed: CellFormula.Quantity? {
    switch self {
    case .state: .proposedState
    case .cell: .proposedCell
    default: nil
    }
  }
}

extension CellFormula {
  /// The same of what the cell proposes: of s(t) and c(t) themselves, and of all their gradients.
  fileprivate var proposed: CellFormula {
    switch self {
    case .value(let quantity, .now): .value(quantity.proposed ?? quantity)
    case .gradient(let quantity, let moment): .gradient(quantity.proposed ?? quantity, moment)
    case .value: self
    default: mapped(\.proposed)
    }
  }

  /// Whether it is of the step after.
  fileprivate var asksLater: Bool {
    switch self {
    case .value(_, .after), .gradient(_, .after), .backThroughWeights: true
    case .hadamard(let parts), .sum(let parts): parts.contains(where: \.asksLater)
    default: false
    }
  }
}
