import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// Reads all training data with one set of weights, a batch at a time, and looks for places where
/// the units of a set are on.
final class AlikeReader {
  /// Sequences that are read side by side: one alone would take the time of many products of a
  /// matrix with a vector.
  private static let sequences = 16
  /// Time steps that are shown on either side of a place.
  private static let around = 24

  private let network: TaskNetwork
  private let data: DataSet
  private let naming: InputNames
  private let query: AlikeQuery
  private let part: Replica
  private let parameters: ParameterVector<Float>
  private var source: BatchSource
  private var batch = DataBatch()
  private var windows: AlikeWindows?
  /// Of a text that is read side by side in several places; they go on from batch to batch.
  private var lanes: [Int: AlikeWindows.Lane] = [:]
  private var contexts: [[Int]: AlikeFrame.Place] = [:]
  private(set) var read = 0
  /// Time steps of all training data.
  let total: Int

  init(
    _ network: TaskNetwork, _ task: TaskData, _ naming: InputNames, weights: [Float],
    query: AlikeQuery
  ) {
    self.network = network
    self.naming = naming
    self.query = query
    part = Replica(model: network.makeModel(), layout: network.rows)
    parameters = ParameterVector(network.layout)
    for (index, weight) in weights.prefix(parameters.count).enumerated() {
      parameters.base[index] = weight
    }
    data = Self.data(task, network)
    total = Self.steps(of: data, network)
    source = BatchSource(
      data, batch: Self.sequences, sequenceLength: nil, seed: 0, order: .asGiven,
      lineEnd: network.lineEnd)
    if source.isContinuous { part.carryStates(sequences: Self.sequences) }
  }

  /// Lines that are read one behind the other are one text.
  private static func data(_ task: TaskData, _ network: TaskNetwork) -> DataSet {
    guard case .lines(let table) = task.train, network.readsStream else { return task.train }
    var tokens = table.tokens
    tokens.removeAll()
    tokens.append(network.lineEnd)
    for line in 0..<table.count {
      tokens.append(contentsOf: table.tokens, in: table.range(of: line))
      tokens.append(network.lineEnd)
    }
    return .stream(tokens)
  }

  private static func steps(of data: DataSet, _ network: TaskNetwork) -> Int {
    guard !network.rows.vectorPerSequence, network.grid == nil else { return 0 }
    return switch data {
    case .examples(let examples): examples.reduce(0) { $0 + $1.input.steps }
    case .lines(let table): table.tokenCount + table.count
    case .stream(let tokens): max(0, tokens.count - 1)
    }
  }

  /// Reads the next batch.
  /// - Returns: whether more is left
  func readNext() -> Bool {
    guard read < total else { return false }
    source.next(into: &batch)
    guard batch.count > 0 else { return false }
    part.packer.pack(batch, sequences: 0..<batch.count, into: part.batch)
    part.arena.reset()
    _ = part.model.outputs(part.batch, Pass(parameters: parameters, arena: part.arena))
    let steps = part.batch.steps
    let views = part.model.stacks.flatMap { stack in
      (stack.states + stack.gates).filter {
        $0.values.rows == steps.rowCount && stack.title(of: $0) == query.set.map
      }
    }
    guard let values = views.first?.values else { return false }
    var windows = windows ?? AlikeWindows(query, units: values.columns)
    for n in 0..<batch.count {
      var lane = lane(n, units: values.columns)
      let k = steps.places[n]
      for t in 0..<batch.inputLengths[n] {
        windows.add(values.row(steps.offsets[t] + k), to: &lane)
      }
      read += batch.inputLengths[n]
      let goesOn = part.batch.carried != nil && read < total
      if !goesOn { windows.close(&lane) }
      if source.isContinuous { lanes[batch.indices[n]] = lane }
    }
    if read >= total {
      for index in lanes.keys.sorted() {
        if var lane = lanes[index] { windows.close(&lane) }
      }
      lanes = [:]
    }
    self.windows = windows
    return read < total
  }

  private func lane(_ n: Int, units: Int) -> AlikeWindows.Lane {
    let index = batch.indices[n]
    guard let range = source.range(ofSlice: index) else {
      return AlikeWindows.Lane(sequence: index, units: units)
    }
    return lanes[index] ?? AlikeWindows.Lane(sequence: 0, first: range.lowerBound, units: units)
  }

  /// What was found so far, with what stands around it.
  func frame(step: Int) -> AlikeFrame {
    let best = windows?.best ?? []
    var kept: [[Int]: AlikeFrame.Place] = [:]
    let places = best.map { window in
      let key = [window.sequence, window.start]
      let place = contexts[key] ?? place(window)
      kept[key] = place
      return place
    }
    contexts = kept
    return AlikeFrame(
      step: step, query: query, isOneText: source.isContinuous, read: read, total: total,
      found: windows?.found ?? 0, places: places)
  }

  private func place(_ window: AlikeWindows.Window) -> AlikeFrame.Place {
    let end = window.start + query.length
    let around = (window.start - Self.around)..<(end + Self.around)
    let (first, symbols) = symbols(of: window.sequence, around)
    let split = min(max(0, window.start - first), symbols.count)
    let after = min(max(split, end - first), symbols.count)
    return AlikeFrame.Place(
      sequence: window.sequence, position: window.start, on: window.on, others: window.others,
      before: Array(symbols[..<split]), symbols: Array(symbols[split..<after]),
      after: Array(symbols[after...]))
  }

  /// What is read at some time steps of a sequence, those beyond its ends left out, and the first of
  /// them that there is.
  private func symbols(of sequence: Int, _ range: Range<Int>) -> (first: Int, symbols: [String]) {
    var one = DataBatch()
    switch data {
    case .stream(let tokens):
      let inside = range.clamped(to: 0..<max(0, tokens.count - 1))
      return (inside.lowerBound, inside.map { naming.name(ofToken: tokens[$0]) })
    case .lines(let table):
      Self.fill(&one, .lines(table.selecting([sequence])), network.lineEnd)
    case .examples(let examples):
      Self.fill(&one, .examples([examples[sequence]]), network.lineEnd)
    }
    let inside = range.clamped(to: 0..<one.longestInput)
    return (inside.lowerBound, inside.map { naming.name(one, 0, $0) })
  }

  private static func fill(_ batch: inout DataBatch, _ data: DataSet, _ lineEnd: Int32) {
    var source = BatchSource(
      data, batch: 1, sequenceLength: nil, seed: 0, order: .asGiven, lineEnd: lineEnd)
    source.next(into: &batch)
  }
}
