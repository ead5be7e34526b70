/// Why data could not be used, in one line: where, what, what was found, what was expected.
///
/// Nothing a file holds traps; every reader throws one of these instead.
public struct DataError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file (or the key of the preset) at fault.
  public var file: String
  /// Counted from 1; nil when the whole file is meant.
  public var line: Int?
  /// Counted from 1, in bytes or fields as the message says; nil when the whole line is meant.
  public var column: Int?
  /// What is wrong, without a full stop.
  public var message: String
  public var found: String?
  public var expected: String?
  /// The nearest known name when the one found is unknown.
  public var suggestion: String?

  public init(
    _ file: String, line: Int? = nil, column: Int? = nil, _ message: String, found: String? = nil,
    expected: String? = nil, suggestion: String? = nil
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
    self.found = found
    self.expected = expected
    self.suggestion = suggestion
  }

  public var description: String {
    var text = Self.printable(file, limit: 1_000)
    if let line { text += ":\(line)" }
    if let column { text += line == nil ? ": column \(column)" : ":\(column)" }
    text += ": " + Self.printable(message, limit: 400)
    var details: [String] = []
    if let found { details.append("found \(Self.printable(found, limit: 200))") }
    if let expected { details.append("expected \(Self.printable(expected, limit: 400))") }
    if !details.isEmpty { text += ": " + details.joined(separator: ", ") }
    if let suggestion { text += "; did you mean \(Self.printable(suggestion, limit: 100))?" }
    return text
  }

  /// One line without control characters, whatever a file put into it.
  private static func printable(_ text: String, limit: Int) -> String {
    var line = ""
    for (index, scalar) in text.unicodeScalars.enumerated() {
      guard index < limit else { return line + "…" }
      switch scalar.value {
      case 0x00..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: line.unicodeScalars.append("\u{FFFD}")
      default: line.unicodeScalars.append(scalar)
      }
    }
    return line
  }

  /// Quotes what a file says for a message: at most 40 characters of it.
  static func quote(_ bytes: some Collection<UInt8>) -> String {
    guard !bytes.isEmpty else { return "nothing" }
    let scalars = String(decoding: bytes.prefix(161), as: UTF8.self).unicodeScalars
    return "“" + String(scalars.prefix(40)) + (scalars.count > 40 ? "…”" : "”")
  }

  static func quote(_ text: String) -> String { quote(Array(text.utf8.prefix(200))) }
}
