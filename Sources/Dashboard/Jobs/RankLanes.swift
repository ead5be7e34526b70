import TerminalGraphics
import TrainingEvents

/// Step times of the processes that train one run together, and which is slowest.
///
/// A job tells them as `rank N step time`, in seconds.
struct RankLanes: Equatable {
  struct Lane: Equatable {
    var rank: Int
    /// Seconds of a step; nil for a rank that tells no more.
    var seconds: Double?
  }

  /// In the order of the ranks; empty for a run of one process.
  let lanes: [Lane]

  init(_ history: RunHistory) {
    let series = history.extra.compactMap { series in
      Self.rank(of: series.name).map { (rank: $0, series: series) }
    }
    let newest = series.compactMap { $0.series.steps.last }.max()
    lanes = series.sorted { $0.rank < $1.rank }.map { rank, series in
      let isNow = series.steps.last == newest
      return Lane(rank: rank, seconds: isNow ? series.last.flatMap { $0 > 0 ? $0 : nil } : nil)
    }
  }

  static func rank(of name: String) -> Int? {
    guard name.hasPrefix("rank "), name.hasSuffix(" step time") else { return nil }
    return Int(name.dropFirst(5).dropLast(10))
  }

  /// Of several, the one that takes longest.
  var slowest: Lane? {
    let known = lanes.filter { $0.seconds != nil }
    guard known.count > 1 else { return nil }
    return known.max { ($0.seconds ?? 0) < ($1.seconds ?? 0) }
  }

  /// The slowest rank in words.
  var words: String? {
    slowest.map { "slowest: rank \($0.rank)  \(Self.text($0.seconds)) a step" }
  }

  static func text(_ seconds: Double?) -> String {
    guard let seconds else { return "–" }
    return seconds < 1
      ? "\(NumberText.brief(seconds * 1000, 3)) ms" : "\(NumberText.brief(seconds, 3)) s"
  }

  /// A bar as long as the rank's share of the slowest one's time, and the time behind it.
  func line(_ lane: Lane, width: Int, _ scene: Scene) -> StyledText {
    let longest = lanes.compactMap(\.seconds).max() ?? 1
    let isSlowest = lane == slowest
    let time = Self.text(lane.seconds) + (isSlowest ? "  slowest" : "")
    let room = max(1, min(24, width - 20))
    let share = (lane.seconds ?? 0) / longest
    let cells = lane.seconds == nil ? 0 : max(1, Int((share * Double(room)).rounded()))
    let bar = String(repeating: scene.appearance.hasUnicode ? "━" : "=", count: cells)
    return StyledText(bar, isSlowest ? scene.theme.warning : scene.theme.lag)
      .adding((bar.isEmpty ? "" : " ") + time, isSlowest ? scene.theme.warning : scene.theme.text)
  }
}
