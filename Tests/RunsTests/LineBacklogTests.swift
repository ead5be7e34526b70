import Testing

@testable import Runs

/// What waits for a reader, without any reader.
@Suite struct LineBacklogTests {
  private var backlog = LineBacklog(limit: 20) { lines, step in
    Array("[\(lines) by \(step)]\n".utf8)
  }

  private static func lines(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// Lets a reader take so many bytes; all of them without a number.
  private static func take(_ count: Int = .max, from backlog: inout LineBacklog) -> String {
    var taken: [UInt8] = []
    while taken.count < count, !backlog.isEmpty {
      let part = backlog.next.prefix(count - taken.count)
      taken += part
      backlog.took(part.count)
    }
    return String(decoding: taken, as: UTF8.self)
  }

  @Test func aReaderThatKeepsUpGetsEveryLine() {
    var backlog = backlog
    var taken = ""
    for step in 1...100 {
      backlog.add(Self.lines("step \(step)\n"), step: step)
      taken += Self.take(step % 7 + 5, from: &backlog)
    }
    taken += Self.take(from: &backlog)
    #expect(taken == (1...100).map { "step \($0)\n" }.joined())
    #expect(backlog.untaken == 0)
  }

  @Test func aStalledReaderIsToldHowManyLinesItMissedWhereTheyAreMissing() {
    var backlog = LineBacklog(limit: 40) { lines, step in Array("[\(lines) by \(step)]\n".utf8) }
    // Five bytes each: eight fit.
    for step in 1...9 { backlog.add(Self.lines("l\(step)__\n"), step: step) }
    for step in 10...13 { backlog.add(Self.lines("l\(step)_\n"), step: step) }
    #expect(backlog.count == 40 && backlog.untaken == 5)
    // Not before half of the room is free, or every other line would be a note.
    #expect(Self.take(15, from: &backlog) == "l1__\nl2__\nl3__\n")
    backlog.add(Self.lines("lA__\n"), step: 14)
    #expect(backlog.untaken == 6)
    #expect(Self.take(5, from: &backlog) == "l4__\n")
    backlog.add(Self.lines("lB__\n"), step: 15)
    #expect(Self.take(from: &backlog) == "l5__\nl6__\nl7__\nl8__\n[6 by 14]\nlB__\n")
    #expect(backlog.untaken == 6)
  }

  @Test func aBatchLargerThanTheRoomIsCutBetweenLines() {
    var backlog = backlog
    backlog.add(Self.lines("one\ntwo\nthree\nfour\nfive\nsix\n"), step: 6)
    #expect(backlog.untaken == 2)
    backlog.settle()
    #expect(Self.take(from: &backlog) == "one\ntwo\nthree\nfour\n[2 by 6]\n")
  }

  @Test func aLineLongerThanTheRoomIsLeftOutWhole() {
    var backlog = backlog
    backlog.add(Self.lines("a line of more than twenty bytes\n"), step: 1)
    #expect(backlog.isEmpty && backlog.untaken == 1)
    backlog.add(Self.lines("short\n"), step: 2)
    #expect(Self.take(from: &backlog) == "[1 by 1]\nshort\n")
  }

  @Test func whatWaitsAtTheEndWasNotTakenNorTheLineThatWasCut() {
    var backlog = backlog
    backlog.add(Self.lines("one\ntwo\nsix\n"), step: 3)
    #expect(Self.take(6, from: &backlog) == "one\ntw")
    backlog.close()
    #expect(backlog.isEmpty && backlog.untaken == 2)
    backlog.add(Self.lines("late\n"), step: 4)
    #expect(backlog.isEmpty && backlog.untaken == 3)
  }

  @Test func chunksAreSmallEnoughForAPipeToTakeThemWhole() {
    var backlog = LineBacklog(limit: 1 << 20) { _, _ in [] }
    backlog.add([UInt8](repeating: 0x0A, count: 10_000), step: 0)
    #expect(backlog.next.count == 4096)
    backlog.took(4096)
    backlog.took(4096)
    #expect(backlog.next.count == 10_000 - 2 * 4096)
  }
}
