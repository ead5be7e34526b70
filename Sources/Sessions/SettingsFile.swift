import Dashboard
import Glibc
import Runs
import SequenceData

/// The dashboard's settings on disk, where the XDG base directory specification puts them.
struct SettingsFile: Sendable {
  /// `$XDG_CONFIG_HOME/unfold/settings`; nil where there is no home.
  let path: String?

  /// Bytes of the longest file of settings that is read.
  private static let longest = 1_000_000

  /// - Parameter path: the file; where it belongs unless it is named
  init(path: String? = PersonalFile.path("unfold/settings", in: "XDG_CONFIG_HOME", else: ".config"))
  {
    self.path = path
  }

  /// - Returns: the settings, and what was wrong with the file, one line each; no file is no fault
  func load() -> (settings: DashboardSettings, problems: [String]) {
    guard let path, FileBytes.exists(path) else { return (DashboardSettings(), []) }
    do {
      let text = String(decoding: try FileBytes.read(path, limit: Self.longest), as: UTF8.self)
      let (settings, problems) = DashboardSettings.parse(text)
      return (settings, problems.map { "\(path), \($0)" })
    } catch {
      return (DashboardSettings(), ["\(error)"])
    }
  }

  /// Writes the file, whole or not at all.
  /// - Returns: why it could not be written; nil when it was
  func save(_ settings: DashboardSettings) -> String? {
    guard let path else { return "settings are not kept: there is no home directory" }
    do {
      // A link, as people who keep their settings elsewhere have, stays one.
      let target = realpath(path, nil).map { resolved in
        defer { free(resolved) }
        return String(cString: resolved)
      }
      try AtomicFile.write(settings.text, to: target ?? path, makesDirectories: true)
      return nil
    } catch {
      return "settings are not kept: \(error)"
    }
  }
}
