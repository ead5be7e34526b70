import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// A network in training: weights, optimiser, data and schedule, one step at a time.
///
/// The same seed gives the same weights to the last bit on any number of threads, because a batch
/// is cut into a fixed number of parts and their gradients are added in a fixed order (`ReductionTree`). So do the
/// processes of a job, each of which computes some of the parts (`RankExchange`).
final class Trainer {
  let preset: Preset
  let task: TaskData
  let network: TaskNetwork
  let parameters: ParameterVector<Float>
  let optimiser: Optimiser<Float>
  /// The average of the weights over the updates; nil where none is asked for.
  let average: WeightAverage<Float>?
  var schedule: Schedule
  var source: BatchSource
  /// The batch of the newest step, as it was read.
  private(set) var batch = DataBatch()
  private let parts: [Replica]
  /// What the states of a part may take; nil keeps those of all time steps.
  private var stateMemory: StateMemory?
  /// What is shared with other processes that train the same network; nil where this one is alone.
  let exchange: RankExchange?
  private let ownParts: Range<Int>
  private let ownSlices: Range<Int>
  private let weightCache = PackedWeightCache<Float>()
  let pool: WorkerPool
  let slices: ParameterSlices
  /// The order in which gradients are added, of which processes that have several parts add theirs first.
  private let ownAdditions: [ReductionTree.Addition]
  private let commonAdditions: [ReductionTree.Addition]
  /// Σ x² of each slice of the gradient; every slice is written by the one thread that has it.
  private let squares: UnsafeMutablePointer<Double>

  /// The newest finished step.
  var step = 0
  /// The preset with every setting as it is now, and as it was when the run was set up.
  private(set) var settings: Preset
  let initialSettings: Preset
  /// Set to measure how far the next update moves each parameter.
  var measuresNextUpdate = false
  /// ‖update‖ of each parameter at the last measured step.
  private(set) var updateNorms: [Double] = []
  private lazy var before = ParameterVector<Float>(network.layout)
  /// Whether the newest step's update was measured, and alone moved the weights since.
  var isUpdateMeasured = false
  /// The weights before the newest step; nil where what moved them was not its update alone.
  var weightsBeforeUpdate: ParameterVector<Float>? { isUpdateMeasured ? before : nil }

  /// - Parameter communicator: the processes that train this network together; nil for one alone.
  init(
    preset: Preset, task: TaskData, threads: Int, communicator: (any Communicator)? = nil
  ) throws(PresetError) {
    self.preset = preset
    network = try TaskNetwork(preset: preset, task: task)
    self.task = try task.noting(unalignedBy: network, file: preset.task.data.location)
    stateMemory = try network.stateMemory(preset, task)
    let training = preset.training
    var random = SeededRandom(seed: training.seed, stream: SeedStream.weights)
    parameters = ParameterVector(network.layout)
    parameters.initialise(using: &random)
    optimiser = Optimiser(training.optimizer, layout: network.layout)
    average = training.averageWeights.map { [network] in
      WeightAverage(decay: $0, layout: network.layout)
    }
    average?.begin(with: parameters)
    schedule = Schedule(training.schedule, totalSteps: training.steps)
    source = BatchSource(
      task.train, batch: training.batch, sequenceLength: training.sequenceLength,
      seed: SeedStream.data(training.seed), order: .shuffled, lineEnd: network.lineEnd)
    var settings = preset
    if let length = source.sequenceLength { settings.training.sequenceLength = length }
    (self.settings, initialSettings) = (settings, settings)
    let count = training.partCount
    var parts: [Replica] = []
    for _ in 0..<count {
      parts.append(Replica(model: network.makeModel(), layout: network.rows))
    }
    self.parts = parts
    slices = ParameterSlices(network.layout)
    squares = .allocate(capacity: slices.count)
    squares.initialize(repeating: 0, count: slices.count)
    let tree = ReductionTree(count: count)
    exchange = communicator.map { [squares, slices, parameters] in
      RankExchange(
        $0, shares: RankShares(ranks: $0.size, partCount: count, sliceCount: slices.count),
        slices: slices, parts: parts, tree: tree, parameters: parameters, squares: squares)
    }
    let shares = exchange?.shares
    ownAdditions = shares == nil ? [] : tree.additions(in: exchange?.ownParts ?? 0..<0)
    commonAdditions = shares?.additions(above: tree) ?? tree.additions
    ownParts = exchange?.ownParts ?? 0..<count
    ownSlices = exchange?.ownSlices ?? 0..<slices.count
    pool = WorkerPool(threads: min(threads, max(1, ownParts.count)))
    if source.isContinuous {
      for part in parts { part.carryStates(sequences: training.sequencesPerPart) }
    }
  }

  deinit { squares.deallocate() }

  /// The sum of all parts' gradients at the newest step, before clipping; of several processes, each
  /// has the slices that it updates.
  var gradient: ParameterVector<Float> { parts[0].gradient }
  /// The same, with the slices of other processes. Only rank 0 may ask, between two steps.
  var wholeGradient: ParameterVector<Float> {
    collectGradient?()
    return gradient
  }
  /// Brings the slices of other processes here; nil where there are none.
  var collectGradient: (() -> Void)?
  var untrainedLoss: Double { network.untrainedLoss }
  /// Bytes of states and other intermediate results of the newest step.
  var stateBytes: Int { parts.reduce(0) { $0 + $1.arena.usedBytes } }
  /// Bytes of all parts' weight gradients.
  var gradientBytes: Int { parts.reduce(0) { $0 + $1.gradient.count * 4 } }
  /// States carried between chunks, part after part; empty when nothing is carried.
  var carriedStates: [CarriedState<Float>] { parts.compactMap(\.batch.carried) }

  // MARK: Settings

  var baseLearningRate: Double { settings.training.optimizer.learningRate }
  /// Share of steps at which a fed-back output is the true one.
  var teacherForcing: Double { settings.network.teacherForcing }

  /// Trains on with other settings, of which only those that can change while training may differ.
  func use(_ settings: Preset) {
    self.settings = settings
    optimiser.configuration = settings.training.optimizer
    if let length = settings.training.sequenceLength { source.change(sequenceLength: length) }
    // What is dropped takes memory; whether there is enough was asked before.
    if stateMemory != nil, let memory = try? network.stateMemory(settings, task) {
      stateMemory = memory
    }
  }

  // MARK: One step

  func advance() -> StepOutcome {
    let epoch = source.epochs
    source.next(into: &batch)
    isUpdateMeasured = false
    shard()
    let targets = parts.reduce(0) {
      $0 + network.objective.targetCount($1.batch, outputWidth: network.outputWidth)
    }
    let scale = 1 / Float(max(1, targets))
    let nextStep = step + 1
    let (noise, teacherForcing) = (settings.network, self.teacherForcing)
    weightCache.weightsChanged()
    let began = exchange == nil ? 0 : clock.now
    pool.run(ownParts.count) { place in
      let index = ownParts.lowerBound + place
      let seed = SeedStream.dropout(preset.training.seed, step: nextStep, part: index)
      parts[index].learn(
        parameters, objective: network.objective, scale: scale,
        smoothing: Float(preset.training.labelSmoothing),
        dropout: noise.dropoutSource(seed: seed),
        teacherForcing: TeacherForcing(share: teacherForcing, seed: ~seed),
        weightCache: weightCache,
        truncation: preset.training.truncatedBPTT, memory: stateMemory)
    }
    if let exchange {
      addOwnGradients()
      exchange.reports.computed += clock.now - began
      guard exchange.shareGradients(parts) else { return StepOutcome(lostAt: epoch) }
    }
    var total = LossTotal()
    for part in parts { total = total + part.total }
    let rate = schedule.rate(base: baseLearningRate, step: nextStep)
    guard let norm = sumGradients() else { return StepOutcome(lostAt: epoch) }
    var outcome = StepOutcome(
      total: total, gradientNorm: norm, clipped: false, learningRate: rate, epoch: epoch)
    if !total.sum.isFinite || !norm.isFinite {
      let isWhole = exchange?.shareGradientSum() ?? true
      outcome.notFinite = total.sum.isFinite && isWhole ? firstBadGradient : "the loss"
      return outcome
    }
    guard update(norm: norm, rate: rate, outcome: &outcome) else {
      return StepOutcome(lostAt: epoch)
    }
    step = nextStep
    return outcome
  }

  /// Adds up what this process can of its own parts, before others are told.
  private func addOwnGradients() {
    guard !ownAdditions.isEmpty else { return }
    pool.run(slices.count) { add(ownAdditions, in: slices[$0]) }
  }

  private func add(_ additions: [ReductionTree.Addition], in slice: Range<Int>) {
    for addition in additions {
      parts[addition.range.lowerBound].gradient.add(parts[addition.second].gradient, in: slice)
    }
  }

  /// Adds all parts' gradients to the first one's and returns the sum's norm; nil when another process
  /// did not tell its share of it.
  private func sumGradients() -> Double? {
    pool.run(ownSlices.count) { place in
      let index = ownSlices.lowerBound + place
      add(commonAdditions, in: slices[index])
      squares[index] = gradient.sumOfSquares(in: slices[index])
    }
    guard exchange?.shareSquares() ?? true else { return nil }
    return (0..<slices.count).reduce(0) { $0 + squares[$1] }.squareRoot()
  }

  /// - Returns: whether all weights are the new ones: false when another process is lost.
  private func update(norm: Double, rate: Double, outcome: inout StepOutcome) -> Bool {
    var norm = norm
    if let clipValue = settings.training.clipValue {
      guard exchange?.shareGradientSum() ?? true else { return false }
      GradientClipping.clampValues(of: gradient, to: clipValue)
      let clamped = gradient.norm
      outcome.clipped = clamped < norm
      norm = clamped
    }
    var factor = GradientClipping.factor(norm: norm, limit: settings.training.clipNorm)
    if factor < 1 { outcome.clipped = true }
    let noise = preset.training.gradientNoise
    if noise > 0 {
      // Behind clipping, which would cut the noise as well.
      Float.scale(gradient.count, by: Float(factor), gradient.base)
      factor = 1
      GradientNoise.add(
        to: gradient, deviation: GradientNoise.deviation(noise, updates: step),
        seed: SeedStream.noise(preset.training.seed, step: step))
    }
    if measuresNextUpdate { before.copy(parameters) }
    optimiser.updates += 1
    pool.run(ownSlices.count) { place in
      optimiser.update(
        parameters, in: slices[ownSlices.lowerBound + place], gradient: gradient, scale: factor,
        learningRate: rate)
    }
    guard exchange?.shareWeights() ?? true else { return false }
    averageWeights()
    if measuresNextUpdate { measureUpdate() }
    return true
  }

  private func measureUpdate() {
    measuresNextUpdate = false
    isUpdateMeasured = true
    updateNorms = ParameterActivity.updateNorms(from: before, to: parameters)
  }

  // MARK: Parts

  /// Gives each part its sequences, of parts that other processes compute their targets alone, which are
  /// counted: neighbours when they continue from batch to batch, else shared out
  /// by length, so that parts take about equally long.
  private func shard() {
    let count = batch.count
    if source.isContinuous {
      for (index, part) in parts.enumerated() {
        part.packer.pack(
          batch, sequences: preset.training.sequences(ofPart: index, of: count), into: part.batch,
          withInputs: ownParts.contains(index))
        if batch.startsFresh { part.batch.carried?.clear() }
      }
      return
    }
    order.removeAll(keepingCapacity: true)
    for n in 0..<count { order.append(n) }
    let lengths = batch.inputLengths
    order.sort { (lengths[$0], $1) > (lengths[$1], $0) }
    for (index, part) in parts.enumerated() {
      shardRows.removeAll(keepingCapacity: true)
      var place = 0
      for n in order {
        // There and back again: 0 1 1 0 0 1 1 0 …
        let turn = place % (2 * parts.count)
        let owner = turn < parts.count ? turn : 2 * parts.count - 1 - turn
        if owner == index { shardRows.append(n) }
        place += 1
      }
      part.packer.pack(
        batch, sequences: shardRows, into: part.batch, withInputs: ownParts.contains(index))
    }
  }

  private let clock = TrainingClock()
  private var order: [Int] = []
  private var shardRows: [Int] = []
}
