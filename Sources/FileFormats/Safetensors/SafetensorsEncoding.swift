extension SafetensorsFile {
  /// The whole file. The same tensors always give the same bytes, whatever their order here:
  /// wide elements first, so that all data stays aligned, then by name, as the reference
  /// implementation orders them.
  public func encoded() throws(SafetensorsError) -> [UInt8] {
    let ordered = tensors.sorted { a, b in
      a.dataType.byteCount == b.dataType.byteCount
        ? a.name.utf8.lexicographicallyPrecedes(b.name.utf8)
        : a.dataType.byteCount > b.dataType.byteCount
    }
    var names: Set<String> = []
    for tensor in tensors {
      guard names.insert(tensor.name).inserted else { throw .duplicateName(tensor.name) }
      guard tensor.name != "__metadata__" else {
        throw .tensorEntry(name: tensor.name, problem: "the name is reserved")
      }
    }

    var header: [UInt8] = [UInt8(ascii: "{")]
    if !metadata.isEmpty { appendMetadata(to: &header) }
    var offset = 0
    for tensor in ordered {
      guard let elements = tensor.elementCount else { throw .tooLarge(name: tensor.name) }
      let (expected, overflow) = elements.multipliedReportingOverflow(by: tensor.dataType.byteCount)
      guard !overflow else { throw .tooLarge(name: tensor.name) }
      guard expected == tensor.data.count else {
        throw .sizeMismatch(name: tensor.name, expected: expected, found: tensor.data.count)
      }
      if header.count > 1 { header.append(UInt8(ascii: ",")) }
      JSONValue.encode(tensor.name, into: &header)
      header.append(contentsOf: ":{\"dtype\":\"\(tensor.dataType.rawValue)\",\"shape\":[".utf8)
      header.append(contentsOf: tensor.shape.map(String.init).joined(separator: ",").utf8)
      header.append(contentsOf: "],\"data_offsets\":[\(offset),\(offset + expected)]}".utf8)
      offset += expected
    }
    header.append(UInt8(ascii: "}"))
    while header.count % 8 != 0 { header.append(0x20) }
    guard header.count <= Self.maximumHeaderBytes else {
      throw .headerTooLong(bytes: UInt64(header.count))
    }

    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + offset)
    for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: header.count >> (8 * shift))) }
    bytes.append(contentsOf: header)
    for tensor in ordered { bytes.append(contentsOf: tensor.data) }
    return bytes
  }

  private func appendMetadata(to header: inout [UInt8]) {
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
