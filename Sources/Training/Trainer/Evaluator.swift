import RecurrentNetworks
import SequenceData

/// Goes over held-out data a batch at a time, so that whoever waits for the engine waits for one
/// batch at most. It has networks' memory of its own and leaves training untouched.
///
/// A batch has as many parts as in training, and two at least: the processes of a job judge some of
/// them each, and rank 0 adds up what all found in the order of the parts, as one process does.
final class Evaluator {
  private let network: TaskNetwork
  private let pool: WorkerPool
  private let partCount: Int
  /// Those that this process judges, in their order.
  private let parts: [Replica]
  let ownParts: Range<Int>
  /// What other processes found; nil where this one is alone.
  private let judged: JudgedParts?
  private let batchSize: Int
  private let sequenceLength: Int?
  /// Keeps states of the shortest segments alone, where training bounds its memory.
  private let memory: StateMemory?
  private var source: BatchSource?
  private var batch = DataBatch()
  private var batchesLeft = 0
  private(set) var total = LossTotal()
  /// What a classifier answered, over the same examples as `total`; nil for other tasks.
  private(set) var answers: ClassAnswers?
  private var examplesJudged = 0
  private let keepsAnswers: Bool

  /// - Parameters:
  ///   - channel: to processes that judge together with this one; nil where it is alone
  ///   - reports: where it is noted who was asked to stop training
  init(
    network: TaskNetwork, pool: WorkerPool, training: TrainingConfiguration,
    channel: RankChannel? = nil, reports: RankReports? = nil
  ) throws(PresetError) {
    self.network = network
    self.pool = pool
    batchSize = training.judgedBatch
    memory = training.memoryMegabytes.map { _ in network.stateMemory(bytes: 0) }
    sequenceLength = training.sequenceLength
    let count = max(2, min(training.parts, training.batch))
    partCount = count
    let keepsAnswers = network.objective == .crossEntropy && network.rows.targets == .sequences
    self.keepsAnswers = keepsAnswers
    let room = keepsAnswers ? (batchSize + count - 1) / count : 0
    judged = channel.map { JudgedParts($0, reports: reports, partCount: count, room: room) }
    ownParts = judged?.ownParts ?? 0..<count
    var parts: [Replica] = []
    for _ in ownParts {
      parts.append(Replica(model: network.makeModel(), layout: network.rows))
    }
    self.parts = parts
  }

  var isRunning: Bool { batchesLeft > 0 }
  /// Whether no batch was judged since the beginning.
  var isAtStart: Bool { examplesJudged == 0 }
  /// Sequences of a batch in a part.
  private var share: Int { (batchSize + partCount - 1) / partCount }

  /// Starts over with a data set.
  func begin(_ data: DataSet) {
    let source = BatchSource(
      data, batch: batchSize, sequenceLength: sequenceLength, seed: 0, order: .asGiven,
      lineEnd: network.lineEnd)
    self.source = source
    batchesLeft = source.batchesPerEpoch
    total = LossTotal()
    answers = keepsAnswers ? ClassAnswers(classes: network.outputWidth) : nil
    examplesJudged = 0
    if source.isContinuous {
      for part in parts { part.carryStates(sequences: share) }
    }
  }

  /// Forgets what was under way.
  func cancel() {
    batchesLeft = 0
  }

  /// Judges the next batch. What all processes found together, rank 0 alone knows.
  /// - Returns: whether more is left.
  func advance(_ parameters: ParameterVector<Float>) -> Bool {
    guard batchesLeft > 0 else { return false }
    batchesLeft -= 1
    source?.next(into: &batch)
    for (part, index) in zip(parts, ownParts) {
      let first = min(index * share, batch.count)
      part.packer.pack(batch, sequences: first..<min(first + share, batch.count), into: part.batch)
    }
    let (keepsAnswers, memory) = (keepsAnswers, memory)
    pool.run(parts.count) {
      parts[$0].judge(
        parameters, objective: network.objective, keepsAnswers: keepsAnswers, memory: memory)
    }
    if let judged {
      for (part, index) in zip(parts, ownParts) { judged.put(index, part.total, part.answers) }
      guard judged.gather() else { return true }
    }
    for index in 0..<partCount {
      let own = ownParts.contains(index) ? parts[index - ownParts.lowerBound] : nil
      total = total + (own?.total ?? judged?.total(of: index) ?? LossTotal())
      answers?.add(
        own?.answers ?? judged?.answers(of: index) ?? [],
        from: examplesJudged + min(index * share, batch.count))
    }
    examplesJudged += batch.count
    return batchesLeft > 0
  }

  /// The mean over all of a data set at once.
  func judge(_ data: DataSet, _ parameters: ParameterVector<Float>) -> LossTotal {
    begin(data)
    while advance(parameters) {}
    return total
  }
}
