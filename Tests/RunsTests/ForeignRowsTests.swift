import Testing

@testable import Runs

/// Rows of a log until they are told.
@Suite struct ForeignRowsTests {
  @Test func whatWasToldIsForgottenAndWhatIsGatheredStays() {
    var rows = ForeignRows()
    for step in 1...3 {
      rows.add(Double(step) / 2, id: 0)
      rows.add(Double(-step), id: 1)
      rows.end(.init(step: step))
    }
    rows.add(9, id: 1)
    let told = rows.columns(of: 2)
    #expect(told.steps(of: 0) == [1, 2, 3] && told.areInSameRows(0, 1))
    #expect(rows.count == 3)
    rows.removeEnded()
    #expect(rows.count == 0 && !rows.isGatheredEmpty && rows.gathered == 0..<1)
    #expect(rows.columns(of: 2).steps(of: 0).isEmpty)
    rows.end(.init(step: 4))
    #expect(rows.count == 1 && rows.columns(of: 2).steps(of: 1) == [4])
    #expect(rows.columns(of: 2).numbers(of: 1) == [9])
  }

  /// The busiest graphics processor's share, and the memory of all.
  @Test func severalGraphicsProcessorsAreOneLine() {
    let use = GraphicsUse.parse("37, 1024\n80, 512\n[N/A], [N/A]\n5, 0\n")
    #expect(use?.share == 0.8 && use?.bytes == 1536 << 20)
    #expect(GraphicsUse.parse("no devices were found\n") == nil)
  }
}
