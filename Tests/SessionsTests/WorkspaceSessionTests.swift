import Foundation
import Glibc
import Runs
import TerminalGraphics
import Testing
import TrainingEvents

@testable import Sessions

/// A folder of runs in a terminal in memory: listed, drawn over each other, opened, left again.
@Suite(.serialized) struct WorkspaceSessionTests {
  private static func lines(_ steps: ClosedRange<Int>, _ factor: Double = 1) -> String {
    steps.map { #"{"step":\#($0),"loss":\#(factor / Double($0))}"# + "\n" }.joined()
  }

  private static func write(_ text: String, _ name: String, _ twin: SessionTwin) throws {
    let path = twin.folder + "/" + name
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  /// A folder with two logs and a record that has ended.
  private static func make(_ twin: SessionTwin) throws {
    try write(lines(1...40), "logs/lr0.1/train.jsonl", twin)
    try write(lines(1...60, 2), "logs/lr0.2/train.jsonl", twin)
    let record = (1...30).map { #"{"event":"step","step":\#($0),"loss":\#(3.0 / Double($0))}"# }
    let end = #"{"event":"finished","reason":"completed","step":30}"#
    try write((record + [end, ""]).joined(separator: "\n"), "logs/words-1/events.jsonl", twin)
  }

  private static func row(_ name: String, _ screen: String) -> String {
    screen.split(separator: "\n").first { $0.contains(" \(name) ") }.map(String.init) ?? ""
  }

  @Test func runsAreListedDrawnAndOpened() async throws {
    try await SessionTwin.run { twin in
      try Self.make(twin)
      twin.list([twin.folder + "/logs"])
      let terminal = twin.terminal
      let screen = try await terminal.wait("all runs") {
        Self.row("words-1", $0).contains("finished") && Self.row("lr0.2", $0).contains("60")
          && $0.contains("last value")
      }
      #expect(Self.row("lr0.1", screen).contains("live") && screen.contains("3 runs"))
      terminal.type("  ")
      try await terminal.wait("two curves") {
        $0.contains("a ━━ lr0.1") && $0.contains("b ━━ lr0.2")
      }
      // A log is followed, and q comes back.
      terminal.press(.home, .enter)
      try await terminal.wait("the log", until: Screen.isAt(40, "FOLLOWING"))
      try await terminal.wait(for: "q back to the list")
      terminal.type("2")
      try await terminal.wait(for: "[2 Loss]")
      // Esc goes back to the overview first, and to the list from there.
      terminal.press(.escape)
      try await terminal.wait(for: "[1 Overview]")
      terminal.press(.escape)
      try await terminal.wait(for: "a ━━ lr0.1")
      // A record stands last value.
      terminal.press(.end, .enter)
      try await terminal.wait("the record", until: Screen.isAt(30, "FINISHED  replay"))
      terminal.type("q")
      try await terminal.wait(for: "a ━━ lr0.1")
      #expect(!terminal.said.contains(.close))
      terminal.type("q")
      let end = try await twin.end()
      #expect(end.status == 0 && terminal.said.last == .close)
    }
  }

  @Test func whatHappensMeanwhileIsShown() async throws {
    try await SessionTwin.run { twin in
      try Self.make(twin)
      twin.list([twin.folder + "/logs"])
      let terminal = twin.terminal
      try await terminal.wait("all runs") { Self.row("words-1", $0).contains("finished") }
      let file = try #require(
        FileHandle(forWritingAtPath: twin.folder + "/logs/lr0.1/train.jsonl"))
      try file.seekToEnd()
      try file.write(contentsOf: Data(Self.lines(41...55).utf8))
      try await terminal.wait("growth") { Self.row("lr0.1", $0).contains(" 55") }
      try Self.write(Self.lines(1...7), "logs/lr0.3/train.jsonl", twin)
      try await terminal.wait("a new run") { Self.row("lr0.3", $0).contains(" 7") }
      try Self.write("\u{1} no record\n", "logs/words-2/events.jsonl", twin)
      try await terminal.wait("garbage") { Self.row("words-2", $0).contains("unreadable") }
      try FileManager.default.removeItem(atPath: twin.folder + "/logs/words-1")
      try await terminal.wait("a loss") { Self.row("words-1", $0).contains("gone") }
      // What is gone cannot be opened, and the list stays.
      terminal.type("/words-1")
      terminal.press(.enter, .enter)
      try await terminal.wait(for: "no such file or directory")
      terminal.type("/(")
      try await terminal.wait(for: "is no regular expression")
    }
  }

  @Test func runsThatWaitForTheirTurnAreListed() async throws {
    try await SessionTwin.run { twin in
      try Self.write(Self.lines(1...9), "sweep/cell=gru/train.jsonl", twin)
      twin.list([twin.folder + "/sweep"], expecting: ["cell=gru", "cell=lstm"])
      let terminal = twin.terminal
      let screen = try await terminal.wait("both") {
        Self.row("cell=gru", $0).contains("live") && Self.row("cell=lstm", $0).contains("waiting")
      }
      #expect(screen.contains("2 runs") && screen.contains("1 waiting"))
      terminal.press(.end, .enter)
      try await terminal.wait(for: "cell=lstm has not begun")
      // Its turn comes: the same row tells how it is doing.
      try Self.write(Self.lines(1...5), "sweep/cell=lstm/train.jsonl", twin)
      let later = try await terminal.wait("the other") {
        Self.row("cell=lstm", $0).contains("live")
      }
      #expect(later.contains("2 runs") && !later.contains("waiting"))
    }
  }

  @Test func aRunThatTrainsIsOpenedWithEveryKeyAndLeftTraining() async throws {
    try await SessionTwin.run { run in
      try run.start("tiny", ["training.steps=1000000"])
      try await run.terminal.wait("training", until: Screen.isPast(2))
      try await SessionTwin.run { twin in
        twin.list([run.folder + "/runs"], startsAtLive: true)
        let terminal = twin.terminal
        try await terminal.wait("the run") { Self.row("tiny-1", $0).contains("live") }
        terminal.press(.enter)
        try await terminal.wait("its dashboard", until: Screen.isPast(2))
        terminal.type(" ")
        let paused = try #require(Screen.step(try await terminal.wait(for: "PAUSED")))
        try await run.terminal.wait("a pause", until: Screen.isAt(paused, "PAUSED"))
        // Leaving asks nothing and ends nothing.
        terminal.type("q")
        try await terminal.wait("the pause in the list") {
          Self.row("tiny-1", $0).contains("paused")
        }
        run.terminal.type(" ")
        try await run.terminal.wait("training on", until: Screen.isPast(paused))
        try await terminal.wait("training in the list") {
          Self.row("tiny-1", $0).contains("live")
        }
      }
    }
  }

  @Test func signalsEndTheListAndTheRunOverIt() async throws {
    for isOpen in [false, true] {
      try await SessionTwin.run { twin in
        try Self.make(twin)
        twin.list([twin.folder + "/logs"])
        try await twin.terminal.wait("all runs") { Self.row("words-1", $0).contains("finished") }
        if isOpen {
          twin.terminal.press(.end, .enter)
          try await twin.terminal.wait("the record", until: Screen.isAt(30, "FINISHED  replay"))
        }
        twin.terminal.feed(isOpen ? .terminate(signal: SIGTERM) : .hangUp)
        #expect(try await twin.end().status == 128 + (isOpen ? SIGTERM : SIGHUP))
        #expect(twin.terminal.said.filter { $0 == .close }.count == 1)
      }
    }
  }

  @Test func sizesAndSettingsHoldInBoth() async throws {
    try await SessionTwin.run { twin in
      try Self.make(twin)
      twin.list([twin.folder + "/logs"])
      let terminal = twin.terminal
      try await terminal.wait("all runs") { Self.row("words-1", $0).contains("finished") }
      terminal.press(.end, .enter)
      try await terminal.wait("the record", until: Screen.isAt(30, "FINISHED  replay"))
      terminal.resize(width: 90, height: 30)
      try await Condition.wait("smaller picture") { terminal.picture?.size.width == 90 }
      terminal.press(.character(","), .down, .right, .escape)
      terminal.type("q")
      try await terminal.wait("the list") { $0.contains("3 runs") }
      #expect(terminal.picture?.size == Size(width: 90, height: 30))
      #expect(try twin.read("settings").contains("drawing"))
    }
  }
}

extension SessionTwin {
  /// Starts the program on folders of runs.
  fileprivate func list(
    _ paths: [String], startsAtLive: Bool = false, expecting expected: [String] = []
  ) {
    let session = WorkspaceSession(
      paths, on: stage, startsAtLive: startsAtLive, expecting: expected)
    begin { await session.run() }
  }
}
