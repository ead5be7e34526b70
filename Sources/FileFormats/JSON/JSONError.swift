/// Why a text is not the JSON that was expected, and where.
public struct JSONError: Error, Equatable, CustomStringConvertible {
  /// Line and column of the first byte that could not be accepted, both from 1; columns count
  /// bytes.
  public var line: Int
  public var column: Int
  /// What was found and what was expected.
  public var message: String

  public init(line: Int, column: Int, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }

  public var description: String { "line \(line), column \(column): \(message)" }
}
