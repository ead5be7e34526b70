import Testing

@testable import FileFormats

/// Decimal text is read as the nearest `Double`, whichever way is taken for its length.
@Suite struct DecimalNumberTests {
  private func read(_ text: String) -> Double? {
    Array(text.utf8).withUnsafeBufferPointer { bytes in
      var end = 0
      let number = DecimalNumber.scan(bytes, at: &end)
      return end == bytes.count ? number?.double : nil
    }
  }

  @Test func everyNumberOfDigitsIsReadExactly() {
    var state: UInt64 = 7
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 1
    }
    for whole in 0...18 {
      for fraction in 1...24 {
        for _ in 0..<20 {
          let a = String(repeating: "0", count: 20) + String(next())
          let b = String(next()) + String(next())
          let digits = String(a.suffix(whole)).drop { $0 == "0" }
          // Zeros before the first digit that counts.
          let zeros = String(repeating: "0", count: Int(next() >> 40) % 3 * 5)
          let text = (digits.isEmpty ? "0" : digits) + "." + (zeros + b.prefix(fraction))
          #expect(read(String(text)) == Double(text), "\(text)")
        }
      }
    }
    for text in ["5.0123456789012345", "0.12345678", "1.1234567", "0.00000000", "-3.14159265e-7"] {
      #expect(read(text) == Double(text), "\(text)")
    }
  }

  @Test func eightBytesThatAreNotAllDigitsEndTheNumber() {
    for text in ["0.1234567,", "0.1234567:", "0.1234567/", "0.123 5678", "0.1e345678x"] {
      #expect(read(text) == nil, "\(text)")
    }
    #expect(read("0.123e4567") == .infinity)
  }
}
