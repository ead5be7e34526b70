extension SafetensorsFile {
  /// Reads a whole file and refuses whatever breaks a rule of the format.
  public init(decoding bytes: [UInt8]) throws(SafetensorsError) {
    let end = 8 + (try Self.headerBytes(of: bytes, fileBytes: bytes.count))
    let entries: [Entry]
    (entries, metadata) = try Self.entries(of: bytes[8..<end], available: bytes.count - end)
    tensors = entries.map { entry in
      Tensor(
        name: entry.name, dataType: entry.dataType, shape: entry.shape,
        data: Array(bytes[end + entry.begin..<end + entry.end]))
    }
  }

  /// Makes sure, before a large file is read, that its header is whole and describes a file of just
  /// this size.
  ///
  /// - Parameters:
  ///   - start: the file's first bytes: the header's length, and the header.
  ///   - fileBytes: of the whole file.
  public static func check(header start: [UInt8], fileBytes: Int) throws(SafetensorsError) {
    let end = 8 + (try headerBytes(of: start, fileBytes: fileBytes))
    guard end <= start.count else { throw .tooShort(bytes: start.count) }
    _ = try entries(of: start[8..<end], available: fileBytes - end)
  }

  /// Length of the header, from the file's first 8 bytes. Writers should pad it to a multiple of 8;
  /// MLX does not, and the reference implementation reads its files all the same.
  public static func headerBytes(
    of start: [UInt8], fileBytes: Int
  ) throws(SafetensorsError) -> Int {
    guard start.count >= 8 else { throw .tooShort(bytes: start.count) }
    let count = start[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard count <= UInt64(maximumHeaderBytes) else { throw .headerTooLong(bytes: count) }
    let headerBytes = Int(count)
    guard headerBytes <= fileBytes - 8 else {
      throw .headerBehindEnd(headerBytes: headerBytes, fileBytes: fileBytes)
    }
    return headerBytes
  }

  /// The tensors in the order of their data, which they must fill without holes.
  private static func entries(
    of header: ArraySlice<UInt8>, available: Int
  ) throws(SafetensorsError) -> ([Entry], metadata: [String: String]) {
    var (entries, metadata): ([Entry], [String: String]) = ([], [:])
    for member in try members(of: header) {
      if member.key == "__metadata__" {
        metadata = try self.metadata(member.value)
      } else {
        entries.append(try Entry(name: member.key, member.value))
      }
    }
    // Tensors without elements share their begin with the next one and come first.
    entries.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
    var expected = 0
    for entry in entries {
      guard entry.begin == expected else {
        throw .offsets(name: entry.name, expected: expected, found: entry.begin)
      }
      expected = entry.end
      guard expected <= available else { throw .dataEnd(expected: expected, found: available) }
    }
    guard expected == available else { throw .dataEnd(expected: expected, found: available) }
    return (entries, metadata)
  }

  private static func members(
    of header: ArraySlice<UInt8>
  ) throws(SafetensorsError) -> [JSONObject.Member] {
    guard header.first == UInt8(ascii: "{") else { throw .headerStart(byte: header.first ?? 0) }
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
