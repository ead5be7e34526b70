import TerminalGraphics
import Testing

@testable import NcursesTerminal

@Suite struct KeyDecoderTests {
  private func keys(_ text: String) -> [Key] {
    var decoder = KeyDecoder()
    let found = text.unicodeScalars.flatMap { decoder.decode($0.value, isFunction: false) }
    return found + decoder.finish()
  }

  @Test(arguments: [
    ("a", [Key.character("a")]), ("\u{1}", [.control("a")]), ("\u{1A}", [.control("z")]),
    ("\u{1B}", [.escape]), ("\u{1B}\u{1B}", [.escape, .escape]),
    ("\u{1B}q", [.escape, .character("q")]), ("\u{1B}[", [.escape, .character("[")]),
    ("\u{1B}[1;2A", [.up]), ("\u{1B}[D", [.left]), ("\u{1B}OF", [.end]), ("\u{1B}[3;5~", [.delete]),
    ("\u{1B}[[C", [.function(3)]), ("\u{1B}[17~", [.function(6)]), ("\u{1B}[21~", [.function(10)]),
    ("\u{1B}OS", [.function(4)]), ("\u{1B}[6~x", [.pageDown, .character("x")]),
    ("\u{1B}[1[x", [.character("x")]), ("\u{1B}O[x", [.character("x")]),
  ])
  func sequencesThatTheDescriptionLacks(text: String, expected: [Key]) {
    #expect(keys(text) == expected)
  }

  @Test(arguments: [
    "\u{1B}[I", "\u{1B}[27;5;9~", "\u{1B}[?1;2c", "\u{1B}[99999999999999999999~", "\u{80}", "\u{0}",
  ])
  func whatIsNoKeyIsDropped(text: String) {
    #expect(keys(text) == [])
  }

  @Test(arguments: [
    ("\u{1B}[<0;1;1M", MouseEvent(action: .press, x: 0, y: 0)),
    ("\u{1B}[<16;80;24m", MouseEvent(action: .release, x: 79, y: 23)),
    ("\u{1B}[<32;300;5M", MouseEvent(action: .drag, x: 299, y: 4)),
    ("\u{1B}[<64;3;4M", MouseEvent(action: .scrollUp, x: 2, y: 3)),
    ("\u{1B}[<69;3;4M", MouseEvent(action: .scrollDown, x: 2, y: 3)),
  ])
  func mouseReportsAreRead(text: String, event: MouseEvent) {
    #expect(keys(text + "x") == [.mouse(event), .character("x")])
  }

  @Test(arguments: [
    "\u{1B}[<2;1;1M", "\u{1B}[<0;0;1M", "\u{1B}[<0;1M", "\u{1B}[M !!",
  ])
  func otherMouseReportsAreDropped(text: String) {
    #expect(keys(text + "x") == [.character("x")])
  }

  /// DECRPM: 1 and 2 say that the mode is there, 0 and 4 that it is not.
  @Test(arguments: [
    ("\u{1B}[?2026;2$y", true), ("\u{1B}[?2026;1$y", true), ("\u{1B}[?2026;0$y", false),
    ("\u{1B}[?2026;4$y", false), ("\u{1B}[?2027;2$y", false), ("\u{1B}O?2026;2$y", false),
  ])
  func theAnswerAboutSynchronizedOutputIsNoKey(text: String, has: Bool) {
    var decoder = KeyDecoder()
    let found = (text + "x").unicodeScalars.flatMap {
      decoder.decode($0.value, isFunction: false)
    }
    #expect(found.last == .character("x") && decoder.hasSynchronizedOutput == has)
    if text.hasPrefix("\u{1B}[") { #expect(found.count == 1) }
  }

  @Test func messagesToTheTerminal() {
    #expect(TerminalMessage.copy(base64: "aGk=") == "\u{1B}]52;c;aGk=\u{7}")
    #expect(TerminalMessage.progress(.running(42)) == "\u{1B}]9;4;1;42\u{7}")
    #expect(TerminalMessage.progress(.paused(142)) == "\u{1B}]9;4;4;100\u{7}")
    #expect(TerminalMessage.progress(.failed(-1)) == "\u{1B}]9;4;2;0\u{7}")
    #expect(TerminalMessage.progress(nil) == "\u{1B}]9;4;0;0\u{7}")
  }

  @Test func anEndlessSequenceEnds() {
    let found = keys("\u{1B}[" + String(repeating: "1", count: 40))
    #expect(found.count == 7, "\(found)")
  }

  @Test func aSequenceThatIsCutGivesEscape() {
    #expect(keys("\u{1B}[12") == [.escape])
    #expect(keys("\u{1B}[1é") == [.escape, .character("é")])
  }

  @Test func pastedTextIsOneKey() {
    var decoder = KeyDecoder()
    let begins = UInt32(KeyDecoder.pasteBegins)
    let ends = UInt32(KeyDecoder.pasteEnds)
    #expect(decoder.decode(begins, isFunction: true) == [])
    for scalar in "q\r\u{1B}ü".unicodeScalars {
      #expect(decoder.decode(scalar.value, isFunction: false) == [])
    }
    #expect(decoder.finish() == [])
    #expect(decoder.decode(ends, isFunction: true) == [.paste("q\n\u{1B}ü")])
    #expect(decoder.decode(0x71, isFunction: false) == [.character("q")])
  }

  @Test func aHugePasteIsCut() {
    var decoder = KeyDecoder()
    _ = decoder.decode(UInt32(KeyDecoder.pasteBegins), isFunction: true)
    for _ in 0..<(KeyDecoder.longestPaste + 500) { _ = decoder.decode(0x61, isFunction: false) }
    guard
      case .paste(let text)? = decoder.decode(UInt32(KeyDecoder.pasteEnds), isFunction: true).first
    else {
      Issue.record("no paste")
      return
    }
    #expect(text.utf8.count == KeyDecoder.longestPaste)
  }

  @Test func terminfoStringsLoseTheirPauses() {
    #expect(CursesStart.unpadded("\u{1B}[m\u{0F}$<2>x$<5/>y") == "\u{1B}[m\u{0F}xy")
    #expect(CursesStart.unpadded("a$<b") == "a$<b")
  }
}
