extension SafetensorsFile {
  /// Reads a whole file and refuses whatever breaks a rule of the format.
  public init(decoding bytes: [UInt8]) throws(SafetensorsError) {
    let header = try Self.header(of: bytes)
    let dataStart = header.endIndex
    var entries: [Entry] = []
    metadata = [:]
    for member in try Self.members(of: header) {
      if member.key == "__metadata__" {
        metadata = try Self.metadata(member.value)
      } else {
        entries.append(try Entry(name: member.key, member.value))
      }
    }
    // Tensors without elements share their begin with the next one and come first.
    entries.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }

    var expected = 0
    let available = bytes.count - dataStart
    tensors = []
    for entry in entries {
      guard entry.begin == expected else {
        throw .offsets(name: entry.name, expected: expected, found: entry.begin)
      }
      expected = entry.end
      guard expected <= available else { throw .dataEnd(expected: expected, found: available) }
      let data = Array(bytes[dataStart + entry.begin..<dataStart + entry.end])
      tensors.append(
        Tensor(name: entry.name, dataType: entry.dataType, shape: entry.shape, data: data))
    }
    guard expected == available else { throw .dataEnd(expected: expected, found: available) }
  }

  private static func header(of bytes: [UInt8]) throws(SafetensorsError) -> ArraySlice<UInt8> {
    guard bytes.count >= 8 else { throw .tooShort(bytes: bytes.count) }
    let count = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard count <= UInt64(maximumHeaderBytes) else { throw .headerTooLong(bytes: count) }
    let headerBytes = Int(count)
    guard headerBytes <= bytes.count - 8 else {
      throw .headerBehindEnd(headerBytes: headerBytes, fileBytes: bytes.count)
    }
    guard headerBytes % 8 == 0 else { throw .headerNotPadded(bytes: headerBytes) }
    let header = bytes[8..<8 + headerBytes]
    guard header.first == UInt8(ascii: "{") else { throw .headerStart(byte: header.first ?? 0) }
    return header
  }

  private static func members(
    of header: ArraySlice<UInt8>
  ) throws(SafetensorsError) -> [JSONObject.Member] {
    let text = header[..<((header.lastIndex { $0 != 0x20 } ?? header.startIndex) + 1)]
    guard text.last == UInt8(ascii: "}") else {
      throw .headerJSON(
        JSONError(line: 1, column: text.count, message: "expected `}` and then only spaces"))
    }
    do {
      let value = try JSONValue(decoding: text, options: .init(maximumDepth: 4))
      return value.object?.members ?? []
    } catch {
      throw .headerJSON(error)
    }
  }

  private static func metadata(_ value: JSONValue) throws(SafetensorsError) -> [String: String] {
    guard case .object(let object) = value else { throw .metadata }
    var result: [String: String] = [:]
    for member in object.members {
      guard case .string(let text) = member.value else { throw .metadata }
      result[member.key] = text
    }
    return result
  }

  /// What the header says of one tensor, checked by itself.
  private struct Entry {
    var name: String
    var dataType: DataType
    var shape: [Int]
    var begin: Int
    var end: Int

    init(name: String, _ value: JSONValue) throws(SafetensorsError) {
      self.name = name
      guard case .object(let object) = value else {
        throw .tensorEntry(name: name, problem: "expected an object, found \(value.kind)")
      }
      let known = ["dtype", "shape", "data_offsets"]
      if let other = object.members.first(where: { !known.contains($0.key) }) {
        throw .tensorEntry(name: name, problem: "unknown key \(SafetensorsError.quoted(other.key))")
      }
      guard let typeName = object["dtype"]?.string else {
        throw .tensorEntry(name: name, problem: "`dtype` must be a string")
      }
      guard let dataType = DataType(rawValue: typeName) else {
        throw .unknownDataType(name: name, found: typeName)
      }
      guard let shape = Self.sizes(object["shape"]) else {
        throw .tensorEntry(name: name, problem: "`shape` must be whole numbers, none negative")
      }
      guard let offsets = Self.sizes(object["data_offsets"]), offsets.count == 2,
        offsets[0] <= offsets[1]
      else {
        throw .tensorEntry(
          name: name, problem: "`data_offsets` must be two whole numbers, begin before end")
      }
      guard let elements = elementCount(of: shape) else { throw .tooLarge(name: name) }
      let (byteCount, overflow) = elements.multipliedReportingOverflow(by: dataType.byteCount)
      guard !overflow else { throw .tooLarge(name: name) }
      guard byteCount == offsets[1] - offsets[0] else {
        throw .sizeMismatch(name: name, expected: byteCount, found: offsets[1] - offsets[0])
      }
      self.dataType = dataType
      self.shape = shape
      (begin, end) = (offsets[0], offsets[1])
    }

    private static func sizes(_ value: JSONValue?) -> [Int]? {
      guard case .array(let elements) = value else { return nil }
      var sizes: [Int] = []
      for element in elements {
        guard case .integer(let size) = element, size >= 0 else { return nil }
        sizes.append(size)
      }
      return sizes
    }
  }
}
