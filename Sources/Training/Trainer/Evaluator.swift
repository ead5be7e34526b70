import RecurrentNetworks
import SequenceData

/// Goes over held-out data a batch at a time, so that whoever waits for the engine waits for one
/// batch at most. It has networks' memory of its own and leaves training untouched.
final class Evaluator {
  private let network: TaskNetwork
  private let pool: WorkerPool
  private let parts: [Replica]
  private let batchSize: Int
  private let sequenceLength: Int?
  private var source: BatchSource?
  private var batch = DataBatch()
  private var batchesLeft = 0
  private(set) var total = LossTotal()
  /// What a classifier answered, over the same examples as `total`; nil for other tasks.
  private(set) var answers: ClassAnswers?
  private var judged = 0
  private var keepsAnswers: Bool {
    network.objective == .crossEntropy && network.rows.targets == .sequences
  }

  init(network: TaskNetwork, pool: WorkerPool, training: TrainingConfiguration) throws(PresetError)
  {
    self.network = network
    self.pool = pool
    batchSize = max(training.batch, 32)
    sequenceLength = training.sequenceLength
    var parts: [Replica] = []
    for _ in 0..<2 {
      parts.append(Replica(model: network.makeModel(), layout: network.rows))
    }
    self.parts = parts
  }

  var isRunning: Bool { batchesLeft > 0 }

  /// Starts over with a data set.
  func begin(_ data: DataSet) {
    let source = BatchSource(
      data, batch: batchSize, sequenceLength: sequenceLength, seed: 0, order: .asGiven,
      lineEnd: network.lineEnd)
    self.source = source
    batchesLeft = source.batchesPerEpoch
    total = LossTotal()
    answers = keepsAnswers ? ClassAnswers(classes: network.outputWidth) : nil
    judged = 0
    if source.isContinuous {
      for part in parts { part.carryStates(sequences: (batchSize + 1) / 2) }
    }
  }

  /// Forgets what was under way.
  func cancel() {
    batchesLeft = 0
  }

  /// Judges the next batch.
  /// - Returns: whether more is left.
  func advance(_ parameters: ParameterVector<Float>) -> Bool {
    guard batchesLeft > 0 else { return false }
    batchesLeft -= 1
    source?.next(into: &batch)
    let share = (batchSize + 1) / 2
    for (index, part) in parts.enumerated() {
      let first = min(index * share, batch.count)
      part.packer.pack(batch, sequences: first..<min(first + share, batch.count), into: part.batch)
    }
    let keepsAnswers = keepsAnswers
    pool.run(parts.count) {
      parts[$0].judge(parameters, objective: network.objective, keepsAnswers: keepsAnswers)
    }
    for (index, part) in parts.enumerated() {
      total = total + part.total
      answers?.add(part.answers, from: judged + min(index * share, batch.count))
    }
    judged += batch.count
    return batchesLeft > 0
  }

  /// The mean over all of a data set at once.
  func judge(_ data: DataSet, _ parameters: ParameterVector<Float>) -> LossTotal {
    begin(data)
    while advance(parameters) {}
    return total
  }
}
