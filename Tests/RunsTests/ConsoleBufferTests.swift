import Testing
import TrainingEvents

@testable import Runs

@Suite struct ConsoleBufferTests {
  private func lines(_ pieces: String...) -> [String] {
    var buffer = ConsoleBuffer()
    for piece in pieces { buffer.add(Array(piece.utf8)) }
    return buffer.lines.map(\.text)
  }

  @Test func aCarriageReturnWritesOverTheLine() {
    #expect(lines("10 %\r20 %", "\r100 %\r\ndone\r\n") == ["100 %", "done", ""])
    // What stood beyond the new text stays, as on a terminal, until it is erased.
    #expect(lines("abcdef\rxy") == ["xycdef"])
    #expect(lines("abcdef\rxy\u{1B}[K") == ["xy"])
  }

  /// `ESC [ K` in its three forms, and moves along the line.
  @Test(arguments: [
    ("abcdef\u{1B}[3D\u{1B}[K", "abc"), ("abcdef\u{1B}[3D\u{1B}[0K", "abc"),
    ("abcdef\u{1B}[3D\u{1B}[1K", "    ef"), ("abcdef\u{1B}[1K", ""),
    ("abcdef\u{1B}[3D\u{1B}[2Kx", "   x"), ("abcdef\u{1B}[2Gx", "axcdef"),
    ("ab\u{1B}[2Cc", "ab  c"), ("abc\u{1B}[9Dx", "xbc"),
  ])
  func partsOfALineAreErased(text: String, expected: String) {
    #expect(lines(text).map { $0.replacing(#/ +$/#, with: "") } == [expected])
  }

  /// What stands between two semicolons and is nothing is a zero, which takes all looks back.
  @Test func aMissingNumberIsZero() {
    let text = lines("\u{1B}[1;31mred\u{1B}[;34mblue")
    #expect(text == lines("\u{1B}[1;31mred\u{1B}[0;34mblue"))
    #expect(text != lines("\u{1B}[1;31mred\u{1B}[34mblue"))
  }

  @Test func coloursStayAndNothingElseThatATerminalWouldObey() {
    #expect(lines("\u{1B}[1;31mred\u{1B}[0m plain") == ["\u{1B}[1;31mred\u{1B}[m plain"])
    let nasty =
      "a\u{1B}]0;title\u{07}b\u{1B}]52;c;AAAA\u{1B}\\c\u{1B}[?1049hd\u{1B}[2J\u{1B}[5ne\u{07}"
      + "\u{1B}Pq#0\u{1B}\\f\u{9B}31mg\u{202E}h\u{1B}(0i"
    let shown = lines(nasty)
    #expect(shown.count == 1)
    #expect(
      !shown[0].unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) })
    #expect(shown[0] == "abcdef31mghi")
    #expect(lines("\u{1B}[38;5;200mx\u{1B}[48;2;1;2;3my")[0].contains("38;5;200;48;2;1;2;3"))
  }

  @Test func theCursorGoesUpForBarsOfSeveralLines() {
    #expect(lines("one\ntwo\n\u{1B}[2A1", "\r\n2") == ["1ne", "2wo", ""])
    // Further than a screen is high it does not go.
    let tall = String(repeating: "x\n", count: 100) + "\u{1B}[500Ay"
    #expect(lines(tall).firstIndex { $0.hasPrefix("y") } == 51)
  }

  @Test func textIsWholeWhereverItIsCut() {
    let bytes = Array("größe 学習 🔥\n".utf8)
    var buffer = ConsoleBuffer()
    for byte in bytes { buffer.add([byte]) }
    #expect(buffer.lines.first?.text == "größe 学習 🔥")
    var broken = ConsoleBuffer()
    broken.add([0xC3, 0x28, 0xFF, 0x41])
    #expect(broken.lines[0].text.hasSuffix("A"))
  }

  @Test func aFloodKeepsTheLastLinesUnderTheirNumbers() {
    var buffer = ConsoleBuffer()
    for block in 0..<300 {
      let text = (0..<100).map { "line \(block * 100 + $0)\n" }.joined()
      #expect(buffer.add(Array(text.utf8)) ?? 0 >= block * 100 - ConsoleBuffer.capacity)
    }
    let lines = buffer.lines
    #expect(lines.count <= ConsoleBuffer.capacity + 1_001)
    #expect(lines.count >= ConsoleBuffer.capacity)
    for line in lines.dropLast() { #expect(line.text == "line \(line.number)") }
    #expect(buffer.count == 30_001)
    // One endless line costs no more than is ever shown of it.
    var endless = ConsoleBuffer()
    endless.add([UInt8](repeating: 0x61, count: 1_000_000))
    #expect(endless.lines[0].text.count == ConsoleBuffer.widest)
  }

  @Test func linesOfAConsoleReplaceEachOther() {
    var lines = ConsoleLines()
    for number in 0..<20_000 { lines.set(ConsoleLine(number: number, text: "\(number)")) }
    lines.set(ConsoleLine(number: 19_998, text: "again"))
    lines.set(ConsoleLine(number: 3, text: "long gone"))
    #expect(lines.lines.count <= ConsoleLines.capacity + 1_000)
    #expect(lines.lines.suffix(2).map(\.text) == ["again", "19999"])
    #expect(lines.lines.map(\.number) == Array(lines.lines[0].number..<20_000))
    #expect(ConsoleLine(number: 0, text: "\u{1B}[1;31mred\u{1B}[m!").plainText == "red!")
  }
}
