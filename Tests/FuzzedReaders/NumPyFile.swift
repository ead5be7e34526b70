import FileFormats

/// Builds `.npy` and `.npz` bytes for tests.
public enum NumPyFile {
  public static func array(
    _ kind: String, _ shape: [Int], _ data: [UInt8], fortran: Bool = false
  ) -> [UInt8] {
    let axes = shape.map { "\($0)," }.joined(separator: " ")
    var header =
      "{'descr': '\(kind)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': (\(axes)), }"
    while (header.utf8.count + 11) % 64 != 0 { header += " " }
    header += "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + little(header.utf8.count, 2)
      + Array(header.utf8) + data
  }

  public static func floats(_ values: [Float], _ shape: [Int]) -> [UInt8] {
    array("<f4", shape, values.flatMap { little(Int($0.bitPattern), 4) })
  }

  public static func integers(_ values: [Int], _ shape: [Int]) -> [UInt8] {
    array("<i8", shape, values.flatMap { little($0, 8) })
  }

  /// A zip archive of stored members, each `NAME.npy`, in the names' order.
  public static func archive(_ arrays: [String: [UInt8]]) -> [UInt8] {
    var (body, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, content) in arrays.sorted(by: { $0.key < $1.key }) {
      let file = Array("\(name).npy".utf8)
      let checksum = Int(content.withUnsafeBytes { CRC32.checksum($0) })
      let sizes =
        little(checksum, 4) + little(content.count, 4) + little(content.count, 4)
        + little(file.count, 2) + [0, 0]
      directory += [0x50, 0x4B, 1, 2, 20, 0, 20, 0, 0, 0, 0, 0, 0, 0, 33, 0] + sizes
      directory += [UInt8](repeating: 0, count: 10) + little(body.count, 4) + file
      body += [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 0, 0, 0, 0, 33, 0] + sizes + file + content
    }
    return body + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + little(arrays.count, 2)
      + little(arrays.count, 2) + little(directory.count, 4) + little(body.count, 4) + [0, 0]
  }

  public static func little(_ value: Int, _ bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
