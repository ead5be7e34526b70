/// The numbers of one event, without making values of anything else: event files hold hundreds of
/// thousands of them.
public struct TFScalars {
  /// Seconds since 1970.
  public var wallTime = 0.0
  public var step = 0
  /// What the event holds beside numbers, such as `histograms`.
  public var others: [String] = []

  /// Reads a record of an event file.
  /// - Parameters:
  ///   - record: the event as a protocol buffer.
  ///   - body: gets each number with its tag's bytes.
  /// - Returns: nil where the bytes are no event; `body` may have been called by then.
  public init?(
    _ record: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, Double) -> Void
  ) {
    var reader = ProtobufReader(record)
    var summary: UnsafeRawBufferPointer?
    while let (field, value) = reader.next() {
      switch field {
      case 1: wallTime = value.double ?? wallTime
      case 2: step = value.int ?? step
      case 5: summary = value.data
      default: break
      }
    }
    if reader.isBroken { return nil }
    guard let summary else { return }
    var values = ProtobufReader(summary)
    while let (field, value) = values.next() {
      guard field == 1, let entry = value.data else { continue }
      guard read(entry, body) else { return nil }
    }
    if values.isBroken { return nil }
  }

  private mutating func read(
    _ entry: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, Double) -> Void
  ) -> Bool {
    var reader = ProtobufReader(entry)
    var tag: UnsafeRawBufferPointer?
    var number: Double?
    var other: String?
    while let (field, value) = reader.next() {
      switch field {
      case 1: tag = value.data
      case 2: number = value.double
      case 4: other = "images"
      case 5: other = "histograms"
      case 6: other = "audio"
      case 8:
        number = value.data.flatMap(ScalarTensor.number) ?? number
        if number == nil { other = "tensors and texts" }
      default: break
      }
    }
    if let number, let tag { body(tag, number) } else if let other { others.append(other) }
    return !reader.isBroken
  }
}
