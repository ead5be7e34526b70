import RecurrentNetworks
import SequenceData

/// What a network is given at a time, as `SequenceData` reads it.
typealias DataBatch = SequenceData.SequenceBatch
/// The same without padding, as `RecurrentNetworks` computes on it.
typealias PackedBatch = RecurrentNetworks.SequenceBatch<Float>

/// How a task's rows stand in a packed batch.
struct RowLayout: Sendable, Equatable {
  /// What each sequence's targets stand over.
  var targets: TargetRows
  /// One vector for the whole sequence instead of one a step (GBC fig. 10.9).
  var vectorPerSequence = false
  /// Whether short sequences go on with zeros to the end of the longest one.
  var readsPadding = false
}

/// Brings sequences from the reader's order into the network's, reusing the memory of both.
struct BatchPacker {
  let layout: RowLayout
  private var lengths: [Int] = []
  private var targetLengths: [Int] = []

  init(layout: RowLayout) {
    self.layout = layout
  }

  /// Packs the given sequences of a batch into `part`.
  /// - Parameter withInputs: false where only targets are counted
  mutating func pack(
    _ batch: DataBatch, sequences: some Collection<Int>, into part: PackedBatch,
    withInputs: Bool = true
  ) {
    lengths.removeAll(keepingCapacity: true)
    targetLengths.removeAll(keepingCapacity: true)
    let longest = layout.readsPadding ? batch.inputLengths.max() ?? 0 : 0
    for n in sequences {
      lengths.append(layout.readsPadding ? longest : batch.inputLengths[n])
      targetLengths.append(batch.targetLengths[n])
    }
    if layout.vectorPerSequence {
      part.steps.assign(lengths: targetLengths)
    } else {
      part.steps.assign(lengths: lengths)
    }
    switch layout.targets {
    case .targetSteps: part.targetSteps.assign(lengths: targetLengths)
    case .steps, .sequences: break
    }
    if withInputs { packInputs(batch, sequences, part) }
    packTargets(batch, sequences, part)
  }

  private func packInputs(
    _ batch: DataBatch, _ sequences: some Collection<Int>, _ part: PackedBatch
  ) {
    part.width = batch.inputWidth
    if !batch.inputTokens.isEmpty {
      part.tokens.resize(part.steps.rowCount)
      scatter(part.steps, sequences, batch) { row, source in
        part.tokens.base[row] = source.map { batch.inputTokens[$0] } ?? -1
      }
    }
    guard batch.inputWidth > 0 else { return }
    let width = batch.inputWidth
    if layout.vectorPerSequence {
      part.vectors.resize(part.sequenceCount * width)
      for (k, n) in part.steps.order.enumerated() {
        let start = batch.inputStarts[element(n, of: sequences)] * width
        for j in 0..<width { part.vectors.base[k * width + j] = batch.inputValues[start + j] }
      }
    } else {
      part.vectors.resize(part.steps.rowCount * width)
      scatter(part.steps, sequences, batch) { row, source in
        for j in 0..<width {
          part.vectors.base[row * width + j] =
            source.map { batch.inputValues[$0 * width + j] } ?? 0
        }
      }
    }
  }

  private func packTargets(
    _ batch: DataBatch, _ sequences: some Collection<Int>, _ part: PackedBatch
  ) {
    let steps = layout.targets == .targetSteps ? part.targetSteps : part.steps
    let width = batch.targetWidth
    if layout.targets == .sequences {
      if width > 0 {
        part.targetValues.resize(part.sequenceCount * width)
      } else {
        part.targets.resize(part.sequenceCount)
      }
      for (k, n) in steps.order.enumerated() {
        let source = batch.targetStarts[element(n, of: sequences)]
        if width > 0 {
          for j in 0..<width {
            part.targetValues.base[k * width + j] = batch.targetValues[source * width + j]
          }
        } else {
          part.targets.base[k] = batch.targetTokens[source]
        }
      }
      return
    }
    if width > 0 {
      part.targetValues.resize(steps.rowCount * width)
    } else {
      part.targets.resize(steps.rowCount)
    }
    for t in 0..<steps.stepCount {
      for k in 0..<steps.active[t] {
        let n = element(steps.order[k], of: sequences)
        let row = steps.offsets[t] + k
        let source = batch.targetStarts[n] + t
        let counts = t < batch.targetLengths[n] && t >= batch.scoredFrom[n]
        if width > 0 {
          for j in 0..<width {
            part.targetValues.base[row * width + j] =
              counts ? batch.targetValues[source * width + j] : .nan
          }
        } else {
          part.targets.base[row] = counts ? batch.targetTokens[source] : -1
        }
      }
    }
  }

  /// Calls `body` for every packed row with its place in the batch's flat arrays; nil where it is
  /// padding.
  private func scatter(
    _ steps: PackedSteps, _ sequences: some Collection<Int>, _ batch: DataBatch,
    _ body: (_ row: Int, _ source: Int?) -> Void
  ) {
    for k in 0..<steps.sequenceCount {
      let n = element(steps.order[k], of: sequences)
      let (start, length) = (batch.inputStarts[n], batch.inputLengths[n])
      for t in 0..<steps.lengths[k] {
        body(steps.offsets[t] + k, t < length ? start + t : nil)
      }
    }
  }

  private func element(_ n: Int, of sequences: some Collection<Int>) -> Int {
    sequences[sequences.index(sequences.startIndex, offsetBy: n)]
  }
}
