import Dispatch
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
    var inputs: AttributedInputs
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
    frame.attribution = found?.inputs.norms ?? []
    frame.products = found?.inputs.products ?? []
    frame.answers = found?.inputs.answers ?? []
  }

  private func attributed(
    _ parameters: ParameterVector<Float>, _ batch: DataBatch, _ shown: Int
  ) -> Found? {
    let part = probe.part
    if probe.packEnd(batch, of: CollectionOfOne(shown), parameters) == nil {
      part.packer.pack(batch, sequences: CollectionOfOne(shown), into: part.batch)
    }
    let hasClasses = probe.network.objective == .crossEntropy
    return probe.attributed(parameters, atMost: Self.predictions) { row in
      hasClasses ? Int(part.batch.targets[row]) : nil
    }.map { Found(sequence: shown, inputs: $0) }
  }
}

extension Probe {
  /// For each of the last positions of the one sequence that is packed, the gradient of what is
  /// answered there by every input so far; nil where no output stands at what is read.
  /// - Parameters:
  ///   - parameters: the weights
  ///   - count: positions at most
  ///   - seconds: how long it may take; the last positions come first
  ///   - known: the class that is asked about in a row of outputs; nil or below 0 asks about the
  ///     likeliest
  func attributed(
    _ parameters: ParameterVector<Float>, atMost count: Int, seconds: Double = .infinity,
    known: (Int) -> Int?
  ) -> AttributedInputs? {
    // What reads nothing depends on no input.
    guard network.variant != .autonomous else { return nil }
    let steps = part.batch.steps.rowCount
    let isAtEnd = network.rows.targets == .sequences
    guard isAtEnd || network.rows.targets == .steps, steps > 0 else { return nil }
    let outputs = outputs(parameters, forcing: network.alone)
    let hasClasses = network.objective == .crossEntropy
    let likeliest = (0..<outputs.rows).map {
      outputs.row($0).indexOfLargest(count: outputs.columns)
    }
    let positions = isAtEnd ? steps - 1..<steps : max(0, steps - count)..<steps
    let began = DispatchTime.now().uptimeNanoseconds
    var result = AttributedInputs()
    for position in positions.reversed() {
      let row = isAtEnd ? 0 : position
      let asked = known(row).flatMap { $0 >= 0 ? $0 : nil } ?? likeliest[row]
      let found = InputAttribution.measure(
        part.model, part.batch, output: hasClasses ? .logProbability(of: asked) : .value(0),
        row: row, parameters: parameters, arena: part.arena)
      result.norms.append(found?.norms.prefix(position + 1).map { Float($0) } ?? [])
      result.products.append(found?.products.prefix(position + 1).map { Float($0) } ?? [])
      result.answers.append(hasClasses ? outputName(Int32(asked)) : "")
      let passed = Double(DispatchTime.now().uptimeNanoseconds - began) * 1e-9
      if passed > seconds { break }
    }
    result.norms.reverse()
    result.products.reverse()
    result.answers.reverse()
    return result
  }
}
