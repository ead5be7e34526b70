import TerminalGraphics
import TrainingEvents

/// Step times of the processes that train one run together, and which is slowest.
///
/// A job tells them as `rank N step time` and `rank N waiting`, in seconds, and `rank N bytes sent`.
struct RankLanes: Equatable {
  struct Lane: Equatable {
    var rank: Int
    /// Seconds of a step; nil for a rank that tells no more.
    var seconds: Double?
    /// Seconds of a step that it waits for others; nil where it does not tell.
    var waiting: Double?
    /// Bytes that it sends to others in a step; nil where it does not tell.
    var sent: Double?
  }

  /// In the order of the ranks; empty for a run of one process.
  let lanes: [Lane]

  init(_ history: RunHistory) {
    let series = history.extra.compactMap { series in
      Self.rank(of: series.name).map { (rank: $0, series: series) }
    }
    guard !series.isEmpty else {
      lanes = []
      return
    }
    let newest = series.compactMap { $0.series.steps.last }.max()
    let all = Dictionary(history.extra.map { ($0.name, $0) }) { first, _ in first }
    func value(_ series: NamedSeries?) -> Double? {
      guard let series, series.steps.last == newest, let value = series.last, value.isFinite,
        value >= 0
      else { return nil }
      return value
    }
    lanes = series.sorted { $0.rank < $1.rank }.map { rank, series in
      Lane(
        rank: rank, seconds: value(series).flatMap { $0 > 0 ? $0 : nil },
        waiting: value(all["rank \(rank) waiting"]),
        sent: value(all["rank \(rank) bytes sent"]).flatMap { $0 < 1e15 ? $0 : nil })
    }
  }

  static func rank(of name: String) -> Int? {
    guard name.hasPrefix("rank "), name.hasSuffix(" step time") else { return nil }
    return Int(name.dropFirst(5).dropLast(10))
  }

  /// All of them, those that take longest first and those without a time last.
  var slowestFirst: [Lane] {
    lanes.sorted { ($1.seconds ?? -1, $0.rank) < ($0.seconds ?? -1, $1.rank) }
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
    let bar = bar(lane, room: min(24, width - 20), scene)
    let isSlowest = lane == slowest
    let time = Self.text(lane.seconds) + (isSlowest ? "  slowest" : "")
    return StyledText(bar.text, bar.style)
      .adding(
        (bar.text.isEmpty ? "" : " ") + time, isSlowest ? scene.theme.warning : scene.theme.text)
  }

  /// A bar as long as the rank's share of the slowest one's time; empty where there is no time or no
  /// room.
  func bar(_ lane: Lane, room: Int, _ scene: Scene) -> (text: String, style: Style) {
    let longest = lanes.compactMap(\.seconds).max() ?? 1
    let share = (lane.seconds ?? 0) / longest
    let cells = lane.seconds == nil ? 0 : max(1, Int((share * Double(max(1, room))).rounded()))
    let glyph = scene.appearance.hasUnicode ? "━" : "="
    return (
      String(repeating: glyph, count: cells),
      lane == slowest ? scene.theme.warning : scene.theme.lag
    )
  }
}
