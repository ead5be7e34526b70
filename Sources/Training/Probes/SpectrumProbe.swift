import Dispatch
import LinearAlgebra
import RecurrentNetworks
import Synchronization

/// Spectra of the first layer's recurrence: at once where they are cheap, beside training where
/// they take long.
final class SpectrumProbe: Sendable {
  struct Measured: Sendable, Equatable {
    /// The step of training whose parameters these are of.
    var step: Int
    /// Of W, or of its block that proposes the new state; nil for cells without W.
    var weights: Spectrum?
    /// ρ of ∂(s, c)(t) / ∂(s, c)(t−1), averaged along the text.
    var jacobianRadius: Double?
  }

  /// Rows of the largest matrix whose eigenvalues are waited for: some 30 ms.
  private static let largestAtOnce = 256

  private let queue = DispatchQueue(label: "unfold spectra", qos: .utility)
  private let state = Mutex(Progress())

  private struct Progress {
    /// The step whose matrices are being worked on.
    var running: Int?
    var newest: Measured?
  }

  /// What is known now.
  var newest: Measured? { state.withLock(\.newest) }

  /// Forgets what was measured: after going back, later parameters never were.
  func forget() { state.withLock { $0 = Progress() } }

  /// Measures small matrices now, and begins with large ones unless others are being worked on.
  func measure(step: Int, weights: SquareMatrix?, jacobian: SquareMatrix?) {
    if max(weights?.size ?? 0, jacobian?.size ?? 0) <= Self.largestAtOnce {
      let result = Self.measured(step, weights, jacobian)
      return state.withLock { $0.newest = result }
    }
    let begins = state.withLock { state in
      guard state.running == nil else { return false }
      state.running = step
      return true
    }
    guard begins else { return }
    queue.async { @Sendable [self] in
      let result = Self.measured(step, weights, jacobian)
      state.withLock { state in
        // What was begun before going back is of no use.
        guard state.running == step else { return }
        state = Progress(newest: result)
      }
    }
  }

  private static func measured(
    _ step: Int, _ weights: SquareMatrix?, _ jacobian: SquareMatrix?
  ) -> Measured {
    Measured(
      step: step, weights: weights.flatMap(Spectrum.init), jacobianRadius: jacobian?.spectralRadius)
  }
}
