import Foundation
import TerminalGraphics
import Testing

@testable import Sessions

/// What a run that trains here does with everything but its own keys: texts, mouse, signals of the
/// terminal, settings.
@Suite(.serialized) struct LiveInputTests {
  private static let pace = ["training.steps=100000"]

  /// A network of few units on a few words.
  private static func words(_ twin: SessionTwin) throws -> [String] {
    [
      "network.hidden=6", "training.batch=2", "training.sequence-length=8",
      "task.data.lines=\(try twin.words())", "training.pace=50",
    ]
  }

  @Test func aTextThatIsTypedOrPastedIsRead() async throws {
    try await SessionTwin.run { twin in
      try twin.start("words", try Self.words(twin))
      let terminal = twin.terminal
      try await terminal.wait("training", until: Screen.isPast(2))
      terminal.type("eabc")
      terminal.press(.enter)
      try await terminal.wait("the answer") { $0.contains("you   abc") && $0.contains("next  ") }
      // What is pasted acts as no key: neither q nor its line ends.
      terminal.press(.paste("q\n"), .paste("def\n"))
      try await terminal.wait(for: "qdef")
      terminal.press(.enter)
      try await terminal.wait(for: "you   qdef")
      terminal.type(" ")
      try await terminal.wait(for: "PAUSED")
      terminal.type("qq")
      #expect(try await twin.end().status == 0)
    }
  }

  @Test func aClickOpensAView() async throws {
    try await SessionTwin.run(settings: "view: loss\n") { twin in
      try twin.start("tiny", Self.pace)
      let terminal = twin.terminal
      try await terminal.wait("training", until: Screen.isPast(2))
      #expect(terminal.screen.contains("[2 Loss]"), "the view of the settings")
      try terminal.click(on: "3 Gradients")
      try await terminal.wait(for: "[3 Gradients]")
      terminal.type("qq")
      #expect(try await twin.end().status == 0)
    }
  }

  @Test func linesThatALibraryWritesAreLogged() async throws {
    try await SessionTwin.run { twin in
      try twin.start("tiny", Self.pace)
      let terminal = twin.terminal
      try await terminal.wait("training", until: Screen.isPast(2))
      terminal.feed(.strayLine("libwords: cannot spell"))
      terminal.type("7")
      try await terminal.wait(for: "libwords: cannot spell")
      terminal.type("qq")
      #expect(try await twin.end().status == 0)
    }
  }

  /// Ctrl-Z stops the clock of training, whichever way it comes; what was paused stays so.
  @Test func trainingStopsWithTheProgramAndGoesOnWithIt() async throws {
    try await SessionTwin.run { twin in
      try twin.start("tiny", Self.pace)
      let terminal = twin.terminal
      try await terminal.wait("training", until: Screen.isPast(2))
      terminal.block(true)
      terminal.press(.control("z"))
      try await terminal.wait { $0 == .suspend }
      let stopped = try #require(Screen.step(try await terminal.wait(for: "PAUSED")))
      terminal.block(false)
      try await terminal.wait("training on", until: Screen.isPast(stopped))
      terminal.type(" ")
      let paused = try #require(Screen.step(try await terminal.wait(for: "PAUSED")))
      terminal.feed(.suspend)
      try await Condition.wait("second suspension") {
        terminal.said.count { $0 == .suspend } == 2
      }
      terminal.type(".")
      try await terminal.wait("one step", until: Screen.isAt(paused + 1, "PAUSED"))
      terminal.press(.control("l"))
      try await terminal.wait { $0 == .forget }
      terminal.type("qq")
      #expect(try await twin.end().status == 0)
    }
  }

  @Test func whatIsCopiedGoesToTheTerminal() async throws {
    try await SessionTwin.run { twin in
      try twin.start("tiny", Self.pace)
      let terminal = twin.terminal
      try await terminal.wait("training", until: Screen.isPast(2))
      terminal.type("Y")
      let command = Data("unfold train --resume \(twin.run("tiny-1"))".utf8)
      try await terminal.wait { $0 == .copy(base64: command.base64EncodedString()) }
      terminal.type("qq")
      #expect(try await twin.end().status == 0)
    }
  }

  /// What a person chose is used at once and the next time.
  @Test func settingsAreUsedAndKept() async throws {
    try await SessionTwin.run(settings: "theme: dark\nmouse: off\nprogress: on\ntheme: light\n") {
      twin in
      try twin.start("tiny", Self.pace)
      let terminal = twin.terminal
      try await terminal.wait("training", until: Screen.isPast(2))
      // A slip in the file is told where it is.
      terminal.type("7")
      try await terminal.wait(for: "line 4: theme")
      try await terminal.wait {
        if case .progress(.running) = $0 { true } else { false }
      }
      terminal.type(" ")
      try await terminal.wait {
        if case .progress(.paused) = $0 { true } else { false }
      }
      // Each progress is told once, however often the screen is drawn.
      let progress = terminal.said.filter { if case .progress = $0 { true } else { false } }
      #expect(!zip(progress, progress.dropFirst()).contains { $0 == $1 }, "\(progress)")
      terminal.type(",")
      try await terminal.wait(for: "curves are made of")
      let dark = try #require(terminal.picture)
      terminal.press(.right)
      try await terminal.wait(for: "‹ light ›")
      let light = try #require(terminal.picture)
      #expect(ScreenText.ansi(dark).count != ScreenText.ansi(light).count || dark != light)
      terminal.press(.down, .down, .right)
      try await terminal.wait { $0 == .mouse(true) }
      terminal.press(.escape)
      terminal.type("p")
      try await terminal.wait(for: "runs of tiny open in Log")
      terminal.type("qq")
      #expect(try await twin.end().status == 0)
      let text = try twin.read("settings")
      #expect(text.contains("theme: light\n") && text.contains("mouse: on\n"), "\(text)")
      #expect(text.contains("pin tiny: log\n"), "\(text)")
    }
  }

  @Test func thePicturesAreRecorded() async throws {
    try await SessionTwin.run { twin in
      var stage = twin.stage
      #expect(throws: (any Error).self) { try stage.record(to: twin.folder) }
      try stage.record(to: twin.folder + "/run.cast")
      try twin.start(twin.options("tiny", Self.pace), on: stage)
      try await twin.terminal.wait("training", until: Screen.isPast(2))
      twin.terminal.type("qq")
      #expect(try await twin.end().status == 0)
      let lines = try twin.read("run.cast").split(separator: "\n")
      #expect(lines.first?.contains(#""width":120,"height":36"#) == true, "\(lines.first ?? "")")
      #expect(lines.count > 3 && lines.dropFirst().allSatisfy { $0.contains("\"o\"") })
    }
  }

  /// Curves of earlier runs of the preset lie under this one's.
  @Test func earlierRunsAreDrawnUnderThisOne() async throws {
    try await SessionTwin.run { twin in
      let options = twin.options("tiny", ["training.steps=30"])
      let first = try SessionTwin(in: twin.folder)
      try first.start(options)
      try await first.terminal.wait("the end", until: Screen.isAt(30, "FINISHED"))
      first.terminal.type("q")
      #expect(try await first.end().status == 0)
      try twin.start(options)
      twin.terminal.type("2")
      try await twin.terminal.wait(for: "tiny-1")
      twin.terminal.type("v")
      try await twin.terminal.wait(for: "earlier runs are hidden")
    }
  }
}
