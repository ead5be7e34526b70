import Foundation

/// A map as part of a whole frame. Its values are 32-bit numbers, lowest byte first, in one base64 text:
/// those of a passage are half a million, which would take longer to write as decimals than to compute.
extension StateMap: Codable {
  private enum CodingKeys: String, CodingKey {
    case name, units, values, lowest, highest, isBounded, unitNames
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(units, forKey: .units)
    let patterns = values.map(\.bitPattern.littleEndian)
    try container.encode(patterns.withUnsafeBytes { Data($0) }, forKey: .values)
    try container.encode(lowest, forKey: .lowest)
    try container.encode(highest, forKey: .highest)
    try container.encode(isBounded, forKey: .isBounded)
    try container.encode(unitNames, forKey: .unitNames)
  }

  /// Reads a list of decimals as well, which is how earlier runs tell it.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let units = try container.decode(Int.self, forKey: .units)
    let values: [Float]
    if let data = try? container.decode(Data.self, forKey: .values) {
      guard data.count.isMultiple(of: 4) else {
        throw DecodingError.dataCorruptedError(
          forKey: .values, in: container, debugDescription: "not a whole number of 32-bit numbers")
      }
      values = data.withUnsafeBytes { bytes in
        (0..<bytes.count / 4).map {
          Float(
            bitPattern: UInt32(
              littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
        }
      }
    } else {
      values = try container.decode([Float].self, forKey: .values)
    }
    guard units > 0 ? values.count.isMultiple(of: units) : units == 0 && values.isEmpty else {
      throw DecodingError.dataCorruptedError(
        forKey: .values, in: container, debugDescription: "not a value for each unit of a column")
    }
    self.init(
      name: try container.decode(String.self, forKey: .name), units: units, values: values,
      lowest: try container.decode(Float.self, forKey: .lowest),
      highest: try container.decode(Float.self, forKey: .highest),
      isBounded: try container.decode(Bool.self, forKey: .isBounded),
      unitNames: try container.decode([String].self, forKey: .unitNames))
  }
}
