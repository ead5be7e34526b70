/// One event of a TensorBoard event file: values of one step.
public struct TFEvent: Sendable, Equatable {
  /// Counts of numbers in buckets.
  public struct Histogram: Sendable, Equatable {
    public var minimum: Double
    public var maximum: Double
    public var count: Double
    public var sum: Double
    public var sumOfSquares: Double
    /// Upper end of each bucket; the first one's lower end is the smallest number there is.
    public var limits: [Double]
    public var counts: [Double]

    public init(
      minimum: Double, maximum: Double, count: Double, sum: Double, sumOfSquares: Double,
      limits: [Double], counts: [Double]
    ) {
      self.minimum = minimum
      self.maximum = maximum
      self.count = count
      self.sum = sum
      self.sumOfSquares = sumOfSquares
      self.limits = limits
      self.counts = counts
    }
  }

  public enum Value: Sendable, Equatable {
    case scalar(Float)
    case histogram(Histogram)
  }

  /// Seconds since 1970.
  public var wallTime: Double
  public var step: Int
  /// `brain.Event:2` in a file's first event; nil in all others.
  public var fileVersion: String?
  public var values: [(tag: String, value: Value)]

  public init(
    wallTime: Double, step: Int = 0, fileVersion: String? = nil,
    values: [(tag: String, value: Value)] = []
  ) {
    self.wallTime = wallTime
    self.step = step
    self.fileVersion = fileVersion
    self.values = values
  }

  public static let version = "brain.Event:2"

  public static func == (a: TFEvent, b: TFEvent) -> Bool {
    a.wallTime == b.wallTime && a.step == b.step && a.fileVersion == b.fileVersion
      && a.values.elementsEqual(b.values) { $0.tag == $1.tag && $0.value == $1.value }
  }
}

extension TFEvent {
  /// The event as a protocol buffer.
  public func encoded() -> [UInt8] {
    var event = ProtobufWriter()
    event.double(1, wallTime)
    if step != 0 { event.integer(2, step) }
    if let fileVersion { event.data(3, Array(fileVersion.utf8)) }
    if !values.isEmpty {
      var summary = ProtobufWriter()
      for (tag, value) in values {
        var entry = ProtobufWriter()
        entry.data(1, Array(tag.utf8))
        switch value {
        case .scalar(let number): entry.float(2, number)
        case .histogram(let histogram): entry.data(5, histogram.encoded())
        }
        summary.data(1, entry.bytes)
      }
      event.data(5, summary.bytes)
    }
    return event.bytes
  }

  /// The event as a record of an event file: length, checksum, data, checksum.
  public func record() -> [UInt8] {
    let data = encoded()
    let length = (0..<8).map { UInt8(truncatingIfNeeded: data.count >> (8 * $0)) }
    func checksum(_ bytes: [UInt8]) -> [UInt8] {
      let crc = CRC32C.masked(bytes)
      return (0..<4).map { UInt8(truncatingIfNeeded: crc >> (8 * UInt32($0))) }
    }
    return length + checksum(length) + data + checksum(data)
  }

  /// Reads a protocol buffer; what it holds beside scalars and histograms is passed over.
  /// - Returns: nil where the bytes are no message.
  public init?(decoding bytes: ArraySlice<UInt8>) {
    guard let event = bytes.withUnsafeBytes({ TFEvent(decoding: $0) }) else { return nil }
    self = event
  }

  init?(decoding bytes: UnsafeRawBufferPointer) {
    self.init(wallTime: 0)
    var reader = ProtobufReader(bytes)
    while let (field, value) = reader.next() {
      switch field {
      case 1: wallTime = value.double ?? wallTime
      case 2: step = value.int ?? step
      case 3: fileVersion = value.text
      case 5:
        guard let summary = value.data, readSummary(summary) else { return nil }
      default: break
      }
    }
    if reader.isBroken { return nil }
  }

  private mutating func readSummary(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var reader = ProtobufReader(bytes)
    while let (field, value) = reader.next() {
      guard field == 1, let entry = value.data else { continue }
      guard readValue(entry) else { return false }
    }
    return !reader.isBroken
  }

  private mutating func readValue(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var reader = ProtobufReader(bytes)
    var tag = ""
    var found: Value?
    while let (field, value) = reader.next() {
      switch field {
      case 1: tag = value.text ?? tag
      case 2: found = value.double.map { .scalar(Float($0)) } ?? found
      case 5:
        guard let data = value.data, let histogram = Histogram(decoding: data) else { return false }
        found = .histogram(histogram)
      case 8: found = value.data.flatMap(ScalarTensor.number).map { .scalar(Float($0)) } ?? found
      default: break
      }
    }
    if let found { values.append((tag, found)) }
    return !reader.isBroken
  }
}

extension TFEvent.Histogram {
  /// The histogram of some numbers over buckets that grow by a tenth, as TensorBoard's own.
  ///
  /// Numbers that are not finite are left out.
  public init(of numbers: some Sequence<Float>) {
    self.init(
      minimum: .infinity, maximum: -.infinity, count: 0, sum: 0, sumOfSquares: 0, limits: [],
      counts: [])
    var counts = [Double](repeating: 0, count: Self.usualLimits.count)
    for number in numbers where number.isFinite {
      let value = Double(number)
      minimum = min(minimum, value)
      maximum = max(maximum, value)
      count += 1
      sum += value
      sumOfSquares += value * value
      counts[Self.bucket(of: value)] += 1
    }
    guard count > 0, let first = counts.firstIndex(where: { $0 > 0 }),
      let last = counts.lastIndex(where: { $0 > 0 })
    else {
      (minimum, maximum) = (0, 0)
      return
    }
    // The bucket before the first says where that one begins.
    let start = max(0, first - 1)
    limits = Array(Self.usualLimits[start...last])
    self.counts = Array(counts[start...last])
  }

  private static let usualLimits: [Double] = {
    var positive: [Double] = []
    var limit = 1e-12
    while limit < 1e20 {
      positive.append(limit)
      limit *= 1.1
    }
    positive.append(.greatestFiniteMagnitude)
    return positive.reversed().map { -$0 } + [0] + positive
  }()

  private static func bucket(of value: Double) -> Int {
    var (low, high) = (0, usualLimits.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if usualLimits[middle] > value { high = middle } else { low = middle + 1 }
    }
    return low
  }

  fileprivate func encoded() -> [UInt8] {
    var message = ProtobufWriter()
    for (field, value) in zip(1..., [minimum, maximum, count, sum, sumOfSquares]) {
      message.double(field, value)
    }
    message.doubles(6, limits)
    message.doubles(7, counts)
    return message.bytes
  }

  fileprivate init?(decoding bytes: UnsafeRawBufferPointer) {
    self.init(
      minimum: 0, maximum: 0, count: 0, sum: 0, sumOfSquares: 0, limits: [], counts: [])
    var reader = ProtobufReader(bytes)
    while let (field, value) = reader.next() {
      switch field {
      case 1: minimum = value.double ?? 0
      case 2: maximum = value.double ?? 0
      case 3: count = value.double ?? 0
      case 4: sum = value.double ?? 0
      case 5: sumOfSquares = value.double ?? 0
      case 6: limits += value.doubles(width: 8)
      case 7: counts += value.doubles(width: 8)
      default: break
      }
    }
    if reader.isBroken || limits.count != counts.count { return nil }
  }
}
