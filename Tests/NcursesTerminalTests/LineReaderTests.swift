import Synchronization
import Testing

@testable import NcursesTerminal

@Suite struct LineReaderTests {
  private final class Lines: Sendable {
    let all = Mutex<[String]>([])
  }

  private func lines(_ pieces: [String]) -> [String] {
    let lines = Lines()
    let reader = LineReader { line in lines.all.withLock { $0.append(line) } }
    for piece in pieces { reader.add(piece.utf8) }
    reader.finish()
    return lines.all.withLock { $0 }
  }

  @Test func piecesBecomeLines() {
    #expect(lines(["one\ntw", "o\n\nthr", "ee"]) == ["one", "two", "three"])
  }

  @Test func anEndlessLineIsCut() {
    let found = lines([String(repeating: "a", count: LineReader.longest * 2 + 3)])
    #expect(found.map(\.utf8.count) == [LineReader.longest, LineReader.longest, 3])
  }
}
