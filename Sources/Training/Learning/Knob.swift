/// Settings that a person can change while a network trains.
enum Knob {
  struct Change {
    var name: String
    var text: String
    var marker: String
    /// The new value; nil where the setting is off.
    var value: Double?
  }

  static let keys = [
    "training.optimizer.learning-rate", "training.clip-norm", "training.clip-value",
    "network.dropout",
  ]

  /// Changes a setting between two steps.
  /// - Throws: `PresetError` when the key cannot change now or the value does not fit.
  static func change(
    key: String, value: String, in learner: Learner
  ) throws(PresetError) -> Change {
    switch key {
    case "training.optimizer.learning-rate":
      let rate = try number(key, value, above: 0)
      defer { learner.baseLearningRate = rate }
      return change("learning rate", learner.baseLearningRate, rate, marker: "lr")
    case "training.clip-norm":
      let limit = try optional(key, value)
      defer { learner.clipNorm = limit }
      return change("clip norm", learner.clipNorm, limit, marker: "clip")
    case "training.clip-value":
      let limit = try optional(key, value)
      defer { learner.clipValue = limit }
      return change("clip value", learner.clipValue, limit, marker: "clip")
    case "network.dropout":
      let share = try number(key, value, above: -1e-300)
      guard share < 1 else {
        throw PresetError(
          description: "\(key): found \(value), expected a number from 0 to below 1")
      }
      defer { learner.dropout = share }
      return change("dropout", learner.dropout, share, marker: "dropout")
    default:
      throw PresetError(
        description: "\(key) cannot change while training; these can: "
          + keys.joined(separator: ", "))
    }
  }

  private static func change(
    _ what: String, _ old: Double?, _ new: Double?, marker: String
  ) -> Change {
    let before = old.map(ShortNumber.text) ?? "none"
    let after = new.map(ShortNumber.text) ?? "none"
    return Change(
      name: what.split(separator: " ").joined(separator: "-"), text: "\(what) \(before) → \(after)",
      marker: "\(marker) \(after)", value: new)
  }

  private static func optional(_ key: String, _ value: String) throws(PresetError) -> Double? {
    ["none", "null", "off", "~"].contains(value) ? nil : try number(key, value, above: 0)
  }

  private static func number(
    _ key: String, _ value: String, above bound: Double
  ) throws(PresetError) -> Double {
    guard let number = Double(value), number.isFinite, number > bound else {
      throw PresetError(
        description: "\(key): found \(value), expected a number above \(max(0, bound))")
    }
    return number
  }
}
