import Foundation
import TrainingEvents

/// One line on standard error, while that is a terminal and standard output is not.
final class ProgressLine: Sendable {
  private let isShown = isatty(STDERR_FILENO) == 1 && isatty(STDOUT_FILENO) == 0

  func show(_ record: StepRecord?, of total: Int?) {
    guard isShown, let record else { return }
    let steps = total.map { "step \(record.step) of \($0)" } ?? "step \(record.step)"
    let loss = String(format: "%.4f", record.loss)
    let rate = record.tokensPerSecond.map { String(format: "  %.0f targets/s", $0) } ?? ""
    ExitStatus.write("\r\(steps)  loss \(loss)\(rate)\u{1B}[K", to: STDERR_FILENO)
  }

  func end() {
    if isShown { ExitStatus.write("\n", to: STDERR_FILENO) }
  }
}
