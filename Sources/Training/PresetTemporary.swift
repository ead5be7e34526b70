import RecurrentNetworks
import SequenceData
public struct Preset: Sendable, Equatable {
  public var name = "words"
  public var title = ""
  public var lecture = ""
  public var task = TaskConfiguration()
  public var network = NetworkConfiguration()
  public var training = TrainingConfiguration()
  public var resolvedText: String { "" }
  public init() {}
}
public struct PresetError: Error, CustomStringConvertible, Equatable { public var description: String }
