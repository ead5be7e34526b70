/// A combination of settings that no network can have.
struct ImpossibleNetwork: Error, Sendable, Equatable, CustomStringConvertible {
  /// The settings that exclude each other, as a preset writes them: `network.cell: lstm`.
  var settings: [String]
  /// Why they do.
  var reason: String
  /// What would be right.
  var remedy: String

  init(_ settings: [String], because reason: String, instead remedy: String) {
    self.settings = settings
    self.reason = reason
    self.remedy = remedy
  }

  /// The keys of the settings, such as `network.cell`.
  var keys: [String] {
    settings.map { String($0.prefix { $0 != ":" }) }
  }

  var description: String {
    "\(settings.joined(separator: " with ")): \(reason); \(remedy)"
  }
}
