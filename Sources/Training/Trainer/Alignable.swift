import RecurrentNetworks
import SequenceData

extension Example {
  /// Whether some path through its steps spells its target: one step for each symbol and one between
  /// equal neighbours (CTC, Graves et al. 2006).
  var canBeAligned: Bool {
    guard case .labels(let labels) = target else { return true }
    let repeats = zip(labels, labels.dropFirst()).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
    return labels.count + repeats <= input.steps
  }

  /// What to say of sequences whose targets are too long for their steps.
  static func unalignedNote(_ count: Int, first: Example?, of all: Int) -> String {
    let place = first.flatMap { $0.line.map { ", the first in line \($0)" } } ?? ""
    return "\(count) of \(all) sequences \(count == 1 ? "is" : "are") too short for "
      + "\(count == 1 ? "its" : "their") labels and left out of the loss\(place)"
  }
}

extension TaskData {
  /// Counts the training targets that connectionist temporal classification cannot align with their
  /// steps, as a remark.
  ///
  /// - Parameter file: where the targets stand, for messages
  /// - Throws: `PresetError` where none can: the loss would be 0 and nothing learnt.
  func noting(
    unalignedBy network: TaskNetwork, file: String
  ) throws(PresetError) -> TaskData {
    guard network.objective == .connectionistTemporalClassification,
      case .examples(let examples) = train
    else { return self }
    let unaligned = examples.filter { !$0.canBeAligned }
    guard let first = unaligned.first else { return self }
    guard unaligned.count < examples.count else {
      let place = first.line.map { "\(file):\($0)" } ?? file
      throw PresetError(
        description: "\(place): no target is short enough for its steps: found "
          + "\(first.target.steps) symbols in \(first.input.steps) steps, expected a step for each "
          + "symbol and one between equal neighbours (network.loss is ctc)")
    }
    var task = self
    task.notes.append(
      Example.unalignedNote(unaligned.count, first: first, of: examples.count))
    return task
  }
}
