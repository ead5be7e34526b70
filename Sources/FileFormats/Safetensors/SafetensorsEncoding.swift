extension SafetensorsFile {
  /// The whole file. The same tensors always give the same bytes, whatever their order here:
  /// wide elements first, so that all data stays aligned, then by name, as the reference
  /// implementation orders them.
  public func encoded() throws(SafetensorsError) -> [UInt8] {
    let layout = try Layout(
      tensors.map { Layout.Entry(name: $0.name, dataType: $0.dataType, shape: $0.shape) },
      metadata: metadata)
    var bytes = layout.head
    bytes.reserveCapacity(layout.byteCount)
    for index in layout.order {
      let (tensor, expected) = (tensors[index], layout.sizes[index])
      guard expected == tensor.data.count else {
        throw .sizeMismatch(name: tensor.name, expected: expected, found: tensor.data.count)
      }
      bytes.append(contentsOf: tensor.data)
    }
    return bytes
  }

  /// What a file of some tensors begins with, and how their data follow: enough to write a file
  /// piece by piece that is larger than memory should be.
  public struct Layout: Sendable {
    public struct Entry: Sendable {
      public var name: String
      public var dataType: DataType
      public var shape: [Int]

      public init(name: String, dataType: DataType, shape: [Int]) {
        self.name = name
        self.dataType = dataType
        self.shape = shape
      }
    }

    /// The bytes before the first tensor's data.
    public let head: [UInt8]
    /// The entries' places in the order in which their data follow each other.
    public let order: [Int]
    /// Bytes of each entry's data.
    public let sizes: [Int]

    /// Bytes of the whole file.
    public var byteCount: Int { sizes.reduce(head.count, +) }

    public init(
      _ entries: [Entry], metadata: [String: String] = [:]
    ) throws(SafetensorsError) {
      var names: Set<String> = []
      var sizes: [Int] = []
      for entry in entries {
        guard names.insert(entry.name).inserted else { throw .duplicateName(entry.name) }
        guard entry.name != "__metadata__" else {
          throw .tensorEntry(name: entry.name, problem: "the name is reserved")
        }
        guard let elements = SafetensorsFile.elementCount(of: entry.shape) else {
          throw .tooLarge(name: entry.name)
        }
        let (size, overflow) = elements.multipliedReportingOverflow(by: entry.dataType.byteCount)
        guard !overflow else { throw .tooLarge(name: entry.name) }
        sizes.append(size)
      }
      let order = entries.indices.sorted { a, b in
        let (first, second) = (entries[a], entries[b])
        return first.dataType.byteCount == second.dataType.byteCount
          ? first.name.utf8.lexicographicallyPrecedes(second.name.utf8)
          : first.dataType.byteCount > second.dataType.byteCount
      }
      self.sizes = sizes
      self.order = order

      var header: [UInt8] = [UInt8(ascii: "{")]
      if !metadata.isEmpty { Self.append(metadata, to: &header) }
      var offset = 0
      for index in order {
        let entry = entries[index]
        let (end, overflow) = offset.addingReportingOverflow(sizes[index])
        guard !overflow else { throw .tooLarge(name: entry.name) }
        if header.count > 1 { header.append(UInt8(ascii: ",")) }
        JSONValue.encode(entry.name, into: &header)
        header.append(contentsOf: ":{\"dtype\":\"\(entry.dataType.rawValue)\",\"shape\":[".utf8)
        header.append(contentsOf: entry.shape.map(String.init).joined(separator: ",").utf8)
        header.append(contentsOf: "],\"data_offsets\":[\(offset),\(end)]}".utf8)
        offset = end
      }
      header.append(UInt8(ascii: "}"))
      while header.count % 8 != 0 { header.append(0x20) }
      guard header.count <= SafetensorsFile.maximumHeaderBytes else {
        throw .headerTooLong(bytes: UInt64(header.count))
      }
      var head: [UInt8] = []
      for shift in 0..<8 { head.append(UInt8(truncatingIfNeeded: header.count >> (8 * shift))) }
      self.head = head + header
    }

    private static func append(_ metadata: [String: String], to header: inout [UInt8]) {
      header.append(contentsOf: "\"__metadata__\":{".utf8)
      let keys = metadata.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      for (index, key) in keys.enumerated() {
        if index > 0 { header.append(UInt8(ascii: ",")) }
        JSONValue.encode(key, into: &header)
        header.append(UInt8(ascii: ":"))
        JSONValue.encode(metadata[key] ?? "", into: &header)
      }
      header.append(UInt8(ascii: "}"))
    }
  }
}
