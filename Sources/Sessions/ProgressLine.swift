import Foundation
import Runs
import TrainingEvents

/// One line on standard error, while that is a terminal and standard output is not.
final class ProgressLine: Sendable {
  private let isShown = isatty(STDERR_FILENO) == 1 && isatty(STDOUT_FILENO) == 0
  private let errors: LineOutput

  /// - Parameter errors: standard error
  init(on errors: LineOutput) {
    self.errors = errors
  }

  /// Shows the newest step; a terminal that does not keep up misses some.
  func show(_ record: StepRecord?, of total: Int?) {
    guard isShown, errors.isIdle, let record else { return }
    let steps = total.map { "step \(record.step) of \($0)" } ?? "step \(record.step)"
    let loss = String(format: "%.4f", record.loss)
    let rate = record.tokensPerSecond.map { String(format: "  %.0f targets/s", $0) } ?? ""
    errors.write(Array("\r\(steps)  loss \(loss)\(rate)\u{1B}[K".utf8))
  }

  func end() {
    if isShown { errors.write([0x0A]) }
  }
}
