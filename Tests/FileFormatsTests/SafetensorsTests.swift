import FileFormats
import Testing

@Suite struct SafetensorsTests {
  private static let one = #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#

  /// A file with this header, padded as the format wants, and so many bytes of data.
  private static func file(_ header: String, data: Int = 4) -> [UInt8] {
    var text = Array(header.utf8)
    while text.count % 8 != 0 { text.append(0x20) }
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
      + Array(repeating: 0, count: data)
  }

  @Test func writesGoldenBytes() throws {
    let file = SafetensorsFile(
      tensors: [
        .init(name: "b", shape: [2], floats: [1, -2]), .init(name: "a", shape: [], doubles: [0.5]),
      ], metadata: ["format": "pt"])
    let header =
      #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"#
      + #""b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}"#
    var expected = Self.file(header, data: 0)
    expected += [0, 0, 0, 0, 0, 0, 0xE0, 0x3F, 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]
    #expect(try file.encoded() == expected)
  }

  @Test func readsBackWhatItWrites() throws {
    let tensors: [SafetensorsFile.Tensor] = [
      .init(
        name: "w\u{1B}\"ü", shape: [2, 3],
        floats: [1, .nan, -0.0, .infinity, .leastNonzeroMagnitude, 3]),
      .init(name: "d", shape: [1, 2], doubles: [.pi, -.leastNonzeroMagnitude]),
      .init(name: "none", shape: [3, 0], floats: []),
      .init(name: "bytes", dataType: .uint8, shape: [3], data: [1, 2, 3]),
    ]
    let read = try SafetensorsFile(decoding: SafetensorsFile(tensors: tensors).encoded())
    #expect(read.tensors.count == 4)
    for tensor in tensors { #expect(read[tensor.name] == tensor) }
    #expect(try read["d"]?.doubles() == [.pi, -.leastNonzeroMagnitude])
    #expect(try read["w\u{1B}\"ü"]?.floats()[4] == .leastNonzeroMagnitude)
  }

  @Test func convertsShorterFloatingPointTypesExactly() throws {
    let half = SafetensorsFile.Tensor(
      name: "h", dataType: .float16, shape: [5],
      data: [0x00, 0x3C, 0x01, 0x00, 0xFF, 0x7B, 0x00, 0xFC, 0x66, 0xAE])
    #expect(try half.floats() == [1, 0x1p-24, 65504, -.infinity, -0.0999755859375])
    let brain = SafetensorsFile.Tensor(
      name: "b", dataType: .bfloat16, shape: [2], data: [0x80, 0x3F, 0x49, 0xC0])
    #expect(try brain.floats() == [1, -3.140625])
    let whole = SafetensorsFile.Tensor(name: "i", dataType: .int64, shape: [0], data: [])
    #expect(throws: SafetensorsError.wrongType(name: "i", found: .int64)) { try whole.floats() }
  }

  @Test func aHeaderNeedsNoPadding() throws {
    let bytes = [UInt8(Self.one.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(Self.one.utf8)
    #expect(Self.one.utf8.count % 8 != 0)
    let file = try SafetensorsFile(decoding: bytes + [0, 0, 0x80, 0x3F])
    #expect(try file["a"]?.floats() == [1])
  }

  /// One broken rule each, with a word that the message must hold.
  private static let broken: [(bytes: [UInt8], word: String)] = [
    ([], "0 bytes"), ([1, 2, 3], "3 bytes"),
    ([0, 0xE1, 0xF5, 0x05, 0, 0, 0, 0] + [0x7B], "header of 100000000"),
    ([1, 0xE1, 0xF5, 0x05, 0, 0, 0, 0] + [0x7B], "at most 100000000"),
    (Array(repeating: 0xFF, count: 16), "at most"),
    ([64, 0, 0, 0, 0, 0, 0, 0] + Array(one.utf8), "in a file of"),
    (file("{}\0", data: 0), "only spaces"),
    (Array(repeating: 0, count: 8), "starts with"),
    (file("[]", data: 0), "starts with"), (file(" {}", data: 0), "starts with"),
    (file("{}\n", data: 0), "only spaces"), (file("{", data: 0), "only spaces"),
    (file(#"{"a":1"#, data: 0), "only spaces"), (file("{nonsense}", data: 0), "header, line 1"),
    (file(#"{"a":1}"#), "expected an object"), (file("{}"), "speaks of 0"),
    (file(#"{"__metadata__":{"a":1}}"#, data: 0), "strings"),
    (file(#"{"__metadata__":[]}"#, data: 0), "strings"),
    (file(String(one.dropLast()) + "," + String(one.dropFirst())), "duplicate key"),
    (file(one, data: 3), "3 bytes of data"), (file(one, data: 5), "5 bytes of data"),
    (file(entry("F33", "[1]", "[0,4]")), "unknown dtype"),
    (file(entry("f32", "[1]", "[0,4]")), "unknown dtype"),
    (file(entry("F32", "[-1]", "[0,4]")), "none negative"),
    (file(entry("F32", "[1.5]", "[0,4]")), "whole numbers"),
    (file(entry("F32", "1", "[0,4]")), "`shape`"),
    (file(entry("F32", "[1]", "[4,0]")), "begin before end"),
    (file(entry("F32", "[1]", "[0,4,8]")), "two whole numbers"),
    (file(entry("F32", "[1]", "[-4,0]")), "two whole numbers"),
    (file(entry("F32", "[2]", "[0,4]")), "need 8"),
    (file(entry("F32", "[4294967296,4294967296]", "[0,4]")), "63 bits"),
    (file(entry("F64", "[4611686018427387904]", "[0,4]")), "63 bits"),
    (file(entry("F32", "[1]", "[4,8]"), data: 8), "no holes"),
    (file(pair("[0,4]", "[2,6]"), data: 6), "no overlap"),
    (file(pair("[0,4]", "[5,9]"), data: 9), "no holes"),
    (file(pair("[0,4]", "[0,4]"), data: 4), "no overlap"),
    (file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}"#), #"unknown key "x""#),
    (file(#"{"a":{"shape":[1],"data_offsets":[0,4]}}"#), "`dtype`"),
  ]

  private static func entry(_ type: String, _ shape: String, _ offsets: String) -> String {
    #"{"a":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}}"#
  }

  private static func pair(_ first: String, _ second: String) -> String {
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":\#(first)},"#
      + #""b":{"dtype":"F32","shape":[1],"data_offsets":\#(second)}}"#
  }

  @Test(arguments: broken.indices) func refusesWithTheBrokenRule(index: Int) throws {
    let (bytes, word) = Self.broken[index]
    let error = try #require(throws: SafetensorsError.self) {
      try SafetensorsFile(decoding: bytes)
    }
    #expect(error.description.contains(word), "\(error)")
  }

  @Test func namesFromStrangersAreHarmlessInMessages() throws {
    let header = "{\"\\u001b[2J\":{\"dtype\":\"\\u001bX\",\"shape\":[1],\"data_offsets\":[0,4]}}"
    let error = try #require(throws: SafetensorsError.self) {
      try SafetensorsFile(decoding: Self.file(header))
    }
    #expect(!error.description.unicodeScalars.contains("\u{1B}"))
  }

  @Test func refusesToWriteWhatItWouldNotRead() {
    let short = SafetensorsFile(tensors: [
      .init(name: "a", dataType: .float32, shape: [2], data: [0])
    ])
    #expect(throws: SafetensorsError.sizeMismatch(name: "a", expected: 8, found: 1)) {
      try short.encoded()
    }
    let one = SafetensorsFile.Tensor(name: "a", shape: [1], floats: [1])
    #expect(throws: SafetensorsError.duplicateName("a")) {
      try SafetensorsFile(tensors: [one, one]).encoded()
    }
  }
}
