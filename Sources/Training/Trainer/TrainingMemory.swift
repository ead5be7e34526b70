import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// What training a network takes at least, in bytes, known before anything of it is taken.
///
/// Counted in floating point, where nothing overflows. What is counted is taken for certain; some
/// working memory comes on top.
struct TrainingMemory {
  /// Of all weights once.
  let weights: Double
  /// Of weights, their average, gradients of each part and the optimiser's moments.
  let parameters: Double
  /// Of the states and outputs of the largest batch, forward and backward.
  let batch: Double
  let preset: Preset
  /// The largest batch of the data.
  let largest: BatchRows

  var total: Double { parameters + batch }

  init(_ network: TaskNetwork, preset: Preset, task: TaskData) {
    self.preset = preset
    let training = preset.training
    let float = Double(MemoryLayout<Float>.stride)
    weights = Double(network.layout.count) * float
    let parts = training.partCount
    let moments = training.optimizer.name.momentCount
    let averages = training.averageWeights == nil ? 0 : 1
    parameters = weights * Double(1 + parts + moments + averages)
    let rows = BatchRows(task.train, training)
    largest = rows
    let (hidden, outputs) = (Double(preset.network.hidden), Double(network.outputWidth))
    let directions = preset.network.direction == .bidirectional ? 2.0 : 1
    // A state and its gates forward, and the gates' gradients; outputs give place to theirs.
    let perUnit = Double(preset.network.layers * (2 * preset.network.cell.gateCount + 1))
    let perStep = hidden * perUnit * directions
    let outputRows =
      switch network.rows.targets {
      case .steps: rows.inputs
      case .targetSteps: rows.targets
      case .sequences: rows.sequences
      }
    let whole = float * (rows.inputs * perStep + outputRows * outputs)
    let bound = training.memoryMegabytes.map { $0 * 1e6 } ?? .infinity
    batch = min(whole, max(0, bound - parameters))
  }

  /// - Parameter limit: bytes that there are.
  /// - Throws: `PresetError` that says what it would take and which keys to lower.
  func check(limit: Int = MachineMemory.bytes) throws(PresetError) {
    guard total > Double(limit) else { return }
    let (network, training) = (preset.network, preset.training)
    let isBatch = batch > parameters
    let sizes =
      isBatch
      ? ["training.batch: \(training.batch)"]
        + (training.sequenceLength.map { ["training.sequence-length: \($0)"] } ?? [])
        + ["network.hidden: \(network.hidden)"]
      : ["network.hidden: \(network.hidden)", "network.layers: \(network.layers)"]
    let what =
      isBatch
      ? "a batch takes \(MachineMemory.words(batch))"
      : "the weights take \(MachineMemory.words(weights)), training them "
        + MachineMemory.words(total)
    let keys = sizes.map { $0.prefix { $0 != ":" } }
    throw PresetError(
      description:
        "\(preset.name): \(sizes.joined(separator: ", ")): \(what), and this machine has "
        + "\(MachineMemory.words(Double(limit))); lower \(keys.joined(separator: " or "))")
  }
}

/// Rows of the largest batch that a data set gives.
struct BatchRows {
  var sequences = 0.0
  /// Time steps of the longest input.
  var longest = 0.0
  var inputs = 0.0
  var targets = 0.0

  init(_ data: DataSet, _ training: TrainingConfiguration) {
    switch data {
    case .lines where training.sequenceLength != nil, .stream:
      let length = training.sequenceLength ?? BatchSource.defaultLength
      let all = data.targetCount
      sequences = Double(min(training.batch, all))
      inputs = min(Double(training.batch) * Double(length), Double(all))
      targets = inputs
      longest = min(Double(length), Double(all))
    case .lines(let table):
      let lengths = (0..<table.count).map { table.range(of: $0).count + 1 }
      take(lengths.map { ($0, $0) }, training)
    case .examples(let examples):
      take(examples.map { ($0.input.steps, $0.target.steps) }, training)
    }
  }

  /// As many of the longest as a batch holds.
  private mutating func take(
    _ lengths: [(inputs: Int, targets: Int)], _ training: TrainingConfiguration
  ) {
    for own in lengths.sorted(by: { $0.inputs > $1.inputs }).prefix(training.batch) {
      sequences += 1
      inputs += Double(own.inputs)
      longest = max(longest, Double(own.inputs))
      targets += Double(own.targets)
    }
  }
}
