/// Cuts the bytes of a table into rows of fields.
///
/// A row ends with LF, CRLF or CR. A field that begins with a quotation mark goes on to the closing
/// one, over separators and line ends; two marks in it stand for one. Lines of blanks and lines that
/// begin with `#` are passed over.
struct TableRecords {
  /// One field: where its content stands in the bytes, without quotes and without blanks around it.
  struct Field {
    var start: Int
    var end: Int
    var isQuoted = false
    /// Whether two quotation marks in it stand for one.
    var hasDoubledQuotes = false

    var isEmpty: Bool { start == end }
  }

  let bytes: UnsafeBufferPointer<UInt8>
  let separator: TableDialect.Separator?
  /// The fields of the row that `next` found.
  private(set) var fields: [Field] = []
  /// The line on which that row begins, from 1.
  private(set) var line = 0
  /// Whether a blank line stood before that row.
  private(set) var followsBlankLine = false
  /// The line of a quotation mark that was never closed.
  private(set) var openQuote: Int?
  private var at: Int
  private var nextLine: Int

  /// - Parameters:
  ///   - start: where to begin, behind a line that is no row
  ///   - line: the number of the line that begins there
  init(
    _ bytes: UnsafeBufferPointer<UInt8>, separator: TableDialect.Separator?, start: Int, line: Int
  ) {
    self.bytes = bytes
    self.separator = separator
    at = start
    nextLine = line
  }

  /// Moves to the next row; false at the end of the bytes.
  mutating func next() -> Bool {
    followsBlankLine = false
    while at < bytes.count {
      skipBlanks()
      if at == bytes.count { return false }
      if isLineEnd(bytes[at]) {
        followsBlankLine = true
        endLine()
      } else if isComment {
        while at < bytes.count, !isLineEnd(bytes[at]) { at += 1 }
        if at < bytes.count { endLine() }
      } else {
        line = nextLine
        readFields()
        return true
      }
    }
    return false
  }

  /// The text of a field.
  func text(of field: Field) -> String {
    let raw = bytes[field.start..<field.end]
    guard field.hasDoubledQuotes else { return String(decoding: raw, as: UTF8.self) }
    var content: [UInt8] = []
    var isSecond = false
    for byte in raw {
      isSecond = byte == Self.quote && !isSecond
      if !isSecond || byte != Self.quote { content.append(byte) }
    }
    return String(decoding: content, as: UTF8.self)
  }

  private static let quote = UInt8(ascii: "\"")

  private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  private func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 && separator != .tab
  }

  /// A number sign that fills a field of its own names a column.
  private var isComment: Bool {
    guard bytes[at] == UInt8(ascii: "#") else { return false }
    guard let mark = separator?.byte, at + 1 < bytes.count else { return true }
    return bytes[at + 1] != mark
  }

  private mutating func skipBlanks() {
    while at < bytes.count, isBlank(bytes[at]) { at += 1 }
  }

  private mutating func endLine() {
    at += bytes[at] == 0x0D && at + 1 < bytes.count && bytes[at + 1] == 0x0A ? 2 : 1
    nextLine += 1
  }

  private mutating func readFields() {
    fields.removeAll(keepingCapacity: true)
    while true {
      skipBlanks()
      if at < bytes.count, bytes[at] == Self.quote, let field = quotedField() {
        fields.append(field)
      } else {
        fields.append(plainField())
      }
      if at == bytes.count { return }
      if isLineEnd(bytes[at]) { return endLine() }
      if separator == .blank {
        skipBlanks()
        if at == bytes.count { return }
        if isLineEnd(bytes[at]) { return endLine() }
      } else {
        at += 1
      }
    }
  }

  private func endsField(_ byte: UInt8) -> Bool {
    isLineEnd(byte) || (separator == .blank ? isBlank(byte) : byte == separator?.byte)
  }

  private mutating func plainField() -> Field {
    let start = at
    while at < bytes.count, !endsField(bytes[at]) { at += 1 }
    var end = at
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    return Field(start: start, end: end)
  }

  /// Nil, with nothing taken, where text follows the closing mark: then the marks are text, too.
  private mutating func quotedField() -> Field? {
    let (start, startLine) = (at, nextLine)
    var field = Field(start: at + 1, end: at + 1, isQuoted: true)
    at += 1
    while at < bytes.count {
      if bytes[at] == Self.quote {
        if at + 1 < bytes.count, bytes[at + 1] == Self.quote {
          field.hasDoubledQuotes = true
          at += 2
          continue
        }
        field.end = at
        at += 1
        if separator == .blank {
          guard at == bytes.count || endsField(bytes[at]) else { break }
          return field
        }
        skipBlanks()
        guard at == bytes.count || endsField(bytes[at]) else { break }
        return field
      }
      if isLineEnd(bytes[at]) { endLine() } else { at += 1 }
    }
    if at == bytes.count { openQuote = openQuote ?? startLine }
    (at, nextLine) = (start, startLine)
    return nil
  }
}
