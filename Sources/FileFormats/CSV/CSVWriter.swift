/// A table as comma-separated values (RFC 4180): CRLF behind every row, quotes where a field needs
/// them, the header first.
///
/// Numbers are written so that they read back exactly; what is not finite as `nan`, `inf` and
/// `-inf`, which pandas, R and spreadsheets' importers understand.
public struct CSVWriter: Sendable {
  /// One field of a row.
  public enum Field: Sendable, Equatable {
    case empty
    case text(String)
    case integer(Int)
    case number(Double)
    case bool(Bool)
  }

  /// What has been written since the last `takeBytes`.
  public private(set) var bytes: [UInt8] = []
  private let columnCount: Int

  public init(columns: [String]) {
    columnCount = columns.count
    append(columns.map(Field.text))
  }

  /// Adds a row. Missing fields at its end stay empty, surplus ones are left out, so that every row
  /// has as many fields as the header.
  public mutating func append(_ fields: [Field]) {
    for index in 0..<columnCount {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      if index < fields.count { append(fields[index]) }
    }
    bytes.append(0x0D)
    bytes.append(0x0A)
  }

  /// Hands over what has been written, so that a table may be larger than the memory.
  public mutating func takeBytes() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  private mutating func append(_ field: Field) {
    switch field {
    case .empty: return
    case .text(let text): append(text)
    case .integer(let value): DecimalNumber.append(value, to: &bytes)
    case .number(let value) where value.isNaN: bytes.append(contentsOf: "nan".utf8)
    case .number(let value) where value.isInfinite:
      bytes.append(contentsOf: (value < 0 ? "-inf" : "inf").utf8)
    case .number(let value): DecimalNumber.append(value, to: &bytes)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }
  }

  private mutating func append(_ text: String) {
    let needsQuotes = text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
    guard needsQuotes else { return bytes.append(contentsOf: text.utf8) }
    bytes.append(0x22)
    for byte in text.utf8 {
      if byte == 0x22 { bytes.append(0x22) }
      bytes.append(byte)
    }
    bytes.append(0x22)
  }
}
