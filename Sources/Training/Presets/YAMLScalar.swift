/// Scalars as YAML text that reads back as the same value.
enum YAMLScalar {
  /// Whole numbers without a point, others as short as they can be without losing a bit.
  static func number(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
    return "\(value)"
  }

  /// Plain where that is safe, else in double quotes.
  static func text(_ text: String) -> String? {
    guard !text.isEmpty else { return nil }
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || ("0"..."9").contains($0) || "/._-+".unicodeScalars.contains($0)
    }
    let looksOtherwise =
      Double(text) != nil || text.hasPrefix("-") || text.hasPrefix(".")
      || ["true", "false", "yes", "no", "on", "off", "null", "none"].contains(text.lowercased())
    return isPlain && !looksOtherwise ? text : quoted(text)
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        result += "\\x" + (digits.count < 2 ? "0" : "") + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
