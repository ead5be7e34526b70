import TerminalGraphics
import TrainingEvents

/// A line of a settings file that says nothing the dashboard understands.
public struct SettingsProblem: Error, Sendable, Equatable, CustomStringConvertible {
  /// Counted from 1.
  public var line: Int
  public var text: String

  public var description: String { "line \(line): \(text)" }
}

/// Settings as text: `key: value` lines, `#` begins a comment.
extension DashboardSettings {
  /// The whole file, every key with what it may be.
  public var text: String {
    var lines = [
      "# Settings of unfold's dashboard. The settings page (,) writes this file.",
      "",
      "# \(Theme.all.map(\.name).joined(separator: ", "))",
      "theme: \(theme)",
      "# automatic, \(Appearance.Drawing.allCases.map(\.rawValue).joined(separator: ", "))",
      "drawing: \(drawing?.rawValue ?? "automatic")",
      "# on, off",
      "mouse: \(usesMouse ? "on" : "off")",
      "# how far the run is, on the terminal's tab where it can: on, off",
      "progress: \(showsProgress ? "on" : "off")",
      "# rings on an alert and at a run's end: on, off",
      "bell: \(rings ? "on" : "off")",
      "# a shell command for the same moments; what happened stands in $UNFOLD_NOTICE",
      "notice: \(noticeCommand)",
      "# the view a run opens with: \(ViewKind.allCases.map(\.word).joined(separator: ", "))",
      "view: \(view.word)",
      "# of the loss, from 0 (none) to below 1",
      "smoothing: \(smoothing)",
      "# a run whose terminal is gone ends, saved, or trains on in the background: save, detach",
      "on-hangup: \(onHangUp.rawValue)",
    ]
    lines += views.sorted { $0.key < $1.key }.map { "pin \($0.key): \($0.value.word)" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Reads such text. A line that cannot be understood is told and leaves its setting as it was, so
  /// that one slip does not cost a person all the others.
  /// - Parameter text: the file's content
  /// - Returns: the settings, and what was wrong with them, line by line
  public static func parse(_ text: String) -> (settings: Self, problems: [SettingsProblem]) {
    var settings = Self()
    var problems: [SettingsProblem] = []
    var seen: Set<String> = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let line = String(line.prefix { $0 != "#" }).trimmed
      guard !line.isEmpty else { continue }
      do throws(SettingsSlip) {
        guard let colon = line.firstIndex(of: ":") else {
          throw SettingsSlip("“\(line)” is no setting: expected key: value")
        }
        let key = String(line[..<colon]).trimmed
        guard seen.insert(key).inserted else { throw SettingsSlip("\(key) is given twice") }
        try settings.set(key, String(line[line.index(after: colon)...]).trimmed)
      } catch {
        problems.append(SettingsProblem(line: index + 1, text: error.text))
      }
    }
    return (settings, problems)
  }

  private static let keys = [
    "theme", "drawing", "mouse", "progress", "bell", "notice", "view", "smoothing", "on-hangup",
  ]

  private mutating func set(_ key: String, _ value: String) throws(SettingsSlip) {
    switch key {
    case "theme": theme = try one(of: Theme.all.map(\.name), value, key)
    case "drawing":
      let names = ["automatic"] + Appearance.Drawing.allCases.map(\.rawValue)
      drawing = Appearance.Drawing(rawValue: try one(of: names, value, key))
    case "mouse": usesMouse = try isOn(value, key)
    case "progress": showsProgress = try isOn(value, key)
    case "bell": rings = try isOn(value, key)
    case "notice": noticeCommand = value
    case "view": view = try aView(value, key)
    case "smoothing":
      guard let share = Double(value), share >= 0, share < 1 else {
        throw SettingsSlip("smoothing: found \(value), expected a number from 0 to below 1")
      }
      smoothing = share
    case "on-hangup":
      let names = HangUpAction.allCases.map(\.rawValue)
      onHangUp = HangUpAction(rawValue: try one(of: names, value, key)) ?? .save
    case _ where key.hasPrefix("pin "):
      views[String(key.dropFirst(4)).trimmed] = try aView(value, key)
    // Written by earlier versions, which noted every view that was looked at.
    case "remember-views": break
    case _ where key.hasPrefix("view "): break
    default:
      let nearest = EditDistance.nearest(to: key, among: Self.keys)
      throw SettingsSlip(
        "there is no setting \(key)" + (nearest.map { "; did you mean \($0)?" } ?? ""))
    }
  }

  private func one(
    of names: [String], _ value: String, _ key: String
  ) throws(SettingsSlip) -> String {
    if let name = names.first(where: { $0 == value.lowercased() }) { return name }
    let nearest = EditDistance.nearest(to: value, among: names)
    throw SettingsSlip(
      "\(key): found \(value), expected \(names.joined(separator: ", "))"
        + (nearest.map { "; did you mean \($0)?" } ?? ""))
  }

  private func isOn(_ value: String, _ key: String) throws(SettingsSlip) -> Bool {
    switch value.lowercased() {
    case "on", "yes", "true": return true
    case "off", "no", "false": return false
    default: throw SettingsSlip("\(key): found \(value), expected on or off")
    }
  }

  private func aView(_ value: String, _ key: String) throws(SettingsSlip) -> ViewKind {
    let word = try one(of: ViewKind.allCases.map(\.word), value, key)
    return ViewKind.named(word) ?? .overview
  }
}

/// What is wrong with one line, before it is known which.
private struct SettingsSlip: Error {
  var text: String

  init(_ text: String) { self.text = text }
}
