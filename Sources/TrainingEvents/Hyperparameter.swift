/// A setting that can change while a network trains.
public struct Hyperparameter: Sendable, Equatable {
  /// How a key press changes the value.
  public enum Kind: Sendable, Equatable {
    /// A positive number, doubled and halved.
    case factor
    /// A share from 0 to 1, changed in tenths.
    case share
    /// A whole number of at least 1, doubled and halved.
    case count
  }

  /// The key as in a preset, such as `training.clip-norm`.
  public var key: String
  /// In words, such as `clip norm`.
  public var label: String
  /// What values it takes, and how keys change them.
  public var kind: Kind
  /// The value at the start of the run; nil when the setting is off or not known.
  public var value: Double?
  /// Whether `none` is a value too.
  public var canBeOff: Bool

  public init(
    key: String, label: String, kind: Kind, value: Double? = nil, canBeOff: Bool = false
  ) {
    self.key = key
    self.label = label
    self.kind = kind
    self.value = value
    self.canBeOff = canBeOff
  }

  /// The rate before its schedule.
  public static let learningRate = Hyperparameter(
    key: "training.optimizer.learning-rate", label: "learning rate", kind: .factor)
  /// The longest gradient before it is shortened.
  public static let clipNorm = Hyperparameter(
    key: "training.clip-norm", label: "clip norm", kind: .factor, canBeOff: true)
  /// The largest component of a gradient.
  public static let clipValue = Hyperparameter(
    key: "training.clip-value", label: "clip value", kind: .factor, canBeOff: true)
  /// A unit's chance to be dropped between layers.
  public static let dropout = Hyperparameter(
    key: "network.dropout", label: "dropout", kind: .share)
  /// Steps through which a gradient goes back before it is cut.
  public static let truncation = Hyperparameter(
    key: "training.sequence-length", label: "truncation length", kind: .count)
  /// Share of steps at which the network is given the right last output instead of its own.
  public static let teacherForcing = Hyperparameter(
    key: "network.teacher-forcing", label: "teacher forcing", kind: .share)
}
