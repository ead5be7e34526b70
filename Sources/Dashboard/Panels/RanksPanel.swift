import TerminalGraphics
import TrainingEvents

/// The processes of a job, a row each: where it runs, how long it computes and waits in a step, and what
/// it sends.
struct RanksPanel: Panel {
  var name: String { "Ranks" }
  var summary: String {
    "The processes that train the run together: host, time in a step, waiting, bytes sent."
  }

  func absence(in state: DashboardState) -> String? {
    RankLanes(state.history).lanes.isEmpty ? "one process trains alone" : nil
  }

  func title(_ scene: Scene) -> StyledText {
    let lanes = RankLanes(scene.state.history)
    var text = StyledText("Ranks", scene.theme.title)
    guard !lanes.lanes.isEmpty else { return text }
    let hosts = Set(scene.state.run?.hosts ?? []).count
    let place = hosts > 0 ? " on \(hosts) \(hosts == 1 ? "host" : "hosts")" : ""
    text.add("  \(lanes.lanes.count)\(place)", scene.theme.muted)
    if let words = lanes.words { text.add("  \(words)", scene.theme.warning) }
    return text
  }

  /// Cells of a column of numbers.
  private static let column = 11
  /// Rows of the table beside one for each rank.
  static let frame = 3

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    let ranks = RankLanes(scene.state.history)
    guard !ranks.lanes.isEmpty else { return }
    let (area, theme) = (buffer.inside, scene.theme)
    let room = area.height - 1
    var lanes = ranks.lanes
    // Who holds the others up is seen first where not all have a row.
    if lanes.count > room {
      lanes = Array(ranks.slowestFirst.prefix(max(0, room - 1)))
    }
    let columns = Self.columns(in: area.width)
    write(
      ["rank"] + columns.names, columns, y: area.y, [Style](repeating: theme.muted, count: 6),
      into: &buffer)
    for (index, lane) in lanes.enumerated() {
      let y = area.y + 1 + index
      let style = lane == ranks.slowest ? theme.warning : theme.text
      let values = [
        "\(lane.rank)", host(of: lane, scene), RankLanes.text(lane.seconds),
        RankLanes.text(lane.waiting), lane.sent.map { NumberText.bytes(Int($0)) } ?? "–",
      ]
      write(
        values, columns, y: y, [style, theme.muted, style, theme.text, theme.text], into: &buffer)
      let left = area.x + 1 + columns.end
      let bar = ranks.bar(lane, room: area.right - 2 - left, scene)
      buffer.write(bar.text, x: left, y: y, style: bar.style, limit: area.right)
    }
    if lanes.count < ranks.lanes.count, room > 0 {
      let text = "… and \(ranks.lanes.count - lanes.count) faster ones"
      buffer.write(
        text, x: area.x + 1, y: area.y + 1 + lanes.count, style: theme.muted, limit: area.right)
    }
  }

  private func host(of lane: RankLanes.Lane, _ scene: Scene) -> String {
    let hosts = scene.state.run?.hosts ?? []
    return hosts.indices.contains(lane.rank) ? hosts[lane.rank] : "–"
  }

  /// Where columns stand; the name of the host gives way first.
  private struct Columns {
    var names: [String]
    /// First cells and widths.
    var places: [(x: Int, width: Int)]
    var end: Int
  }

  private static func columns(in width: Int) -> Columns {
    let host = min(24, max(8, width - 2 - 5 - 3 * column - 12))
    var places = [(x: 0, width: 5), (x: 5, width: host)]
    for index in 0..<3 { places.append((x: 5 + host + index * column, width: column)) }
    return Columns(
      names: ["host", "step time", "waiting", "sent/step"], places: places,
      end: 5 + host + 3 * column + 2)
  }

  private func write(
    _ values: [String], _ columns: Columns, y: Int, _ styles: [Style],
    into buffer: inout CellBuffer
  ) {
    let area = buffer.inside
    for (index, (value, style)) in zip(values, styles).enumerated() {
      let place = columns.places[index]
      // Words stand to the left, numbers to the right.
      let text =
        index < 2 ? value.cut(to: place.width - 1) : value.rightAligned(to: place.width)
      buffer.write(text, x: area.x + 1 + place.x, y: y, style: style, limit: area.right)
    }
  }
}

extension PanelKind {
  static let ranks = PanelKind(RanksPanel())
}
