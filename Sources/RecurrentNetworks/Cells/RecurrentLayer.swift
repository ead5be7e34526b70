import LinearAlgebra

/// One direction of one layer: the time loop around a cell.
///
/// Forward runs t = 1…τ, and the other direction from each sequence's own end to its start. The
/// backward pass runs the loop the other way round (backpropagation through time).
final class RecurrentLayer<Scalar: NetworkScalar> {
  /// Its cell.
  let description: CellDescription
  /// Numbers of one sequence that are carried beside s(t).
  let cellWidth: Int
  /// Numbers of s(t).
  let hidden: Int
  /// Hidden units of the cell, as many unless they are projected.
  let units: Int
  /// Whether time runs from each sequence's end to its start.
  let isReversed: Bool
  /// Another one for each layer and direction of a stack.
  private let number: Int
  /// `layer 1`, `layer 1 backward`.
  let title: String
  let weights: CellWeights
  /// Learned s(0) and c(0); nil when they are zero.
  let learnedState: ParameterHandle?
  let learnedCell: ParameterHandle?
  let cell: any RecurrentCell<Scalar>
  let projection: InputProjection<Scalar>

  /// s(0), then s(t) of every row; see `run`.
  private(set) var initial: Matrix<Scalar>
  private(set) var initialCell = Matrix<Scalar>.empty
  private(set) var states: Matrix<Scalar>
  /// Whether s(0) was the layer's own, so that a learned one takes part of its gradient.
  private var startsOnItsOwn = true
  /// ∇s(t) of every row after a backward pass, rows × hidden.
  private(set) var dStates: Matrix<Scalar>
  /// Whether nothing stands between the cell and its states: asked at every step instead of for each
  /// of what may stand there, which would be copied.
  private var isPlain = true
  /// What W read instead of the states; nil where nothing was dropped.
  private(set) var recurrentDropout: RecurrentDropout<Scalar>?
  /// What mixes the cell's states with those before; nil where nothing does.
  private(set) var zoneout: Zoneout<Scalar>?
  /// What normalises U x and W s; nil where nothing does.
  private(set) var norm: LayerNorm<Scalar>?
  /// Steps after which the chain of gradients is cut; nil where it goes back to the start.
  private var truncation: Int?
  /// ∇s(0) of every sequence, where somebody asks for it.
  private var dInitial: Matrix<Scalar>?

  init(
    inputSize: Int, hidden: Int, layer: Int, isReversed: Bool, prefix: String,
    naming: WeightNaming, configuration: NetworkConfiguration, layout: inout ParameterLayout
  ) {
    description = configuration.cellDescription
    // A decoder's states are as many as its context has; its units grow with them.
    units = configuration.projectionSize.map { hidden / $0 * configuration.hidden } ?? hidden
    cellWidth = description.cellParts * units
    self.hidden = hidden
    self.isReversed = isReversed
    number = 2 * layer + (isReversed ? 1 : 0)
    title = "layer \(layer + 1)" + (isReversed ? " backward" : "")
    let suffix = "_l\(layer)" + (isReversed ? "_reverse" : "")
    let mark = (layer > 0 ? "\(layer + 1)" : "") + (isReversed ? "←" : "")
    weights = CellWeights(
      inputSize: inputSize, units: units, states: hidden, prefix: prefix, suffix: suffix,
      mark: mark, naming: naming, configuration: configuration, layout: &layout)
    if configuration.initialState == .learned {
      learnedState =
        description.readsState
        ? layout.vector(
          prefix + "initial_state" + suffix, symbol: "s₀" + mark, hidden, start: .zero) : nil
      learnedCell =
        description.carriesCell
        ? layout.vector(
          prefix + "initial_cell" + suffix, symbol: "c₀" + mark, cellWidth, start: .zero) : nil
    } else {
      learnedState = nil
      learnedCell = nil
    }
    let empty = Matrix<Scalar>.empty
    cell = configuration.cellType(Scalar.self).init()
    projection = InputProjection(weights: weights)
    initial = empty
    states = empty
    dStates = empty
  }

  // MARK: Forward

  /// Computes s(t) of all rows into `states` (rows × hidden). `initial` (sequences × hidden) is
  /// the memory for s(0), which stands before the rows (behind them when reversed) so that s(t−1)
  /// of equally long sequences is a mere shift.
  func forward(
    _ input: LayerInput<Scalar>, steps: PackedSteps, states: Matrix<Scalar>,
    initial: Matrix<Scalar>, start: InitialState<Scalar>?, pass: Pass<Scalar>
  ) {
    let projected = prepare(
      steps: steps, states: states, initial: initial, start: start, pass: pass)
    let isSliced = projection.begin(
      input, rows: steps.rowCount, of: steps.wholeRowCount, pass: pass)
    if !isSliced { projection.projectAll(steps, into: projected, pass: pass) }
    steps.forEachSlice(
      ofRows: steps.rowsOfSlice(columns: projected.columns), descending: isReversed
    ) { slice in
      if isSliced { projection.project(steps.rows(of: slice), into: projected, pass: pass) }
    } step: { t in
      advance(t, steps)
    }
  }

  /// Makes room and sets s(0). Returns where U x(t) + b of each row is to be written before
  /// `advance` comes to it, rows × gates·hidden.
  func prepare(
    steps: PackedSteps, states: Matrix<Scalar>, initial: Matrix<Scalar>,
    start: InitialState<Scalar>?, pass: Pass<Scalar>
  ) -> Matrix<Scalar> {
    self.states = states
    self.initial = initial
    initialCell = begin(start, sequences: steps.sequenceCount, pass: pass)
    recurrentDropout = RecurrentDropout(
      pass, layer: number, rows: steps.rowCount, sequences: steps.sequenceCount, hidden: hidden)
    zoneout =
      description.zoneout > 0
      ? Zoneout(
        probability: description.zoneout, steps: steps, layer: number, hidden: hidden,
        cellWidth: cellWidth, pass: pass) : nil
    let sums = cell.begin(
      states: zoneout?.proposed ?? states, sequences: steps.sequenceCount,
      initialCell: initialCell, weights: weights, pass: pass)
    norm = LayerNorm(
      weights, gates: description.gates.count, sums: sums, sequences: steps.sequenceCount,
      pass: pass)
    isPlain = recurrentDropout == nil && zoneout == nil && norm == nil
    return sums
  }

  /// Computes s(t) of the rows of step t.
  func advance(_ t: Int, _ steps: PackedSteps) {
    forEachSegment(steps, at: t, dPrevious: nil, dInitial: nil) { segment in
      guard !isPlain else { return cell.forward(segment) }
      var read = segment
      if let recurrentDropout { read = recurrentDropout.forward(segment) }
      if let norm { read = norm.forward(read) }
      cell.forward(read)
      if let zoneout { keep(zoneout, segment) }
    }
  }

  private func begin(
    _ start: InitialState<Scalar>?, sequences: Int, pass: Pass<Scalar>
  ) -> Matrix<Scalar> {
    let initialCell =
      cellWidth > 0 ? pass.arena.zeros(sequences, cellWidth) : pass.arena.matrix(0, hidden)
    startsOnItsOwn = start == nil
    if let start {
      initial.copy(start.state)
      if cellWidth > 0, let cell = start.cell { initialCell.copy(cell) }
    } else {
      if learnedState == nil { initial.fill(0) }
      for r in 0..<sequences {
        if let learnedState {
          initial.row(r).update(from: pass.parameters.row(learnedState).base, count: hidden)
        }
        if let learnedCell {
          initialCell.row(r).update(
            from: pass.parameters.row(learnedCell).base, count: cellWidth)
        }
      }
    }
    return initialCell
  }

  // MARK: Backward

  /// Brings ∇s(t) back through time. `dStates` (rows × hidden) comes in with what losses and later
  /// layers ask of s(t), and leaves with the whole ∇s(t). Adds weight gradients, and to
  /// `dVectors`, `dContext` and `dStart` where they are asked for.
  /// - Parameters:
  ///   - input: what the layer read
  ///   - steps: the time steps of all rows
  ///   - dStates: ∇s(t), rows × hidden
  ///   - dVectors: ∂L/∂ of the vectors that were read, one a row
  ///   - dContext: ∂L/∂ of the contexts that were read, one a sequence
  ///   - dStart: ∂L/∂ of the initial state that was given
  ///   - border: where the steps are a segment of a longer pass, what goes from one to the other
  ///   - pass: weights, gradients and room
  func backward(
    _ input: LayerInput<Scalar>, steps: PackedSteps, dStates: Matrix<Scalar>,
    dVectors: Matrix<Scalar>?, dContext: Matrix<Scalar>?, dStart: InitialState<Scalar>?,
    border: SegmentBorder<Scalar>? = nil, pass: Pass<Scalar>
  ) {
    if let border { repeatFirstOfNext(border, steps: steps, dStates: dStates, pass: pass) }
    prepareBackward(steps: steps, dStates: dStates, wantsStart: dStart != nil, pass: pass)
    border?.resume(cell, steps: steps)
    let own = 0..<steps.stepCount - (border?.repeatedSteps ?? 0)
    let delta = inputGradient
    let slices = GradientSlices(steps: steps, delta: delta, hidden: hidden, pass: pass)
    projection.beginBackward(input, delta: delta, wantsVectors: dVectors != nil, pass: pass)
    let slicesInput = projection.isSliceable
    steps.forEachBlock(ofRows: isReversed ? .max : pass.blockRows, in: own) { block in
      steps.forEachSlice(ofRows: slices.rows, descending: !isReversed, in: block) { t in
        if t == 0 { border?.keepCell(cell, steps: steps) }
        retreat(t, steps)
      } after: { range in
        if slicesInput {
          projection.addGradients(
            steps.rows(of: range), delta: delta, dVectors: dVectors, pass: pass)
        }
        if slices.cutsRecurrent { addRecurrentGradients(of: range, steps, room: slices.room, pass) }
      }
      if !slicesInput {
        projection.addGradients(
          steps.rows(of: block), delta: delta, dVectors: dVectors, pass: pass)
      }
      if !slices.cutsRecurrent {
        addRecurrentGradients(of: block, steps, room: slices.room, pass)
      }
    }
    border?.keepState(dStates, steps: steps)
    projection.finishBackward(steps: steps, delta: delta, dContext: dContext, pass: pass)
    if let dInitial { passOn(dInitial, to: dStart, pass: pass) }
  }

  /// Makes room for going back. `dStates` must hold all of ∇s(t) but the part that comes through
  /// s(t+1) when `retreat` comes to step t.
  func prepareBackward(
    steps: PackedSteps, dStates: Matrix<Scalar>, wantsStart: Bool, pass: Pass<Scalar>
  ) {
    self.dStates = dStates
    truncation = pass.truncation
    norm?.beginBackward(pass)
    zoneout?.beginBackward(sequences: steps.sequenceCount, arena: pass.arena)
    cell.beginBackward(dStates: zoneout?.dProposed ?? dStates, weights: weights, pass: pass)
    let learns =
      startsOnItsOwn && (learnedState != nil || learnedCell != nil) && pass.gradient != nil
    dInitial = wantsStart || learns ? pass.arena.zeros(steps.sequenceCount, hidden) : nil
  }

  /// Brings ∇s(t) of the rows of step t to pre-activations and to ∇s(t−1).
  func retreat(_ t: Int, _ steps: PackedSteps) {
    let isCut = truncation.map { (steps.firstStep + (isReversed ? t + 1 : t)) % $0 == 0 } ?? false
    forEachSegment(steps, at: t, dPrevious: isCut ? nil : dStates, dInitial: dInitial) { segment in
      if isPlain { cell.backward(segment) } else { shareBack(segment) }
      if isCut, segment.previousRow != nil { cell.cutCellGradient(sequences: segment.count) }
    }
  }

  /// The way back through what stands between a cell and its states.
  private func shareBack(_ segment: CellSegment<Scalar>) {
    if let zoneout { share(zoneout, segment) }
    if let recurrentDropout {
      recurrentDropout.backward(segment) { goBack($0) }
    } else {
      goBack(segment)
    }
    if let zoneout, let dCells = dCells(segment) { zoneout.addKept(to: dCells) }
  }

  private func goBack(_ segment: CellSegment<Scalar>) {
    cell.backward(segment)
    if let norm {
      norm.backward(segment, inputs: cell.inputGradient, recurrents: cell.recurrentGradient)
    }
  }

  /// ∂L/∂(U x(t) + b) of every row after a backward pass; without b where U x is normalised.
  var inputGradient: Matrix<Scalar> { norm?.dInput ?? cell.inputGradient }

  /// Adds weight gradients after a backward loop that ran from outside, each as one product over all
  /// rows.
  func finishBackward(
    _ input: LayerInput<Scalar>, steps: PackedSteps, dVectors: Matrix<Scalar>?,
    dContext: Matrix<Scalar>?, dStart: InitialState<Scalar>?, pass: Pass<Scalar>
  ) {
    projection.backward(
      input, steps: steps, delta: inputGradient, dVectors: dVectors, dContext: dContext,
      pass: pass)
    let room = steps.isUniform ? nil : pass.arena.matrix(steps.rowCount, hidden)
    addRecurrentGradients(of: 0..<steps.stepCount, steps, room: room, pass)
    if let dInitial { passOn(dInitial, to: dStart, pass: pass) }
  }

  private func passOn(
    _ dInitial: Matrix<Scalar>, to dStart: InitialState<Scalar>?, pass: Pass<Scalar>
  ) {
    if let dStart {
      dStart.state.add(dInitial)
      if let dCell = cell.initialCellGradient { dStart.cell?.add(dCell) }
    } else if let gradient = pass.gradient {
      if let learnedState { gradient.row(learnedState).addColumnSums(dInitial) }
      if let learnedCell, let dCell = cell.initialCellGradient {
        gradient.row(learnedCell).addColumnSums(dCell)
      }
    }
  }
}
