/// How a table of text is written. It is decided once for a file, from many of its lines.
public struct TableDialect: Sendable, Equatable {
  /// What stands between two fields.
  public enum Separator: String, Sendable, CaseIterable {
    case comma, semicolon, tab, pipe
    /// One blank or tab, or a row of them.
    case blank

    /// The byte; nil for blanks, which come in rows.
    public var byte: UInt8? {
      switch self {
      case .comma: UInt8(ascii: ",")
      case .semicolon: UInt8(ascii: ";")
      case .tab: UInt8(ascii: "\t")
      case .pipe: UInt8(ascii: "|")
      case .blank: nil
      }
    }

    /// `commas`, for a sentence.
    var plural: String { rawValue + "s" }
  }

  /// What stands before the fraction of a number.
  public enum DecimalMark: String, Sendable, CaseIterable {
    case point, comma
  }

  /// Whether the first row names the columns.
  public enum Header: String, Sendable, CaseIterable {
    case present, absent
  }

  /// What a person says of a file; nil where the file is to tell.
  public struct Wish: Sendable, Equatable {
    public var separator: Separator?
    public var decimal: DecimalMark?
    public var header: Header?

    public init(
      separator: Separator? = nil, decimal: DecimalMark? = nil, header: Header? = nil
    ) {
      self.separator = separator
      self.decimal = decimal
      self.header = header
    }

    /// Takes what was found out of a file for what is not said, so that the next one is read alike.
    /// Whether there is a header is for each file to tell.
    public mutating func keep(_ dialect: TableDialect) {
      separator = separator ?? dialect.separator
      decimal = decimal ?? dialect.numbers.decimal
    }

    /// Takes what another wish says for what this one does not.
    public mutating func keep(_ other: Wish) {
      separator = separator ?? other.separator
      decimal = decimal ?? other.decimal
    }
  }

  /// Nil for a table of one column.
  public var separator: Separator?
  public var numbers: TableNumberFormat
  public var hasHeader: Bool

  /// `separated by semicolons, decimal comma, a header`.
  public var words: String {
    let parts = [
      separator.map { "separated by \($0.plural)" } ?? "one column",
      "decimal \(numbers.decimal.rawValue)",
      numbers.thousands.map { "thousands marked by \($0.plural)" },
      hasHeader ? "a header" : "no header",
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }
}

/// How the numbers of a table are written.
public struct TableNumberFormat: Sendable, Equatable {
  /// What stands between groups of three digits.
  public enum Thousands: String, Sendable {
    case comma, point, apostrophe
    /// A blank, also one that does not break or a narrow one.
    case blank

    var plural: String { rawValue + "s" }
  }

  public var decimal: TableDialect.DecimalMark
  public var thousands: Thousands?

  /// All there are; the position is the format's bit in a `FormatSet`. The plainest of each decimal
  /// mark first.
  static let all: [TableNumberFormat] = [
    .init(decimal: .point, thousands: nil), .init(decimal: .point, thousands: .comma),
    .init(decimal: .point, thousands: .apostrophe), .init(decimal: .point, thousands: .blank),
    .init(decimal: .comma, thousands: nil), .init(decimal: .comma, thousands: .point),
    .init(decimal: .comma, thousands: .apostrophe), .init(decimal: .comma, thousands: .blank),
  ]
}

/// Why a table cannot be read: where, what, and what would help.
public struct TableError: Error, Sendable, Equatable {
  /// Counted from 1; nil when the whole file is meant.
  public var line: Int?
  /// Field of the line, counted from 1.
  public var column: Int?
  public var message: String
  public var found: String?
  public var expected: String?
  /// The nearest known name when the one found is unknown.
  public var suggestion: String?

  public init(
    line: Int? = nil, column: Int? = nil, message: String, found: String? = nil,
    expected: String? = nil, suggestion: String? = nil
  ) {
    self.line = line
    self.column = column
    self.message = message
    self.found = found
    self.expected = expected
    self.suggestion = suggestion
  }
}
