/// The rule of the safetensors format that some bytes, or some tensors to be written, break.
public enum SafetensorsError: Error, Equatable, CustomStringConvertible {
  case tooShort(bytes: Int)
  case headerTooLong(bytes: UInt64)
  case headerBehindEnd(headerBytes: Int, fileBytes: Int)
  case headerStart(byte: UInt8)
  case headerJSON(JSONError)
  case metadata
  case tensorEntry(name: String, problem: String)
  case unknownDataType(name: String, found: String)
  case tooLarge(name: String)
  case sizeMismatch(name: String, expected: Int, found: Int)
  case offsets(name: String, expected: Int, found: Int)
  case dataEnd(expected: Int, found: Int)
  case duplicateName(String)
  case wrongType(name: String, found: SafetensorsFile.DataType)

  public var description: String {
    switch self {
    case .tooShort(let bytes):
      "\(bytes) bytes, expected at least the 8 that say how long the header is"
    case .headerTooLong(let bytes):
      "a header of \(bytes) bytes, expected at most \(SafetensorsFile.maximumHeaderBytes)"
    case .headerBehindEnd(let header, let file):
      "a header of \(header) bytes in a file of \(file)"
    case .headerStart(let byte):
      "the header starts with byte 0x\(String(byte, radix: 16)), expected `{`"
    case .headerJSON(let error):
      "header, \(error)"
    case .metadata:
      "`__metadata__` must map strings to strings"
    case .tensorEntry(let name, let problem):
      "tensor \(Self.quoted(name)): \(problem)"
    case .unknownDataType(let name, let found):
      "tensor \(Self.quoted(name)): unknown dtype \(Self.quoted(found))"
    case .tooLarge(let name):
      "tensor \(Self.quoted(name)): its shape's product does not fit in 63 bits"
    case .sizeMismatch(let name, let expected, let found):
      "tensor \(Self.quoted(name)): \(found) bytes of data, its dtype and shape need \(expected)"
    case .offsets(let name, let expected, let found):
      "tensor \(Self.quoted(name)): data begins at \(found), expected \(expected) (no holes, no overlap)"
    case .dataEnd(let expected, let found):
      "\(found) bytes of data in the file, the header speaks of \(expected)"
    case .duplicateName(let name):
      "two tensors named \(Self.quoted(name))"
    case .wrongType(let name, let found):
      "tensor \(Self.quoted(name)): elements of \(found.rawValue), expected floating point"
    }
  }

  /// A foreign name, cut short and without anything that must not reach a terminal raw.
  static func quoted(_ name: String) -> String {
    var bytes: [UInt8] = []
    JSONValue.encode(String(name.prefix(80)), into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
