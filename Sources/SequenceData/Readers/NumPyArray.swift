/// A NumPy array as `.npy` holds it, its elements as numbers.
struct NumPyArray {
  private(set) var shape: [Int]
  private(set) var values: Values

  enum Values {
    case floats([Float])
    case integers([Int])
  }

  /// - Throws: `DataError` for anything but a little-endian numeric array in C order whose size
  ///   fits the bytes there are.
  init(_ bytes: [UInt8], file: String, name: String) throws(DataError) {
    let what = "the array \(DataError.quote(name))"
    guard bytes.starts(with: [0x93] + Array("NUMPY".utf8)), bytes.count >= 12 else {
      throw DataError(file, "\(what) is not in NumPy's format")
    }
    let isFirstVersion = bytes[6] == 1
    let start = isFirstVersion ? 10 : 12
    var length = Int(bytes[8]) | Int(bytes[9]) << 8
    if !isFirstVersion { length |= Int(bytes[10]) << 16 | Int(bytes[11]) << 24 }
    guard length <= bytes.count - start, length <= 1 << 16 else {
      throw DataError(file, "\(what) has a damaged header")
    }
    let header = String(decoding: bytes[start..<start + length], as: UTF8.self)
    guard let kind = Self.text(after: "'descr':", in: header, between: "'", and: "'"),
      let dimensions = Self.text(after: "'shape':", in: header, between: "(", and: ")")
    else { throw DataError(file, "\(what) has a damaged header", found: DataError.quote(header)) }
    var (shape, count): ([Int], Int) = ([], 1)
    for field in dimensions.split(separator: ",") {
      let (digits, size) = (field.filter { $0 != " " }, Int(field.filter { $0 != " " }))
      guard !digits.isEmpty else { continue }
      guard let size, size >= 0 else {
        throw DataError(file, "\(what) has a damaged shape", found: DataError.quote(dimensions))
      }
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= bytes.count else {
        throw DataError(
          file, "\(what) is shorter than its shape says", found: "\(bytes.count) bytes",
          expected: "(\(dimensions)) elements")
      }
      count = product
      shape.append(size)
    }
    if header.contains("'fortran_order': True"), shape.count > 1 {
      throw DataError(file, "\(what) is in Fortran order", expected: "C order")
    }
    guard let element = Element(kind) else {
      throw DataError(
        file, "\(what) has elements that cannot be read", found: DataError.quote(kind),
        expected: "little-endian numbers such as <f4 or <i8")
    }
    let data = bytes[(start + length)...]
    guard data.count == count * element.size else {
      throw DataError(
        file, "\(what) does not have the size its shape says", found: "\(data.count) bytes",
        expected: "\(count * element.size)")
    }
    self.shape = shape
    values = element.read(data, count: count)
  }

  var floats: [Float] {
    switch values {
    case .floats(let values): values
    case .integers(let values): values.map { Float($0) }
    }
  }

  /// The elements as integers; nil when the array holds fractions.
  var integers: [Int]? {
    switch values {
    case .floats: nil
    case .integers(let values): values
    }
  }

  private static func text(
    after key: String, in header: String, between open: Character, and close: Character
  ) -> String? {
    let characters = Array(header)
    let wanted = Array(key)
    guard characters.count >= wanted.count,
      let found = (0...characters.count - wanted.count).first(where: {
        characters[$0..<$0 + wanted.count].elementsEqual(wanted)
      }), let first = characters[(found + wanted.count)...].firstIndex(of: open),
      let last = characters[(first + 1)...].firstIndex(of: close)
    else { return nil }
    return String(characters[first + 1..<last])
  }

  /// A little-endian number of so many bytes.
  private struct Element {
    var size: Int
    var isFloat: Bool
    var isSigned: Bool

    init?(_ kind: String) {
      switch kind {
      case "<f4", "<f8": (size, isFloat, isSigned) = (kind == "<f4" ? 4 : 8, true, true)
      case "<i8", "<i4", "<i2", "|i1":
        (isFloat, isSigned) = (false, true)
        size = kind.last?.wholeNumberValue ?? 1
      case "<u8", "<u4", "<u2", "|u1", "|b1":
        (isFloat, isSigned) = (false, false)
        size = kind.last?.wholeNumberValue ?? 1
      default: return nil
      }
    }

    func read(_ data: ArraySlice<UInt8>, count: Int) -> Values {
      func word(_ index: Int) -> UInt64 {
        let at = data.startIndex + index * size
        var value: UInt64 = 0
        for i in 0..<size { value |= UInt64(data[at + i]) << UInt64(8 * i) }
        return value
      }
      if isFloat {
        return .floats(
          (0..<count).map { index in
            size == 4
              ? Float(bitPattern: UInt32(truncatingIfNeeded: word(index)))
              : Float(Double(bitPattern: word(index)))
          })
      }
      let unused = UInt64(64 - 8 * size)
      return .integers(
        (0..<count).map { index in
          isSigned
            ? Int(truncatingIfNeeded: Int64(bitPattern: word(index) << unused) >> Int64(unused))
            : Int(clamping: word(index))
        })
    }
  }
}
