import Glibc

/// A file that the program keeps for a person, where the XDG base directory specification puts it.
enum PersonalFile {
  /// - Parameters:
  ///   - name: below the directory, such as `unfold/settings`
  ///   - variable: the directory's environment variable, such as `XDG_CONFIG_HOME`
  ///   - fallback: the directory below the home directory where the variable says nothing
  ///   - value: the value of an environment variable
  /// - Returns: its path; nil where there is no home
  static func path(
    _ name: String, in variable: String, else fallback: String,
    value: (String) -> String? = { getenv($0).map { String(cString: $0) } }
  ) -> String? {
    func directory(_ variable: String) -> String? {
      value(variable).flatMap { $0.isEmpty ? nil : $0 }
    }
    // The specification: a path that is not absolute is ignored.
    let chosen = directory(variable).flatMap { $0.hasPrefix("/") ? $0 : nil }
    return (chosen ?? directory("HOME").map { "\($0)/\(fallback)" }).map { "\($0)/\(name)" }
  }
}
