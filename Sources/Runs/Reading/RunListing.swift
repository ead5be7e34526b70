import FileFormats
import Glibc

extension RunSummary {
  /// The state in a word.
  public var stateText: String {
    switch state {
    case .running: "running"
    case .paused: "paused"
    case .completed: "completed"
    case .stopped: "stopped"
    case .diverged: "diverged"
    case .crashed: "crashed"
    case .unknown: "–"
    }
  }

  /// The newest snapshot: why it was made, and its step.
  private var snapshotText: String {
    guard let lastSnapshot else { return bestSnapshot.map { "best \($0.step)" } ?? "–" }
    let reason = lastSnapshot.reason.map { "\($0.rawValue) " } ?? "step "
    return reason + String(lastSnapshot.step)
  }

  /// Runs as a table for a terminal, one a line.
  public static func table(_ runs: [RunSummary]) -> String {
    var rows = [
      [
        "run", "date", "preset", "data", "state", "step", "time", "best validation", "snapshot",
        "size", "network",
      ]
    ]
    for summary in runs {
      let elapsed: Double? = summary.elapsed
      let total = summary.run?.totalSteps.map { " of \($0)" } ?? ""
      rows.append([
        summary.name, summary.started.flatMap { Self.date($0, isUniversal: false) } ?? "–",
        summary.run?.name ?? "–", summary.data ?? "–", summary.stateText,
        "\(summary.step)\(total)", elapsed.map(RunComparison.duration) ?? "–",
        summary.best.map { RunCharts.significant($0.loss, digits: 5) } ?? "–",
        summary.snapshotText, NumberWords.bytes(summary.size), summary.run?.network ?? "",
      ])
    }
    return TextTable.text(rows)
  }

  /// Runs as a JSON array; what is not known is null.
  public static func json(_ runs: [RunSummary]) -> String {
    String(decoding: JSONValue.array(runs.map(\.object)).encoded(), as: UTF8.self)
  }

  private var object: JSONValue {
    func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
    func count(_ value: Int?) -> JSONValue { value.map(JSONValue.integer) ?? .null }
    func real(_ value: Double?) -> JSONValue {
      value.flatMap { $0.isFinite ? JSONValue.real($0) : nil } ?? .null
    }
    let best: JSONValue =
      best.map { best in
        [
          "step": .integer(best.step), "loss": real(best.loss), "metric": real(best.metric),
        ]
      } ?? .null
    let object: JSONObject = [
      "run": .string(name), "path": .string(path),
      "date": text(started.flatMap { Self.date($0, isUniversal: true) }),
      "preset": text(run?.name), "title": text(run?.title), "data": text(data),
      "source": text(preset?.task.data.location), "state": .string(stateText),
      "step": .integer(step), "totalSteps": count(run?.totalSteps), "elapsed": real(elapsed),
      "best": best, "snapshots": .integer(snapshots), "bytes": .integer(size),
      "network": text(run?.network),
    ]
    return .object(object)
  }

  /// Such as `2026-03-01 17:05` by this machine's clock, or `2026-03-01T16:05:00Z`; nil for a time
  /// that no calendar has.
  private static func date(_ seconds: Double, isUniversal: Bool) -> String? {
    guard abs(seconds) < 1e11 else { return nil }
    var time = time_t(seconds)
    var parts = tm()
    guard (isUniversal ? gmtime_r(&time, &parts) : localtime_r(&time, &parts)) != nil else {
      return nil
    }
    var text = [CChar](repeating: 0, count: 40)
    let count = strftime(
      &text, text.count, isUniversal ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%d %H:%M", &parts)
    return count > 0
      ? String(decoding: text.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
  }
}
