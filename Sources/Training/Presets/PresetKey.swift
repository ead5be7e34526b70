import TrainingEvents

/// One key of a preset: where it stands, what it may say, how it is read and written.
struct PresetKey: Sendable {
  /// Such as `training.optimizer.learning-rate`: the same words in files and after `--set`.
  let path: String
  /// What a right value is, for messages: `a number above 0`.
  let expected: String
  /// Known names of a value that is one of a few.
  var choices: [String] = []
  /// The value in a preset as YAML writes it; nil when the key is left out.
  let read: @Sendable (Preset) -> String?
  /// Sets the value; false when it does not fit.
  let write: @Sendable (inout Preset, PresetValue) -> Bool
  /// Set where the value can change while a network trains.
  private(set) var live: LiveSetting?
}

/// What there is to a setting that can change while a network trains, beside its key.
struct LiveSetting: Sendable {
  /// How a person sees it; without a value.
  let hyperparameter: Hyperparameter
  /// Why a run has not got it; nil where it has.
  let whyNot: @Sendable (Trainer) -> String?
}

extension PresetKey {
  /// The same key, which can change while a network trains.
  /// - Parameters:
  ///   - label: what it is called in words
  ///   - whyNot: why a run has not got the setting; nil where it has
  func live(
    _ label: String, _ kind: Hyperparameter.Kind, canBeOff: Bool = false,
    unless whyNot: @escaping @Sendable (Trainer) -> String? = { _ in nil }
  ) -> PresetKey {
    live(
      Hyperparameter(key: path, label: label, kind: kind, canBeOff: canBeOff), unless: whyNot)
  }

  func live(
    _ hyperparameter: Hyperparameter,
    unless whyNot: @escaping @Sendable (Trainer) -> String? = { _ in nil }
  ) -> PresetKey {
    var key = self
    key.live = LiveSetting(hyperparameter: hyperparameter, whyNot: whyNot)
    return key
  }

  /// The value as a number; nil where it is none.
  func number(_ preset: Preset) -> Double? { read(preset).flatMap(Double.init) }

  /// Sets a number, or none; false when it does not fit.
  func set(_ number: Double?, in preset: inout Preset) -> Bool {
    write(&preset, number.map { .scalar(YAMLScalar.number($0)) } ?? .absent)
  }
}

extension PresetKey {
  typealias Place<Value> = WritableKeyPath<Preset, Value> & Sendable

  static func text(_ path: String, _ place: Place<String>) -> PresetKey {
    PresetKey(
      path: path, expected: "text", read: { YAMLScalar.text($0[keyPath: place]) },
      write: { preset, value in
        switch value {
        case .scalar(let text): preset[keyPath: place] = text
        case .absent: preset[keyPath: place] = ""
        case .list: return false
        }
        return true
      })
  }

  static func integer(
    _ path: String, _ place: Place<Int>, _ range: ClosedRange<Int>
  ) -> PresetKey {
    PresetKey(
      path: path, expected: words(range), read: { String($0[keyPath: place]) },
      write: { preset, value in
        guard let number = whole(value), range.contains(number) else { return false }
        preset[keyPath: place] = number
        return true
      })
  }

  static func integer(
    _ path: String, _ place: Place<Int?>, _ range: ClosedRange<Int>
  ) -> PresetKey {
    PresetKey(
      path: path, expected: words(range) + " or none",
      read: { $0[keyPath: place].map(String.init) },
      write: { preset, value in
        if value == .absent {
          preset[keyPath: place] = nil
          return true
        }
        guard let number = whole(value), range.contains(number) else { return false }
        preset[keyPath: place] = number
        return true
      })
  }

  /// What is on or off; only what is on is written down.
  static func flag(_ path: String, _ place: Place<Bool>) -> PresetKey {
    PresetKey(
      path: path, expected: "true or false", choices: ["true", "false"],
      read: { $0[keyPath: place] ? "true" : nil },
      write: { preset, value in
        switch value {
        case .absent, .scalar("false"): preset[keyPath: place] = false
        case .scalar("true"): preset[keyPath: place] = true
        case .scalar, .list: return false
        }
        return true
      })
  }

  static func number(
    _ path: String, _ place: Place<Double>, _ bounds: NumberBounds
  ) -> PresetKey {
    PresetKey(
      path: path, expected: bounds.words, read: { YAMLScalar.number($0[keyPath: place]) },
      write: { preset, value in
        guard let number = real(value), bounds.contains(number) else { return false }
        preset[keyPath: place] = number
        return true
      })
  }

  static func number(
    _ path: String, _ place: Place<Double?>, _ bounds: NumberBounds
  ) -> PresetKey {
    PresetKey(
      path: path, expected: bounds.words + " or none",
      read: { $0[keyPath: place].map(YAMLScalar.number) },
      write: { preset, value in
        if value == .absent {
          preset[keyPath: place] = nil
          return true
        }
        guard let number = real(value), bounds.contains(number) else { return false }
        preset[keyPath: place] = number
        return true
      })
  }

  static func choice<Value>(_ path: String, _ place: Place<Value>) -> PresetKey
  where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    let names = Value.allCases.map(\.rawValue)
    return PresetKey(
      path: path, expected: names.joined(separator: ", "), choices: names,
      read: { $0[keyPath: place].rawValue },
      write: { preset, value in
        // `attention: none` is a name, not a missing value.
        let name = if case .scalar(let text) = value { text } else { "none" }
        guard let known = Value(rawValue: name) else { return false }
        preset[keyPath: place] = known
        return true
      })
  }

  /// One of a few names, or none. `spelled` gives further spellings of them.
  static func choice<Value>(
    _ path: String, _ place: Place<Value?>, spelled: [String: Value] = [:]
  ) -> PresetKey
  where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    let names = Value.allCases.map(\.rawValue)
    return PresetKey(
      path: path, expected: names.joined(separator: ", ") + " or none", choices: names,
      read: { $0[keyPath: place]?.rawValue },
      write: { preset, value in
        switch value {
        case .absent: preset[keyPath: place] = nil
        case .scalar(let text):
          guard let known = Value(rawValue: text) ?? spelled[text] else { return false }
          preset[keyPath: place] = known
        case .list: return false
        }
        return true
      })
  }

  // MARK: Values

  static func whole(_ value: PresetValue) -> Int? {
    guard case .scalar(let text) = value else { return nil }
    return Int(text.filter { $0 != "_" })
  }

  private static func real(_ value: PresetValue) -> Double? {
    guard case .scalar(let text) = value, let number = Double(text), number.isFinite else {
      return nil
    }
    return number
  }

  private static func words(_ range: ClosedRange<Int>) -> String {
    "a whole number from \(range.lowerBound) to \(range.upperBound)"
  }
}

/// Which numbers a key takes.
enum NumberBounds: Sendable {
  case above(Double)
  case atLeast(Double)
  /// From 0 to 1.
  case share
  /// From 0 to below 1.
  case shareBelowOne

  var words: String {
    switch self {
    case .above(let bound): "a number above \(YAMLScalar.number(bound))"
    case .atLeast(let bound): "a number of at least \(YAMLScalar.number(bound))"
    case .share: "a number from 0 to 1"
    case .shareBelowOne: "a number from 0 to below 1"
    }
  }

  func contains(_ number: Double) -> Bool {
    switch self {
    case .above(let bound): number > bound
    case .atLeast(let bound): number >= bound
    case .share: (0...1).contains(number)
    case .shareBelowOne: (0..<1).contains(number)
    }
  }
}
