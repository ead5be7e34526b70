import FileFormats
import Testing

@Suite struct TFEventsTests {
  /// RFC 3720, appendix B.4.
  @Test func checksumsAreCastagnolis() {
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum((0..<32).map { UInt8($0) }) == 0x46DD_794E)
    #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
  }

  /// What TensorBoard itself writes for this first event.
  @Test func theFirstRecordIsGolden() {
    let event = TFEvent(wallTime: 1, fileVersion: TFEvent.version)
    #expect(
      event.record() == [
        0x18, 0, 0, 0, 0, 0, 0, 0, 0xA3, 0x7F, 0x4B, 0x22, 0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x1A,
        0x0D,
      ] + Array("brain.Event:2".utf8) + event.record().suffix(4))
  }

  private static let events: [TFEvent] = [
    TFEvent(wallTime: 1_700_000_000.5, fileVersion: TFEvent.version),
    TFEvent(
      wallTime: 1, step: 7,
      values: [("train/loss", .scalar(2.5)), ("ü/\u{1B}", .scalar(-.infinity))]),
    TFEvent(
      wallTime: 2, step: 1 << 40,
      values: [("states", .histogram(.init(of: [-1, 0, 0.5, 0.5, .nan, 3])))]),
    TFEvent(wallTime: 3, step: -1),
  ]

  private static let file = events.flatMap { $0.record() }

  @Test func readsBackWhatItWrites() throws {
    var parser = TFEventsParser()
    #expect(try parser.append(Self.file) == Self.events)
    #expect(parser.isAtBoundary)
  }

  @Test(arguments: [1, 3, 11, 12, 13, 50]) func tornRecordsWait(piece: Int) throws {
    var parser = TFEventsParser()
    var events: [TFEvent] = []
    for start in stride(from: 0, to: Self.file.count, by: piece) {
      events += try parser.append(Self.file[start..<min(start + piece, Self.file.count)])
    }
    #expect(events == Self.events)
  }

  @Test func everyFlippedBitIsFound() throws {
    let record = Self.events[1].record()
    for bit in 0..<record.count * 8 {
      var bytes = record
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      var parser = TFEventsParser()
      #expect(throws: TFEventsError.self) { try parser.append(bytes) }
    }
  }

  @Test func absurdLengthsAreRefusedBeforeTheyCost() throws {
    let length: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0x7F]
    let crc = CRC32C.masked(length)
    var parser = TFEventsParser()
    #expect(throws: TFEventsError.tooLong(offset: 0, bytes: 0x7F00_0000_0000_0000)) {
      try parser.append(length + (0..<4).map { UInt8(truncatingIfNeeded: crc >> (8 * UInt32($0))) })
    }
  }

  @Test func histogramsCountEveryNumberOnce() {
    let histogram = TFEvent.Histogram(of: [-2, -2, 0, 1e-20, 5, .infinity, .nan])
    #expect(histogram.count == 5 && histogram.counts.reduce(0, +) == 5)
    #expect(histogram.minimum == -2 && histogram.maximum == 5 && histogram.sum == 1)
    #expect(zip(histogram.limits, histogram.limits.dropFirst()).allSatisfy { $0 < $1 })
    #expect(histogram.limits.count == histogram.counts.count)
    #expect(TFEvent.Histogram(of: []).counts.isEmpty)
  }

  /// TensorFlow 2's scalars are tensors: field 8 of a value.
  @Test func readsScalarsThatAreTensors() throws {
    let tensor: [UInt8] = [0x08, 1, 0x2A, 4, 0, 0, 0x20, 0x40]
    let value: [UInt8] = [0x0A, 1, 0x61, 0x42, UInt8(tensor.count)] + tensor
    let summary: [UInt8] = [0x0A, UInt8(value.count)] + value
    let event = try #require(TFEvent(decoding: ([0x2A, UInt8(summary.count)] + summary)[...]))
    #expect(event.values.count == 1 && event.values[0] == ("a", .scalar(2.5)))
  }

  /// An event with one value named `a`, whose other field is given.
  private static func event(_ field: UInt8, _ content: [UInt8]) -> TFEvent? {
    let value: [UInt8] = [0x0A, 1, 0x61, field << 3 | 2, UInt8(content.count)] + content
    let summary: [UInt8] = [0x0A, UInt8(value.count)] + value
    return TFEvent(decoding: ([0x2A, UInt8(summary.count)] + summary)[...])
  }

  /// IEEE 754 half precision: normal, subnormal, the largest, infinite; and bfloat16.
  @Test(
    arguments: [
      (19, 0x3C00, 1), (19, 0xC100, -2.5), (19, 0x0400, 0x1p-14), (19, 0x0001, 0x1p-24),
      (19, 0x83FF, -0x1.FF8p-15), (19, 0x7BFF, 65504), (19, 0xFC00, -Float.infinity), (19, 0, 0),
      (14, 0x3FC0, 1.5),
    ] as [(UInt8, Int, Float)])
  func readsScalarsOfHalfTheWidth(type: UInt8, bits: Int, number: Float) throws {
    let varint = [UInt8(bits & 0x7F) | 0x80, UInt8(bits >> 7 & 0x7F) | 0x80, UInt8(bits >> 14)]
    let event = try #require(Self.event(8, [0x08, type, 0x68] + varint))
    #expect(event.values.count == 1 && event.values[0] == ("a", .scalar(number)))
  }

  /// Records of one length, as logs are full of: each has its own checksum of it.
  @Test(arguments: 0..<12)
  func theSecondOfTwoEqualLengthsIsCheckedToo(byte: Int) throws {
    let first = TFEvent(wallTime: 1, step: 7, values: [("a", .scalar(1))]).record()
    var second = TFEvent(wallTime: 2, step: 8, values: [("a", .scalar(2))]).record()
    #expect(first.count == second.count)
    var parser = TFEventsParser()
    let both = try parser.append(first + second)
    #expect(both.count == 2)
    second[byte] ^= 0x40
    var damaged = TFEventsParser()
    #expect(throws: (any Error).self) {
      let events = try damaged.append(first + second)
      // A length that is too large waits for more.
      if events.count == 1, !damaged.isAtBoundary {
        throw JSONError(line: 1, column: 1, message: "")
      }
    }
  }

  /// Damage is told by its place in the whole file, not in the piece that was read.
  @Test func whatIsNoEventIsToldByItsPlaceInTheFile() throws {
    let first = TFEvent(wallTime: 1, step: 7, values: [("a", .scalar(1))]).record()
    var noEvent: [UInt8] = []
    for part in [[1, 0, 0, 0, 0, 0, 0, 0], [0xFF]] as [[UInt8]] {
      let crc = CRC32C.masked(part)
      noEvent += part + (0..<4).map { UInt8(truncatingIfNeeded: crc >> (8 * UInt32($0))) }
    }
    var parser = TFEventsParser()
    #expect(try parser.append(first).count == 1)
    #expect(throws: TFEventsError.message(offset: 2 * first.count)) {
      try parser.append(first + noEvent)
    }
  }

  /// Zeros are not written in Protocol Buffers.
  @Test func whatAHistogramDoesNotSayIsZero() throws {
    let largest: [UInt8] = [0x11, 0, 0, 0, 0, 0, 0, 0, 0x40]
    let event = try #require(Self.event(5, largest))
    let histogram = TFEvent.Histogram(
      minimum: 0, maximum: 2, count: 0, sum: 0, sumOfSquares: 0, limits: [], counts: [])
    #expect(event.values.count == 1 && event.values[0] == ("a", .histogram(histogram)))
    #expect(try #require(Self.event(5, [])).values[0] == ("a", .histogram(.init(of: []))))
  }

  /// Written by TensorBoard 2.21's own event file writer: a scalar as PyTorch writes it, one as
  /// TensorFlow 2 does, and a histogram.
  private static let foreign = [
    "4800000000000000fe92489d096a96f6ac5bc1da411a0d627261696e2e4576656e743a32522e0a2c",
    "74656e736f72626f6172642e73756d6d6172792e7772697465722e6576656e745f66696c655f7772",
    "697465723c98ecda200000000000000029eda9500900005040fc54d94110012a130a110a0a4c6f73",
    "732f747261696e1500002040c3310f242c00000000000000f4aecc450900009040fc54d94110022a",
    "1f0a1d0a046c6f7373420808012a040000003e4a0b0a090a077363616c61727382e8c5e475000000",
    "00000000d7d94178090000d040fc54d94110032a680a660a01682a6109000000000000f0bf110000",
    "00000000004019000000000000084021000000000000f03f29000000000000144032180000000000",
    "000000000000000000f03f00000000000008403a18000000000000f03f000000000000f03f000000",
    "000000f03f41abf558",
  ].joined()

  @Test func readsWhatTensorBoardWrites() throws {
    let bytes = stride(from: 0, to: Self.foreign.utf8.count, by: 2).compactMap { offset in
      UInt8(Self.foreign.dropFirst(offset).prefix(2), radix: 16)
    }
    var parser = TFEventsParser()
    let events = try parser.append(bytes)
    #expect(parser.isAtBoundary && events.count == 4)
    #expect(events[0].fileVersion == TFEvent.version && events[1].wallTime == 1_700_000_001.25)
    #expect(events[1].values[0] == ("Loss/train", .scalar(2.5)))
    #expect(events[2].values[0] == ("loss", .scalar(0.125)) && events[2].step == 2)
    let histogram = TFEvent.Histogram(
      minimum: -1, maximum: 2, count: 3, sum: 1, sumOfSquares: 5, limits: [0, 1, 3],
      counts: [1, 1, 1])
    #expect(events[3].values[0] == ("h", .histogram(histogram)))
  }
}
