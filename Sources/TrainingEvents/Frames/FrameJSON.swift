import FileFormats

/// Arrays and 32-bit numbers of probe frames, as JSON.
extension JSONValue {
  /// A 32-bit number with no more digits than it has.
  static func real(_ value: Float) -> JSONValue {
    guard value.isFinite else { return .null }
    return .number(Double(value.description) ?? Double(value))
  }

  static func reals(_ values: some Sequence<Float>) -> JSONValue { .array(values.map(real)) }
  static func strings(_ values: [String]) -> JSONValue { .array(values.map(JSONValue.string)) }
}

extension [Float] {
  /// The numbers of an array; NaN for what is none.
  init(numbers value: JSONValue?) {
    self = (value?.array ?? []).map { Float($0.double ?? .nan) }
  }
}

extension [String] {
  /// The texts of an array; anything else as it would be written.
  init(texts value: JSONValue?) {
    self = (value?.array ?? []).map { element in
      element.string ?? String(decoding: element.encoded(), as: UTF8.self)
    }
  }
}
