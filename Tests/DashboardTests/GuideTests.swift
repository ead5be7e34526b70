import Foundation
import Testing

@testable import Dashboard

/// The guide's list of keys is the table that dispatches them, written out.
/// `UNFOLD_RECORD=1 swift test --filter Guide` writes it anew.
@Suite struct GuideTests {
  static let file = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Sources/Dashboard/Documentation.docc/Keys.md")

  static var text: String {
    var lines = [
      "# Keys and commands", "",
      "Every key, by where it works, and every command of the prompt. `?` shows the same.", "",
    ]
    for group in KeyBinding.Group.allCases {
      lines += ["## \(group.rawValue)", "", "| Key | Does |", "|---|---|"]
      for binding in KeyBindings.all where binding.group == group {
        lines.append("| `\(binding.label)` | \(binding.summary) |")
      }
      lines.append("")
    }
    for context in WorkspaceKey.Context.allCases {
      lines += ["## \(context.rawValue)", "", "| Key | Does |", "|---|---|"]
      for key in WorkspaceKeys.all where key.context == context {
        lines.append("| `\(key.label)` | \(key.summary.replacing("|", with: "\\|")) |")
      }
      lines.append("")
    }
    lines += ["## Commands, after :", "", "| Command | Does |", "|---|---|"]
    for command in Command.all {
      let name = command.arguments.isEmpty ? command.name : "\(command.name) \(command.arguments)"
      lines.append("| `\(name.replacing("|", with: "\\|"))` | \(command.summary) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  @Test func theGuideNamesEveryKeyAndCommand() throws {
    if ProcessInfo.processInfo.environment["UNFOLD_RECORD"] != nil {
      try Self.text.write(to: Self.file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: Self.file, encoding: .utf8) == Self.text)
  }
}
