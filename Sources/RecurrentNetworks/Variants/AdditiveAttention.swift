import LinearAlgebra

/// Additive attention (Bahdanau et al. 2015): which source steps a decoder looks at.
///
///     e(t, i) = vᵀ tanh(Wₐ s(t−1) + Uₐ h_i)
///     α(t, ·) = softmax over the source's real steps
///     c(t)    = Σ_i α(t, i) h_i
///
/// Uₐ h_i is formed once for all source steps. The steps of a source stand one after another here,
/// so that each softmax and each sum runs over a piece of memory without padding.
final class AdditiveAttention<Scalar: NetworkScalar> {
  /// Wₐ, size × state.
  private let queryWeight: ParameterHandle
  /// Uₐ, size × source state.
  private let keyWeight: ParameterHandle
  /// v, size.
  private let energyWeight: ParameterHandle

  /// Where source p's steps begin in `memory`; one more at the end.
  private var starts: [Int] = []
  /// The packed row of each row of `memory`.
  private var memoryRows: UnsafeMutablePointer<Int32>?
  /// h_i and Uₐ h_i.
  private(set) var memory = Matrix<Scalar>.empty
  private var keys = Matrix<Scalar>.empty
  private var sourceRows = 0

  // One row for each pair of a decoder step and a source step of its sequence, call after call.
  /// tanh(Wₐ s(t−1) + Uₐ h_i), pairs × size.
  private var activations = Matrix<Scalar>.empty
  /// α(t, i), pairs × 1.
  private var weights = Matrix<Scalar>.empty
  /// First pair of each call of `attend`, and of the next one.
  private var firsts: [Int] = []
  private var query: PackedMatrix<Scalar>?
  private var queries = Matrix<Scalar>.empty

  private var dMemory = Matrix<Scalar>.empty
  private var dKeys = Matrix<Scalar>.empty
  private var dEnergies = Matrix<Scalar>.empty
  private var dQueries = Matrix<Scalar>.empty

  init(states: Int, sources: Int, size: Int, layout: inout ParameterLayout) {
    func start(_ width: Int) -> Parameter.Start {
      .uniform(bound: 1 / Double(max(1, width)).squareRoot())
    }
    queryWeight = layout.matrix("attention.W", symbol: "Wₐ", size, states, start: start(states))
    keyWeight = layout.matrix("attention.U", symbol: "Uₐ", size, sources, start: start(sources))
    energyWeight = layout.vector("attention.v", symbol: "v", size, start: start(size))
  }

  private var size: Int { queryWeight.rows }

  var roles: ParameterRoles.Attention {
    ParameterRoles.Attention(query: queryWeight, key: keyWeight, energy: energyWeight)
  }

  // MARK: Forward

  /// Takes the sources of a batch in; `attend` then refers to them by their packed order.
  func read(_ source: EncodedSource<Scalar>, _ pass: Pass<Scalar>) {
    let steps = source.steps
    let rows = pass.arena.integers(steps.rowCount)
    starts.removeAll(keepingCapacity: true)
    var next = 0
    for p in 0..<steps.sequenceCount {
      starts.append(next)
      for i in 0..<steps.lengths[p] { rows[next + i] = Int32(steps.row(step: i, sequence: p)) }
      next += steps.lengths[p]
    }
    starts.append(next)
    memoryRows = rows
    sourceRows = source.states.rows
    memory = pass.arena.matrix(next, source.states.columns)
    memory.gather(source.states, rows: rows)
    keys = pass.arena.matrix(next, size)
    keys.product(memory, pass.packed(transposed: pass.parameters[keyWeight]))
  }

  /// Steps of source p.
  func length(_ p: Int) -> Int { starts[p + 1] - starts[p] }

  /// Makes room for calls of `attend` over `pairs` pairs in all, each with at most `count` queries.
  func begin(pairs: Int, count: Int, _ pass: Pass<Scalar>) {
    activations = pass.arena.matrix(pairs, size)
    weights = pass.arena.matrix(pairs, 1)
    queries = pass.arena.matrix(count, size)
    query = pass.packed(transposed: pass.parameters[queryWeight])
    firsts.removeAll(keepingCapacity: true)
    firsts.append(0)
  }

  /// contexts (n × source state) ← c(t) of n states s(t−1), the k-th of which looks at source
  /// `places[k]`.
  /// - Parameters:
  ///   - values: a row for each of `memory`, of which contexts are means instead: U h_i makes them
  ///     U c(t), by one product for all source steps instead of one for each context
  ///   - oneByOne: whether the last bit of an energy may not depend on what else is asked
  func attend(
    _ states: Matrix<Scalar>, places: UnsafePointer<Int32>, over values: Matrix<Scalar>? = nil,
    into contexts: Matrix<Scalar>, oneByOne: Bool = false, _ pass: Pass<Scalar>
  ) {
    guard let query, let first = firsts.last else { return }
    let q = queries.rows(0, states.rows)
    q.product(states, query)
    var next = first
    for k in 0..<states.rows {
      let (start, count) = (starts[Int(places[k])], length(Int(places[k])))
      Scalar.attentionForward(
        count, size: size, keys: keys.row(start), query: q.row(k), sums: activations.row(next))
      next += count
    }
    firsts.append(next)
    let (energy, values) = (pass.parameters.row(energyWeight), values ?? memory)
    if !oneByOne {
      let here = activations.rows(first, next - first)
      weights.rows(first, here.rows).product(here, transposed: energy)
    }
    var at = first
    for k in 0..<states.rows {
      let (start, count) = (starts[Int(places[k])], length(Int(places[k])))
      if oneByOne {
        weights.rows(at, count).product(activations.rows(at, count), transposed: energy)
      }
      let alpha = alpha(at, count)
      Scalar.softmax(rows: 1, columns: count, x: alpha.base, stride: count)
      contexts.rows(k, 1).product(alpha, values.rows(start, count))
      at += count
    }
  }

  /// α of one query as a row.
  private func alpha(_ first: Int, _ count: Int) -> Matrix<Scalar> {
    Matrix(base: weights.row(first), rows: 1, columns: count)
  }

  /// α of the k-th query of a call, over its source's steps.
  func weights(
    call: Int, query k: Int, places: UnsafePointer<Int32>
  ) -> UnsafeBufferPointer<Scalar> {
    let first = (0..<k).reduce(firsts[call]) { $0 + length(Int(places[$1])) }
    return UnsafeBufferPointer(start: weights.row(first), count: length(Int(places[k])))
  }

  // MARK: Backward

  /// Makes room for going back through calls whose queries were `rows` in all.
  func beginBackward(rows: Int, _ pass: Pass<Scalar>) {
    dMemory = pass.arena.zeros(memory.rows, memory.columns)
    dKeys = pass.arena.zeros(keys.rows, size)
    dEnergies = pass.arena.matrix(weights.rows, 1)
    dQueries = pass.arena.zeros(rows, size)
    query = pass.packed(pass.parameters[queryWeight])
  }

  /// From ∂L/∂c(t) of a call whose queries stand at rows from `row` on among the decoder's; adds
  /// ∂L/∂s(t−1) to `dStates`.
  func retreat(
    call: Int, row: Int, _ dContexts: Matrix<Scalar>, places: UnsafePointer<Int32>,
    dStates: Matrix<Scalar>, _ pass: Pass<Scalar>
  ) {
    var at = firsts[call]
    for k in 0..<dContexts.rows {
      let (start, count) = (starts[Int(places[k])], length(Int(places[k])))
      let dContext = dContexts.rows(k, 1)
      let alpha = alpha(at, count)
      let d = dEnergies.rows(at, count)
      d.product(memory.rows(start, count), transposed: dContext)
      var mean: Scalar = 0
      for i in 0..<count { mean += alpha.base[i] * d.base[i] }
      for i in 0..<count { d.base[i] = alpha.base[i] * (d.base[i] - mean) }
      dMemory.rows(start, count).product(transposed: alpha, dContext, beta: 1)
      Scalar.attentionBackward(
        count, size: size, d: d.base, energy: pass.parameters.row(energyWeight).base,
        sums: activations.row(at), dKeys: dKeys.row(start), dQuery: dQueries.row(row + k))
      at += count
    }
    if let query {
      dStates.product(dQueries.rows(row, dContexts.rows), query, accumulate: true)
    }
  }

  /// Adds weight gradients, given s(t−1) of all of the decoder's rows.
  /// - Returns: ∂L/∂h_i at the source's packed rows.
  func finishBackward(previous: Matrix<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    if let gradient = pass.gradient {
      gradient[queryWeight].product(transposed: dQueries, previous, beta: 1)
      gradient[keyWeight].product(transposed: dKeys, memory, beta: 1)
      gradient.row(energyWeight).product(transposed: dEnergies, activations, beta: 1)
    }
    dMemory.product(
      dKeys, pass.packed(pass.parameters[keyWeight]), accumulate: true)
    let result = pass.arena.zeros(sourceRows, memory.columns)
    if let memoryRows { result.scatterAdd(dMemory, rows: memoryRows) }
    return result
  }
}
