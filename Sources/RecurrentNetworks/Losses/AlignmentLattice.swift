import Glibc

/// All alignments of one target with the steps of its input, summed by dynamic programming in log
/// space and double precision (Graves et al. 2006, section 4).
///
/// The target is written with a blank before, between and after its symbols, which makes
/// S = 2u + 1 states. A path stays in a state, moves to the next, or skips a blank between two
/// symbols that differ.
///
///     α(t, s): log probability of being in state s after having read step t
///     β(t, s): log probability of spelling the rest, from step t + 1 on, out of state s
struct AlignmentLattice {
  private let label: ConnectionistTemporalClassification.Label
  private let states: Int
  /// log ŷ at each step, of the blank, then of each symbol of the target: steps × (1 + u).
  private let first: UnsafeMutablePointer<Double>
  /// steps × states; `backward` turns it into posterior probabilities.
  private let alpha: UnsafeMutablePointer<Double>
  private let beta: UnsafeMutablePointer<Double>
  private let betaAfter: UnsafeMutablePointer<Double>

  init(
    _ label: ConnectionistTemporalClassification.Label, in workspace: ReusableBuffer<Double>
  ) {
    self.label = label
    states = 2 * label.count + 1
    let (emitted, cells) = (label.steps * (1 + label.count), label.steps * states)
    workspace.resize(emitted + cells + 2 * states)
    first = workspace.base
    alpha = first + emitted
    beta = alpha + cells
    betaAfter = beta + states
  }

  /// log ŷ of the blank and of each symbol of the target at step t, to be filled in.
  func emissions(_ t: Int) -> UnsafeMutablePointer<Double> { first + t * (1 + label.count) }

  /// After `backward`: probability that step t is a blank, and that it is each of the target's
  /// symbols, given that the target is spelled.
  func posterior(_ t: Int) -> UnsafeMutablePointer<Double> { emissions(t) }

  private func emission(_ t: Int, _ state: Int) -> Double {
    emissions(t)[state & 1 == 0 ? 0 : 1 + state / 2]
  }

  /// Whether a path may go from `state` − 2 to `state` without the blank between them.
  private func skips(to state: Int) -> Bool {
    state & 1 == 1 && state >= 3 && label[state / 2] != label[state / 2 - 1]
  }

  /// log p(y | x).
  func forward() -> Double {
    for s in 0..<states { alpha[s] = s < 2 ? emission(0, s) : -.infinity }
    for t in 1..<max(1, label.steps) {
      let (before, here) = (alpha + (t - 1) * states, alpha + t * states)
      for s in 0..<states {
        here[s] =
          emission(t, s)
          + logarithmOfSum(
            before[s], s > 0 ? before[s - 1] : -.infinity,
            skips(to: s) ? before[s - 2] : -.infinity)
      }
    }
    let last = alpha + (label.steps - 1) * states
    return logarithmOfSum(
      last[states - 1], states > 1 ? last[states - 2] : -.infinity, -.infinity)
  }

  /// Turns log ŷ into posteriors; `total` is what `forward` returned.
  func backward(_ total: Double) {
    var (beta, after) = (self.beta, betaAfter)
    for s in 0..<states { beta[s] = s >= states - 2 ? 0 : -.infinity }
    for t in stride(from: label.steps - 1, through: 0, by: -1) {
      if t < label.steps - 1 {
        swap(&beta, &after)
        for s in 0..<states {
          beta[s] = logarithmOfSum(
            after[s] + emission(t + 1, s),
            s + 1 < states ? after[s + 1] + emission(t + 1, s + 1) : -.infinity,
            s + 2 < states && skips(to: s + 2) ? after[s + 2] + emission(t + 1, s + 2) : -.infinity)
        }
      }
      let here = alpha + t * states
      for s in 0..<states { here[s] = total == -.infinity ? 0 : exp(here[s] + beta[s] - total) }
    }
    for t in 0..<label.steps {
      let (here, share) = (alpha + t * states, posterior(t))
      share[0] = 0
      for s in stride(from: 0, to: states, by: 2) { share[0] += here[s] }
      for u in 0..<label.count { share[1 + u] = here[2 * u + 1] }
    }
  }
}

/// log(eᵃ + eᵇ + eᶜ) without overflow.
func logarithmOfSum(_ a: Double, _ b: Double, _ c: Double) -> Double {
  let highest = max(a, max(b, c))
  if highest == -.infinity { return highest }
  return highest + log(exp(a - highest) + exp(b - highest) + exp(c - highest))
}
