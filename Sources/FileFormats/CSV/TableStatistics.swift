/// What the fields of one column are, counted.
struct ColumnCount {
  var numbers = 0
  var missing = 0
  var infinite = 0
  var dates = 0
  var texts = 0
  /// Numbers in each of `TableNumberFormat.all`.
  var inFormat = [Int](repeating: 0, count: TableNumberFormat.all.count)
  /// Numbers with a fraction or an exponent in one format or another.
  var fractions = 0
  /// Numbers that are a day written as digits.
  var days = 0
  var quoted = 0
  /// Whole numbers of at most three digits, and numbers whose one mark may be of thousands.
  var (plainSmall, oneGroup) = (0, 0)
  /// Rows whose whole number is one more than in the row before, and more at all.
  var (countingUp, increasing) = (0, 0)
  /// Whole numbers of two digits or more that begin, or end, with 0, and the range of their lengths.
  var (zeroLed, zeroEnded) = (0, 0)
  var digits: ClosedRange<Int>?
  private var previous: Int?

  var filled: Int { numbers + infinite + dates + texts }

  mutating func add(
    _ cell: TableCell, _ bytes: UnsafeBufferPointer<UInt8>, isQuoted: Bool
  ) {
    if isQuoted { quoted += 1 }
    switch cell {
    case .missing: missing += 1
    case .infinite: infinite += 1
    case .date: dates += 1
    case .text: texts += 1
    case .number(let number):
      numbers += 1
      for index in inFormat.indices where number.formats.contains(format: index) {
        inFormat[index] += 1
      }
      if number.isFraction { fractions += 1 }
      if number.isOneGroup { oneGroup += 1 }
      let integer = number.integer(bytes)
      if let integer {
        if number.firstDigits <= 3 { plainSmall += 1 }
        if TableDate.isCompact(integer) { days += 1 }
        if let previous, integer == previous + 1 { countingUp += 1 }
        if let previous, integer > previous { increasing += 1 }
        let count = number.firstDigits
        digits = min(digits?.lowerBound ?? count, count)...max(digits?.upperBound ?? count, count)
        if count > 1, number.firstDigit(bytes) == 0 { zeroLed += 1 }
        if count > 1, integer % 10 == 0 { zeroEnded += 1 }
      }
      previous = integer
    }
  }

  /// Every row counts on from the row before.
  var isCounter: Bool { numbers > 2 && countingUp == numbers - 1 && filled == numbers }
  /// Every row has a larger whole number than the row before, as the index of a data frame.
  var isIndex: Bool { increasing == numbers - 1 && filled == numbers && missing == 0 }
}

/// What the rows of a table are under one separator, counted.
struct TableCount {
  var columns: [ColumnCount] = []
  var rows = 0
  /// Marked numbers, with a point or a comma, of either decimal mark, of both, and in one group.
  var (markedPoint, markedComma, marked, oneGroupPoint, oneGroupComma) = (0, 0, 0, 0, 0)

  init(width: Int) {
    columns = [ColumnCount](repeating: ColumnCount(), count: width)
  }

  mutating func add(_ records: TableRecords) {
    rows += 1
    for (index, field) in records.fields.enumerated() where index < columns.count {
      let cell = TableCell(records.bytes, field.start..<field.end)
      columns[index].add(cell, records.bytes, isQuoted: field.isQuoted)
      if case .number(let number) = cell, number.isMarked {
        marked += 1
        if !number.formats.isDisjoint(with: .point) { markedPoint += 1 }
        if !number.formats.isDisjoint(with: .comma) { markedComma += 1 }
        if number.isOneGroup {
          if number.formats.contains(.plainPoint) { oneGroupPoint += 1 } else { oneGroupComma += 1 }
        }
      }
    }
    for index in min(records.fields.count, columns.count)..<columns.count {
      columns[index].missing += 1
    }
  }

  /// Share of the filled fields that are numbers in a format, or dates beside them.
  func share(in format: Int) -> Double {
    var (filled, numbers, dates) = (0, 0, 0)
    for column in columns {
      filled += column.filled
      numbers += column.inFormat[format] + column.infinite
      dates += column.dates
    }
    return numbers == 0 ? 0 : Double(numbers + dates) / Double(filled)
  }
}
