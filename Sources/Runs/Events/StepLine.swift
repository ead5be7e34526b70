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
    key(0)
    DecimalNumber.append(record.step, to: &bytes)
    key(1)
    number(DecimalNumber.rounded(record.epoch, places: 6))
    key(2)
    number(record.loss)
    key(3)
    number(record.gradientNorm)
    key(4)
    bytes.append(contentsOf: record.clipped ? "true".utf8 : "false".utf8)
    key(5)
    number(record.learningRate)
    key(6)
    DecimalNumber.append(record.tokens, to: &bytes)
    key(7)
    number(DecimalNumber.rounded(record.tokensPerSecond, places: 1))
    key(8)
    number(DecimalNumber.rounded(record.elapsed, places: 6))
    key(9)
    bytes.append(0x0A)
  }

  /// Reads a line exactly as `append` writes it; nil for any other, which then is read as JSON.
  static func decode(_ line: UnsafeBufferPointer<UInt8>) -> StepRecord? {
    var scanner = Scanner(bytes: line)
    guard scanner.skip(keys[0]), let step = scanner.integer(),
      scanner.skip(keys[1]), let epoch = scanner.number(),
      scanner.skip(keys[2]), let loss = scanner.number(),
      scanner.skip(keys[3]), let gradientNorm = scanner.number(),
      scanner.skip(keys[4]), let clipped = scanner.bool(),
      scanner.skip(keys[5]), let learningRate = scanner.number(),
      scanner.skip(keys[6]), let tokens = scanner.integer(),
      scanner.skip(keys[7]), let rate = scanner.number(),
      scanner.skip(keys[8]), let elapsed = scanner.number(),
      scanner.skip(keys[9]), scanner.position == line.count,
      SaneNumbers.steps.contains(step), SaneNumbers.tokens.contains(tokens)
    else { return nil }
    return StepRecord(
      step: step, epoch: epoch, loss: loss, gradientNorm: gradientNorm, clipped: clipped,
      learningRate: learningRate, tokens: tokens, elapsed: elapsed,
      duration: rate > 0 ? Double(tokens) / rate : 0)
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
