import Testing

@testable import TerminalGraphics

@Suite struct NumberTextTests {
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
    #expect(NumberText.duration(8.2) == "0:08" && NumberText.duration(3753) == "1:02:33")
    #expect(NumberText.duration(273_600) == "3 d 4 h" && NumberText.duration(-1) == "–")
    #expect(NumberText.bytes(217_000) == "212 KB" && NumberText.bytes(5) == "5 B")
  }
}
