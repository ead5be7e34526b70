import FileFormats
import Testing

@Suite struct FlatNumbersTests {
  /// A number that is added by name takes the place of a name that was begun.
  @Test func numbersAreAddedByName() {
    var numbers = FlatNumbers()
    numbers.add(1.5, name: "loss".utf8)
    numbers.add(-2, name: "a/b".utf8)
    var found: [String] = []
    numbers.forEach { found.append(String(decoding: $1, as: UTF8.self) + " \($0)") }
    #expect(found == ["loss 1.5", "a/b -2.0"])
    numbers.removeAll()
    numbers.forEach { _, _ in Issue.record("it was emptied") }
  }
}

@Suite struct JSONTests {
  private static let accepted: [(text: String, value: JSONValue)] = [
    ("0", JSONValue.integer(0)), ("-0", .number(-0.0)), ("-12", .integer(-12)),
    ("9223372036854775807", .integer(.max)), ("-9223372036854775807", .integer(-.max)),
    ("9223372036854775808", .number(9223372036854775808)), ("1e3", .number(1000)),
    ("0.1", .number(0.1)), ("2.2250738585072011e-308", .number(.leastNormalMagnitude.nextDown)),
    ("5e-324", .number(.leastNonzeroMagnitude)),
    ("1.7976931348623157e308", .number(.greatestFiniteMagnitude)),
    ("123456789012345678901234567890", .number(0x1.8ee90ff6c373ep+96)),
    ("0.30000000000000004", .number(0.30000000000000004)),
    ("9007199254740993.0", .number(9007199254740992)),
    ("[]", []), ("{}", [:]), (" [ 1 , 2 ] ", [1, 2]), ("{\"a\":{\"b\":null}}", ["a": ["b": .null]]),
    (#""a\"\\\/\b\f\n\r\té😀é""#, "a\"\\/\u{8}\u{C}\n\r\té😀é"),
    ("true", true), ("false", false),
  ]

  /// Logs hold words that are no values: the whole word is told.
  @Test(arguments: ["azAZ09_.-+", "zebra", "Zero", "a9"])
  func aWordInALogIsToldWhole(word: String) {
    let bytes = Array("{\"a\": \(word)}".utf8)
    let error = #expect(throws: JSONError.self) {
      try bytes.withUnsafeBufferPointer { bytes in
        var scanner = LogObjectScanner(bytes)
        var numbers = FlatNumbers()
        _ = try scanner.object(into: &numbers)
      }
    }
    #expect(error.map { "\($0)" }?.contains("`\(word)`") == true)
  }

  /// A text that is cut anywhere, inside an escape too, is refused and never read beyond its end.
  @Test func aTextThatIsCutIsRefused() {
    let text = #"{"a\n": "b\u00e4\ud83d\ude00\"", "c": [1.5e3, true, null, {"d": "\\"}]}"#
    for count in 0..<text.utf8.count {
      #expect(throws: JSONError.self, "\(count)") {
        try JSONValue(decoding: String(text.prefix(count)))
      }
    }
  }

  @Test(arguments: accepted.indices) func readsWhatTheGrammarAllows(index: Int) throws {
    let (text, value) = Self.accepted[index]
    let read = try JSONValue(decoding: text)
    #expect(read == value)
    if case .number(let number) = value, case .number(let other) = read {
      #expect(number.bitPattern == other.bitPattern)
    }
  }

  @Test(arguments: [
    "", " ", "{", "[1,", "[1 2]", "{\"a\"}", "{\"a\":}", "{a:1}", "{'a':1}", "01", "-", "+1", ".5",
    "1.", "1.e2", "1e", "1e400", "NaN", "Infinity", "tru", "nul", "[1]x", "\"", "\"\\x\"",
    "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud800\\u0041\"", "\"\u{1}\"", "\"\n\"",
    "{\"a\":1,\"a\":2}", "[,]", "[1,]", "{,}", "//", "\u{FEFF}1",
  ])
  func refusesEverythingElse(text: String) {
    #expect(throws: JSONError.self) { try JSONValue(decoding: text) }
  }

  @Test func refusesWhatIsNotUTF8() {
    for bytes: [UInt8] in [
      [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0x5C, 0x6E, 0xE2, 0x82, 0x22],
    ] {
      #expect(throws: JSONError.self) { try JSONValue(decoding: bytes) }
    }
  }

  @Test func namesThePlace() throws {
    let error = try #require(throws: JSONError.self) {
      try JSONValue(decoding: "{\"a\": 1,\n  \"b\": nope}")
    }
    #expect((error.line, error.column) == (2, 8))
    #expect(error.message.contains("`n`"))
  }

  @Test func boundsTheDepthInsteadOfTheStack() throws {
    let deep = String(repeating: "[", count: 1_000_000)
    let error = try #require(throws: JSONError.self) { try JSONValue(decoding: deep) }
    #expect(error.message.contains("deeper"))
    _ = try JSONValue(
      decoding: String(repeating: "[", count: 64) + String(repeating: "]", count: 64))
  }

  @Test func findsDuplicatesInLargeObjectsToo() throws {
    let keys = (0..<40).map { "\"k\($0)\":1" }.joined(separator: ",")
    _ = try JSONValue(decoding: "{\(keys)}")
    #expect(throws: JSONError.self) { try JSONValue(decoding: "{\(keys),\"k3\":1}") }
  }

  @Test func acceptsPythonsNotFiniteNumbersOnlyWhenAsked() throws {
    let options = JSONValue.ParsingOptions(acceptsNotFinite: true)
    let read = try JSONValue(decoding: Array("[NaN,Infinity,-Infinity,-1]".utf8), options: options)
    let numbers = (read.array ?? []).compactMap(\.double)
    #expect(numbers.count == 4 && numbers[0].isNaN)
    #expect(numbers.dropFirst() == [.infinity, -.infinity, -1])
  }

  @Test func readsBackEveryDoubleItWrites() throws {
    var generator = Splitmix(state: 1)
    for _ in 0..<20_000 {
      let value = Double(bitPattern: generator.next())
      guard value.isFinite else { continue }
      var bytes: [UInt8] = []
      JSONValue.encode(value, into: &bytes)
      let read = try JSONValue(decoding: bytes).double
      #expect(read?.bitPattern == value.bitPattern || (value == 0 && read == 0))
    }
  }

  /// The fast division must round as a general conversion does, halves included.
  @Test func roundsDecimalsLikeTheStandardLibrary() throws {
    var generator = Splitmix(state: 2)
    for _ in 0..<20_000 {
      let digits = generator.next() >> (generator.next() % 64)
      let places = Int(generator.next() % 19) + 1
      var text = String(digits)
      while text.count <= places { text = "0" + text }
      text.insert(".", at: text.index(text.endIndex, offsetBy: -places))
      #expect(try JSONValue(decoding: text) == .number(Double(text) ?? .nan), "\(text)")
    }
  }

  @Test func neverWritesWhatATerminalWouldObey() throws {
    let hostile = JSONValue.string("a\u{1B}[2J\u{7F}\u{9B}\u{202E}\u{0}\u{FEFF}b\"\\")
    let bytes = hostile.encoded()
    #expect(bytes.allSatisfy { (0x20..<0x7F).contains($0) })
    #expect(try JSONValue(decoding: bytes) == hostile)
  }

  @Test func writesNotFiniteNumbersAsNull() {
    let value: JSONValue = [.real(.nan), .number(.infinity), .real(1), 2.5]
    #expect(String(decoding: value.encoded(), as: UTF8.self) == "[null,null,1,2.5]")
  }
}

/// Repeatable bits for tests (Steele, Lea and Flood 2014).
struct Splitmix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
