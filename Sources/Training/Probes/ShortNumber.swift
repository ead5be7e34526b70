import Foundation

/// Numbers as people write them: three or four digits, no trailing zeros.
enum ShortNumber {
  static func text(_ value: Double) -> String {
    String(format: "%.4g", value)
  }
}
