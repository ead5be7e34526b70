import FileFormats
import TrainingEvents

/// The line of one training step, which makes up nearly all of a record: written and read without
/// building a JSON value.
enum StepLine {
  private static let keys: [StaticString] = [
    "{\"event\":\"step\",\"step\":", ",\"epoch\":", ",\"loss\":", ",\"gradientNorm\":",
    ",\"clipped\":", ",\"learningRate\":", ",\"tokens\":", ",\"tokensPerSecond\":",
    ",\"elapsed\":", "}",
  ]

  static func append(_ record: StepRecord, to bytes: inout [UInt8]) {
    func key(_ index: Int) {
      bytes.append(
        contentsOf: UnsafeBufferPointer(
          start: keys[index].utf8Start, count: keys[index].utf8CodeUnitCount))
    }
    func number(_ value: Double) { JSONValue.encode(value, into: &bytes) }
    /// What was not logged has no key.
    func member(_ index: Int, _ value: Double?, places: Int? = nil) {
      guard let value else { return }
      key(index)
      number(places.map { DecimalNumber.rounded(value, places: $0) } ?? value)
    }
    key(0)
    DecimalNumber.append(record.step, to: &bytes)
    member(1, record.epoch, places: 6)
    member(2, record.loss)
    member(3, record.gradientNorm)
    if let clipped = record.clipped {
      key(4)
      bytes.append(contentsOf: clipped ? "true".utf8 : "false".utf8)
    }
    member(5, record.learningRate)
    if let tokens = record.tokens {
      key(6)
      DecimalNumber.append(tokens, to: &bytes)
    }
    member(7, record.tokensPerSecond, places: 1)
    member(8, record.elapsed, places: 6)
    key(9)
    bytes.append(0x0A)
  }

  /// Reads a line exactly as `append` writes it; nil for any other, which then is read as JSON.
  static func decode(_ line: UnsafeBufferPointer<UInt8>) -> StepRecord? {
    var scanner = Scanner(bytes: line)
    guard scanner.skip(keys[0]), let step = scanner.integer() else { return nil }
    let epoch = scanner.member(keys[1]) { $0.number() }
    guard scanner.skip(keys[2]), let loss = scanner.number() else { return nil }
    let gradientNorm = scanner.member(keys[3]) { $0.number() }
    let clipped = scanner.member(keys[4]) { $0.bool() }
    let learningRate = scanner.member(keys[5]) { $0.number() }
    let tokens = scanner.member(keys[6]) { $0.integer() }
    let rate = scanner.member(keys[7]) { $0.number() }
    let elapsed = scanner.member(keys[8]) { $0.number() }
    // A member that is no number leaves the scanner before a value, and so not at the end.
    guard scanner.skip(keys[9]), scanner.position == line.count, SaneNumbers.steps.contains(step),
      SaneNumbers.tokens.contains(tokens ?? 0)
    else { return nil }
    return StepRecord(
      step: step, epoch: epoch, loss: loss, gradientNorm: gradientNorm, clipped: clipped,
      learningRate: learningRate, tokens: tokens, elapsed: elapsed,
      duration: duration(tokens: tokens, tokensPerSecond: rate))
  }

  /// Seconds that a step took, of which a line tells the speed.
  static func duration(tokens: Int?, tokensPerSecond rate: Double?) -> Double? {
    guard let tokens, let rate, rate > 0 else { return nil }
    return Double(tokens) / rate
  }

  /// Whether a line begins as `append` writes it.
  static func isStep(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    var scanner = Scanner(bytes: line)
    return scanner.skip(keys[0])
  }

  private struct Scanner {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    mutating func skip(_ text: StaticString) -> Bool {
      let count = text.utf8CodeUnitCount
      guard count <= bytes.count - position else { return false }
      for offset in 0..<count where bytes[position + offset] != text.utf8Start[offset] {
        return false
      }
      position += count
      return true
    }

    /// The value behind a key; nil where the line has no such key here.
    mutating func member<Value>(
      _ key: StaticString, _ read: (inout Scanner) -> Value?
    ) -> Value? {
      skip(key) ? read(&self) : nil
    }

    mutating func integer() -> Int? {
      guard case .integer(let value)? = DecimalNumber.scan(bytes, at: &position) else { return nil }
      return value
    }

    mutating func number() -> Double? {
      if let value = DecimalNumber.scan(bytes, at: &position) { return value.double }
      return skip("null") ? .nan : nil
    }

    mutating func bool() -> Bool? {
      if skip("true") { return true }
      return skip("false") ? false : nil
    }
  }
}
