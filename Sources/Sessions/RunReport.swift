import Foundation
import TerminalGraphics
import TrainingEvents

/// What stays in the scrollback after the dashboard closed: how it went and how to go on.
struct RunReport {
  private var run: RunDescription?
  private var last: StepRecord?
  private var best: ValidationRecord?
  private var newest: ValidationRecord?
  private var snapshot: SnapshotRecord?
  /// The weights of the best validation, where they stand.
  private var bestSnapshot: SnapshotRecord?
  private var finish: FinishRecord?
  /// Why the newest snapshot could not be written.
  private var failure: String?

  mutating func note(_ event: TrainingEvent) {
    switch event {
    case .started(let description): run = description
    case .steps(let batch): last = batch.records.last ?? last
    case .validation(let record):
      newest = record
      if record.isBest { best = record }
    case .snapshot(let record) where record.reason == .best: bestSnapshot = record
    case .snapshot(let record): (snapshot, failure) = (record, nil)
    case .warning(let record) where record.kind == "snapshot": failure = record.text
    case .finished(let record): finish = record
    default: break
    }
  }

  func text(directory: String) -> String {
    let step = finish?.step ?? last?.step ?? run?.firstStep ?? 0
    let state =
      switch finish?.reason {
      case .completed: "completed"
      case .diverged: "diverged"
      case .stopped, nil: "stopped"
      }
    let data = run?.ownData.map { " on \($0)" } ?? ""
    var lines = ["\(run?.name ?? "run")\(data): \(state) at step \(step)\(elapsed)"]
    if let newest { lines.append("validation  \(loss(newest.loss))\(bestText)") }
    if let last { lines.append("training    \(loss(last.loss))") }
    lines.append("run         \(directory)")
    if let snapshot {
      let kind =
        switch snapshot.reason {
        case .final: " (final)"
        case .diverged: " (the last with finite numbers)"
        case .requested, .scheduled, .best, nil: ""
        }
      lines.append("snapshot    \(snapshot.path)\(kind)")
      lines.append("go on       unfold train --resume \(snapshot.path)")
    } else {
      lines.append("no snapshot was saved")
    }
    if let bestSnapshot {
      lines.append("best        \(bestSnapshot.path), of step \(bestSnapshot.step)")
    }
    if let failure {
      let first = (snapshot?.step ?? run?.firstStep ?? 0) + 1
      lines.append("lost        steps \(first) to \(step): \(failure)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var elapsed: String {
    guard let seconds = finish?.elapsed ?? last?.elapsed else { return "" }
    return " after \(NumberText.duration(seconds)) of training"
  }

  private var bestText: String {
    best.map { String(format: ", best %.4f at step %d", $0.loss, $0.step) } ?? ""
  }

  private func loss(_ value: Double) -> String {
    guard let run, run.lossUnit == .natsPerTarget else { return String(format: "%.6g", value) }
    return String(format: "%.4f nats per %@", value, run.targetName)
  }
}
