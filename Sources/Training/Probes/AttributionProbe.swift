import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// What each of the last answers of one sequence depends on, traced back now and then: a pass back
/// for each of them takes long.
struct AttributionProbe {
  /// What was traced back of one sequence.
  private struct Found {
    var sequence: Int
    var norms: [[Float]] = []
    var products: [[Float]] = []
    var answers: [String] = []
  }

  private let probe: Probe
  private var schedule = LookSchedule(share: 0.003)
  private var newest: Found?

  /// Predictions at most that are traced back to their inputs, the last ones.
  private static let predictions = 40

  init(_ probe: Probe) {
    self.probe = probe
  }

  /// After going back, what was found later never was.
  mutating func forget() { newest = nil }

  /// Tells of a sequence what is known, and looks again where that is due.
  mutating func look(
    _ parameters: ParameterVector<Float>, _ batch: DataBatch, _ sequence: Int, now: Double,
    force: Bool, into frame: inout DynamicsFrame
  ) {
    var (found, schedule) = (newest, schedule)
    schedule.run(every: 2, now: now, force: force || newest?.sequence != sequence) {
      found = attributed(parameters, batch, sequence)
    }
    (newest, self.schedule) = (found, schedule)
    frame.attribution = found?.norms ?? []
    frame.products = found?.products ?? []
    frame.answers = found?.answers ?? []
  }

  /// For each of the last positions, the gradient of what is answered there by every input so far.
  private func attributed(
    _ parameters: ParameterVector<Float>, _ batch: DataBatch, _ shown: Int
  ) -> Found? {
    // What reads nothing depends on no input.
    guard probe.network.variant != .autonomous else { return nil }
    let part = probe.part
    part.batch.carried = nil
    part.packer.pack(batch, sequences: CollectionOfOne(shown), into: part.batch)
    let steps = part.batch.steps.rowCount
    let isAtEnd = probe.network.rows.targets == .sequences
    guard isAtEnd || probe.network.rows.targets == .steps, steps > 0 else { return nil }
    let outputs = probe.outputs(parameters, forcing: probe.network.alone)
    let hasClasses = probe.network.objective == .crossEntropy
    let likeliest = (0..<outputs.rows).map {
      outputs.row($0).indexOfLargest(count: outputs.columns)
    }
    let positions = isAtEnd ? steps - 1..<steps : max(0, steps - Self.predictions)..<steps
    var result = Found(sequence: shown)
    for position in positions {
      let row = isAtEnd ? 0 : position
      let known = hasClasses ? Int(part.batch.targets[row]) : -1
      let symbol = known >= 0 ? known : likeliest[row]
      let found = InputAttribution.measure(
        part.model, part.batch, output: hasClasses ? .logProbability(of: symbol) : .value(0),
        row: row, parameters: parameters, arena: part.arena)
      result.norms.append(found?.norms.prefix(position + 1).map { Float($0) } ?? [])
      result.products.append(found?.products.prefix(position + 1).map { Float($0) } ?? [])
      result.answers.append(hasClasses ? probe.outputName(Int32(symbol)) : "")
    }
    return result
  }
}
