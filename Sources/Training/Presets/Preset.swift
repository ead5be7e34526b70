import RecurrentNetworks
import SequenceData

/// What to train, on what, and how: everything a preset file can say.
public struct Preset: Sendable, Equatable {
  /// Name in the library, or the file's name without its ending.
  public var name = "words"
  /// A few words of prose, the chooser's and the dashboard's.
  public var title = ""
  /// The part of the lecture that this shows.
  public var lecture = ""
  /// What is learned, and from which data: the `task` block.
  public var task = TaskConfiguration()
  /// The `network` block.
  public var network = NetworkConfiguration()
  /// The `training` block.
  public var training = TrainingConfiguration()

  public init() {}
}

/// Why a preset cannot be used, in one line: where, what was found, what was expected.
public struct PresetError: Error, Sendable, Equatable, CustomStringConvertible {
  public var description: String
  private static let longest = 1_500

  public init(description: String) {
    // Keys come from files of others, and so do the names in them.
    let line = description.withoutControls
    self.description =
      line.unicodeScalars.count <= Self.longest
      ? line : String(String.UnicodeScalarView(line.unicodeScalars.prefix(Self.longest))) + "…"
  }
}
