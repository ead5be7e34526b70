/// A combination of settings that no network can have.
public struct ImpossibleNetwork: Error, Sendable, Equatable, CustomStringConvertible {
  /// The settings that exclude each other, as a preset writes them: `network.cell: lstm`.
  public var settings: [String]
  /// Why they do.
  public var reason: String
  /// What would be right.
  public var remedy: String

  public init(_ settings: [String], because reason: String, instead remedy: String) {
    self.settings = settings
    self.reason = reason
    self.remedy = remedy
  }

  /// The keys of the settings, such as `network.cell`.
  public var keys: [String] {
    settings.map { String($0.prefix { $0 != ":" }) }
  }

  public var description: String {
    "\(settings.joined(separator: " with ")): \(reason); \(remedy)"
  }
}
