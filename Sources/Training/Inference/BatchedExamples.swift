import LinearAlgebra
import RecurrentNetworks
import SequenceData

/// Goes over examples batch by batch on several threads. The batches are the same for any number of
/// threads and processes, and so are the results and their order.
final class BatchedExamples {
  /// A worker's own memory, with the batch it is at.
  final class Worker {
    let part: Replica
    let parameters: ParameterVector<Float>
    private let memory: StateMemory?
    private(set) var examples: ArraySlice<Example> = []
    /// The same examples as the reader gives them; sequence n is the n-th of `examples`.
    private(set) var data = DataBatch()
    private let weights: PackedWeightCache<Float>
    private lazy var search = (part.model as? any GeneratingModel<Float>).map {
      BeamSearch($0, weights: weights)
    }

    init(
      network: TaskNetwork, parameters: ParameterVector<Float>, memory: StateMemory?,
      weights: PackedWeightCache<Float>
    ) {
      self.memory = memory
      self.weights = weights
      part = Replica(model: network.makeModel(), layout: network.rows)
      self.parameters = parameters
    }

    func pack(_ examples: ArraySlice<Example>, lineEnd: Int32) {
      self.examples = examples
      var source = BatchSource(
        .examples(Array(examples)), batch: examples.count, sequenceLength: nil, seed: 0,
        order: .asGiven, lineEnd: lineEnd)
      source.next(into: &data)
      part.packer.pack(data, sequences: 0..<data.count, into: part.batch)
    }

    /// Runs the batch forward; valid until the next run.
    func outputs(_ forcing: TeacherForcing?) -> Matrix<Float> {
      part.arena.reset()
      return part.model.outputs(
        part.batch,
        Pass(
          parameters: parameters, arena: part.arena, teacherForcing: forcing,
          weightCache: weights, memory: memory))
    }

    /// What the network writes for each example, or spells out of its labels, best hypotheses
    /// first; nothing for a network that does neither.
    func written(_ objective: Objective, _ options: DecodingOptions) -> [[DecodedSequence]] {
      let batch = part.batch
      guard objective == .connectionistTemporalClassification else {
        return search?.decode(batch, parameters: parameters, options: options) ?? []
      }
      let outputs = outputs(nil)
      return batch.steps.places.map {
        AlignmentDecoding.sequences(
          outputs, steps: batch.steps, sequence: $0, width: options.beamWidth)
      }
    }
  }

  private let network: TaskNetwork
  private let pool: WorkerPool
  private let workers: [Worker]
  private let batchSize: Int
  /// Other processes that take some of the batches; nil where this one is alone.
  private let judges: RankJudges?

  init(
    network: TaskNetwork, parameters: ParameterVector<Float>, pool: WorkerPool, batchSize: Int,
    memory: StateMemory? = nil, judges: RankJudges? = nil
  ) {
    self.network = network
    self.judges = judges
    self.pool = pool
    self.batchSize = max(1, batchSize)
    let weights = PackedWeightCache<Float>(smallestShared: 0)
    workers = (0..<pool.threadCount).map { _ in
      Worker(network: network, parameters: parameters, memory: memory, weights: weights)
    }
  }

  /// Calls `body` for every batch and returns the results in the examples' order; of several
  /// processes, rank 0 alone has all of them.
  func map<Result: Codable>(_ examples: [Example], _ body: (Worker) -> Result) -> [Result] {
    let results = results(examples, body)
    return judges?.gather(results) ?? results.compactMap { $0 }
  }

  /// What `body` makes of every batch, nil for those of other processes.
  func results<Result>(_ examples: [Example], _ body: (Worker) -> Result) -> [Result?] {
    let count = (examples.count + batchSize - 1) / batchSize
    let own = (0..<count).filter { judges?.isOwn($0) ?? true }
    var results = [Result?](repeating: nil, count: count)
    results.withUnsafeMutableBufferPointer { results in
      // Safe: every batch's place is written by one thread, and read after all are through.
      nonisolated(unsafe) let results = results
      pool.run(workers.count) { index in
        for place in stride(from: index, to: own.count, by: workers.count) {
          let batch = own[place]
          let start = batch * batchSize
          workers[index].pack(
            examples[start..<min(start + batchSize, examples.count)], lineEnd: network.lineEnd)
          results[batch] = body(workers[index])
        }
      }
    }
    return results
  }
}
