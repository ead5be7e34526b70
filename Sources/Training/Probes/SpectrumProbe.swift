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
    /// Of W, or of its block that proposes the new state.
    var weights: Spectrum?
    /// ρ of ∂(s, c)(t) / ∂(s, c)(t−1), averaged along the text.
    var jacobianRadius: Double?
  }

  /// Rows of the largest matrix whose eigenvalues are waited for: some 30 ms.
  private static let largestAtOnce = 256

  private let queue = DispatchQueue(label: "unfold spectra", qos: .utility)
  private let state = Mutex<(isRunning: Bool, newest: Measured?)>((false, nil))

  /// What is known now: of these matrices, or of the ones before while these are being worked on.
  func measure(step: Int, weights: SquareMatrix, jacobian: SquareMatrix?) -> Measured? {
    if max(weights.size, jacobian?.size ?? 0) <= Self.largestAtOnce {
      return Self.measured(step, weights, jacobian)
    }
    let begins = state.withLock { state in
      defer { state.isRunning = true }
      return !state.isRunning
    }
    if begins {
      queue.async { @Sendable [self] in
        let result = Self.measured(step, weights, jacobian)
        state.withLock { $0 = (false, result) }
      }
    }
    return state.withLock(\.newest)
  }

  private static func measured(
    _ step: Int, _ weights: SquareMatrix, _ jacobian: SquareMatrix?
  ) -> Measured {
    Measured(step: step, weights: Spectrum(weights), jacobianRadius: jacobian?.spectralRadius)
  }
}
