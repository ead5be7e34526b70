import Testing

@testable import TerminalGraphics

@Suite struct BufferDiffTests {
  private func buffer(_ lines: [String], width: Int) -> CellBuffer {
    var buffer = CellBuffer(size: Size(width: width, height: lines.count))
    for (y, line) in lines.enumerated() { buffer.write(line, x: 0, y: y) }
    return buffer
  }

  @Test func onlyWhatDiffersIsInARun() {
    let old = buffer(["loss 3.21", "step 100"], width: 10)
    let new = buffer(["loss 3.09", "step 101"], width: 10)
    let diff = BufferDiff(from: old, to: new)
    #expect(
      diff.runs == [
        .init(x: 7, y: 0, cells: [Cell("0"), Cell("9")]), .init(x: 7, y: 1, cells: [Cell("1")]),
      ])
    #expect(BufferDiff(from: new, to: new).isEmpty)
  }

  @Test func aStyleAloneIsADifference() {
    let old = buffer(["ab"], width: 2)
    var new = old
    new[1, 0].style = Style(.hex(0xFF0000))
    #expect(BufferDiff(from: old, to: new).cellCount == 1)
  }

  @Test func withoutAPictureEverythingIsWritten() {
    let new = buffer(["a", ""], width: 3)
    let diff = BufferDiff(from: nil, to: new)
    #expect(diff.cellCount == 6)
    #expect(BufferDiff(from: buffer(["a"], width: 3), to: new) == diff)
    #expect(BufferDiff(from: nil, to: CellBuffer(size: Size(width: 0, height: 4))).isEmpty)
  }

  @Test func wideCharactersAreWrittenWhole() {
    let old = buffer(["漢x"], width: 4)
    var new = old
    new[1, 0].style = Style(.hex(0x00FF00))
    #expect(
      BufferDiff(from: old, to: new).runs == [.init(x: 0, y: 0, cells: [old[0, 0], new[1, 0]])])
    let narrow = buffer(["ab x"], width: 4)
    let runs = BufferDiff(from: old, to: narrow).runs
    #expect(runs.first?.x == 0)
    #expect(runs.first?.cells.map(\.glyph) == ["a", "b", " ", "x"])
  }

  @Test func writingTheRunsGivesTheNewPicture() {
    var state: UInt64 = 42
    func random(_ bound: UInt64) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % bound)
    }
    let words = ["a", "漢字", "é", "0.125", " ", "▁▂", "字"]
    var old = CellBuffer(size: Size(width: 17, height: 5))
    for _ in 0..<300 {
      var new = old
      for _ in 0..<random(4) {
        new.write(
          words[random(7)], x: random(19) - 1, y: random(6), style: Style(.hex(UInt32(random(2)))))
      }
      let diff = BufferDiff(from: old, to: new)
      var drawn = old
      diff.apply(to: &drawn)
      #expect(drawn == new)
      let differing = zip(old.cells, new.cells).count { $0 != $1 }
      let wide = new.cells.count { $0.glyph == Cell.continuation.glyph }
      #expect(diff.cellCount >= differing && diff.cellCount <= differing + 2 * wide)
      for run in diff.runs {
        #expect(run.cells.first?.glyph != Cell.continuation.glyph || run.x == 0)
        #expect(run.x >= 0 && run.x + run.cells.count <= 17)
      }
      old = new
    }
  }
}
