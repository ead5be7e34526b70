import Foundation
import TerminalGraphics
import TestTables
import Testing
import TrainingEvents

@testable import Dashboard

/// Somebody who knows PyTorch's documentation should meet no word that is this program's alone.
@Suite struct WordTests {
  private func check(_ text: String, _ place: String) {
    // The helper for Python names its function so; other programs call it by that name.
    let text = text.replacingOccurrences(of: "watch.knob(", with: "")
    for (word, instead) in OldWords.found(in: text) {
      Issue.record("\(place) says “\(word)”: the field says “\(instead)”")
    }
    for phrase in OldWords.unclearSteps(in: text) {
      Issue.record("\(place) says “\(phrase)”: of training, or through time?")
    }
  }

  @Test(arguments: ViewKind.allCases) func noViewSaysAnOldWord(view: ViewKind) {
    for size in [Size(width: 80, height: 24), Size(width: 160, height: 45)] {
      var state = SyntheticRun.state()
      state.resize(size)
      state.show(view: view)
      check(EventTests.text(state, size), "\(view)")
      for panel in state.visiblePanels {
        state.focus = panel
        state.overlay = .help(HelpPage())
        check(EventTests.text(state, size), "the help of \(panel)")
      }
    }
  }

  @Test func noTaskWalkOrPageSaysAnOldWord() {
    let size = Size(width: 120, height: 200)
    for (name, kind, frame) in SyntheticTasks.all {
      var state = SyntheticTasks.state(kind, frame)
      state.resize(size)
      check(EventTests.text(state, size), name)
    }
    for (name, architecture) in SyntheticTraces.all {
      var state = SyntheticTraces.state(architecture, walking: 0)
      state.resize(size)
      for place in SyntheticTraces.trace(architecture).nodes.indices {
        state.graph.node = place
        check(EventTests.text(state, size), "the walk \(name)")
      }
    }
    var state = SyntheticRun.state()
    state.resize(size)
    let overlays: [DashboardState.Overlay] = [
      .help(HelpPage(showsAll: true)), .hyperparameters(0), .quit, .confirm(.undo),
      .confirm(.restart),
      .confirm(.choosePreset), .settings(SettingsPage(settings: state.settings)),
    ]
    for overlay in overlays {
      state.overlay = overlay
      check(EventTests.text(state, size), "\(overlay)")
    }
  }

  /// Text in quotation marks, wherever the program might show it.
  @Test func noLiteralSaysAnOldWord() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    var count = 0
    let sources = ["Dashboard", "Training", "TrainingEvents", "Sessions", "Runs", "unfold"]
    for folder in sources.map({ "Sources/" + $0 }) + ["presets/lessons"] {
      let place = root.appendingPathComponent(folder)
      let files = FileManager.default.enumerator(at: place, includingPropertiesForKeys: nil)
      while let file = files?.nextObject() as? URL {
        guard ["swift", "md"].contains(file.pathExtension) else { continue }
        // The names in the protocol between processes are a contract.
        guard file.lastPathComponent != "MessageJSON.swift" else { continue }
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
          let isProse = file.pathExtension == "md"
          guard !isProse || !line.hasPrefix("{\"") else { continue }
          guard isProse || !line.drop(while: { $0 == " " }).hasPrefix("//") else { continue }
          count += 1
          check(isProse ? String(line) : Self.literals(String(line)), file.lastPathComponent)
        }
      }
    }
    #expect(count > 10_000)
  }

  /// What stands between quotation marks in a line of Swift, without what is interpolated.
  private static func literals(_ line: String) -> String {
    let plain = line.replacing(#/\\\([^()]*(\([^()]*\)[^()]*)*\)/#, with: "")
    return plain.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }.joined(separator: " ")
  }
}
