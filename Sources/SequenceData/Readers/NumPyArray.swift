/// A NumPy array as `.npy` holds it (versions 1 to 3), its elements as numbers or words.
struct NumPyArray {
  private(set) var shape: [Int]
  private(set) var values: Values

  enum Values {
    case floats([Float])
    case integers([Int])
    case texts([String])
  }

  /// Reads an array of either byte order in C's or Fortran's order; its elements come in C's.
  ///
  /// - Throws: `DataError` for anything but an array of real numbers, truth values or words whose
  ///   size fits the bytes there are.
  init(_ bytes: [UInt8], file: String, name: String) throws(DataError) {
    let what = "the array \(DataError.quote(name))"
    guard bytes.starts(with: [0x93] + Array("NUMPY".utf8)), bytes.count >= 12 else {
      throw DataError(file, "\(what) is not in NumPy's format")
    }
    guard (1...3).contains(bytes[6]) else {
      throw DataError(
        file, "\(what) is in a version of NumPy's format that is not known",
        found: "\(bytes[6])", expected: "1, 2 or 3")
    }
    let isFirstVersion = bytes[6] == 1
    let start = isFirstVersion ? 10 : 12
    var length = Int(bytes[8]) | Int(bytes[9]) << 8
    if !isFirstVersion { length |= Int(bytes[10]) << 16 | Int(bytes[11]) << 24 }
    guard length <= bytes.count - start, length <= 1 << 16 else {
      throw DataError(file, "\(what) has a damaged header")
    }
    let header = String(decoding: bytes[start..<start + length], as: UTF8.self)
    let element = try Self.element(in: header, file, what)
    guard let dimensions = Self.text(after: "'shape':", in: header, between: "(", and: ")") else {
      throw DataError(file, "\(what) has a damaged header", found: DataError.quote(header))
    }
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
    let data = bytes[(start + length)...]
    let (needed, overflow) = count.multipliedReportingOverflow(by: element.size)
    guard !overflow, data.count == needed else {
      throw DataError(
        file, "\(what) does not have the size its shape says", found: "\(data.count) bytes",
        expected: "\(needed)")
    }
    self.shape = shape
    values = element.read(data, count: count)
    // The index that changes fastest stands first in Fortran's order, and last in ours.
    if header.contains("'fortran_order': True"), shape.count > 1 {
      let places = Self.placesInFortranOrder(shape, count)
      switch values {
      case .floats(let numbers): values = .floats(places.map { numbers[$0] })
      case .integers(let numbers): values = .integers(places.map { numbers[$0] })
      case .texts(let texts): values = .texts(places.map { texts[$0] })
      }
    }
  }

  /// For each element in C order, where it stands in Fortran's.
  private static func placesInFortranOrder(_ shape: [Int], _ count: Int) -> [Int] {
    var steps = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropFirst() { steps[axis] = steps[axis - 1] * shape[axis - 1] }
    var index = [Int](repeating: 0, count: shape.count)
    var place = 0
    return (0..<count).map { _ in
      defer {
        var axis = shape.count - 1
        while axis >= 0 {
          index[axis] += 1
          place += steps[axis]
          if index[axis] < shape[axis] { break }
          place -= steps[axis] * shape[axis]
          index[axis] = 0
          axis -= 1
        }
      }
      return place
    }
  }

  /// The kind of the elements.
  /// - Throws: `DataError` naming what has no numbers.
  private static func element(
    in header: String, _ file: String, _ what: String
  ) throws(DataError) -> Element {
    guard let after = text(after: "'descr'", in: header, between: ":", and: ",") else {
      throw DataError(file, "\(what) has a damaged header", found: DataError.quote(header))
    }
    let kind = after.filter { !" '\"".contains($0) }
    if let element = Element(kind) { return element }
    let letters = kind.filter { !"<>=|".contains($0) }
    let problem: (String, String) =
      switch letters.first {
      case "[": ("is structured, with fields of different kinds", "one array for each field")
      case "O":
        (
          "holds Python objects, as arrays of different lengths do",
          "one array of numbers, padded, with “lengths” beside it"
        )
      case "c": ("holds complex numbers", "real and imaginary part as two columns")
      case "M", "m": ("holds dates or times", "numbers")
      case "f" where letters == "f16" || letters == "f12", "g":
        ("holds long doubles, which differ between machines", "array.astype(\"f8\")")
      case "V": ("is structured, with fields of different kinds", "one array for each field")
      default: ("has elements that cannot be read", "numbers such as <f4 or <i8")
      }
    throw DataError(
      file, "\(what) \(problem.0)", found: DataError.quote(kind), expected: problem.1)
  }

  var floats: [Float] {
    switch values {
    case .floats(let values): values
    case .integers(let values): values.map { Float($0) }
    case .texts(let texts): [Float](repeating: .nan, count: texts.count)
    }
  }

  /// The elements as integers; nil when the array holds fractions or words.
  var integers: [Int]? {
    switch values {
    case .floats, .texts: nil
    case .integers(let values): values
    }
  }

  /// The elements as integers, also where whole numbers stand as floats.
  var wholeNumbers: [Int]? {
    switch values {
    case .integers(let values): return values
    case .texts: return nil
    case .floats(let values):
      guard values.allSatisfy({ $0 == $0.rounded() && abs($0) < 1e7 }) else { return nil }
      return values.map { Int($0) }
    }
  }

  var texts: [String]? {
    if case .texts(let texts) = values { texts } else { nil }
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

  /// An element of so many bytes.
  private struct Element {
    enum Kind { case float, signed, unsigned, bytes, characters }
    var kind: Kind
    var size: Int
    var isBigEndian: Bool

    init?(_ name: String) {
      var letters = Substring(name)
      isBigEndian = letters.first == ">"
      if let first = letters.first, "<>|=".contains(first) { letters.removeFirst() }
      guard let letter = letters.popFirst(), let size = Int(letters), size >= 0 else { return nil }
      self.size = size
      switch letter {
      case "f" where [2, 4, 8].contains(size): kind = .float
      case "i" where [1, 2, 4, 8].contains(size): kind = .signed
      case "u" where [1, 2, 4, 8].contains(size), "b" where size == 1: kind = .unsigned
      case "S" where size <= 4096: kind = .bytes
      case "U" where size <= 4096:
        kind = .characters
        self.size = 4 * size
      default: return nil
      }
    }

    func read(_ data: ArraySlice<UInt8>, count: Int) -> Values {
      func word(_ at: Int, _ size: Int) -> UInt64 {
        var value: UInt64 = 0
        for i in 0..<size {
          let place = isBigEndian ? size - 1 - i : i
          value |= UInt64(data[data.startIndex + at + place]) << UInt64(8 * i)
        }
        return value
      }
      func words() -> [UInt64] { (0..<count).map { word($0 * size, size) } }
      switch kind {
      case .float:
        return .floats(words().map { Self.float($0, size: size) })
      case .signed:
        let unused = UInt64(64 - 8 * size)
        return .integers(
          words().map {
            Int(truncatingIfNeeded: Int64(bitPattern: $0 << unused) >> Int64(unused))
          })
      case .unsigned:
        let words = words()
        // Larger ones than an integer holds are numbers all the same.
        guard words.allSatisfy({ $0 <= UInt64(Int.max) }) else {
          return .floats(words.map { Float($0) })
        }
        return .integers(words.map { Int($0) })
      case .bytes:
        return .texts(
          (0..<count).map { index in
            let start = data.startIndex + index * size
            return String(decoding: data[start..<start + size].prefix { $0 != 0 }, as: UTF8.self)
          })
      case .characters:
        return .texts(
          (0..<count).map { index in
            var text = String.UnicodeScalarView()
            for at in stride(from: index * size, to: (index + 1) * size, by: 4) {
              let code = UInt32(truncatingIfNeeded: word(at, 4))
              if code == 0 { break }
              text.append(Unicode.Scalar(code) ?? "\u{FFFD}")
            }
            return String(text)
          })
      }
    }

    /// IEEE 754 in 16, 32 or 64 bits.
    private static func float(_ word: UInt64, size: Int) -> Float {
      switch size {
      case 8: return Float(Double(bitPattern: word))
      case 4: return Float(bitPattern: UInt32(truncatingIfNeeded: word))
      default:
        let (exponent, fraction) = (Int(word >> 10 & 0x1F), Float(word & 0x3FF))
        let sign: Float = word & 0x8000 == 0 ? 1 : -1
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default:
          return sign * (1 + fraction / 1024)
            * Float(sign: .plus, exponent: exponent - 15, significand: 1)
        }
      }
    }
  }
}
