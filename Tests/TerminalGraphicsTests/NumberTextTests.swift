import Testing

@testable import TerminalGraphics

@Suite struct NumberTextTests {
  @Test func bytesChangeTheirUnitAtPowersOf1024() {
    #expect(NumberText.bytes(0) == "0 B" && NumberText.bytes(1023) == "1023 B")
    #expect(NumberText.bytes(1024) == "1.0 KB" && NumberText.bytes(1025) == "1.0 KB")
    #expect(NumberText.bytes(1 << 20) == "1.0 MB" && NumberText.bytes(1 << 30) == "1.0 GB")
    #expect(NumberText.bytes((1 << 20) - 1) == "1024 KB")
  }

  @Test func numbersReadAsPeopleWriteThem() {
    #expect(NumberText.fixed(2.1867, 3) == "2.187")
    #expect(NumberText.fixed(-0.0004, 3) == "0.000")
    #expect(NumberText.fixed(-1.5, 1) == "−1.5")
    #expect(NumberText.fixed(.nan, 2) == "NaN" && NumberText.fixed(-.infinity, 2) == "−∞")
    #expect(NumberText.significant(0.002, 2) == "0.0020")
    #expect(NumberText.significant(1.0801) == "1.08")
    #expect(NumberText.significant(1.2e-6, 2) == "1.2e−6")
    #expect(NumberText.significant(9.99e-8, 2) == "1.0e−7")
    #expect(NumberText.brief(5) == "5" && NumberText.brief(0.8) == "0.8")
    #expect(NumberText.brief(100) == "100")
    #expect(NumberText.grouped(12_480) == "12,480" && NumberText.grouped(-7) == "−7")
    #expect(NumberText.grouped(.min).hasPrefix("−9,223"))
    #expect(NumberText.compact(612_345) == "612 k" && NumberText.compact(999_999) == "1.0 M")
    #expect(NumberText.percent(0.003) == "0.3 %" && NumberText.percent(0.00001) == "<0.1 %")
    #expect(NumberText.percent(0) == "0 %" && NumberText.percent(1) == "100 %")
    #expect(NumberText.duration(273_600) == "3 d 4 h" && NumberText.duration(-1) == "–")
    #expect(NumberText.bytes(217_000) == "212 KB" && NumberText.bytes(5) == "5 B")
  }

  /// No time stands without its units, and what is left out is rounded.
  @Test func durationsNameTheirUnits() {
    let told: [(seconds: Double, units: Int, text: String)] = [
      (0, 2, "0 s"), (8.2, 2, "8 s"), (252, 2, "4 min 12 s"), (240, 2, "4 min"),
      (3753, 2, "1 h 3 min"), (3753, 4, "1 h 2 min 33 s"), (3599.7, 2, "1 h"), (215, 1, "4 min"),
      (7199, 1, "2 h"), (90_000, 2, "25 h"), (273_600, 2, "3 d 4 h"), (259_210, 4, "3 d 10 s"),
      (172_799, 2, "2 d"), (.nan, 2, "–"), (.infinity, 2, "–"),
    ]
    for (seconds, units, text) in told {
      #expect(NumberText.duration(seconds, units: units) == text, "\(seconds) in \(units)")
    }
  }
}
