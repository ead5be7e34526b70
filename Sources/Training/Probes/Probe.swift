import RecurrentNetworks
import SequenceData
import TrainingEvents

/// Looks at a network while it trains: an extra pass over a few sequences, with a network's memory
/// of its own, so that training never notices.
final class Probe {
  let network: TaskNetwork
  let task: TaskData
  let part: Replica
  let spectra = SpectrumProbe()
  let sequences: ProbeSequences
  /// Random examples that a task's figures are computed on.
  let sample: TaskSample
  let heldOutPassage: ProbePassage
  private let source: DataSource
  /// Keeps states of the shortest segments alone, where training bounds its memory.
  let memory: StateMemory?
  private let inputNames: InputNames
  /// Looks through all training data.
  let alike: AlikeSearch
  /// Makes inputs of what a person types.
  let queries: QueryReader
  /// Hypotheses kept where an answer is written for a person; 1 is greedy.
  var beamWidth = 1

  init(
    network: TaskNetwork, task: TaskData, source: DataSource, seed: UInt64,
    memory: StateMemory? = nil
  ) throws(PresetError) {
    self.memory = memory
    self.network = network
    self.task = task
    self.source = source
    let synthetic = source.format == .synthetic ? source.location : nil
    inputNames = InputNames(task, synthetic: synthetic)
    alike = AlikeSearch(network, task, synthetic: synthetic)
    sample = TaskSample(task, seed: seed)
    heldOutPassage = ProbePassage(
      task: task, lineEnd: network.lineEnd, readsStream: network.readsStream, seed: seed)
    sequences = ProbeSequences(
      task: task, lineEnd: network.lineEnd, readsStream: network.readsStream, seed: seed)
    queries = QueryReader(task, source: source, hasOneVector: network.rows.vectorPerSequence)
    part = Replica(model: network.makeModel(), layout: network.rows)
  }

  /// The most frequent target sequence of the training set; nil without classes.
  private(set) lazy var mostFrequentTarget: [Int32]? = Self.mostFrequentTarget(
    of: task.train, end: task.outputVocabulary?.end)

  /// The most frequent class or label of the training set; nil without classes.
  private(set) lazy var mostFrequentLabel: Int32? = {
    guard task.outputVocabulary != nil, case .examples(let examples) = task.train else {
      return nil
    }
    var counts = [Int](repeating: 0, count: task.outputWidth)
    for example in examples {
      for label in example.target.classes where counts.indices.contains(Int(label)) {
        counts[Int(label)] += 1
      }
    }
    // The first of several that are equally frequent.
    return counts.max().flatMap { counts.firstIndex(of: $0) }.map { Int32($0) }
  }()

  /// Whether the data are made up.
  var isMadeUp: Bool { source.format == .synthetic }

  /// Whether the data are made up under this name.
  func isSynthetic(_ name: String) -> Bool {
    source.format == .synthetic && source.location == name
  }

  // MARK: Hidden states

  /// Hidden states, probabilities and losses while one sequence of the batch is read.
  /// - Parameter columns: steps shown at most; the last ones are.
  func hiddenStates(
    _ trainer: Trainer, batch: DataBatch, sequence: Int, columns: Int
  ) -> HiddenStateFrame? {
    guard batch.count > 0 else { return nil }
    let n = ((sequence % batch.count) + batch.count) % batch.count
    if let long = packEnd(batch, of: CollectionOfOne(n), trainer.parameters) {
      let losses = run(trainer.parameters)
      return frame(
        losses: losses, batch: long.batch, sequence: 0, columns: columns, step: trainer.step)
    }
    part.packer.pack(batch, sequences: CollectionOfOne(n), into: part.batch)
    let losses = run(trainer.parameters)
    return frame(losses: losses, batch: batch, sequence: n, columns: columns, step: trainer.step)
  }

  /// Runs the packed sequence forward, leaving states in the model and losses behind.
  func run(_ parameters: ParameterVector<Float>) -> RowLosses<Float> {
    part.arena.reset()
    let pass = Pass(parameters: parameters, arena: part.arena)
    let outputs = part.model.outputs(part.batch, pass)
    likeliest = (0..<outputs.rows).map { outputs.row($0).indexOfLargest(count: outputs.columns) }
    let losses = RowLosses(
      losses: part.arena.scalars(outputs.rows), probabilities: part.arena.scalars(outputs.rows))
    _ = network.objective.evaluate(outputs, part.batch, scale: 0, each: losses)
    return losses
  }

  /// Index of the largest output of each row of the last run.
  private(set) var likeliest: [Int] = []

  func frame(
    losses: RowLosses<Float>?, batch: DataBatch, sequence n: Int, columns: Int, step: Int
  ) -> HiddenStateFrame? {
    guard let stack = part.model.stacks.first, let shape = stack.states.first else {
      return nil
    }
    let steps = shape.values.rows
    let first = max(0, steps - max(1, columns))
    var frame = HiddenStateFrame(
      step: step, symbols: (first..<steps).map { symbol(batch, n, $0) }, maps: [])
    for stack in part.model.stacks {
      for view in stack.states + stack.gates {
        // A decoder's steps stand under another text and have another length.
        guard view.values.rows == steps else { continue }
        frame.maps.append(map(view, named: stack.title(of: view), rows: first..<steps))
      }
    }
    if network.rows.targets == .steps, let losses {
      let classes = network.objective == .crossEntropy
      for t in first..<steps {
        let hasTarget = classes ? part.batch.targets[t] >= 0 : !losses.losses[t].isNaN
        frame.loss.append(hasTarget ? losses.losses[t] : .nan)
        frame.targetProbability.append(
          hasTarget && classes ? losses.probabilities[t] : .nan)
        frame.prediction.append(
          classes ? task.outputVocabulary?.name(of: Int32(likeliest[t])) ?? "" : "")
      }
    }
    return frame
  }

  private func map(_ view: StateView<Float>, named name: String, rows: Range<Int>) -> StateMap {
    let units = view.values.columns
    var values: [Float] = []
    values.reserveCapacity(units * rows.count)
    for t in rows {
      values.append(contentsOf: UnsafeBufferPointer(start: view.values.row(t), count: units))
    }
    return StateMap(view, named: name, values: values)
  }

  /// What is read at a step, as a person sees it.
  func symbol(_ batch: DataBatch, _ n: Int, _ t: Int) -> String { inputNames.name(batch, n, t) }
}

extension StateMap {
  /// Values of a view. Where nothing bounds them, colours span a power of two that holds them all.
  init(_ view: StateView<Float>, named name: String, values: [Float]) {
    var reach: Float = 1
    if !view.isBounded {
      let largest = values.reduce(Float(0)) { $1.isFinite ? max($0, abs($1)) : $0 }
      while reach < largest, reach < 0x1p100 { reach *= 2 }
    }
    self.init(
      name: name, units: view.values.columns, values: values, lowest: Float(view.lowest) * reach,
      highest: reach, isBounded: view.isBounded)
  }
}

extension UnsafeMutablePointer<Float> {
  /// Index of the largest of `count` values, the first of equals.
  func indexOfLargest(count: Int) -> Int {
    var best = 0
    for i in 1..<max(1, count) where self[i] > self[best] { best = i }
    return best
  }
}
