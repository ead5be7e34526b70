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
    var text = file
    if let line { text += ":\(line)" }
    if let column { text += line == nil ? ": column \(column)" : ":\(column)" }
    text += ": \(message)"
    var details: [String] = []
    if let found { details.append("found \(found)") }
    if let expected { details.append("expected \(expected)") }
    if !details.isEmpty { text += ": " + details.joined(separator: ", ") }
    if let suggestion { text += "; did you mean \(suggestion)?" }
    return text
  }

  /// Quotes what a file says for a message: one line, printable, at most 40 characters.
  static func quote(_ bytes: some Collection<UInt8>) -> String {
    var text = ""
    for scalar in String(decoding: bytes.prefix(160), as: UTF8.self).unicodeScalars {
      guard text.unicodeScalars.count < 40 else { return "“\(text)…”" }
      text.unicodeScalars.append(scalar.value < 0x20 || scalar.value == 0x7F ? "\u{FFFD}" : scalar)
    }
    return bytes.isEmpty ? "nothing" : "“\(text)”"
  }

  static func quote(_ text: String) -> String { quote(Array(text.utf8.prefix(200))) }
}
