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

  /// What stands at a place of a text, as a message says it.
  static func name(ofByteAt position: Int, in bytes: UnsafeBufferPointer<UInt8>) -> String {
    guard position < bytes.count else { return "the end of the text" }
    let byte = bytes[position]
    return (0x21..<0x7F).contains(byte)
      ? "`\(Unicode.Scalar(byte))`" : "byte 0x\(String(byte, radix: 16))"
  }

  public var description: String { "line \(line), column \(column): \(message)" }
}
