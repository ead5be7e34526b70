import Foundation
import TerminalGraphics
import Testing

@testable import Dashboard

/// Screens kept as text. `UNFOLD_RECORD=1 swift test --filter Golden` writes them anew.
enum Golden {
  static let appearance = Appearance(theme: .monochrome, hasColor: false)

  static func check(
    _ buffer: CellBuffer, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Golden")
    let file = folder.appendingPathComponent("\(name).txt")
    let text = buffer.lines.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["UNFOLD_RECORD"] != nil {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    guard text != expected else { return }
    let pairs = zip(text.split(separator: "\n"), expected.split(separator: "\n"))
    let row = pairs.enumerated().first { $0.element.0 != $0.element.1 }
    Issue.record(
      """
      \(name) differs from its golden frame, first in row \(row?.offset ?? -1):
      is      \(row?.element.0 ?? "")
      should  \(row?.element.1 ?? "")
      """, sourceLocation: sourceLocation)
  }
}
