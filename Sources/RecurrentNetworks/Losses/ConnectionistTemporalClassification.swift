import Glibc
import LinearAlgebra

/// The loss of a target that is shorter than its input and not aligned with it (CTC, Graves et al.
/// 2006), as in speech: L = −log Σ p(path | x) over all paths that spell the target y once
/// neighbours that repeat are merged and blanks removed.
///
/// Outputs stand over the batch's `steps`, targets over its `targetSteps`; −1 ends a target, so an
/// empty one is a single −1. The last output is the blank. A target of u symbols counts as max(1, u)
/// real targets in the mean. One that cannot be spelled in the steps there are (it needs one for
/// each symbol and one between equal neighbours), or that has a symbol which is no output, has an
/// infinite loss: it is counted as `unreachable`, adds nothing to the sum, and has no gradient.
public enum ConnectionistTemporalClassification {
  /// The output that stands for no symbol.
  public static func blank(outputs: Int) -> Int { outputs - 1 }

  /// Real targets of a batch, which the mean is over.
  static func targetCount<Scalar>(_ batch: SequenceBatch<Scalar>, outputs: Int) -> Int {
    (0..<batch.sequenceCount).reduce(0) { sum, k in
      let label = Label(batch, sequence: k, outputs: outputs)
      return label.isReachable ? sum + max(1, label.count) : sum
    }
  }

  /// Replaces outputs by scale · ∂(Σ L)/∂outputs: ŷ − the posterior probability of each symbol at
  /// each step, given that the target is spelled (Graves et al. 2006, eq. 16).
  static func evaluate<Scalar>(
    _ outputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, scale: Scalar,
    each: RowLosses<Scalar>?
  ) -> LossTotal {
    var total = LossTotal()
    for k in 0..<batch.sequenceCount {
      let label = Label(batch, sequence: k, outputs: outputs.columns)
      guard label.isReachable else {
        for t in 0..<label.steps {
          let row = outputs.row(batch.steps.row(step: t, sequence: k))
          row.update(repeating: 0, count: outputs.columns)
        }
        each?.losses[k] = .infinity
        each?.probabilities[k] = 0
        total.unreachable += 1
        continue
      }
      let lattice = AlignmentLattice(label, in: batch.workspace)
      if readOutputs(outputs, batch, label, into: lattice) { total.correct += max(1, label.count) }
      let logProbability = lattice.forward()
      lattice.backward(logProbability)
      for t in 0..<label.steps {
        let row = outputs.row(batch.steps.row(step: t, sequence: k))
        Scalar.scale(outputs.columns, by: logProbability == -.infinity ? 0 : scale, row)
        let share = lattice.posterior(t)
        row[label.blank] -= scale * Scalar(share[0])
        for u in 0..<label.count { row[Int(label[u])] -= scale * Scalar(share[1 + u]) }
      }
      each?.losses[k] = Scalar(-logProbability)
      each?.probabilities[k] = Scalar(exp(logProbability))
      total.sum -= logProbability
      total.targets += max(1, label.count)
    }
    return total
  }

  /// Puts log ŷ of the blank and of the target's symbols at every step into the lattice, leaves ŷ
  /// in `outputs`, and says whether the likeliest path spells the target.
  private static func readOutputs<Scalar>(
    _ outputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, _ label: Label,
    into lattice: AlignmentLattice
  ) -> Bool {
    var (spelled, matches, before) = (0, true, label.blank)
    for t in 0..<label.steps {
      let row = outputs.row(batch.steps.row(step: t, sequence: label.sequence))
      var best = 0
      for j in 1..<max(1, outputs.columns) where row[j] > row[best] { best = j }
      if best != before, best != label.blank {
        matches = matches && spelled < label.count && Int(label[spelled]) == best
        spelled += 1
      }
      before = best
      // log ŷ = o − max o + log ŷ[max]: nothing underflows, however unlikely a symbol is.
      let highest = Double(row[best])
      let emissions = lattice.emissions(t)
      emissions[0] = Double(row[label.blank]) - highest
      for u in 0..<label.count { emissions[1 + u] = Double(row[Int(label[u])]) - highest }
      Scalar.softmax(rows: 1, columns: outputs.columns, x: row, stride: outputs.columns)
      let shift = log(Double(row[best]))
      for u in 0...label.count { emissions[u] += shift }
    }
    return matches && spelled == label.count
  }

  /// One sequence's target.
  struct Label {
    /// Place among the packed steps.
    let sequence: Int
    let steps: Int
    let count: Int
    let blank: Int
    /// Whether some path of `steps` symbols spells it.
    let isReachable: Bool
    private let symbols: UnsafeMutablePointer<Int32>
    private let offsets: [Int]
    private let place: Int

    init<Scalar>(_ batch: SequenceBatch<Scalar>, sequence: Int, outputs: Int) {
      self.sequence = sequence
      steps = batch.steps.lengths[sequence]
      symbols = batch.targets.base
      offsets = batch.targetSteps.offsets
      place = batch.targetSteps.places[batch.steps.order[sequence]]
      blank = ConnectionistTemporalClassification.blank(outputs: outputs)
      var (count, repeats, areOutputs) = (0, 0, true)
      while count < batch.targetSteps.lengths[place] {
        let symbol = symbols[offsets[count] + place]
        if symbol < 0 { break }
        if Int(symbol) >= blank { areOutputs = false }
        if count > 0, symbols[offsets[count - 1] + place] == symbol { repeats += 1 }
        count += 1
      }
      self.count = count
      isReachable = areOutputs && count + repeats <= steps
    }

    subscript(_ index: Int) -> Int32 { symbols[offsets[index] + place] }
  }
}
