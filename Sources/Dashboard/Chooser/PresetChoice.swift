import TrainingEvents

/// A preset as the chooser shows it.
public struct PresetChoice: Sendable, Equatable {
  public var name: String
  public var title: String
  /// The slides that it shows.
  public var lecture: String
  /// What it shows and what to watch for, in prose.
  public var summary: String
  /// The network in a few words, such as `tanh 128`.
  public var network: String
  public var architecture: Architecture
  /// Whether its data is on this machine.
  public var hasData: Bool
  /// What brings the data, where it is missing, such as `presets/fetch shakespeare`.
  public var fetchCommand: String?

  public init(
    name: String, title: String, lecture: String, summary: String, network: String,
    architecture: Architecture, hasData: Bool, fetchCommand: String? = nil
  ) {
    self.name = name
    self.title = title
    self.lecture = lecture
    self.summary = summary
    self.network = network
    self.architecture = architecture
    self.hasData = hasData
    self.fetchCommand = fetchCommand
  }
}

/// What the chooser asks of the session that runs it.
public enum ChooserAction: Sendable, Equatable {
  /// Start this preset.
  case start(preset: String)
  /// Show the lessons of the lecture.
  case lessons
  /// Use these settings and keep them.
  case use(DashboardSettings)
  case quit
  case suspend
  case redraw
}
